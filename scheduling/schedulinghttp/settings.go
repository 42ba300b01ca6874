package schedulinghttp

import (
	"errors"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// settingsRecord is how an expert meets people, as it is read and as it is written.
type settingsRecord struct {
	Expert    string           `json:"expert"`
	Name      string           `json:"name"`
	Email     string           `json:"email"`
	Zone      string           `json:"zone"`
	Locale    string           `json:"locale"`
	WeekStart int              `json:"week_start"` // 0 is Sunday
	Schedule  string           `json:"schedule"`
	Calendars []calendarRecord `json:"calendars"`
	Reminders []minutes        `json:"reminders"`
	Revision  *int             `json:"revision"`
	UpdatedAt time.Time        `json:"updated_at"`
}

type calendarRecord struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Busy  bool   `json:"busy"`
	Write bool   `json:"write"`
}

func newSettingsRecord(s *scheduling.Settings) settingsRecord {
	return settingsRecord{
		Expert: s.Expert, Name: s.Name, Email: s.Email, Zone: s.Zone, Locale: s.Locale, WeekStart: int(s.WeekStart),
		Schedule: s.Schedule, Reminders: each(s.Reminders, newMinutes), Revision: &s.Revision, UpdatedAt: s.UpdatedAt,
		Calendars: each(s.Calendars, func(c *scheduling.CalendarRef) calendarRecord { return calendarRecord(*c) }),
	}
}

// onto is what the record makes of the settings that are there.
func (r *settingsRecord) onto(old *scheduling.Settings, revision int) (scheduling.Settings, error) {
	return scheduling.Settings{
		Expert: old.Expert, Name: r.Name, Email: r.Email, Zone: r.Zone, Locale: r.Locale, WeekStart: time.Weekday(r.WeekStart),
		Schedule: r.Schedule, Reminders: each(r.Reminders, (*minutes).duration), Feed: old.Feed, Revision: revision,
		Calendars: each(r.Calendars, func(c *calendarRecord) scheduling.CalendarRef { return scheduling.CalendarRef(*c) }),
	}, same("expert", r.Expert, old.Expert)
}

func (h *handler) settings(w http.ResponseWriter, r *http.Request) error {
	expert, err := queryExpert(r)
	if err != nil {
		return err
	}
	s, err := h.svc.Settings(r.Context(), expert)
	if err != nil {
		return err
	}
	return writeRevision(w, http.StatusOK, s.Revision, newSettingsRecord(s))
}

func (h *handler) putSettings(w http.ResponseWriter, r *http.Request) error {
	expert, err := queryExpert(r)
	if err != nil {
		return err
	}
	var asked settingsRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	old, err := h.svc.Settings(r.Context(), expert)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		old, err = &scheduling.Settings{Expert: expert}, nil
	}
	if err != nil {
		return err
	}
	revision, err := revisionOf(r, asked.Revision, old.Revision)
	n, wrong := asked.onto(old, revision)
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	saved, err := h.svc.SaveSettings(r.Context(), n)
	if err != nil {
		return err
	}
	return writeRevision(w, http.StatusOK, saved.Revision, newSettingsRecord(saved))
}
