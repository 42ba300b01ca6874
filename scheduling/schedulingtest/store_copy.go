package schedulingtest

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// utc drops the zone and the monotonic reading, as a database does.
func utc(t time.Time) time.Time { return t.Round(0).UTC() }

func copySettings(s scheduling.Settings) scheduling.Settings {
	s.Calendars, s.Reminders = slices.Clone(s.Calendars), slices.Clone(s.Reminders)
	s.UpdatedAt = utc(s.UpdatedAt)
	return s
}

func copySchedule(s scheduling.Schedule) scheduling.Schedule {
	s.Weekly, s.Overrides, s.Stays = slices.Clone(s.Weekly), slices.Clone(s.Overrides), slices.Clone(s.Stays)
	for i, o := range s.Overrides {
		s.Overrides[i].Hours = slices.Clone(o.Hours)
	}
	s.UpdatedAt = utc(s.UpdatedAt)
	return s
}

func copyEventType(e scheduling.EventType) scheduling.EventType {
	e.Durations, e.Limits, e.Hosts = slices.Clone(e.Durations), slices.Clone(e.Limits), slices.Clone(e.Hosts)
	e.Prices, e.Policy.Refunds = maps.Clone(e.Prices), slices.Clone(e.Policy.Refunds)
	e.Locations, e.Questions, e.Reminders = slices.Clone(e.Locations), slices.Clone(e.Questions), slices.Clone(e.Reminders)
	for i, q := range e.Questions {
		e.Questions[i].Options = slices.Clone(q.Options)
	}
	e.CreatedAt, e.UpdatedAt = utc(e.CreatedAt), utc(e.UpdatedAt)
	return e
}

func copyMeeting(m scheduling.Meeting) scheduling.Meeting {
	m.Hosts, m.Bookings = slices.Clone(m.Hosts), slices.Clone(m.Bookings)
	m.Start, m.End, m.ExpiresAt = utc(m.Start), utc(m.End), utc(m.ExpiresAt)
	m.CreatedAt, m.UpdatedAt = utc(m.CreatedAt), utc(m.UpdatedAt)
	for i, b := range m.Bookings {
		m.Bookings[i] = copyBooking(b)
	}
	return m
}

func copyBooking(b scheduling.Booking) scheduling.Booking {
	b.Answers = maps.Clone(b.Answers)
	b.ExpiresAt, b.Payment.PaidAt = utc(b.ExpiresAt), utc(b.Payment.PaidAt)
	b.CreatedAt, b.UpdatedAt = utc(b.CreatedAt), utc(b.UpdatedAt)
	return b
}

func copyWaiting(w scheduling.Waiting) scheduling.Waiting {
	w.Declined = slices.Clone(w.Declined)
	w.In = scheduling.Span{Start: utc(w.In.Start), End: utc(w.In.End)}
	w.ExpiresAt, w.CreatedAt, w.UpdatedAt = utc(w.ExpiresAt), utc(w.CreatedAt), utc(w.UpdatedAt)
	return w
}

func copyPack(p scheduling.Pack) scheduling.Pack {
	p.EventTypes = slices.Clone(p.EventTypes)
	p.Payment.PaidAt, p.ExpiresAt = utc(p.Payment.PaidAt), utc(p.ExpiresAt)
	p.CreatedAt, p.UpdatedAt = utc(p.CreatedAt), utc(p.UpdatedAt)
	return p
}

func copyEffect(e scheduling.Effect) scheduling.Effect {
	e.Payload = bytes.Clone(e.Payload)
	e.CreatedAt, e.NextAt, e.LeaseUntil = utc(e.CreatedAt), utc(e.NextAt), utc(e.LeaseUntil)
	return e
}
