package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// PaymentStatus is Stripe's status of a payment intent.
type PaymentStatus string

const (
	PaymentStatusRequiresPaymentMethod PaymentStatus = "requires_payment_method"
	PaymentStatusRequiresConfirmation  PaymentStatus = "requires_confirmation"
	PaymentStatusRequiresAction        PaymentStatus = "requires_action"
	PaymentStatusProcessing            PaymentStatus = "processing"
	PaymentStatusRequiresCapture       PaymentStatus = "requires_capture"
	PaymentStatusSucceeded             PaymentStatus = "succeeded"
	PaymentStatusCanceled              PaymentStatus = "canceled"
)

// Terminal reports whether the status can never change again.
func (s PaymentStatus) Terminal() bool {
	return s == PaymentStatusSucceeded || s == PaymentStatusCanceled
}

// Payment is one attempt to take money: a payment intent with its latest
// charge, or a charge that was made without an intent.
type Payment struct {
	Header
	Status       PaymentStatus    `json:"status"`
	Amount       frontdesk.Money  `json:"amount"`
	Received     int64            `json:"received"`
	Refunded     int64            `json:"refunded,omitempty"`
	Invoice      string           `json:"invoice,omitempty"`
	Standalone   bool             `json:"standalone,omitempty"` // known to belong to no invoice
	Charge       string           `json:"charge,omitempty"`
	Description  string           `json:"description,omitempty"`
	Email        string           `json:"email,omitempty"`   // where the provider sends its receipt
	Failure      string           `json:"failure,omitempty"` // code of the last failure, for example card_declined
	DeclineCode  string           `json:"decline_code,omitempty"`
	Disputed     bool             `json:"disputed,omitempty"`
	ClientSecret frontdesk.Secret `json:"-"` // for the payer's browser; never stored

	// With connected accounts. On the platform: whom the money was passed on to, and
	// by which transfer. On a connected account: the transfer that brought it.
	Destination    string     `json:"destination,omitempty"`
	Transfer       string     `json:"transfer,omitempty"`
	ApplicationFee string     `json:"application_fee,omitempty"` // its id
	Commission     int64      `json:"commission,omitempty"`      // amount of the application fee
	Movements      []Movement `json:"movements,omitempty"`       // on a connected account, when read there
}

// Key identifies the payment.
func (p *Payment) Key() Key { return Key{KindPayment, p.Ref} }

// State is the status, or "deleted".
func (p *Payment) State() string { return p.state(string(p.Status)) }

// PaymentParams is a new payment.
type PaymentParams struct {
	Customer      string
	Amount        frontdesk.Money
	Description   string
	PaymentMethod string
	Confirm       bool // confirm at once; needs PaymentMethod
	OffSession    bool // the payer is not there; only with Confirm
	ManualCapture bool // authorise now, capture later
	ReturnURL     string
	ReceiptEmail  string
	Metadata      map[string]string
	Split         Split
}

// Split says what of a payment is passed on to a connected account. The zero
// Split keeps all of it on the platform.
type Split struct {
	Destination    string `json:",omitempty"` // the connected account; a transfer of the whole is made with the charge
	ApplicationFee int64  `json:",omitempty"` // what the platform keeps, in the payment's currency; needs Destination
	OnBehalfOf     string `json:",omitempty"` // the connected account that is the merchant of record
	Group          string `json:",omitempty"` // ties transfers that are made later to the charge
}

// PaymentConfirm confirms a payment.
type PaymentConfirm struct {
	PaymentMethod string
	ReturnURL     string
}

// PaymentFilter selects payments.
type PaymentFilter struct {
	Account  string
	Customer string
	Since    time.Time
}
