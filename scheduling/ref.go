package scheduling

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// found is a booking that the caller may deal with.
type found struct {
	caller
	meeting *Meeting
	booking *Booking // in the meeting
	host    bool     // the caller hosts it or is staff; otherwise it is the caller's own
}

// find returns the booking to whoever holds its token, whose client it is of, to the hosts of its
// meeting and to staff, and NotFound to everybody else. One that has moved to another meeting is
// found there.
func (s *Service) find(ctx context.Context, op string, r Ref) (context.Context, *found, error) {
	_, err := frontdesk.ActorFrom(ctx)
	if err != nil && r.Token == "" {
		return ctx, nil, err
	}
	actx, c := callerOf(ctx)
	f, err := s.look(actx, c, r.Booking, s.proven(forBooking, r.Booking, r.Token))
	if err != nil {
		return ctx, nil, s.refuse(ctx, op, bookingResource(r.Booking), err)
	}
	return actx, f, nil
}

// findToChange is find for callers who do more than look.
func (s *Service) findToChange(ctx context.Context, op string, r Ref) (context.Context, *found, error) {
	ctx, f, err := s.find(ctx, op, r)
	if err == nil && f.OnBehalfOf != "" {
		return ctx, nil, s.refuse(ctx, op, bookingResource(r.Booking), errNotAllowed)
	}
	return ctx, f, err
}

// findToHost is findToChange for what only hosts do.
func (s *Service) findToHost(ctx context.Context, op, booking string) (context.Context, *found, error) {
	ctx, f, err := s.findToChange(ctx, op, Ref{Booking: booking})
	if err == nil && !f.host {
		return ctx, nil, s.refuse(ctx, op, bookingResource(booking), errNotAllowed)
	}
	return ctx, f, err
}

func (s *Service) look(ctx context.Context, c caller, booking string, proven bool) (*found, error) {
	f := &found{caller: c}
	for {
		m, err := s.store.MeetingOf(ctx, booking)
		if err != nil {
			return nil, unknown(err)
		}
		f.meeting, f.booking = m, m.booking(booking)
		f.host = c.hosts(m.Hosts...)
		if !f.host && !proven && (c.guest || !c.MayRead(f.booking.Client)) {
			return nil, errUnknown
		}
		if f.booking.MovedTo == "" {
			return f, nil
		}
		booking = f.booking.MovedTo
	}
}

func (m *Meeting) booking(id string) *Booking {
	for i := range m.Bookings {
		if m.Bookings[i].ID == id {
			return &m.Bookings[i]
		}
	}
	return nil
}

func bookingResource(id string) string { return "booking:" + id }

// ticket is what the caller gets of a booking. Tokens are for who holds it, and its hosts.
func (s *Service) ticket(m *Meeting, booking string) *Ticket {
	own := m.only(func(b *Booking) bool { return b.ID == booking })
	return &Ticket{Meeting: *own, Booking: own.Bookings[0], Token: s.token(forBooking, booking)}
}
