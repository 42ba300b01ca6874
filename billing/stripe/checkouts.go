package stripe

import (
	"context"
	"errors"
	"fmt"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// CreateCheckout implements [billing.Checkouts].
func (p *Provider) CreateCheckout(ctx context.Context, w billing.Write, c billing.CheckoutParams) (*billing.CheckoutSession, error) {
	lines, err := lineItems(c)
	if err != nil {
		return nil, err
	}
	params := &stripego.CheckoutSessionParams{
		Params:            writing(w),
		Mode:              stripego.String(string(c.Mode)),
		Customer:          optional(c.Customer),
		ClientReferenceID: optional(c.Reference),
		LineItems:         lines,
		SuccessURL:        optional(c.SuccessURL),
		CancelURL:         optional(c.CancelURL),
		Metadata:          c.Metadata,
	}
	if c.PromotionCodes {
		params.AllowPromotionCodes = &c.PromotionCodes
	}
	checkoutTax(params, c)
	if err := checkoutResult(params, c); err != nil {
		return nil, err
	}
	return call(ctx, p, params, p.api.checkouts.New, wire.Checkout)
}

// checkoutTax turns on Stripe Tax. It needs the customer's address, which the
// session then saves (https://docs.stripe.com/tax/checkout).
func checkoutTax(params *stripego.CheckoutSessionParams, c billing.CheckoutParams) {
	if !c.AutomaticTax {
		return
	}
	params.AutomaticTax = &stripego.CheckoutSessionAutomaticTaxParams{Enabled: stripego.Bool(true)}
	if c.Customer != "" {
		params.CustomerUpdate = &stripego.CheckoutSessionCustomerUpdateParams{Address: stripego.String("auto")}
	}
}

// checkoutResult says what the subscription or the payment gets that results.
func checkoutResult(params *stripego.CheckoutSessionParams, c billing.CheckoutParams) error {
	switch {
	case c.Mode == billing.CheckoutModeSubscription && c.Split != (billing.Split{}):
		return frontdesk.InvalidField("split", "must be empty unless the mode is payment")
	case c.Mode == billing.CheckoutModeSubscription:
		params.SubscriptionData = &stripego.CheckoutSessionSubscriptionDataParams{
			TrialPeriodDays: optional(c.TrialDays),
			Metadata:        c.Metadata,
		}
	case c.Mode != billing.CheckoutModePayment:
		return frontdesk.InvalidField("mode", "must be payment or subscription")
	case c.TrialDays != 0:
		return frontdesk.InvalidField("trial_days", "must be 0 unless the mode is subscription")
	default:
		params.PaymentIntentData = &stripego.CheckoutSessionPaymentIntentDataParams{Metadata: c.Metadata}
		return splitCheckout(params.PaymentIntentData, c)
	}
	return nil
}

// lineItems returns Invalid, with a field per line, for lines that have neither
// a price nor an amount that the mode allows.
func lineItems(c billing.CheckoutParams) ([]*stripego.CheckoutSessionLineItemParams, error) {
	if len(c.Lines) == 0 {
		return nil, frontdesk.InvalidField("lines", "must not be empty")
	}
	items := make([]*stripego.CheckoutSessionLineItemParams, len(c.Lines))
	faults := make([]error, len(c.Lines))
	for i, line := range c.Lines {
		items[i], faults[i] = lineItem(fmt.Sprintf("lines[%d]", i), c.Mode, line)
	}
	return items, errors.Join(faults...)
}

func lineItem(field string, mode billing.CheckoutMode, line billing.CheckoutLine) (*stripego.CheckoutSessionLineItemParams, error) {
	item := &stripego.CheckoutSessionLineItemParams{Price: optional(line.Price), Quantity: stripego.Int64(max(line.Quantity, 1))}
	switch {
	case line.Quantity < 0:
		return nil, frontdesk.InvalidField(field+".quantity", "must not be negative")
	case line.Price != "":
		return item, nil
	case mode != billing.CheckoutModePayment:
		return nil, frontdesk.InvalidField(field+".price", "must not be empty unless the mode is payment")
	case line.Name == "":
		return nil, frontdesk.InvalidField(field+".name", "must not be empty for an amount")
	}
	amount, err := wire.ToStripe(line.Amount)
	if err != nil {
		return nil, err
	}
	item.PriceData = &stripego.CheckoutSessionLineItemPriceDataParams{
		Currency:    stripego.String(string(line.Amount.Currency)),
		UnitAmount:  &amount,
		ProductData: &stripego.CheckoutSessionLineItemPriceDataProductDataParams{Name: &line.Name},
	}
	return item, nil
}

// GetCheckout implements [billing.Checkouts].
func (p *Provider) GetCheckout(ctx context.Context, ref billing.Ref) (*billing.CheckoutSession, error) {
	params := &stripego.CheckoutSessionParams{Params: reading(ref.Account)}
	return callOn(ctx, p, ref.ID, params, p.api.checkouts.Get, wire.Checkout)
}

// ExpireCheckout implements [billing.Checkouts].
func (p *Provider) ExpireCheckout(ctx context.Context, w billing.Write, id string) (*billing.CheckoutSession, error) {
	params := &stripego.CheckoutSessionExpireParams{Params: writing(w)}
	return callOn(ctx, p, id, params, p.api.checkouts.Expire, wire.Checkout)
}
