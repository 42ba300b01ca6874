package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// InvoiceStatus is Stripe's status of an invoice.
type InvoiceStatus string

const (
	InvoiceStatusDraft         InvoiceStatus = "draft"
	InvoiceStatusOpen          InvoiceStatus = "open"
	InvoiceStatusPaid          InvoiceStatus = "paid"
	InvoiceStatusUncollectible InvoiceStatus = "uncollectible"
	InvoiceStatusVoid          InvoiceStatus = "void"
)

// Terminal reports whether the status can never change again. An
// uncollectible invoice can still be paid or voided.
func (s InvoiceStatus) Terminal() bool { return s == InvoiceStatusPaid || s == InvoiceStatusVoid }

// Invoice is a bill, of a subscription or on its own.
type Invoice struct {
	Header
	Status       InvoiceStatus   `json:"status"`
	Number       string          `json:"number,omitempty"`
	Subscription string          `json:"subscription,omitempty"` // empty for a one-off invoice
	Payment      string          `json:"payment,omitempty"`      // the payment intent, or the charge where there is none
	Total        frontdesk.Money `json:"total"`
	AmountDue    int64           `json:"amount_due"`
	AmountPaid   int64           `json:"amount_paid"`
	Email        string          `json:"email,omitempty"`
	Description  string          `json:"description,omitempty"`
	Attempts     int64           `json:"attempts,omitempty"`     // automatic collection attempts so far
	Failed       bool            `json:"failed,omitempty"`       // the last attempt is known to have failed
	NeedsAction  bool            `json:"needs_action,omitempty"` // the payer must authenticate
	DueDate      time.Time       `json:"due_date,omitzero"`
	PaidAt       time.Time       `json:"paid_at,omitzero"`
	NextAttempt  time.Time       `json:"next_attempt,omitzero"`
	HostedURL    string          `json:"hosted_url,omitempty"`
	PDF          string          `json:"pdf,omitempty"`
	Lines        []InvoiceLine   `json:"lines,omitempty"`
}

// InvoiceLine is one line of an invoice.
type InvoiceLine struct {
	ID          string          `json:"id,omitempty"`
	Description string          `json:"description,omitempty"`
	Amount      frontdesk.Money `json:"amount"`
	Quantity    int64           `json:"quantity,omitempty"`
	Price       string          `json:"price,omitempty"`
	Proration   bool            `json:"proration,omitempty"`
}

// Key identifies the invoice.
func (i *Invoice) Key() Key { return Key{KindInvoice, i.Ref} }

// State is the status, or "deleted".
func (i *Invoice) State() string { return i.state(string(i.Status)) }

// InvoiceParams is a new one-off invoice.
type InvoiceParams struct {
	Customer     string
	Items        []InvoiceItem
	Description  string
	DaysUntilDue int64 // above 0 the invoice is sent to be paid by hand; 0 charges the default payment method
	Metadata     map[string]string
}

// InvoiceItem is one position of a new invoice: a price, or an amount.
type InvoiceItem struct {
	Description string
	Amount      frontdesk.Money // ignored when Price is set
	Price       string
	Quantity    int64 // default 1
}

// InvoiceAction moves an invoice to its next state.
type InvoiceAction string

const (
	InvoiceActionFinalize          InvoiceAction = "finalize"
	InvoiceActionSend              InvoiceAction = "send"
	InvoiceActionPay               InvoiceAction = "pay"
	InvoiceActionVoid              InvoiceAction = "void"
	InvoiceActionMarkUncollectible InvoiceAction = "mark_uncollectible"
)

// InvoiceFilter selects invoices.
type InvoiceFilter struct {
	Account  string
	Customer string
	Status   InvoiceStatus
	Since    time.Time // created at or after; zero: all
}
