package scheduling

import (
	"context"
	"slices"
	"time"
)

// standing is the order in which the status of bookings decides their meeting's.
var standing = []Status{
	StatusConfirmed, StatusPending, StatusHeld, StatusDone, StatusNoShow, StatusCancelled, StatusDeclined, StatusExpired,
}

// settle gives the meeting the status of its bookings.
func (m *Meeting) settle() {
	best := len(standing)
	m.ExpiresAt = time.Time{}
	for _, b := range m.Bookings {
		if i := slices.Index(standing, b.Status); i >= 0 {
			best = min(best, i)
		}
		if b.Status == StatusHeld && b.ExpiresAt.After(m.ExpiresAt) {
			m.ExpiresAt = b.ExpiresAt
		}
	}
	if best < len(standing) {
		m.Status = standing[best]
	}
	if m.Status != StatusHeld {
		m.ExpiresAt = time.Time{}
	}
}

// public reports whether more people than who holds it know of it: its hosts' calendars show it.
func (s Status) public() bool { return s == StatusPending || s == StatusConfirmed }

// changeBooking gives fn the booking in its meeting, stores what fn leaves of both, and
// returns that.
func (s *Service) changeBooking(ctx context.Context, tx Store, meeting, booking string, fn func(*Meeting, *Booking) error) (*Meeting, *Booking, error) {
	now := s.now()
	m, err := tx.ChangeMeeting(ctx, meeting, now, func(m *Meeting) error {
		b := m.booking(booking)
		if b == nil {
			return errUnknown
		}
		if err := fn(m, b); err != nil {
			return err
		}
		m.UpdatedAt, b.UpdatedAt = now, now
		m.settle()
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return m, m.booking(booking), nil
}
