package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

var paymentRoutes = map[string]endpoint{
	"POST /v1/payment_intents":              createPayment,
	"GET /v1/payment_intents":               listPayments,
	"GET /v1/payment_intents/{id}":          getPayment,
	"POST /v1/payment_intents/{id}/confirm": confirmPayment,
	"POST /v1/payment_intents/{id}/capture": capturePayment,
	"POST /v1/payment_intents/{id}/cancel":  cancelPayment,
	"GET /v1/charges/{id}":                  getCharge,
	"POST /v1/refunds":                      createRefund,
	"GET /v1/refunds":                       listRefunds,
	"GET /v1/refunds/{id}":                  getRefund,
	"GET /v1/disputes":                      listDisputes,
	"GET /v1/disputes/{id}":                 getDispute,
}

func createPayment(c *call) action {
	f := c.form
	params := billing.PaymentParams{
		Customer: f.text("customer"), Amount: f.money("amount", "currency"), Description: f.text("description"),
		PaymentMethod: f.text("payment_method"), Confirm: f.flag("confirm"), OffSession: f.flag("off_session"),
		ManualCapture: f.text("capture_method") == "manual", ReturnURL: f.text("return_url"),
		ReceiptEmail: f.text("receipt_email"), Metadata: f.pairs("metadata"),
	}
	params.Split = f.split("", params.Amount.Currency)
	f.flag("automatic_payment_methods[enabled]")
	f.text("automatic_payment_methods[allow_redirects]")
	return func(ctx context.Context) (any, error) { return c.CreatePayment(ctx, c.write, params) }
}

// split reads what is passed on of a payment, in its currency. at is where the
// parameters are.
func (f *form) split(at string, currency frontdesk.Currency) billing.Split {
	param := func(name, rest string) string { return splitParam(at, name) + rest }
	fee := param("application_fee_amount", "")
	amount, err := wire.FromStripe(f.number(fee), string(currency))
	if err != nil && f.has(fee) {
		f.fail(fee, "must be an amount in the payment's currency")
	}
	return billing.Split{
		Destination: f.text(param("transfer_data", "[destination]")), ApplicationFee: amount.Amount,
		OnBehalfOf: f.text(param("on_behalf_of", "")), Group: f.text(param("transfer_group", "")),
	}
}

// getPayment knows no charges: those that transfers make belong to no intent.
func getPayment(c *call) action {
	c.form.text("client_secret")
	return func(ctx context.Context) (any, error) {
		pay, err := c.GetPayment(ctx, c.ref())
		if err == nil && pay.ID == pay.Charge {
			return nil, missing("payment_intent", c.id)
		}
		return pay, err
	}
}

func listPayments(c *call) action {
	filter := billing.PaymentFilter{Account: c.write.Account, Customer: c.form.text("customer"), Since: c.form.since()}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Payment, error] { return c.ListPayments(ctx, filter) })
}

func confirmPayment(c *call) action {
	params := billing.PaymentConfirm{PaymentMethod: c.form.text("payment_method"), ReturnURL: c.form.text("return_url")}
	return func(ctx context.Context) (any, error) { return c.ConfirmPayment(ctx, c.write, c.id, params) }
}

func capturePayment(c *call) action {
	units := c.form.number("amount_to_capture")
	return func(ctx context.Context) (any, error) {
		amount, err := c.minorUnits(units)
		if err != nil {
			return nil, err
		}
		return c.CapturePayment(ctx, c.write, c.id, amount)
	}
}

// minorUnits reads an amount in the currency of the payment that the path names.
func (c *call) minorUnits(units int64) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	pay, err := c.account(c.write.Account).payments.find("payment_intent", c.id)
	if err != nil {
		return 0, err
	}
	m, err := wire.FromStripe(units, string(pay.Amount.Currency))
	if err != nil {
		return 0, invalid("amount_to_capture", "must be an amount in the payment's currency")
	}
	return m.Amount, nil
}

func cancelPayment(c *call) action {
	return func(ctx context.Context) (any, error) { return c.CancelPayment(ctx, c.write, c.id) }
}

func getCharge(c *call) action {
	return func(ctx context.Context) (any, error) {
		id := c.paymentOfCharge(c.id)
		if id == "" {
			return nil, missing("charge", c.id)
		}
		pay, err := c.GetPayment(ctx, billing.Ref{Account: c.write.Account, ID: id})
		if err != nil {
			return nil, err
		}
		return charge{pay}, nil
	}
}

// paymentOfCharge is empty when there is no such charge.
func (c *call) paymentOfCharge(id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for pay := range c.account(c.write.Account).payments.oldest() {
		if id != "" && pay.Charge == id {
			return pay.ID
		}
	}
	return ""
}

func (c *call) refundedPayment() string {
	intent, charge := c.form.text("payment_intent"), c.form.text("charge")
	if intent != "" || charge == "" {
		return intent
	}
	return orElse(c.paymentOfCharge(charge), charge)
}

func createRefund(c *call) action {
	f := c.form
	params := billing.RefundParams{
		Payment: c.refundedPayment(), Reason: billing.RefundReason(f.text("reason")), Metadata: f.pairs("metadata"),
		ReverseTransfer: f.flag("reverse_transfer"), RefundFee: f.flag("refund_application_fee"),
	}
	if params.Payment == "" {
		f.fail("payment_intent", "or charge is needed")
	}
	units := f.number("amount")
	return func(ctx context.Context) (any, error) {
		of := *c
		of.id = params.Payment
		amount, err := of.minorUnits(units)
		if err != nil {
			return nil, absent("payment_intent", "payment_intent", params.Payment)
		}
		params.Amount.Amount = amount
		return c.CreateRefund(ctx, c.write, params)
	}
}

func getRefund(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetRefund(ctx, c.ref()) }
}

func listRefunds(c *call) action {
	filter := billing.RefundFilter{Account: c.write.Account, Payment: c.refundedPayment(), Since: c.form.since()}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Refund, error] { return c.ListRefunds(ctx, filter) })
}

func getDispute(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetDispute(ctx, c.ref()) }
}

func listDisputes(c *call) action {
	filter := billing.DisputeFilter{Account: c.write.Account, Since: c.form.since()}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Dispute, error] { return c.ListDisputes(ctx, filter) })
}
