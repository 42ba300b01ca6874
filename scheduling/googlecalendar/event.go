package googlecalendar

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"time"

	calendargo "google.golang.org/api/calendar/v3"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// The private properties that mark an event as ours.
const (
	uidProperty      = "frontdesk_uid"
	sequenceProperty = "frontdesk_sequence"
)

const (
	confirmed = "confirmed"
	tentative = "tentative"
	cancelled = "cancelled"
)

// eventID is the id of the event of a UID: 52 characters of base32hex.
func eventID(uid string) string {
	sum := sha256.Sum256([]byte(uid))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:]))
}

// event is an entry as Google writes it, without its video call.
func (c *Calendar) event(e *scheduling.Entry) *calendargo.Event {
	event := &calendargo.Event{
		Id: eventID(e.UID), Status: confirmed, Sequence: int64(e.Sequence),
		Summary: e.Summary, Description: e.Description, Location: e.Location,
		Start: moment(e.Span.Start, e.Zone), End: moment(e.Span.End, e.Zone),
		ExtendedProperties: &calendargo.EventExtendedProperties{Private: map[string]string{
			uidProperty: e.UID, sequenceProperty: strconv.Itoa(e.Sequence),
		}},
	}
	if e.Tentative {
		event.Status = tentative
	}
	if e.URL != "" {
		event.Source = &calendargo.EventSource{Title: e.Summary, Url: e.URL}
	}
	if !c.invite {
		event.Description = withPeople(e.Description, e.Attendees)
		return event
	}
	for _, p := range e.Attendees {
		event.Attendees = append(event.Attendees, &calendargo.EventAttendee{DisplayName: p.Name, Email: p.Email})
	}
	return event
}

// moment is an instant, shown in a zone.
func moment(t time.Time, name string) *calendargo.EventDateTime {
	if z, known := zone(name); known {
		return &calendargo.EventDateTime{DateTime: t.In(z).Format(time.RFC3339), TimeZone: name}
	}
	return &calendargo.EventDateTime{DateTime: stamp(t)}
}

// withPeople names people below a description.
func withPeople(text string, people []scheduling.Person) string {
	lines := make([]string, 0, len(people))
	for _, p := range people {
		if p.Name == "" {
			lines = append(lines, p.Email)
			continue
		}
		lines = append(lines, p.Name+" ("+p.Email+")")
	}
	list := strings.Join(lines, "\n")
	if text == "" || list == "" {
		return text + list
	}
	return text + "\n\n" + list
}

// sequenceOf is the Sequence of an event of ours; that of another is below all.
func sequenceOf(e *calendargo.Event) int {
	if e.ExtendedProperties == nil {
		return -1
	}
	n, err := strconv.Atoi(e.ExtendedProperties.Private[sequenceProperty])
	if err != nil {
		return -1
	}
	return n
}

// entry is an event of a calendar in the zone.
func (c *Calendar) entry(e *calendargo.Event, zoneName string) (scheduling.CalendarEntry, error) {
	entry := scheduling.CalendarEntry{ID: e.Id, UID: e.ICalUID, Removed: e.Status == cancelled}
	if e.ExtendedProperties != nil && e.ExtendedProperties.Private[uidProperty] != "" {
		entry.UID = e.ExtendedProperties.Private[uidProperty]
	}
	if e.Id == "" {
		return entry, senseless("an event has no id")
	}
	if entry.Removed {
		return entry, nil
	}
	span, err := spanOf(e, zoneName)
	if err != nil {
		return entry, err
	}
	entry.ZoneDay = e.Start.Date != ""
	if !blocks(e) {
		return entry, nil
	}
	entry.Busy = c.foreign(span, e.Id)
	switch {
	case e.EventType == "outOfOffice":
		entry.Busy.Kind = scheduling.BusyUnavailable
	case e.Status == tentative:
		entry.Busy.Kind = scheduling.BusyTentative
	}
	return entry, nil
}

// blocks reports whether the calendar's owner is busy then, as freebusy.query sees it.
func blocks(e *calendargo.Event) bool {
	for _, a := range e.Attendees {
		if a != nil && a.Self && a.ResponseStatus == "declined" {
			return false
		}
	}
	return e.Transparency != "transparent"
}

// spanOf is when an event is. Whole days are those of the calendar's zone.
func spanOf(e *calendargo.Event, zoneName string) (scheduling.Span, error) {
	if e.Start == nil || e.End == nil {
		return scheduling.Span{}, senseless("an event has no time")
	}
	if e.Start.Date != "" {
		return daysOf(e, zoneName)
	}
	start, err1 := time.Parse(time.RFC3339, e.Start.DateTime)
	end, err2 := time.Parse(time.RFC3339, e.End.DateTime)
	if err1 != nil || err2 != nil {
		return scheduling.Span{}, senseless("a time cannot be read")
	}
	return scheduling.Span{Start: start.UTC(), End: end.UTC()}, nil
}

// daysOf are the whole days of an event; the last is not in it.
func daysOf(e *calendargo.Event, zoneName string) (scheduling.Span, error) {
	z, known := zone(zoneName)
	if !known {
		return scheduling.Span{}, senseless("the calendar's zone is not known here")
	}
	first, err1 := scheduling.ParseDate(e.Start.Date)
	end, err2 := scheduling.ParseDate(e.End.Date)
	if err1 != nil || err2 != nil {
		return scheduling.Span{}, senseless("a date cannot be read")
	}
	return scheduling.Span{Start: first.In(z).Start, End: end.In(z).Start}, nil
}
