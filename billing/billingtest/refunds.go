package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// CreateRefund gives a payment back, whole or in part.
func (p *Provider) CreateRefund(ctx context.Context, w billing.Write, c billing.RefundParams) (*billing.Refund, error) {
	if err := mustWrite(w, c.Payment); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateRefund", w, c), func(a *account) (*billing.Refund, error) {
		return a.refund(c)
	})
}

// GetRefund returns a refund.
func (p *Provider) GetRefund(ctx context.Context, ref billing.Ref) (*billing.Refund, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetRefund", ref.Account), func(a *account) (*billing.Refund, error) {
		return a.refunds.find("refund", ref.ID)
	})
}

// ListRefunds lists refunds, newest first.
func (p *Provider) ListRefunds(ctx context.Context, f billing.RefundFilter) iter.Seq2[*billing.Refund, error] {
	return list(ctx, p, "ListRefunds", f.Account, func(a *account) ([]*billing.Refund, error) {
		return clones(a.refunds.newest(), func(r *billing.Refund) bool {
			return matches(f.Payment, r.Payment) && !r.Created.Before(f.Since)
		})
	})
}

// RefundOutside refunds a payment in the provider's dashboard; an amount of 0
// is all that is left.
func (p *Provider) RefundOutside(paymentID string, amount int64) (*billing.Refund, error) {
	var made *billing.Refund
	err := p.drive(func() error {
		a, pay, err := owner(p, paymentID, func(a *account) *table[*payment] { return &a.payments })
		if err != nil {
			return err
		}
		r, err := a.refund(billing.RefundParams{Payment: paymentID, Amount: a.money(amount, pay.Amount.Currency)})
		if err == nil {
			made = clone(r)
		}
		return err
	})
	return made, err
}

// FailRefund is the bank that sends a succeeded refund back.
func (p *Provider) FailRefund(refundID string) error {
	return p.drive(func() error {
		a, r, err := owner(p, refundID, func(a *account) *table[*billing.Refund] { return &a.refunds })
		if err != nil {
			return err
		}
		if r.Status != billing.RefundStatusSucceeded {
			return wrongState("", "The refund has not succeeded.")
		}
		r.Status, r.Failure = billing.RefundStatusFailed, "lost_or_stolen_card"
		r.Movements = append(r.Movements, a.book("refund_failure", r.ID, a.now, billing.Movement{
			Kind: billing.EntryRefund, Object: r.ID, Amount: r.Amount,
		})...)
		a.emit("refund.failed", r, nil)
		a.emit("charge.refund.updated", r, nil)
		if pay, ok := a.payments.get(r.Payment); ok {
			pay.Refunded -= r.Amount.Amount
			a.emit("charge.updated", chargeOf(pay), nil)
		}
		return nil
	})
}

func (a *account) refund(c billing.RefundParams) (*billing.Refund, error) {
	pay, ok := a.payments.get(c.Payment)
	if !ok {
		return nil, absent("payment_intent", "payment_intent", c.Payment)
	}
	amount := c.Amount.Amount
	left := pay.Received - pay.Refunded
	switch {
	case pay.Status != billing.PaymentStatusSucceeded:
		return nil, wrongState("payment_intent_unexpected_state", "This PaymentIntent does not have a successful charge to refund.")
	case left == 0:
		return nil, wrongState("charge_already_refunded", "Charge "+pay.Charge+" has already been refunded.")
	case amount < 0 || amount > left:
		return nil, invalid("amount", "must not be more than what is left of the payment")
	case c.ReverseTransfer && (pay.Transfer == "" || a.id != ""):
		return nil, invalid("reverse_transfer", "is for charges with a transfer")
	case c.RefundFee && pay.fee == "":
		return nil, invalid("refund_application_fee", "is for charges with an application fee")
	case amount == 0:
		amount = left
	}
	return a.giveBack(pay, a.money(amount, pay.Amount.Currency), c), nil
}

func (a *account) giveBack(pay *payment, amount frontdesk.Money, c billing.RefundParams) *billing.Refund {
	r := &billing.Refund{
		Header: a.header(a.newID("re"), "", c.Metadata),
		Status: billing.RefundStatusSucceeded, Payment: pay.ID, Charge: pay.Charge,
		Amount: amount, Reason: c.Reason,
	}
	if c.ReverseTransfer {
		a.reverseWith(pay, r)
	}
	if c.RefundFee {
		a.account("").refundFee(pay.fee, amount.Amount, pay.Received)
	}
	r.Movements = a.book("refund", r.ID, a.backed(pay), billing.Movement{
		Kind: billing.EntryRefund, Object: r.ID, Amount: a.money(-amount.Amount, amount.Currency),
	})
	a.addRefund(pay, r)
	return r
}

// reverseWith takes the refund's part of a payment back from where it was passed on.
func (a *account) reverseWith(pay *payment, r *billing.Refund) {
	t := a.transfers.rows[pay.Transfer]
	amount := pay.reversed.next(r.Amount.Amount, pay.Received, t.Amount.Amount, t.Amount.Amount-t.Reversed)
	if amount > 0 {
		r.Reversal = a.reverse(t, amount, r.ID)
	}
}

func (a *account) addRefund(pay *payment, r *billing.Refund) {
	a.refunds.put(r.ID, r)
	before := chargeOf(pay)
	pay.Refunded += r.Amount.Amount
	a.emit("refund.created", r, nil)
	a.emit("charge.refunded", chargeOf(pay), before)
}
