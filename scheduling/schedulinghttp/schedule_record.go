package schedulinghttp

import (
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// scheduleRecord is a schedule, as it is read and as it is written. What the service decides
// may be there in a body, so that what was read can be written back.
type scheduleRecord struct {
	ID        string           `json:"id"`
	Expert    string           `json:"expert"`
	Name      string           `json:"name"`
	Zone      string           `json:"zone"`
	Weekly    []windowRecord   `json:"weekly"`
	Overrides []overrideRecord `json:"overrides"`
	Stays     []stayRecord     `json:"stays"`
	Revision  *int             `json:"revision"`
	UpdatedAt time.Time        `json:"updated_at"`
}

type windowRecord struct {
	Day   *int `json:"day"` // 0 is Sunday
	Start int  `json:"start"`
	End   int  `json:"end"`
}

type overrideRecord struct {
	From  string        `json:"from"`
	To    string        `json:"to"`
	Hours []hoursRecord `json:"hours"`
	Note  string        `json:"note"`
}

type hoursRecord struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

type stayRecord struct {
	From string `json:"from"`
	To   string `json:"to"`
	Zone string `json:"zone"`
}

func newScheduleRecord(s *scheduling.Schedule) scheduleRecord {
	return scheduleRecord{
		ID: s.ID, Expert: s.Expert, Name: s.Name, Zone: s.Zone, Revision: &s.Revision, UpdatedAt: s.UpdatedAt,
		Weekly: each(s.Weekly, func(w *scheduling.Window) windowRecord {
			day := int(w.Day)
			return windowRecord{&day, w.Start, w.End}
		}),
		Overrides: each(s.Overrides, func(o *scheduling.Override) overrideRecord {
			hours := each(o.Hours, func(h *scheduling.Hours) hoursRecord { return hoursRecord(*h) })
			return overrideRecord{o.From.String(), o.To.String(), hours, o.Note}
		}),
		Stays: each(s.Stays, func(s *scheduling.Stay) stayRecord {
			return stayRecord{s.From.String(), s.To.String(), s.Zone}
		}),
	}
}

func (r *scheduleRecord) schedule(id, expert string, revision int) (scheduling.Schedule, error) {
	s := scheduling.Schedule{ID: id, Expert: expert, Name: r.Name, Zone: r.Zone, Revision: revision}
	errs := []error{same("id", r.ID, id), same("expert", r.Expert, expert)}
	for i, w := range r.Weekly {
		if w.Day == nil {
			errs = append(errs, frontdesk.InvalidField(fmt.Sprintf("weekly[%d].day", i), "is required"))
			continue
		}
		s.Weekly = append(s.Weekly, scheduling.Window{Day: time.Weekday(*w.Day), Start: w.Start, End: w.End})
	}
	for i, o := range r.Overrides {
		at := fmt.Sprintf("overrides[%d]", i)
		from, to, err := dates(at, o.From, o.To)
		hours := each(o.Hours, func(h *hoursRecord) scheduling.Hours { return scheduling.Hours(*h) })
		s.Overrides, errs = append(s.Overrides, scheduling.Override{From: from, To: to, Hours: hours, Note: o.Note}), append(errs, err)
	}
	for i, stay := range r.Stays {
		from, to, err := dates(fmt.Sprintf("stays[%d]", i), stay.From, stay.To)
		s.Stays, errs = append(s.Stays, scheduling.Stay{From: from, To: to, Zone: stay.Zone}), append(errs, err)
	}
	return s, errors.Join(errs...)
}

// dates reads the two dates of a field.
func dates(at, from, to string) (first, last scheduling.Date, err error) {
	first, err = date(at+".from", from)
	last, err2 := date(at+".to", to)
	return first, last, errors.Join(err, err2)
}

func date(field, text string) (scheduling.Date, error) {
	d, err := scheduling.ParseDate(text)
	if err != nil {
		return d, frontdesk.InvalidField(field, "must be a date like 2027-03-14")
	}
	return d, nil
}
