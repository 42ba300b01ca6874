package scheduling

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Paid says that an order of Payments was paid, with the provider's id of the payment and what was paid. It may be said
// any number of times, in any order with everything else, and late: what is held, or was and is free still, is booked. When
// that cannot be, because somebody else has the slot or it was cancelled meanwhile, all is given
// back, once, and a MeetingConflict tells of it. So is a second payment of the same order, and one that is too little or in
// another currency, which leaves the booking as it was. It is for the system and
// administrators. Orders that are not known are NotFound.
func (s *Service) Paid(ctx context.Context, order, payment string, amount frontdesk.Money) (err error) {
	const op = "scheduling.Paid"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "order:"+order); err != nil {
		return err
	}
	if payment == "" {
		return frontdesk.InvalidField("payment", "is required")
	}
	if id, isPack := strings.CutPrefix(order, packOrder); isPack {
		return s.paidPack(ctx, id, payment, amount)
	}
	id, isBooking := strings.CutPrefix(order, bookingOrder)
	if !isBooking {
		return errUnknown
	}
	m, err := s.store.MeetingOf(ctx, id)
	if err != nil {
		return unknown(err)
	}
	t, err := s.store.EventType(ctx, m.EventType)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		t, err = &EventType{ID: m.EventType}, nil
	}
	if err != nil {
		return err
	}
	p := payable{Payment{State: PaymentPaid, ID: payment, Paid: amount, PaidAt: s.now()}, t, m, id}
	return s.store.InTx(ctx, func(tx Store) error { return s.receive(ctx, tx, op, p) })
}

// payable is a payment of a booking.
type payable struct {
	payment   Payment
	eventType *EventType
	meeting   *Meeting // as it was a moment ago
	booking   string
}

// verdict is what comes of a payment.
type verdict string

const (
	known     verdict = "known"    // it was said before
	accepted  verdict = "accepted" // the booking takes place, or waits for a host
	surplus   verdict = "surplus"  // the booking has another payment, or needs none
	mismatch  verdict = "mismatch" // it is not what was asked for
	tooLate   verdict = "too late" // the slot is gone
	cancelled verdict = "cancelled"
)

var errConflict = frontdesk.Errorf(frontdesk.Internal, "the payment cannot be used")

func (s *Service) receive(ctx context.Context, tx Store, op string, p payable) error {
	if !p.meeting.Live(s.now()) { // it may come back
		if err := s.clearWay(ctx, tx, p.meeting); err != nil {
			return err
		}
	}
	found := known
	var before Status
	m, b, err := s.changeBooking(ctx, tx, p.meeting.ID, p.booking, func(m *Meeting, b *Booking) error {
		before = b.Status
		if found = s.weigh(m, b, p.payment); found != accepted {
			return errConflict
		}
		if m.Sequence > 0 && !m.Live(s.now()) {
			m.Sequence++ // calendars have been told that it is off
		}
		b.Payment = p.payment
		s.accept(p.eventType, b)
		b.endBy(m.Span)
		return nil
	})
	switch {
	case errors.Is(err, ErrSlotTaken):
		return s.reject(ctx, tx, op, p, tooLate)
	case errors.Is(err, errConflict) && found == known:
		return nil
	case errors.Is(err, errConflict):
		return s.reject(ctx, tx, op, p, found)
	case err != nil:
		return err
	}
	by := By{ID: "payment", Role: frontdesk.RoleSystem}
	if err := s.announce(ctx, tx, Change{Kind: MeetingPaid, Meeting: *m, Booking: *b, By: by}, p.payment.ID); err != nil {
		return err
	}
	if err := s.offerTaken(ctx, tx, m, b.ID); err != nil {
		return err
	}
	if err := s.welcome(ctx, tx, by, m, b); err != nil {
		return err
	}
	return s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded,
		map[string]string{"status": string(before)}, map[string]string{"status": string(b.Status), "payment": p.payment.ID, "verdict": string(accepted)})
}

// weigh says what comes of a payment of the booking.
func (s *Service) weigh(m *Meeting, b *Booking, p Payment) verdict {
	now := s.now()
	switch {
	case b.Payment.ID == p.ID:
		return known
	case b.Payment.ID != "":
		return surplus
	case p.Paid.Currency != b.Price.Currency || p.Paid.Amount < b.Price.Amount:
		return mismatch
	case b.Status == StatusCancelled || b.Status == StatusDeclined:
		return cancelled
	case b.Status != StatusHeld && b.Status != StatusExpired:
		return surplus
	case b.Live(now) && b.Payment.State == PaymentDue:
		return accepted
	case b.Payment.State != PaymentDue || !now.Before(m.Start) || m.Free(now) < b.Seats:
		return tooLate
	}
	return accepted
}

// reject gives a payment back that cannot be used. One that would have been the booking's becomes its
// own, which so is paid and given back; every other leaves the booking alone.
func (s *Service) reject(ctx context.Context, tx Store, op string, p payable, why verdict) error {
	key, refund := p.booking+"/"+p.payment.ID, p.payment.Paid
	m, b, err := s.changeBooking(ctx, tx, p.meeting.ID, p.booking, func(_ *Meeting, b *Booking) error {
		switch {
		case b.Payment.ID == p.payment.ID: // it was said at the same time
			return errSettled
		case b.Payment.ID != "": // another was faster, also since this one was weighed
			why = surplus
		}
		if why != tooLate && why != cancelled {
			return nil
		}
		key = b.ID
		b.Payment = p.payment
		b.Payment.giveUp(all)
		if why == tooLate {
			b.Status, b.ExpiresAt = StatusExpired, time.Time{}
		}
		return nil
	})
	if errors.Is(err, errSettled) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.dueRefund(ctx, tx, key, m.ID, b.ID, refundDue{orderOf(m, b), p.payment.ID, refund}); err != nil {
		return err
	}
	s.options.Logger.WarnContext(ctx, "scheduling: a payment is given back", "booking", b.ID, "payment", p.payment.ID, "why", string(why))
	c := Change{Kind: MeetingConflict, Meeting: *m, Booking: *b, By: By{ID: "payment", Role: frontdesk.RoleSystem}, Refund: refund}
	if err := s.announce(ctx, tx, c, p.payment.ID); err != nil {
		return err
	}
	return s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded, nil,
		map[string]string{"status": string(b.Status), "payment": p.payment.ID, "verdict": string(why)})
}
