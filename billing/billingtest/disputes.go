package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk/billing"
)

// GetDispute returns a dispute.
func (p *Provider) GetDispute(ctx context.Context, ref billing.Ref) (*billing.Dispute, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetDispute", ref.Account), func(a *account) (*billing.Dispute, error) {
		return a.disputes.find("dispute", ref.ID)
	})
}

// ListDisputes lists disputes, newest first.
func (p *Provider) ListDisputes(ctx context.Context, f billing.DisputeFilter) iter.Seq2[*billing.Dispute, error] {
	return list(ctx, p, "ListDisputes", f.Account, func(a *account) ([]*billing.Dispute, error) {
		return clones(a.disputes.newest(), func(d *billing.Dispute) bool { return !d.Created.Before(f.Since) })
	})
}

// OpenDispute is the payer who objects to a payment at their bank. The money is
// withdrawn at once and evidence is due in seven days.
func (p *Provider) OpenDispute(paymentID string) (*billing.Dispute, error) {
	var opened *billing.Dispute
	err := p.drive(func() error {
		a, pay, err := owner(p, paymentID, func(a *account) *table[*payment] { return &a.payments })
		if err != nil {
			return err
		}
		if pay.Status != billing.PaymentStatusSucceeded || pay.Disputed {
			return unexpectedPayment(pay)
		}
		opened = clone(a.dispute(pay))
		return nil
	})
	return opened, err
}

// CloseDispute is the bank that decides.
func (p *Provider) CloseDispute(id string, won bool) error {
	return p.drive(func() error {
		a, d, err := owner(p, id, func(a *account) *table[*billing.Dispute] { return &a.disputes })
		switch {
		case err != nil:
			return err
		case d.Status.Closed():
			return wrongState("", "The dispute is closed.")
		}
		before := clone(d)
		d.Status = billing.DisputeStatusLost
		if won {
			d.Status = billing.DisputeStatusWon
			d.Movements = append(d.Movements, a.bookDispute(d, d.Amount.Amount)...)
			a.emit("charge.dispute.funds_reinstated", d, nil)
		}
		a.emit("charge.dispute.closed", d, before)
		return nil
	})
}

func (a *account) dispute(pay *payment) *billing.Dispute {
	d := &billing.Dispute{
		Header: a.header(a.newID("dp"), "", nil), Status: billing.DisputeStatusNeedsResponse,
		Payment: pay.ID, Charge: pay.Charge, Amount: a.money(pay.Received, pay.Amount.Currency),
		Reason: "fraudulent", EvidenceDue: a.second().Add(7 * day),
	}
	d.Movements = a.bookDispute(d, -d.Amount.Amount, taken(d.ID, a.money(disputeFee, d.Amount.Currency)))
	a.disputes.put(d.ID, d)
	pay.Disputed = true
	a.emit("charge.dispute.created", d, nil)
	a.emit("charge.dispute.funds_withdrawn", d, nil)
	return d
}

// disputeFee is what Stripe takes for a dispute, in minor units, also of one that is won.
const disputeFee = 1500

// bookDispute withdraws the money of a dispute from a connected account, or puts
// it back.
func (a *account) bookDispute(d *billing.Dispute, amount int64, fees ...billing.Movement) []billing.Movement {
	return a.book("adjustment", d.ID, a.now, billing.Movement{
		Kind: billing.EntryDispute, Object: d.ID, Amount: a.money(amount, d.Amount.Currency),
	}, fees...)
}
