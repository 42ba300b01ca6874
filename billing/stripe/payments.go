package stripe

import (
	"context"
	"iter"
	"strings"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

const (
	latestCharge       = "latest_charge" // holds refunds and disputes
	balanceTransaction = "balance_transaction"
)

// expansion of a payment intent: its charge and, on a connected account, what that
// has moved there.
func expansion(account, prefix string) []*string {
	fields := []string{prefix + latestCharge}
	if account != "" {
		fields = append(fields, prefix+latestCharge+"."+balanceTransaction)
	}
	return stripego.StringSlice(fields)
}

// GetPayment implements [billing.Payments]. The id is that of a payment intent,
// or of a charge that was made without one.
func (p *Provider) GetPayment(ctx context.Context, ref billing.Ref) (*billing.Payment, error) {
	if isCharge(ref.ID) {
		params := &stripego.ChargeParams{Params: reading(ref.Account)}
		if ref.Account != "" {
			params.AddExpand(balanceTransaction)
		}
		return callOn(ctx, p, ref.ID, params, p.api.charges.Get, wire.Payment)
	}
	params := &stripego.PaymentIntentParams{Params: reading(ref.Account), Expand: expansion(ref.Account, "")}
	return callOn(ctx, p, ref.ID, params, p.api.intents.Get, wire.Payment)
}

// ListPayments implements [billing.Payments]. It lists payment intents.
func (p *Provider) ListPayments(ctx context.Context, f billing.PaymentFilter) iter.Seq2[*billing.Payment, error] {
	params := func() *stripego.PaymentIntentListParams {
		return &stripego.PaymentIntentListParams{
			ListParams:   listing(f.Account),
			Customer:     optional(f.Customer),
			CreatedRange: created(f.Since),
			Expand:       expansion(f.Account, "data."),
		}
	}
	return list(ctx, p, params, p.api.intents.List, wire.Payment)
}

// CreatePayment implements [billing.Payments]. The ways to pay are those that
// the Dashboard offers. A payment that is confirmed without a ReturnURL takes
// only those that need no redirect.
func (p *Provider) CreatePayment(ctx context.Context, w billing.Write, c billing.PaymentParams) (*billing.Payment, error) {
	amount, err := wire.ToStripe(c.Amount)
	if err != nil {
		return nil, err
	}
	params := &stripego.PaymentIntentParams{
		Params:        writing(w),
		Amount:        &amount,
		Currency:      stripego.String(string(c.Amount.Currency)),
		Customer:      optional(c.Customer),
		Description:   optional(c.Description),
		PaymentMethod: optional(c.PaymentMethod),
		Confirm:       optional(c.Confirm),
		OffSession:    optional(c.OffSession),
		ReturnURL:     optional(c.ReturnURL),
		ReceiptEmail:  optional(c.ReceiptEmail),
		Metadata:      c.Metadata,
		Expand:        expansion(w.Account, ""),
	}
	if err := splitPayment(params, c); err != nil {
		return nil, err
	}
	if c.ManualCapture {
		params.CaptureMethod = stripego.String(string(stripego.PaymentIntentCaptureMethodManual))
	}
	if c.Confirm && c.ReturnURL == "" {
		params.AutomaticPaymentMethods = &stripego.PaymentIntentAutomaticPaymentMethodsParams{
			Enabled:        stripego.Bool(true),
			AllowRedirects: stripego.String("never"),
		}
	}
	return call(ctx, p, params, p.api.intents.New, wire.Payment)
}

// ConfirmPayment implements [billing.Payments].
func (p *Provider) ConfirmPayment(ctx context.Context, w billing.Write, id string, c billing.PaymentConfirm) (*billing.Payment, error) {
	params := &stripego.PaymentIntentConfirmParams{
		Params:        writing(w),
		PaymentMethod: optional(c.PaymentMethod),
		ReturnURL:     optional(c.ReturnURL),
		Expand:        expansion(w.Account, ""),
	}
	return callOn(ctx, p, id, params, p.api.intents.Confirm, wire.Payment)
}

// CapturePayment implements [billing.Payments]. To capture a part it reads the
// payment first: how many of Stripe's units the amount is depends on its currency.
func (p *Provider) CapturePayment(ctx context.Context, w billing.Write, id string, amount int64) (*billing.Payment, error) {
	if err := checkKey(&w.IdempotencyKey); err != nil {
		return nil, err
	}
	params := &stripego.PaymentIntentCaptureParams{Params: writing(w), Expand: expansion(w.Account, "")}
	switch {
	case amount < 0:
		return nil, frontdesk.InvalidField("amount", "must not be negative")
	case amount > 0:
		part, err := p.capturePart(ctx, billing.Ref{Account: w.Account, ID: id}, amount)
		if err != nil {
			return nil, err
		}
		params.AmountToCapture = &part
	}
	return callOn(ctx, p, id, params, p.api.intents.Capture, wire.Payment)
}

// capturePart is amount in Stripe's units of the payment's currency.
func (p *Provider) capturePart(ctx context.Context, payment billing.Ref, amount int64) (int64, error) {
	whole, err := p.GetPayment(ctx, payment)
	if err != nil {
		return 0, err
	}
	return wire.ToStripe(frontdesk.Money{Amount: amount, Currency: whole.Amount.Currency})
}

// CancelPayment implements [billing.Payments].
func (p *Provider) CancelPayment(ctx context.Context, w billing.Write, id string) (*billing.Payment, error) {
	params := &stripego.PaymentIntentCancelParams{Params: writing(w), Expand: expansion(w.Account, "")}
	return callOn(ctx, p, id, params, p.api.intents.Cancel, wire.Payment)
}

// isCharge reports whether id is that of a charge: py names those of bank debits.
func isCharge(id string) bool {
	return strings.HasPrefix(id, "ch_") || strings.HasPrefix(id, "py_")
}

// intentOrCharge is the payment as the one of two parameters that takes its id.
func intentOrCharge(id string) (intent, charge *string) {
	if isCharge(id) {
		return nil, &id
	}
	return optional(id), nil
}
