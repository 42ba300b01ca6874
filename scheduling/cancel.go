package scheduling

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Cancel cancels a booking and frees its seats. Its guest may do so until the event type's CancelNotice before
// the start, FailedPrecondition after it, and gets back what the policy says; when a host or staff cancel, all is given
// back. A meeting that was taken from a pack goes back to it when nothing of a price would be kept. The last
// booking cancels the meeting. What is cancelled already stays as it is, and is no error.
func (s *Service) Cancel(ctx context.Context, r Ref, reason string) (_ *Booking, err error) {
	const op = "scheduling.Cancel"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToChange(ctx, op, r)
	if err != nil {
		return nil, err
	}
	var c complaints
	c.text("reason", reason, MaxNote, true)
	if err := c.err(); err != nil {
		return nil, err
	}
	policy, err := s.policy(ctx, s.store, f.meeting)
	if err != nil {
		return nil, err
	}
	var b *Booking
	err = s.store.InTx(ctx, func(tx Store) error {
		_, b, err = s.conclude(ctx, tx, op, f.meeting.ID, f.booking.ID, s.cancellation(f, policy, reason))
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.shown(), nil
}

// CancelMeeting cancels all bookings of a meeting, as Cancel does for a host. It is for its
// hosts and staff.
func (s *Service) CancelMeeting(ctx context.Context, meeting, reason string) (err error) {
	const op = "scheduling.CancelMeeting"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, c, _, err := s.hosted(ctx, op, meeting)
	if err != nil {
		return err
	}
	var bad complaints
	bad.text("reason", reason, MaxNote, true)
	if err := bad.err(); err != nil {
		return err
	}
	f := &found{caller: c, host: true}
	return s.store.InTx(ctx, func(tx Store) error {
		m, err := tx.ChangeMeeting(ctx, meeting, s.now(), func(m *Meeting) error {
			m.forsake()
			return nil
		})
		if err != nil {
			return err
		}
		for _, b := range m.Bookings { // nobody joins any more: the meeting is ours now
			if b.Status.over() {
				continue
			}
			if _, _, err := s.conclude(ctx, tx, op, m.ID, b.ID, s.cancellation(f, Policy{}, reason)); err != nil {
				return err
			}
		}
		return nil
	})
}

// over reports whether nothing becomes of it any more.
func (s Status) over() bool {
	return s == StatusCancelled || s == StatusDeclined || s == StatusExpired || s == StatusDone || s == StatusNoShow
}

// policy is that of the meeting's event type; one that is deleted has the zero Policy.
func (s *Service) policy(ctx context.Context, st Store, m *Meeting) (Policy, error) {
	t, err := st.EventType(ctx, m.EventType)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return Policy{}, nil
	}
	if err != nil {
		return Policy{}, err
	}
	return t.Policy, nil
}

// conclusion is how a booking ends before its time.
type conclusion struct {
	status Status
	kind   ChangeKind
	by     By
	reason string
	share  int // of what was paid, that is given back
}

var errSettled = frontdesk.Errorf(frontdesk.Internal, "it has ended already")

func (s *Service) cancellation(f *found, p Policy, reason string) func(*Meeting, *Booking) (conclusion, error) {
	return func(m *Meeting, b *Booking) (conclusion, error) {
		c := conclusion{status: StatusCancelled, kind: MeetingCancelled, by: f.by(), reason: reason, share: all}
		switch {
		case b.Status == StatusCancelled:
			return c, errSettled
		case b.Status.over():
			return c, frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", b.Status)
		case b.Status == StatusHeld:
			c.kind = MeetingExpired // nobody but who held it was told of a booking
			return c, nil
		case f.host:
			return c, nil
		}
		left := m.Start.Sub(s.now())
		if left < p.CancelNotice || left < 0 {
			return c, frontdesk.Errorf(frontdesk.FailedPrecondition, "it is too late to cancel")
		}
		c.share = p.share(left)
		return c, nil
	}
}

// conclude ends a booking with all that follows from it: money and packs are given back, the slot is offered to
// who waits, and everybody is told. It changes nothing when how says errSettled.
func (s *Service) conclude(ctx context.Context, tx Store, op, meeting, booking string, how func(*Meeting, *Booking) (conclusion, error)) (*Meeting, *Booking, error) {
	var c conclusion
	var before Booking
	m, b, err := s.changeBooking(ctx, tx, meeting, booking, func(m *Meeting, b *Booking) (err error) {
		if c, err = how(m, b); err != nil {
			before = *b
			return err
		}
		before = *b
		b.Status, b.ExpiresAt, b.EndedBy, b.Reason = c.status, time.Time{}, c.by, c.reason
		b.Payment.giveUp(c.share)
		if before.Status.public() {
			m.Sequence++
		}
		return nil
	})
	if errors.Is(err, errSettled) {
		return nil, &before, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if err := s.followUp(ctx, tx, m, b, &before, c); err != nil {
		return nil, nil, err
	}
	return m, b, s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded,
		map[string]string{"status": string(before.Status)},
		map[string]string{"status": string(b.Status), "refund": strconv.FormatInt(b.Payment.Refunded.Amount, 10), "currency": string(b.Payment.Refunded.Currency)})
}

// followUp stores what follows from the end of a booking that was as before.
func (s *Service) followUp(ctx context.Context, tx Store, m *Meeting, b, before *Booking, c conclusion) error {
	steps := []func() error{
		func() error {
			return s.announce(ctx, tx, Change{Kind: c.kind, Meeting: *m, Booking: *b, Was: before.Status, By: c.by, Refund: b.Payment.Refunded}, string(before.Status))
		},
		func() error { return s.returnMoney(ctx, tx, m, b, before) },
	}
	if before.Pack != "" && c.share == all {
		steps = append(steps, func() error { return s.returnToPack(ctx, tx, before.Pack) })
	}
	if before.Status.public() {
		steps = append(steps, func() error { return s.arrange(ctx, tx, m) })
	}
	steps = append(steps, func() error { return s.dueOffer(ctx, tx, m, m.Span) })
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// returnMoney lets nobody pay for the booking any more, and gives back what it says.
func (s *Service) returnMoney(ctx context.Context, tx Store, m *Meeting, b, before *Booking) error {
	switch {
	case before.Payment.State == PaymentDue:
		return s.dueRelease(ctx, tx, m.ID, b.ID, orderOf(m, b))
	case b.Payment.State == PaymentRefunding && before.Payment.State != PaymentRefunding:
		return s.dueRefund(ctx, tx, b.ID, m.ID, b.ID, refundDue{orderOf(m, b), b.Payment.ID, b.Payment.Refunded})
	}
	return nil
}
