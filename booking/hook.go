package booking

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// Scheduling is what is needed of *scheduling.Service.
type Scheduling interface {
	// Paid says that an order was paid; it may be said any number of times.
	Paid(ctx context.Context, order, payment string, amount frontdesk.Money) error
}

// Hook returns a hook for billing.Options.OnChange that tells scheduling what was paid. Other changes, and payments
// of other things, are not its business: see notify.Chain for a host with more hooks.
func Hook(s Scheduling) func(ctx context.Context, c billing.Change) error {
	return func(ctx context.Context, c billing.Change) error {
		order, payment, amount := paid(c)
		if order == "" || payment == "" {
			return nil
		}
		return s.Paid(asSystem(ctx), order, payment, amount)
	}
}

// paid reads an order off a change. Two changes tell of each payment, the session's and its own, and a
// host may not have subscribed to the events of both.
func paid(c billing.Change) (order, payment string, amount frontdesk.Money) {
	switch c := c.(type) {
	case billing.CheckoutPaid:
		return c.Checkout.Metadata[metadataOrder], c.Checkout.Payment, c.Checkout.Total
	case billing.PaymentSucceeded:
		received := frontdesk.Money{Amount: c.Payment.Received, Currency: c.Payment.Amount.Currency}
		return c.Payment.Metadata[metadataOrder], c.Payment.ID, received
	}
	return "", "", frontdesk.Money{}
}
