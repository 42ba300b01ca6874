package notify

import (
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// overtaken reports whether the change says what is not so any more, now that the meeting is as m. The
// changes that made it so are told too.
func overtaken(c *scheduling.Change, m *scheduling.Meeting, now time.Time) bool {
	i := slices.IndexFunc(m.Bookings, func(b scheduling.Booking) bool { return b.ID == c.Booking.ID })
	if i < 0 {
		return c.Booking.ID != ""
	}
	b := &m.Bookings[i]
	same := m.Start.Equal(c.Meeting.Start) && m.End.Equal(c.Meeting.End)
	switch c.Kind {
	case scheduling.MeetingBooked, scheduling.MeetingReminder:
		return !same || b.Status != scheduling.StatusConfirmed || !now.Before(m.Start)
	case scheduling.MeetingRequested:
		return !same || b.Status != scheduling.StatusPending
	case scheduling.MeetingMoved:
		return !same || !b.Live(now)
	case scheduling.WaitlistOffered:
		return b.Status != scheduling.StatusHeld || !b.Live(now)
	case scheduling.MeetingCancelled, scheduling.MeetingDeclined, scheduling.MeetingExpired:
		return b.Live(now)
	}
	return false
}
