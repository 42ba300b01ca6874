package scheduling

import (
	"context"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// payPack asks for the money of a pack that is not paid.
func (s *Service) payPack(ctx context.Context, p *Pack, successPath, cancelPath string) (*PackTicket, error) {
	if p.Payment.State != PaymentDue {
		return &PackTicket{Pack: *p}, nil
	}
	if s.options.Payments == nil {
		return nil, errNoPayments
	}
	o, err := s.packOrderOf(ctx, p)
	if err != nil {
		return nil, err
	}
	o.SuccessPath, o.CancelPath = successPath, cancelPath
	invitation, err := s.options.Payments.Request(ctx, o)
	if err != nil {
		return nil, err
	}
	return &PackTicket{Pack: *p, Payment: invitation}, nil
}

func (s *Service) packOrderOf(ctx context.Context, p *Pack) (Order, error) {
	title := "Pack"
	t, err := s.store.EventType(ctx, p.EventTypes[0])
	if err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
		return Order{}, err
	}
	if err == nil {
		title = t.Title
	}
	return Order{
		ID: packOrder + p.ID, Client: p.Client, Expert: p.Expert, EventType: p.EventTypes[0],
		Title: strconv.Itoa(p.Total) + " × " + title, Amount: p.Price,
	}, nil
}

// paidPack writes down that a pack was paid. What was paid beyond, by another payment or too little, is
// given back.
func (s *Service) paidPack(ctx context.Context, id, payment string, amount frontdesk.Money) error {
	const op = "scheduling.Paid"
	p, err := s.store.Pack(ctx, id)
	if err != nil {
		return err
	}
	o, err := s.packOrderOf(ctx, p)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		taken, known := false, false
		_, err := tx.ChangePack(ctx, id, func(p *Pack) error {
			known = p.Payment.ID == payment
			taken = p.Payment.State == PaymentDue && amount.Currency == p.Price.Currency && amount.Amount >= p.Price.Amount
			if taken {
				p.Payment = Payment{State: PaymentPaid, ID: payment, Paid: amount, PaidAt: s.now()}
				p.UpdatedAt = s.now()
			}
			return nil
		})
		if err != nil || known {
			return err
		}
		outcome := frontdesk.Succeeded
		if !taken {
			outcome = frontdesk.Failed
			s.options.Logger.WarnContext(ctx, "scheduling: a payment of a pack is given back", "pack", id, "payment", payment)
			if err := s.dueRefund(ctx, tx, o.ID+"/"+payment, "", "", refundDue{o, payment, amount}); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, op, "pack:"+id, outcome, nil, map[string]string{
			"payment": payment, "amount": strconv.FormatInt(amount.Amount, 10), "currency": string(amount.Currency),
		})
	})
}
