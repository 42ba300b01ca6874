package scheduling

import (
	"context"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Book books a start of an event type. What is free, or paid from a pack, is confirmed at once,
// or waits for a host to confirm it when the event type says so. What costs something is held while it is paid:
// the Ticket says where. If that cannot be asked for, Book returns the Ticket, whose hold stays, and the error; calling
// again with the same Key, or Pay, asks again. The price comes from the event type alone.
//
// Clients book for themselves, hosts and administrators for anybody, and with Options.Secrets also
// guests whom nobody has signed in. What [Service.Search] lists can be booked: everything else is
// FailedPrecondition with the [Reason] as a cause. It fails with ErrSlotTaken when somebody else was faster, and with Unavailable when
// a calendar of the host cannot be read.
func (s *Service) Book(ctx context.Context, r Request) (_ *Ticket, err error) {
	const op = "scheduling.Book"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.request(ctx, op, r, func(t *EventType, b *Booking) error {
		d := r.details()
		return s.complete(t, b, &d)
	})
}

// intent is a request that makes sense, of somebody who may make it.
type intent struct {
	caller
	wish     wish
	location Location
	booking  Booking
}

// request books or holds; enter says what becomes of the booking.
func (s *Service) request(ctx context.Context, op string, r Request, enter func(*EventType, *Booking) error) (*Ticket, error) {
	ctx, c := callerOf(ctx)
	in, err := s.intend(ctx, op, c, &r, enter)
	if err != nil {
		return nil, err
	}
	if m, err := s.known(ctx, in.booking.Key); m != nil || err != nil {
		return s.repeated(ctx, m, in.booking.Key, &r, err)
	}
	sv, err := s.consider(ctx, in.wish)
	if err != nil {
		return nil, err
	}
	sv.location = in.location
	m, added, err := s.commit(ctx, op, in, sv)
	if err != nil {
		return nil, err
	}
	if !added {
		return s.repeated(ctx, m, in.booking.Key, &r, nil)
	}
	return s.invite(ctx, m, in.booking.ID, r.SuccessPath, r.CancelPath)
}

func (s *Service) intend(ctx context.Context, op string, c caller, r *Request, enter func(*EventType, *Booking) error) (*intent, error) {
	t, err := s.offered(ctx, c, r.EventType)
	if err == nil {
		err = s.admit(c, t, r)
	}
	if err != nil {
		return nil, s.refuse(ctx, op, "event_type:"+r.EventType, err)
	}
	if err := r.check(t, c.guest); err != nil {
		return nil, err
	}
	in := &intent{caller: c}
	if in.location, err = locationOf(t, r.Location); err != nil {
		return nil, err
	}
	if in.booking, err = s.draft(c, t, r); err != nil {
		return nil, err
	}
	if in.wish, err = r.wish(t); err != nil {
		return nil, err
	}
	return in, enter(t, &in.booking)
}

// offered is an event type that can be booked.
func (s *Service) offered(ctx context.Context, c caller, id string) (*EventType, error) {
	t, err := s.store.EventType(ctx, id)
	if err != nil {
		return nil, unknown(err)
	}
	if t.Active {
		return t, nil
	}
	if !c.hosts(t.experts()...) {
		return nil, errUnknown
	}
	return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the event type is not active")
}

// draft is the booking that is asked for.
func (s *Service) draft(c caller, t *EventType, r *Request) (Booking, error) {
	now := s.now()
	price, err := t.priceOf(r.Duration, r.Seats)
	return Booking{
		ID: newID(now), Client: r.Client, Guest: r.Guest, Seats: r.Seats, Key: c.key(r), Price: price,
		Answers: r.Answers, Override: r.Override, CreatedAt: now, UpdatedAt: now,
	}, err
}

func (r *Request) wish(t *EventType) (wish, error) {
	var only []string
	if r.Expert != "" {
		only = append(only, r.Expert)
	}
	hosts, err := t.among(only...)
	w := wish{eventType: t, hosts: hosts, start: r.Start, duration: r.Duration, seats: r.Seats}
	if r.Override {
		w.waive = allWaived
	}
	return w, err
}

func locationOf(t *EventType, l Location) (Location, error) {
	var c complaints
	l = c.location(t, l)
	return l, c.err()
}

// complete says what becomes of a booking whose details are all there: it is to be paid, to be
// confirmed by a host, or takes place.
func (s *Service) complete(t *EventType, b *Booking, d *Details) error {
	var c complaints
	c.answered(t, b.Answers)
	if err := c.err(); err != nil {
		return err
	}
	b.Pack = d.Pack
	switch {
	case b.Pack != "" || b.Price.IsZero():
		s.accept(t, b)
	case s.options.Payments == nil:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is no way to pay")
	default:
		b.Status, b.ExpiresAt, b.Payment.State = StatusHeld, s.heldUntil(t), PaymentDue
	}
	return nil
}

// accept lets the booking take place, once a host has confirmed it if that is needed.
func (s *Service) accept(t *EventType, b *Booking) {
	b.Status, b.ExpiresAt = StatusConfirmed, time.Time{}
	if t.Confirm {
		b.Status, b.ExpiresAt = StatusPending, s.now().Add(s.options.ConfirmWithin)
	}
}

// endBy lets a wait for a host end at the start of the meeting, and one for its guest at the end: whoever
// pays later gets the money back.
func (b *Booking) endBy(meeting Span) {
	last := meeting.Start
	if b.Status == StatusHeld {
		last = meeting.End
	}
	if last.Before(b.ExpiresAt) {
		b.ExpiresAt = last
	}
}

func (s *Service) heldUntil(t *EventType) time.Time {
	if t.HoldFor > 0 {
		return s.now().Add(t.HoldFor)
	}
	return s.now().Add(s.options.HoldFor)
}

// commit places the booking with everything that follows from it.
func (s *Service) commit(ctx context.Context, op string, in *intent, sv *survey) (m *Meeting, added bool, err error) {
	t, b := sv.query.Type, in.booking
	b.endBy(Span{sv.query.From, sv.query.From.Add(sv.query.Duration)})
	err = s.store.InTx(ctx, func(tx Store) error {
		m, added = nil, false
		if err := s.mayHold(ctx, tx, in.caller, sv, &b); err != nil {
			return err
		}
		if m, added, err = s.place(ctx, tx, sv, b); err != nil || !added {
			return err
		}
		if b.Pack != "" {
			if err := s.usePack(ctx, tx, b.Pack, b.Client, t); err != nil {
				return err
			}
		}
		if err := s.welcome(ctx, tx, in.by(), m, m.booking(b.ID)); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded, nil, auditOf(m, &b))
	})
	return m, added, err
}

// auditOf is what the audit log has of a booking.
func auditOf(m *Meeting, b *Booking) map[string]string {
	return map[string]string{
		"meeting": m.ID, "event_type": m.EventType, "start": m.Start.Format(time.RFC3339), "status": string(b.Status),
		"seats": strconv.Itoa(b.Seats), "override": strconv.FormatBool(b.Override),
	}
}

// welcome announces a booking that is there now.
func (s *Service) welcome(ctx context.Context, tx Store, by By, m *Meeting, b *Booking) error {
	c := Change{Meeting: *m, Booking: *b, By: by}
	switch b.Status {
	case StatusHeld:
		c.Kind = MeetingHeld
		return s.announce(ctx, tx, c, "")
	case StatusPending:
		c.Kind = MeetingRequested
	default:
		c.Kind = MeetingBooked
	}
	if err := s.announce(ctx, tx, c, ""); err != nil {
		return err
	}
	return s.arrange(ctx, tx, m)
}

// known is the meeting of the booking with the key, or nil.
func (s *Service) known(ctx context.Context, key string) (*Meeting, error) {
	if key == "" {
		return nil, nil
	}
	m, err := s.store.MeetingByKey(ctx, key)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil, nil
	}
	return m, err
}

// repeated answers a call whose key is known as the first one was answered.
func (s *Service) repeated(ctx context.Context, m *Meeting, key string, r *Request, err error) (*Ticket, error) {
	if err != nil {
		return nil, err
	}
	for i := range m.Bookings {
		if b := &m.Bookings[i]; b.Key == key {
			if m.EventType != r.EventType || b.Seats != r.Seats || m.never(r.Start, r.Duration) {
				return nil, frontdesk.InvalidField("key", "was used for another booking")
			}
			return s.invite(ctx, m, b.ID, r.SuccessPath, r.CancelPath)
		}
	}
	return nil, errUnknown
}

// never reports whether the meeting is another than the one that began at the start.
func (m *Meeting) never(start time.Time, d time.Duration) bool {
	return m.Sequence == 0 && (!m.Start.Equal(start) || m.Duration() != d)
}
