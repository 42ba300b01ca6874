package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// minutesOfDay is where a day ends; a window may go on beyond.
const minutesOfDay = 24 * 60

// overrideHours is how many times a form takes for an override, unless it has more already.
const overrideHours = 2

// availabilityData is when an expert is there, as a form.
type availabilityData struct {
	*scheduling.Schedule
	All     []scheduling.Schedule
	Zones   []string
	Week    []weekdayRow
	Changes []overrideRow
	Away    []scheduling.Stay
	Done    string
	Problem string
}

type weekdayRow struct {
	Day   time.Weekday
	Hours []hoursRow
}

// hoursRow is two times of day; both are empty in a row that waits to be filled.
type hoursRow struct{ Start, End string }

type overrideRow struct {
	From, To, Note string
	Hours          []hoursRow
}

func newHoursRow(start, end int) hoursRow { return hoursRow{clockText(start), clockText(end)} }

// clockText is a minute of the day, or of the next.
func clockText(minute int) string {
	minute %= minutesOfDay
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

func (p *portal) availability(w http.ResponseWriter, r *http.Request) {
	who, ok := p.signedInAs(w, r, experts)
	if !ok {
		return
	}
	all, err := p.sched.Schedules(r.Context(), who.ID)
	var chosen *scheduling.Schedule
	for i := range all {
		if id := r.URL.Query().Get("schedule"); chosen == nil && (id == "" || all[i].ID == id) {
			chosen = &all[i]
		}
	}
	if err == nil && chosen == nil {
		if len(all) > 0 {
			err = frontdesk.Errorf(frontdesk.NotFound, "there is no such schedule")
		}
		chosen = &scheduling.Schedule{Expert: who.ID, Name: "Working hours", Zone: p.expertZone(r, who.ID)}
	}
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	d := newAvailability(chosen, all)
	if r.URL.Query().Get("done") == "saved" {
		d.Done = "It is saved. What is booked already stays as it is."
	}
	p.show(w, r, availabilityPage, d)
}

// newAvailability has one empty row more than there are, wherever there can be more.
func newAvailability(s *scheduling.Schedule, all []scheduling.Schedule) availabilityData {
	d := availabilityData{Schedule: s, All: all, Zones: commonZones}
	for i := range 7 {
		row := weekdayRow{Day: time.Weekday((i + 1) % 7)}
		for _, w := range s.Weekly {
			if w.Day == row.Day {
				row.Hours = append(row.Hours, newHoursRow(w.Start, w.End))
			}
		}
		row.Hours = append(row.Hours, hoursRow{})
		d.Week = append(d.Week, row)
	}
	for _, o := range s.Overrides {
		row := overrideRow{From: o.From.String(), To: o.To.String(), Note: o.Note}
		for _, h := range o.Hours {
			row.Hours = append(row.Hours, newHoursRow(h.Start, h.End))
		}
		d.Changes = append(d.Changes, row.padded())
	}
	d.Changes = append(d.Changes, overrideRow{}.padded())
	d.Away = append(append(d.Away, s.Stays...), scheduling.Stay{})
	return d
}

func (o overrideRow) padded() overrideRow {
	for more := true; more; more = len(o.Hours) < overrideHours {
		o.Hours = append(o.Hours, hoursRow{})
	}
	return o
}

func (p *portal) saveAvailability(w http.ResponseWriter, r *http.Request) {
	who, ok := p.signedInAs(w, r, experts)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s, err := readSchedule(r, who.ID)
	if err == nil {
		var saved *scheduling.Schedule
		if saved, err = p.sched.SaveSchedule(r.Context(), s); err == nil {
			http.Redirect(w, r, hoursAt+"?done=saved&schedule="+url.QueryEscape(saved.ID), http.StatusSeeOther)
			return
		}
	}
	p.again(w, r, err, func(w http.ResponseWriter, r *http.Request, wrong *problem) {
		d := newAvailability(&s, nil)
		d.Problem = wrong.Sentence()
		p.showAs(wrong.Status, policy, w, r, availabilityPage, d)
	})
}

// readSchedule reads as much of the form as makes sense, and what does not.
func readSchedule(r *http.Request, expert string) (scheduling.Schedule, error) {
	if err := r.ParseForm(); err != nil {
		return scheduling.Schedule{Expert: expert}, frontdesk.Errorf(frontdesk.Invalid, "the form cannot be read")
	}
	f := r.PostForm
	s := scheduling.Schedule{ID: f.Get("id"), Expert: expert, Name: strings.TrimSpace(f.Get("name")), Zone: strings.TrimSpace(f.Get("zone"))}
	revision, err := strconv.Atoi(f.Get("revision"))
	if err != nil {
		return s, frontdesk.InvalidField("revision", "is not that of the page")
	}
	s.Revision = revision
	var errs []error
	for d := time.Sunday; d <= time.Saturday; d++ {
		hours, err := readHours(f, "day-"+strconv.Itoa(int(d)), d.String())
		errs = append(errs, err)
		for _, h := range hours {
			s.Weekly = append(s.Weekly, scheduling.Window{Day: d, Start: h.Start, End: h.End})
		}
	}
	errs = append(errs, readOverrides(f, &s), readStays(f, &s))
	return s, errors.Join(errs...)
}

// readHours reads pairs of times. One that ends where or before it begins ends on the next day; without
// either time a pair is none.
func readHours(f url.Values, name, field string) (all []scheduling.Hours, err error) {
	starts, ends := f[name+"-start"], f[name+"-end"]
	for i := range min(len(starts), len(ends)) {
		if starts[i] == "" && ends[i] == "" {
			continue
		}
		start, err1 := time.Parse("15:04", starts[i])
		end, err2 := time.Parse("15:04", ends[i])
		if err1 != nil || err2 != nil {
			err = frontdesk.InvalidField(field, "needs both times, such as 09:00 and 17:00")
			continue
		}
		h := scheduling.Hours{Start: start.Hour()*60 + start.Minute(), End: end.Hour()*60 + end.Minute()}
		if h.End <= h.Start {
			h.End += minutesOfDay
		}
		all = append(all, h)
	}
	return all, err
}

// readOverrides reads rows until there is none; one without dates is left out.
func readOverrides(f url.Values, s *scheduling.Schedule) error {
	var errs []error
	for i := 0; f.Has(fmt.Sprintf("change-%d-from", i)); i++ {
		name := fmt.Sprintf("change-%d", i)
		from, to, none, err := readDates(f, name, "date of the exception")
		errs = append(errs, err)
		if none || err != nil {
			continue
		}
		hours, err := readHours(f, name, "exception")
		errs = append(errs, err)
		s.Overrides = append(s.Overrides, scheduling.Override{From: from, To: to, Hours: hours, Note: strings.TrimSpace(f.Get(name + "-note"))})
	}
	return errors.Join(errs...)
}

func readStays(f url.Values, s *scheduling.Schedule) error {
	var errs []error
	for i := 0; f.Has(fmt.Sprintf("stay-%d-from", i)); i++ {
		name := fmt.Sprintf("stay-%d", i)
		from, to, none, err := readDates(f, name, "date of the journey")
		errs = append(errs, err)
		if none || err != nil {
			continue
		}
		s.Stays = append(s.Stays, scheduling.Stay{From: from, To: to, Zone: strings.TrimSpace(f.Get(name + "-zone"))})
	}
	return errors.Join(errs...)
}

// readDates reads two dates. The second is the first where it is left out.
func readDates(f url.Values, name, field string) (from, to scheduling.Date, none bool, err error) {
	first, last := f.Get(name+"-from"), f.Get(name+"-to")
	if first == "" && last == "" {
		return from, to, true, nil
	}
	if last == "" {
		last = first
	}
	from, err1 := scheduling.ParseDate(first)
	to, err2 := scheduling.ParseDate(last)
	if err1 != nil || err2 != nil {
		err = frontdesk.InvalidField(field, "must be a date such as 2027-03-14")
	}
	return from, to, false, err
}
