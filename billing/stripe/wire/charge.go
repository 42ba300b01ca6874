package wire

import (
	"cmp"
	"encoding/json"

	"github.com/frontdesk-go/frontdesk/billing"
)

type chargeJSON struct {
	objectJSON
	passedJSON
	Status         string                    `json:"status"`
	PaymentIntent  id                        `json:"payment_intent"`
	Invoice        optional                  `json:"invoice"`
	Amount         int64                     `json:"amount"`
	AmountCaptured *int64                    `json:"amount_captured"`
	AmountRefunded int64                     `json:"amount_refunded"`
	Currency       string                    `json:"currency"`
	Captured       *bool                     `json:"captured"`
	Refunded       bool                      `json:"refunded"`
	Disputed       bool                      `json:"disputed"`
	Description    string                    `json:"description"`
	ReceiptEmail   string                    `json:"receipt_email"`
	FailureCode    string                    `json:"failure_code"`
	Outcome        struct{ Reason string }   `json:"outcome"`
	Refunds        listJSON[json.RawMessage] `json:"refunds"`
}

// charge reads a charge as the payment that it belongs to, or is where it has no
// payment intent, and the refunds that it lists.
func charge(raw []byte, account string) (*billing.Payment, []*billing.Refund, error) {
	var c chargeJSON
	if err := read(raw, "charge", &c); err != nil {
		return nil, nil, err
	}
	payment, err := c.payment(account)
	if err != nil {
		return nil, nil, err
	}
	refunds, err := c.refunds(account)
	return payment, refunds, err
}

func (c *chargeJSON) payment(account string) (*billing.Payment, error) {
	count := counter{currency: c.Currency}
	p := &billing.Payment{
		Header:      c.header(account),
		Status:      c.status(),
		Amount:      count.money(c.Amount),
		Received:    count.minor(c.received()),
		Refunded:    count.minor(c.AmountRefunded),
		Invoice:     string(c.Invoice.id),
		Standalone:  c.Invoice.present && c.Invoice.id == "",
		Charge:      string(c.ID),
		Description: c.Description,
		Email:       c.ReceiptEmail,
		Failure:     c.FailureCode,
		Disputed:    c.Disputed,
	}
	p.ID = string(cmp.Or(c.PaymentIntent, c.ID))
	if err := c.pass(p, c.ID, &count); err != nil {
		return nil, err
	}
	if c.FailureCode != "" {
		p.DeclineCode = c.Outcome.Reason
	}
	if count.err != nil {
		return nil, invalid("charge", count.err)
	}
	return p, nil
}

// status is that of the payment intent whose latest charge this is.
func (c *chargeJSON) status() billing.PaymentStatus {
	switch {
	case c.Status == "failed":
		return billing.PaymentStatusRequiresPaymentMethod
	case c.Status == "pending":
		return billing.PaymentStatusProcessing
	case c.Status != "succeeded":
		return billing.PaymentStatus(c.Status)
	case c.captured():
		return billing.PaymentStatusSucceeded
	case c.Refunded: // the authorisation was given up or ran out
		return billing.PaymentStatusCanceled
	}
	return billing.PaymentStatusRequiresCapture
}

func (c *chargeJSON) captured() bool { return c.Captured == nil || *c.Captured }

func (c *chargeJSON) received() int64 {
	switch {
	case c.Status != "succeeded" || !c.captured():
		return 0
	case c.AmountCaptured != nil:
		return *c.AmountCaptured
	}
	return c.Amount
}

func (c *chargeJSON) refunds(account string) ([]*billing.Refund, error) {
	var refunds []*billing.Refund
	for _, raw := range c.Refunds.Data {
		r, err := Refund(raw, account)
		if err != nil {
			return nil, err
		}
		r.Charge = cmp.Or(r.Charge, string(c.ID))
		r.Payment = string(cmp.Or(c.PaymentIntent, c.ID))
		r.Customer = cmp.Or(r.Customer, string(c.Customer))
		refunds = append(refunds, r)
	}
	return refunds, nil
}
