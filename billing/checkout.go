package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// CheckoutMode is what a checkout session sells.
type CheckoutMode string

const (
	CheckoutModePayment      CheckoutMode = "payment"
	CheckoutModeSubscription CheckoutMode = "subscription"
)

// CheckoutStatus is Stripe's status of a checkout session.
type CheckoutStatus string

const (
	CheckoutStatusOpen     CheckoutStatus = "open"
	CheckoutStatusComplete CheckoutStatus = "complete"
	CheckoutStatusExpired  CheckoutStatus = "expired"
)

// CheckoutSession is a page at the provider where the client pays. Complete does not
// mean paid: a bank debit is Complete long before it is Paid.
type CheckoutSession struct {
	Header
	Status       CheckoutStatus  `json:"status"`
	Mode         CheckoutMode    `json:"mode"`
	Paid         bool            `json:"paid"`                // paid, or nothing to pay
	Failed       bool            `json:"failed,omitempty"`    // a delayed payment has failed
	Reference    string          `json:"reference,omitempty"` // client_reference_id
	Subscription string          `json:"subscription,omitempty"`
	Payment      string          `json:"payment,omitempty"`
	Invoice      string          `json:"invoice,omitempty"`
	Total        frontdesk.Money `json:"total"`
	URL          string          `json:"url,omitempty"`
	ExpiresAt    time.Time       `json:"expires_at,omitzero"`
}

// Key identifies the session.
func (c *CheckoutSession) Key() Key { return Key{KindCheckout, c.Ref} }

// State is the status, or "deleted".
func (c *CheckoutSession) State() string { return c.state(string(c.Status)) }

// CheckoutParams is a new checkout session.
type CheckoutParams struct {
	Mode           CheckoutMode
	Customer       string
	Reference      string // client_reference_id
	Lines          []CheckoutLine
	TrialDays      int64 // subscriptions only
	PromotionCodes bool
	AutomaticTax   bool
	SuccessURL     string            // absolute
	CancelURL      string            // absolute
	Metadata       map[string]string // also on the subscription or payment that results
	Split          Split             // CheckoutModePayment only
}

// CheckoutLine is one thing that is sold: a price at the provider, or an amount.
type CheckoutLine struct {
	Price    string
	Quantity int64           // default 1
	Name     string          // with Amount, what the payer reads
	Amount   frontdesk.Money // CheckoutModePayment only, when there is no Price
}
