package scheduling

import (
	"context"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

var errNoPayments = frontdesk.Errorf(frontdesk.FailedPrecondition, "nobody can be asked: Options.Payments is not set")

// giveBack has money given back, and writes down that it was. What was given back before a
// crash is asked for again, which gives back nothing more.
func (s *Service) giveBack(ctx context.Context, e *Effect) error {
	due, err := payloadOf[refundDue](e)
	if err != nil {
		return err
	}
	if s.options.Payments == nil {
		return errNoPayments
	}
	if err := s.options.Payments.Refund(ctx, due.Order, due.Payment, due.Amount); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := s.refunded(ctx, tx, e, &due); err != nil {
			return err
		}
		return s.audit(ctx, tx, "scheduling.Refund", due.Order.ID, frontdesk.Succeeded, nil, map[string]string{
			"payment": due.Payment, "amount": strconv.FormatInt(due.Amount.Amount, 10), "currency": string(due.Amount.Currency),
		})
	})
}

// refunded ends the refund of the booking, unless it was of a payment that the booking does not have. The
// payment of a pack is never given back, only what comes beyond it.
func (s *Service) refunded(ctx context.Context, tx Store, e *Effect, due *refundDue) error {
	if e.Meeting == "" {
		return nil
	}
	_, err := tx.ChangeMeeting(ctx, e.Meeting, s.now(), func(m *Meeting) error {
		if b := m.booking(e.Booking); b != nil && b.Payment.State == PaymentRefunding && b.Payment.ID == due.Payment {
			b.Payment.State, b.UpdatedAt = PaymentRefunded, s.now()
		}
		return nil
	})
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	return err
}

// release lets nobody pay for an order any more.
func (s *Service) release(ctx context.Context, e *Effect) error {
	due, err := payloadOf[releaseDue](e)
	if err != nil || s.options.Payments == nil {
		return err
	}
	return s.options.Payments.Release(ctx, due.Order)
}
