package scheduling

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// MoveTo is where a booking is moved to.
type MoveTo struct {
	Start    time.Time
	Duration time.Duration // 0: as long as now. Only hosts and staff change it
	// Override lets hosts and staff move against notice, horizon, hours and limits; never over
	// other meetings. It is audited.
	Override bool
}

// Move moves a booking to another time, which Search with Moving lists. Its guest may do so until the
// event type's MoveNotice before the start and MaxMoves times, FailedPrecondition otherwise. A guest who is not alone in a
// meeting, or moves to one with other guests, leaves the meeting for that one: the booking is another then, with what was paid for
// it, and the Ticket names it; the old Ref still finds it. Hosts and staff move the meeting with all who are in it. It fails with
// ErrSlotTaken when somebody else was faster, and where Book does.
func (s *Service) Move(ctx context.Context, r Ref, to MoveTo) (_ *Ticket, err error) {
	const op = "scheduling.Move"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToChange(ctx, op, r)
	if err != nil {
		return nil, err
	}
	if to.Override && !f.host {
		return nil, s.refuse(ctx, op, bookingResource(r.Booking), errNotAllowed)
	}
	t, err := s.store.EventType(ctx, f.meeting.EventType)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "what was booked is not offered any more")
	}
	if err != nil {
		return nil, err
	}
	if err := f.mayMove(t, &to, s.now()); err != nil {
		return nil, err
	}
	w := f.wish(t, &to)
	sv, err := s.consider(ctx, w)
	if err != nil {
		return nil, err
	}
	slot, err := sv.at(w.start, w.duration)
	if err != nil {
		return nil, err
	}
	m, booking, err := s.move(ctx, op, f, sv, slot, &to)
	if err != nil {
		return nil, err
	}
	return s.ticket(m, booking), nil
}

func (f *found) mayMove(t *EventType, to *MoveTo, now time.Time) error {
	m, b := f.meeting, f.booking
	orElse(&to.Duration, m.Duration())
	to.Start = to.Start.UTC()
	switch {
	case to.Start.IsZero():
		return frontdesk.InvalidField("start", "is required")
	case !b.Status.public():
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", b.Status)
	case to.Start.Equal(m.Start) && to.Duration == m.Duration():
		return frontdesk.InvalidField("start", "is that of the meeting")
	case to.Duration < time.Minute || to.Duration > MaxDuration:
		return frontdesk.InvalidField("duration", "must be between a minute and %v", MaxDuration)
	case f.host:
		return nil
	case to.Duration != m.Duration():
		return frontdesk.InvalidField("duration", "can be changed by hosts only")
	case m.Start.Sub(now) < max(t.Policy.MoveNotice, 0):
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is too late to move")
	case t.Policy.MaxMoves > 0 && b.Moves >= t.Policy.MaxMoves:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it was moved %d times, which is all that is possible", b.Moves)
	}
	return nil
}

// wish is what is asked of the engine to move the booking. Whoever is not alone in the meeting looks for
// another; otherwise the meeting moves with its hosts, and its own time counts as free.
func (f *found) wish(t *EventType, to *MoveTo) wish {
	w := wish{eventType: t, hosts: t.hosted(), start: to.Start, duration: to.Duration, seats: f.booking.Seats}
	if f.whole() {
		own := *t
		own.Mode = together(f.meeting)
		w.eventType, w.moving, w.hosts = &own, f.meeting.ID, f.meeting.hosted(t)
	}
	if to.Override {
		w.waive = allWaived
	}
	return w
}

// whole reports whether the meeting itself is moved.
func (f *found) whole() bool { return f.host || f.meeting.others(f.booking.ID) == 0 }

// others is how many other bookings of the meeting take seats, or would, or may again.
func (m *Meeting) others(booking string) (n int) {
	for _, b := range m.Bookings {
		if b.ID != booking && (b.Status.public() || b.Status == StatusHeld || b.mayReturn()) {
			n++
		}
	}
	return n
}

// mayReturn reports whether a late payment would bring it back.
func (b *Booking) mayReturn() bool { return b.Status == StatusExpired && b.Payment.State == PaymentDue }

// hosted is who hosts the meeting, with the schedules that the event type says.
func (m *Meeting) hosted(t *EventType) []Host {
	all := t.hosted()
	hosts := make([]Host, len(m.Hosts))
	for i, expert := range m.Hosts {
		hosts[i] = Host{Expert: expert}
		if j := slices.IndexFunc(all, func(h Host) bool { return h.Expert == expert }); j >= 0 {
			hosts[i].Schedule = all[j].Schedule
		}
	}
	return hosts
}

func (s *Service) move(ctx context.Context, op string, f *found, sv *survey, slot Slot, to *MoveTo) (m *Meeting, booking string, err error) {
	joins := slot.Joins && !f.host
	err = s.store.InTx(ctx, func(tx Store) error {
		if f.whole() && !joins {
			booking = f.booking.ID
			m, err = s.moveMeeting(ctx, tx, f, sv, to)
		} else {
			m, booking, err = s.moveSeat(ctx, tx, f, sv)
		}
		if err != nil {
			return err
		}
		if err := s.dueOffer(ctx, tx, f.meeting, f.meeting.Span); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, bookingResource(f.booking.ID), frontdesk.Succeeded,
			map[string]string{"meeting": f.meeting.ID, "start": f.meeting.Start.Format(time.RFC3339)},
			map[string]string{"meeting": m.ID, "start": m.Start.Format(time.RFC3339), "booking": booking, "override": strconv.FormatBool(to.Override)})
	})
	return m, booking, err
}

// errMeanwhile says that what was looked at has changed since.
var errMeanwhile = frontdesk.Errorf(frontdesk.Aborted, "the booking was changed meanwhile")

func (s *Service) moveMeeting(ctx context.Context, tx Store, f *found, sv *survey, to *MoveTo) (*Meeting, error) {
	if err := s.lapse(ctx, tx, f.meeting.ID); err != nil {
		return nil, err
	}
	target := *f.meeting
	target.Span = Span{to.Start, to.Start.Add(to.Duration)}
	if err := s.clearWay(ctx, tx, &target); err != nil {
		return nil, err
	}
	m, _, err := s.changeBooking(ctx, tx, f.meeting.ID, f.booking.ID, func(m *Meeting, b *Booking) error {
		if m.Sequence != f.meeting.Sequence || !b.Status.public() || !f.host && m.others(b.ID) > 0 {
			return errMeanwhile
		}
		if err := m.leave(); err != nil {
			return err
		}
		m.Span = target.Span
		m.Before, m.After = sv.query.Type.Before, sv.query.Type.After
		m.Sequence++
		b.Override = b.Override || to.Override
		if !f.host {
			b.Moves++
		}
		for i := range m.Bookings {
			m.Bookings[i].endBy(m.Span)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := sv.bound(ctx, tx, m); err != nil {
		return nil, err
	}
	for _, b := range m.Bookings {
		if !b.Status.public() {
			continue
		}
		if err := s.tellMove(ctx, tx, f, m, &b); err != nil {
			return nil, err
		}
	}
	return m, s.arrange(ctx, tx, m)
}

// leave passes when nobody is about to pay for the meeting at its time. Whoever was, gets the money back
// and no other time.
func (m *Meeting) leave() error {
	for _, b := range m.Bookings {
		if b.Status == StatusHeld {
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "somebody is booking the meeting, until %s", b.ExpiresAt.Format(time.RFC3339))
		}
	}
	m.forsake()
	return nil
}

// forsake lets no late payment bring back a booking of the meeting.
func (m *Meeting) forsake() {
	for i := range m.Bookings {
		if b := &m.Bookings[i]; b.mayReturn() {
			b.Payment.State = PaymentNone
		}
	}
}

func (s *Service) tellMove(ctx context.Context, tx Store, f *found, m *Meeting, b *Booking) error {
	c := Change{Kind: MeetingMoved, Meeting: *m, Booking: *b, From: f.meeting.Span, By: f.by()}
	if m.ID != f.meeting.ID {
		c.Former = f.booking.ID
	}
	return s.announce(ctx, tx, c, strconv.Itoa(m.Sequence))
}

// moveSeat takes the booking out of its meeting and places another one with all that it was.
func (s *Service) moveSeat(ctx context.Context, tx Store, f *found, sv *survey) (*Meeting, string, error) {
	now := s.now()
	next := Booking{ID: newID(now), CreatedAt: now, UpdatedAt: now}
	old, _, err := s.changeBooking(ctx, tx, f.meeting.ID, f.booking.ID, func(m *Meeting, b *Booking) error {
		if m.Sequence != f.meeting.Sequence || !b.Status.public() {
			return errMeanwhile
		}
		next.Client, next.Guest, next.Seats, next.Status, next.ExpiresAt = b.Client, b.Guest, b.Seats, b.Status, b.ExpiresAt
		next.Price, next.Payment, next.Pack, next.Answers, next.Override = b.Price, b.Payment, b.Pack, b.Answers, b.Override
		next.Moves = b.Moves + 1
		b.Status, b.ExpiresAt, b.MovedTo, b.EndedBy = StatusCancelled, time.Time{}, next.ID, f.by()
		m.Sequence++
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	if err := s.arrange(ctx, tx, old); err != nil {
		return nil, "", err
	}
	next.endBy(Span{sv.query.From, sv.query.From.Add(sv.query.Duration)})
	alone := *sv
	alone.fresh, alone.query.Moving = false, "" // its time is free by now
	alone.location, alone.series = old.Location, old.Series
	m, _, err := s.place(ctx, tx, &alone, next)
	if err != nil {
		return nil, "", err
	}
	if err := s.tellMove(ctx, tx, f, m, m.booking(next.ID)); err != nil {
		return nil, "", err
	}
	return m, next.ID, s.arrange(ctx, tx, m)
}
