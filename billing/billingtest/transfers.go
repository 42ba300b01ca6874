package billingtest

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// transfer is a transfer with what billing.Transfer does not show.
type transfer struct {
	billing.Transfer
	fee string // the application fee on its charge at the destination
}

// CreateTransfer sends money of the platform's to a connected account. What the
// platform itself has is not counted.
func (p *Provider) CreateTransfer(ctx context.Context, w billing.Write, c billing.TransferParams) (*billing.Transfer, error) {
	if err := mustWrite(w, c.Destination); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateTransfer", w, c), func(a *account) (*billing.Transfer, error) {
		return a.createTransfer(c)
	})
}

// GetTransfer returns a transfer with all of its reversals, newest first.
func (p *Provider) GetTransfer(ctx context.Context, id string) (*billing.Transfer, error) {
	if err := mustID(id); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetTransfer", ""), func(a *account) (*billing.Transfer, error) {
		t, err := a.transfers.find("transfer", id)
		if err != nil {
			return nil, err
		}
		return &t.Transfer, nil
	})
}

// ListTransfers lists transfers, newest first.
func (p *Provider) ListTransfers(ctx context.Context, f billing.TransferFilter) iter.Seq2[*billing.Transfer, error] {
	return list(ctx, p, "ListTransfers", "", func(a *account) ([]*billing.Transfer, error) {
		return clones(shown(a.transfers.newest(), transferOf), func(t *billing.Transfer) bool {
			return matches(f.Destination, t.Destination) && !t.Created.Before(f.Since)
		})
	})
}

// ReverseTransfer takes money back from a connected account, whose balance may
// become negative by it.
func (p *Provider) ReverseTransfer(ctx context.Context, w billing.Write, id string, c billing.ReversalParams) (*billing.Transfer, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("ReverseTransfer", w, id, c), func(a *account) (*billing.Transfer, error) {
		return a.reverseTransfer(id, c)
	})
}

func transferOf(t *transfer) *billing.Transfer { return &t.Transfer }

func (a *account) createTransfer(c billing.TransferParams) (*billing.Transfer, error) {
	switch {
	case a.id != "":
		return nil, invalid("destination", "is for transfers of the platform")
	case c.Amount.Amount <= 0:
		return nil, invalid("amount", "must be greater than zero")
	case !c.Amount.Currency.Valid():
		return nil, invalid("currency", "must be a currency")
	}
	if err := a.checkDestination("destination", c.Destination); err != nil {
		return nil, err
	}
	at, err := a.sourceAvailable(&c)
	if err != nil {
		return nil, err
	}
	t := a.newTransfer(c)
	a.account(c.Destination).accept(t, 0, at)
	return &t.Transfer, nil
}

// sourceAvailable is when the money of a new transfer is available, and names
// the group that it shares with its source.
func (a *account) sourceAvailable(c *billing.TransferParams) (time.Time, error) {
	if c.Source == "" {
		return a.second(), nil
	}
	source := a.charged(c.Source)
	if source == nil {
		return time.Time{}, absent("source_transaction", "charge", c.Source)
	}
	left := source.Received
	for t := range a.transfers.oldest() {
		if t.Source == c.Source {
			left -= t.Amount.Amount
		}
	}
	switch {
	case c.Amount.Currency != source.Amount.Currency:
		return time.Time{}, invalid("currency", "must be that of the source")
	case c.Amount.Amount > left:
		return time.Time{}, invalid("amount", "must not exceed what is left of the source")
	}
	c.Group = orElse(c.Group, orElse(source.group, "group_"+source.ID))
	return latest(a.account(c.Destination).settled(source.receivedAt), a.second()), nil
}

// charged finds the payment that a charge is of; nil when there is none.
func (a *account) charged(chargeID string) *payment {
	for pay := range a.payments.newest() {
		if pay.Charge == chargeID && pay.Received > 0 {
			return pay
		}
	}
	return nil
}

// newTransfer stores a transfer, which the destination accepts.
func (a *account) newTransfer(c billing.TransferParams) *transfer {
	t := &transfer{Transfer: billing.Transfer{
		Header: a.header(a.newID("tr"), "", c.Metadata), Amount: c.Amount,
		Destination: c.Destination, Source: c.Source, Group: c.Group,
	}}
	a.transfers.put(t.ID, t)
	return t
}

// accept makes the charge at the destination that a transfer is there, less an
// application fee, and tells both sides.
func (a *account) accept(t *transfer, commission int64, at time.Time) {
	id := a.newID("py")
	pay := &payment{Payment: billing.Payment{
		Header: a.header(id, "", nil), Status: billing.PaymentStatusSucceeded, Standalone: true,
		Amount: t.Amount, Received: t.Amount.Amount, Charge: id, Transfer: t.ID, Commission: commission,
	}}
	a.payments.put(id, pay)
	t.DestinationPayment = id
	a.account("").emit("transfer.created", &t.Transfer, nil)
	fees := a.commission(pay, t.Source, commission)
	t.fee = pay.fee
	pay.Movements = a.book("payment", id, at, billing.Movement{Kind: billing.EntryTransfer, Object: t.ID, Amount: t.Amount}, fees...)
	a.emit("payment.created", chargeOf(pay), nil)
}

func (a *account) reverseTransfer(id string, c billing.ReversalParams) (*billing.Transfer, error) {
	t, err := a.transfers.find("transfer", id)
	if err != nil {
		return nil, err
	}
	amount, left := c.Amount.Amount, t.Amount.Amount-t.Reversed
	switch {
	case c.Amount.Currency != "" && c.Amount.Currency != t.Amount.Currency:
		return nil, invalid("currency", "must be that of the transfer")
	case amount < 0:
		return nil, invalid("amount", "must be greater than zero")
	case amount > left || left == 0:
		return nil, overReversed()
	case c.RefundFee && t.fee == "":
		return nil, invalid("refund_application_fee", "is for transfers with an application fee")
	case amount == 0:
		amount = left
	}
	a.reverse(t, amount, "")
	if c.RefundFee {
		a.refundFee(t.fee, amount, t.Amount.Amount)
	}
	return &t.Transfer, nil
}

// overReversed is FailedPrecondition, although Stripe names a parameter.
func overReversed() error {
	return &frontdesk.Error{Code: frontdesk.FailedPrecondition, Err: &APIError{
		Status: http.StatusBadRequest, Type: "invalid_request_error", Param: "amount",
		Message: "The reversal's amount is greater than the unreversed amount on the transfer.",
	}}
}

// reverse takes a part of a transfer back and returns the reversal's id. The
// refund is what it goes with, if it does.
func (a *account) reverse(t *transfer, amount int64, refundID string) string {
	before := clone(&t.Transfer)
	r := billing.Reversal{ID: a.newID("trr"), Amount: amount, Refund: refundID, Created: a.second()}
	t.Reversed += amount
	t.Reversals = slices.Insert(t.Reversals, 0, r)
	a.emit("transfer.reversed", &t.Transfer, before)
	a.account(t.Destination).giveUp(t, r)
	return r.ID
}

// giveUp is the refund that a reversal is at the destination.
func (a *account) giveUp(t *transfer, r billing.Reversal) {
	pay := a.payments.rows[t.DestinationPayment]
	amount := a.money(r.Amount, t.Amount.Currency)
	back := &billing.Refund{
		Header: a.header(a.newID("pyr"), "", nil), Status: billing.RefundStatusSucceeded,
		Payment: pay.ID, Charge: pay.Charge, Amount: amount, Reversal: r.ID,
	}
	back.Movements = a.book("payment_refund", back.ID, a.backed(pay), billing.Movement{
		Kind: billing.EntryRefund, Object: r.ID, Amount: a.money(-r.Amount, amount.Currency),
	})
	a.addRefund(pay, back)
}
