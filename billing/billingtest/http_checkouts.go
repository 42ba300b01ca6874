package billingtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var checkoutRoutes = map[string]endpoint{
	"POST /v1/checkout/sessions":             createCheckout,
	"GET /v1/checkout/sessions/{id}":         getCheckout,
	"POST /v1/checkout/sessions/{id}/expire": expireCheckout,
}

func createCheckout(c *call) action {
	f := c.form
	params := billing.CheckoutParams{
		Mode: billing.CheckoutMode(f.text("mode")), Customer: f.text("customer"),
		Reference: f.text("client_reference_id"), Lines: f.checkoutLines(),
		TrialDays:      f.number("subscription_data[trial_period_days]"),
		PromotionCodes: f.flag("allow_promotion_codes"), AutomaticTax: f.flag("automatic_tax[enabled]"),
		SuccessURL: f.text("success_url"), CancelURL: f.text("cancel_url"), Metadata: f.pairs("metadata"),
	}
	params.Split = f.split("payment_intent_data", c.checkoutCurrency(params.Lines))
	f.text("customer_update[address]")
	f.pairs("subscription_data[metadata]")
	f.pairs("payment_intent_data[metadata]")
	if params.SuccessURL == "" {
		f.fail("success_url", "must not be empty")
	}
	return func(ctx context.Context) (any, error) { return c.CreateCheckout(ctx, c.write, params) }
}

// checkoutCurrency is that of the first line; empty when it has none.
func (c *call) checkoutCurrency(lines []billing.CheckoutLine) frontdesk.Currency {
	switch {
	case len(lines) == 0:
		return ""
	case lines[0].Price == "":
		return lines[0].Amount.Currency
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	price, known := c.account(c.write.Account).prices.get(lines[0].Price)
	if !known {
		return ""
	}
	return price.Unit.Currency
}

func (f *form) checkoutLines() []billing.CheckoutLine {
	var lines []billing.CheckoutLine
	for _, at := range f.elements("line_items") {
		lines = append(lines, billing.CheckoutLine{
			Price: f.text(at + "[price]"), Quantity: f.number(at + "[quantity]"),
			Name:   f.text(at + "[price_data][product_data][name]"),
			Amount: f.money(at+"[price_data][unit_amount]", at+"[price_data][currency]"),
		})
	}
	return lines
}

func getCheckout(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetCheckout(ctx, c.ref()) }
}

func expireCheckout(c *call) action {
	return func(ctx context.Context) (any, error) { return c.ExpireCheckout(ctx, c.write, c.id) }
}
