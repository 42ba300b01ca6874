package scheduling

import (
	"context"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
)

// Pay says again where a booking that is held is to be paid: it is the same payment, also when the
// first call failed or its answer was lost. It fails with FailedPrecondition when nothing is to be
// paid any more. It is for whoever holds the booking, its hosts and staff.
func (s *Service) Pay(ctx context.Context, r Ref, successPath, cancelPath string) (_ *Ticket, err error) {
	const op = "scheduling.Pay"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToChange(ctx, op, r)
	if err != nil {
		return nil, err
	}
	var c complaints
	c.path("success_path", successPath)
	c.path("cancel_path", cancelPath)
	if err := c.err(); err != nil {
		return nil, err
	}
	if !f.booking.payable() {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "nothing is to be paid")
	}
	if !f.booking.Live(s.now()) {
		return nil, errHoldOver
	}
	return s.invite(ctx, f.meeting, f.booking.ID, successPath, cancelPath)
}

var errHoldOver = frontdesk.Errorf(frontdesk.FailedPrecondition, "the time for which it was held is over")

func (b *Booking) payable() bool { return b.Status == StatusHeld && b.Payment.State == PaymentDue }

// invite is the ticket of the booking, with where it is paid if it is to be. What is to be
// paid is stored by then, and so no payment comes for what nobody knows.
func (s *Service) invite(ctx context.Context, m *Meeting, booking, successPath, cancelPath string) (*Ticket, error) {
	ticket := s.ticket(m, booking)
	if !ticket.Booking.payable() || !ticket.Booking.Live(s.now()) {
		return ticket, nil
	}
	if s.options.Payments == nil {
		return ticket, frontdesk.Errorf(frontdesk.FailedPrecondition, "there is no way to pay")
	}
	o := orderOf(m, &ticket.Booking)
	o.SuccessPath, o.CancelPath = successPath, cancelPath
	invitation, err := s.options.Payments.Request(ctx, o)
	if err != nil {
		return ticket, fmt.Errorf("asking for the payment: %w", err)
	}
	ticket.Payment = invitation
	return ticket, nil
}
