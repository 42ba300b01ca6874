package scheduling

import (
	"context"
	"slices"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// maxNotes is how long the notes of a meeting can be, in bytes.
const maxNotes = 20_000

// Meetings lists meetings: to experts those that they host, to clients those in which they have a booking, with no other
// booking and without the notes, and to administrators and the system all. A filter for another expert or client is
// PermissionDenied.
func (s *Service) Meetings(ctx context.Context, f MeetingFilter) (_ []Meeting, err error) {
	const op = "scheduling.Meetings"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	switch a.Role {
	case frontdesk.RoleClient:
		orElse(&f.Client, a.ClientID)
		if !a.MayRead(f.Client) {
			return nil, s.refuse(ctx, op, "client:"+f.Client, errNotAllowed)
		}
	case frontdesk.RoleExpert:
		orElse(&f.Host, a.ExpertID)
		if !a.MayReadExpert(f.Host) {
			return nil, s.refuse(ctx, op, "expert:"+f.Host, errNotAllowed)
		}
	}
	list, err := s.store.Meetings(ctx, f)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i] = *list[i].seenBy(caller{Actor: a})
	}
	return list, nil
}

// Meeting returns a meeting as Meetings lists it. One that it does not list is NotFound.
func (s *Service) Meeting(ctx context.Context, id string) (_ *Meeting, err error) {
	const op = "scheduling.Meeting"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	c := caller{Actor: a}
	m, err := s.store.Meeting(ctx, id)
	if err == nil {
		if m = m.seenBy(c); len(m.Bookings) == 0 && !c.hosts(m.Hosts...) {
			err = errUnknown
		}
	}
	if err != nil {
		return nil, s.refuse(ctx, op, meetingResource(id), unknown(err))
	}
	return m, nil
}

// BookingByRef returns a booking to whoever holds its token, its client, the hosts of its meeting
// and staff; to others it is NotFound. One that has moved to another meeting is found there.
func (s *Service) BookingByRef(ctx context.Context, r Ref) (_ *Ticket, err error) {
	const op = "scheduling.BookingByRef"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	_, f, err := s.find(ctx, op, r)
	if err != nil {
		return nil, err
	}
	ticket := s.ticket(f.meeting, f.booking.ID)
	if f.OnBehalfOf != "" {
		ticket.Token = "" // with it they could do more than look
	}
	return ticket, nil
}

// Annotate replaces the notes of a meeting, which no client sees. It is for its hosts and staff.
func (s *Service) Annotate(ctx context.Context, meeting, notes string) (err error) {
	const op = "scheduling.Annotate"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, _, _, err = s.hosted(ctx, op, meeting)
	if err != nil {
		return err
	}
	var c complaints
	c.text("notes", notes, maxNotes, true)
	if err := c.err(); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		_, err := tx.ChangeMeeting(ctx, meeting, s.now(), func(m *Meeting) error {
			m.Notes, m.UpdatedAt = notes, s.now()
			return nil
		})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, op, meetingResource(meeting), frontdesk.Succeeded, nil, map[string]string{"bytes": strconv.Itoa(len(notes))})
	})
}

// hosted returns a meeting to those who may change it as a whole.
func (s *Service) hosted(ctx context.Context, op, id string) (context.Context, caller, *Meeting, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return ctx, caller{}, nil, err
	}
	c := caller{Actor: a}
	m, err := s.store.Meeting(ctx, id)
	switch {
	case err != nil:
		err = unknown(err)
	case c.hosts(m.Hosts...) && c.OnBehalfOf == "":
		return ctx, c, m, nil
	case c.hosts(m.Hosts...) || len(m.seenBy(c).Bookings) > 0:
		err = errNotAllowed
	default:
		err = errUnknown
	}
	return ctx, c, nil, s.refuse(ctx, op, meetingResource(id), err)
}

func meetingResource(id string) string { return "meeting:" + id }

// seenBy is the meeting as its hosts and staff see it, or else as who has a booking in it does.
func (m *Meeting) seenBy(c caller) *Meeting {
	if !c.hosts(m.Hosts...) {
		return m.only(func(b *Booking) bool { return c.MayRead(b.Client) })
	}
	seen := *m
	seen.Bookings = slices.Clone(m.Bookings)
	for i := range seen.Bookings {
		seen.Bookings[i].Key = ""
	}
	return &seen
}

// only is the meeting as who has these bookings sees it: with the status of those, and the link of
// the video call, or of the host's own room, only when it takes place for them.
func (m *Meeting) only(own func(*Booking) bool) *Meeting {
	seen := *m
	seen.Bookings, seen.Notes = nil, ""
	for _, b := range m.Bookings {
		if own(&b) {
			b.Key = ""
			seen.Bookings = append(seen.Bookings, b)
		}
	}
	seen.settle()
	if seen.Status != StatusConfirmed && seen.Status != StatusDone {
		seen.JoinURL = ""
		if seen.Location.Kind == AtLink {
			seen.Location.Value = ""
		}
	}
	return &seen
}

// shown is the booking without what is ours alone.
func (b *Booking) shown() *Booking {
	seen := *b
	seen.Key = ""
	return &seen
}
