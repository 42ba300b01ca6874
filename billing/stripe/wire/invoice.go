package wire

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk/billing"
)

type invoiceJSON struct {
	objectJSON
	Status          billing.InvoiceStatus `json:"status"`
	Number          string                `json:"number"`
	Currency        string                `json:"currency"`
	Total           int64                 `json:"total"`
	AmountDue       int64                 `json:"amount_due"`
	AmountPaid      int64                 `json:"amount_paid"`
	Email           string                `json:"customer_email"`
	Description     string                `json:"description"`
	Attempts        int64                 `json:"attempt_count"`
	DueDate         unix                  `json:"due_date"`
	NextAttempt     unix                  `json:"next_payment_attempt"`
	HostedURL       string                `json:"hosted_invoice_url"`
	PDF             string                `json:"invoice_pdf"`
	Lines           listJSON[lineJSON]    `json:"lines"`
	StatusChangedAt struct {
		Paid unix `json:"paid_at"`
	} `json:"status_transitions"`

	// Before 2025-03-31.
	Subscription  id         `json:"subscription"`
	PaymentIntent intentJSON `json:"payment_intent"`
	Charge        id         `json:"charge"`
	Paid          bool       `json:"paid"`
	OutOfBand     bool       `json:"paid_out_of_band"`

	// Since 2025-03-31.
	Parent   parentJSON                   `json:"parent"`
	Payments listJSON[invoicePaymentJSON] `json:"payments"`
}

type parentJSON struct {
	SubscriptionDetails struct {
		Subscription id `json:"subscription"`
	} `json:"subscription_details"`
}

// invoicePaymentJSON ties a payment to an invoice.
type invoicePaymentJSON struct {
	Default bool       `json:"is_default"`
	Status  string     `json:"status"`
	Payment settlement `json:"payment"`
}

// settlement is the payment intent that settles an invoice, or the charge where
// there is none; both are empty when nothing does, or something outside Stripe.
type settlement struct {
	PaymentIntent intentJSON `json:"payment_intent"`
	Charge        id         `json:"charge"`
}

func (s *settlement) id() id { return cmp.Or(s.PaymentIntent.ID, s.Charge) }

// Invoice reads an invoice. It returns Invalid for anything else.
func Invoice(raw []byte, account string) (*billing.Invoice, error) {
	invoice, _, err := invoice(raw, account)
	return invoice, err
}

func invoice(raw []byte, account string) (*billing.Invoice, *invoiceJSON, error) {
	var i invoiceJSON
	if err := read(raw, "invoice", &i); err != nil {
		return nil, nil, err
	}
	count := counter{currency: i.Currency}
	settled := i.settlement()
	invoice := &billing.Invoice{
		Header:       i.header(account),
		Status:       i.status(),
		Number:       i.Number,
		Subscription: string(cmp.Or(i.Subscription, i.Parent.SubscriptionDetails.Subscription)),
		Payment:      string(settled.id()),
		Total:        count.money(i.Total),
		AmountDue:    count.minor(i.AmountDue),
		AmountPaid:   count.minor(i.AmountPaid),
		Email:        i.Email,
		Description:  i.Description,
		Attempts:     i.Attempts,
		DueDate:      i.DueDate.time(),
		PaidAt:       i.StatusChangedAt.Paid.time(),
		NextAttempt:  i.NextAttempt.time(),
		HostedURL:    i.HostedURL,
		PDF:          i.PDF,
		Lines:        i.lines(&count),
	}
	if invoice.Status == billing.InvoiceStatusOpen {
		invoice.Failed = settled.PaymentIntent.failed()
		invoice.NeedsAction = settled.PaymentIntent.Status == billing.PaymentStatusRequiresAction
	}
	if count.err != nil {
		return nil, nil, invalid("invoice", count.err)
	}
	return invoice, &i, nil
}

func (i *invoiceJSON) status() billing.InvoiceStatus {
	if i.Paid {
		return billing.InvoiceStatusPaid
	}
	return i.Status
}

// settlement prefers the default payment of those that the invoice lists.
func (i *invoiceJSON) settlement() settlement {
	own := settlement{i.PaymentIntent, i.Charge}
	if own.id() != "" || len(i.Payments.Data) == 0 {
		return own
	}
	for _, p := range i.Payments.Data {
		if p.Default {
			return p.Payment
		}
	}
	for _, p := range i.Payments.Data {
		if p.Status == "paid" {
			return p.Payment
		}
	}
	return i.Payments.Data[0].Payment
}

// payment returns what a paid invoice tells of its payment; nil if no money moved
// through Stripe, or the invoice does not name the payment.
func (i *invoiceJSON) payment(of *billing.Invoice) *billing.Payment {
	if of.Status != billing.InvoiceStatusPaid || of.AmountPaid <= 0 || i.OutOfBand || of.Payment == "" {
		return nil
	}
	settled := i.settlement()
	amount := of.Total
	amount.Amount = of.AmountPaid
	return &billing.Payment{
		Header: billing.Header{
			Ref:      billing.Ref{Account: of.Account, ID: of.Payment},
			Customer: of.Customer,
			Created:  of.PaidAt,
		},
		Status:   billing.PaymentStatusSucceeded,
		Amount:   amount,
		Received: of.AmountPaid,
		Invoice:  of.ID,
		Charge:   string(cmp.Or(settled.Charge, settled.PaymentIntent.latest().ID)),
	}
}
