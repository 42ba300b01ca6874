package calendarserver

import (
	"time"
)

// Event is an event as a person sees it.
type Event struct {
	ID, UID    string // UID is that of iCalendar
	Summary    string
	Start, End time.Time
	// FirstDay and EndDay make it one of whole days: "2027-06-01" and the day after the last.
	FirstDay, EndDay string
	// Zone is the one that Start is told in, for recurring events.
	Zone string
	// Rule makes it recurring: "RRULE:FREQ=WEEKLY;COUNT=3".
	Rule string

	Tentative   bool
	Transparent bool
	Declined    bool   // the owner of the calendar does not come
	Type        string // such as "outOfOffice"; default "default"

	// What Add does not read.
	Description, Location string
	Sequence              int
	Conference            string // the video call's URL
	Guests                []string
	Private               map[string]string // private extended properties
}

// Add puts an event into a calendar, as somebody would by hand, and returns its id. It returns
// "" when there is no such calendar or the event makes no sense.
func (s *Server) Add(calendar string, e Event) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calendar(calendar)
	if c == nil {
		return ""
	}
	id := or(e.ID, newID())
	body := e.resource(c)
	body["iCalUID"] = or(e.UID, id+"@google.com")
	if s.check(c, body) != nil || c.byID[id] != nil {
		return ""
	}
	markSelf(c, body)
	return s.add(c, id, body).id
}

func (e *Event) resource(c *calendar) resource {
	body := resource{"status": confirmed, "summary": e.Summary, "sequence": int64(0), "eventType": e.Type}
	body["start"], body["end"] = e.moments(c)
	if e.Rule != "" {
		body["recurrence"] = []any{e.Rule}
	}
	if e.Tentative {
		body["status"] = tentative
	}
	if e.Transparent {
		body["transparency"] = "transparent"
	}
	if e.Declined {
		body["attendees"] = []any{map[string]any{"email": c.id, "responseStatus": "declined"}}
	}
	return body
}

func (e *Event) moments(c *calendar) (start, end map[string]any) {
	if e.FirstDay != "" {
		return map[string]any{"date": e.FirstDay}, map[string]any{"date": e.EndDay}
	}
	zone := or(e.Zone, c.zoneName)
	in := c.zoneOf(resource{"timeZone": zone})
	return map[string]any{"dateTime": e.Start.In(in).Format(time.RFC3339), "timeZone": zone},
		map[string]any{"dateTime": e.End.In(in).Format(time.RFC3339), "timeZone": zone}
}

// Move gives an event, or an instance of a recurring one, another time, as somebody would by
// hand. It reports whether there is such an event.
func (s *Server) Move(calendar, id string, start, end time.Time) bool {
	return s.move(calendar, id, Event{Start: start, End: end})
}

// MoveToDays makes an event one of whole days, as somebody would by hand: "2027-06-01" and the
// day after the last. It reports whether there is such an event.
func (s *Server) MoveToDays(calendar, id, first, end string) bool {
	return s.move(calendar, id, Event{FirstDay: first, EndDay: end})
}

func (s *Server) move(calendar, id string, to Event) bool {
	return s.edit(calendar, id, func(e *event) {
		e.body["start"], e.body["end"] = to.moments(e.calendar)
		e.body["sequence"] = e.body.number("sequence") + 1
		e.exception = e.master != nil
		s.changed(e)
	})
}

// Remove deletes an event, as somebody would by hand. It reports whether there was one.
func (s *Server) Remove(calendar, id string) bool {
	return s.edit(calendar, id, s.cancel)
}

func (s *Server) edit(calendar, id string, change func(*event)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calendar(calendar)
	if c == nil || c.byID[id] == nil || c.byID[id].cancelled() {
		return false
	}
	change(c.byID[id])
	return true
}

// Events are the events of a calendar that were not deleted, with the instances of recurring ones
// and not these, in the order in which they were made.
func (s *Server) Events(calendar string) (all []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calendar(calendar)
	if c == nil {
		return nil
	}
	s.makeConferences()
	for _, e := range c.events {
		if !e.cancelled() && !e.recurs() {
			all = append(all, e.shown())
		}
	}
	return all
}

func (e *event) shown() Event {
	start, end := e.span()
	v := e.body
	shown := Event{
		ID: e.id, UID: v.text("iCalUID"), Summary: v.text("summary"), Description: v.text("description"), Location: v.text("location"),
		Start: start, End: end, FirstDay: v.text("start", "date"), EndDay: v.text("end", "date"), Zone: v.text("start", "timeZone"),
		Tentative: v.text("status") == tentative, Transparent: v.text("transparency") == "transparent", Type: v.text("eventType"),
		Sequence: int(v.number("sequence")), Conference: v.text("hangoutLink"), Private: map[string]string{},
	}
	for _, a := range v.list("attendees") {
		shown.Guests = append(shown.Guests, a.text("email"))
		shown.Declined = shown.Declined || a["self"] == true && a.text("responseStatus") == "declined"
	}
	private := v.part("extendedProperties").part("private")
	for name := range private {
		shown.Private[name] = private.text(name)
	}
	return shown
}
