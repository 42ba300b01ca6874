package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

var transferRoutes = map[string]endpoint{
	"POST /v1/transfers":                    createTransfer,
	"GET /v1/transfers":                     listTransfers,
	"GET /v1/transfers/{id}":                getTransfer,
	"POST /v1/transfers/{id}/reversals":     createReversal,
	"GET /v1/transfers/{id}/reversals":      listReversals,
	"GET /v1/application_fees":              listApplicationFees,
	"GET /v1/application_fees/{id}":         getApplicationFee,
	"GET /v1/application_fees/{id}/refunds": listFeeRefunds,
}

func createTransfer(c *call) action {
	f := c.form
	params := billing.TransferParams{
		Amount: f.money("amount", "currency"), Destination: f.text("destination"), Source: f.text("source_transaction"),
		Group: f.text("transfer_group"), Description: f.text("description"), Metadata: f.pairs("metadata"),
	}
	if params.Destination == "" {
		f.fail("destination", "must not be empty")
	}
	return func(ctx context.Context) (any, error) { return c.CreateTransfer(ctx, c.write, params) }
}

func getTransfer(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetTransfer(ctx, c.id) }
}

func listTransfers(c *call) action {
	filter := billing.TransferFilter{Destination: c.form.text("destination"), Since: c.form.since()}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Transfer, error] { return c.ListTransfers(ctx, filter) })
}

// createReversal answers with the reversal, rather than the transfer.
func createReversal(c *call) action {
	f := c.form
	params := billing.ReversalParams{RefundFee: f.flag("refund_application_fee"), Metadata: f.pairs("metadata")}
	units, given := f.number("amount"), f.has("amount")
	return func(ctx context.Context) (any, error) {
		if given {
			amount, err := c.reversed(units)
			if err != nil {
				return nil, err
			}
			params.Amount = amount
		}
		t, err := c.ReverseTransfer(ctx, c.write, c.id, params)
		if err != nil {
			return nil, err
		}
		return c.shape.reversal(t, t.Reversals[0]), nil
	}
}

// reversed reads an amount in the currency of the transfer that the path names.
func (c *call) reversed(units int64) (frontdesk.Money, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.account("").transfers.find("transfer", c.id)
	if err != nil {
		return frontdesk.Money{}, err
	}
	m, err := wire.FromStripe(units, string(t.Amount.Currency))
	if err != nil || m.Amount <= 0 {
		return frontdesk.Money{}, invalid("amount", "must be an amount in the transfer's currency")
	}
	return m, nil
}

func listReversals(c *call) action {
	return listing(c, func(ctx context.Context) iter.Seq2[object, error] {
		return func(yield func(object, error) bool) {
			t, err := c.GetTransfer(ctx, c.id)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range t.Reversals {
				if !yield(c.shape.reversal(t, r), nil) {
					return
				}
			}
		}
	})
}

func getApplicationFee(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetApplicationFee(ctx, c.id) }
}

func listApplicationFees(c *call) action {
	filter := billing.ApplicationFeeFilter{Since: c.form.since()}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.ApplicationFee, error] {
		return c.ListApplicationFees(ctx, filter)
	})
}

func listFeeRefunds(c *call) action {
	return listing(c, func(ctx context.Context) iter.Seq2[object, error] {
		return func(yield func(object, error) bool) {
			fee, err := c.GetApplicationFee(ctx, c.id)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range fee.Refunds {
				if !yield(c.shape.feeRefund(fee, r), nil) {
					return
				}
			}
		}
	})
}
