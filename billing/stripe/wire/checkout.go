package wire

import "github.com/frontdesk-go/frontdesk/billing"

type checkoutJSON struct {
	objectJSON
	Status        billing.CheckoutStatus `json:"status"`
	PaymentStatus string                 `json:"payment_status"`
	Mode          billing.CheckoutMode   `json:"mode"`
	Reference     string                 `json:"client_reference_id"`
	Subscription  id                     `json:"subscription"`
	PaymentIntent id                     `json:"payment_intent"`
	Invoice       id                     `json:"invoice"`
	AmountTotal   int64                  `json:"amount_total"`
	Currency      string                 `json:"currency"`
	URL           string                 `json:"url"`
	ExpiresAt     unix                   `json:"expires_at"`
}

// Checkout reads a checkout session. It returns Invalid for anything else.
func Checkout(raw []byte, account string) (*billing.CheckoutSession, error) {
	var c checkoutJSON
	if err := read(raw, "checkout.session", &c); err != nil {
		return nil, err
	}
	count := counter{currency: c.Currency}
	session := &billing.CheckoutSession{
		Header:       c.header(account),
		Status:       c.Status,
		Mode:         c.Mode,
		Paid:         c.PaymentStatus == "paid" || c.PaymentStatus == "no_payment_required",
		Reference:    c.Reference,
		Subscription: string(c.Subscription),
		Payment:      string(c.PaymentIntent),
		Invoice:      string(c.Invoice),
		Total:        count.money(c.AmountTotal),
		URL:          c.URL,
		ExpiresAt:    c.ExpiresAt.time(),
	}
	if count.err != nil {
		return nil, invalid("checkout.session", count.err)
	}
	return session, nil
}
