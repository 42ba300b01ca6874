package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// PayoutStatus is Stripe's status of a payout.
type PayoutStatus string

const (
	PayoutStatusPending   PayoutStatus = "pending"
	PayoutStatusInTransit PayoutStatus = "in_transit"
	PayoutStatusPaid      PayoutStatus = "paid"
	PayoutStatusFailed    PayoutStatus = "failed" // also after it was paid: a bank may return it days later
	PayoutStatusCanceled  PayoutStatus = "canceled"
)

// Returned reports whether the money has come back to the balance, for good.
func (s PayoutStatus) Returned() bool {
	return s == PayoutStatusFailed || s == PayoutStatusCanceled
}

// Payout is money on its way from a connected account to its bank.
type Payout struct {
	Header
	Status         PayoutStatus    `json:"status"`
	Amount         frontdesk.Money `json:"amount"`
	Automatic      bool            `json:"automatic,omitempty"` // made by the schedule
	Method         string          `json:"method,omitempty"`    // standard or instant
	ArrivalDate    time.Time       `json:"arrival_date,omitzero"`
	Destination    string          `json:"destination,omitempty"` // the bank account's id at the provider
	Description    string          `json:"description,omitempty"`
	Failure        string          `json:"failure,omitempty"` // code, for example account_closed
	FailureMessage string          `json:"failure_message,omitempty"`
	// Movements are those that it pays, where the provider tells: of automatic
	// payouts that were read. Their amounts sum to Amount.
	Movements []Movement `json:"movements,omitempty"`
}

// Key identifies the payout.
func (p *Payout) Key() Key { return Key{KindPayout, p.Ref} }

// State is the status, or "deleted".
func (p *Payout) State() string { return p.state(string(p.Status)) }

// PayoutParams is a new payout, from the balance of Write.Account.
type PayoutParams struct {
	Amount      frontdesk.Money
	Description string
	Metadata    map[string]string
}

// PayoutFilter selects payouts of an account.
type PayoutFilter struct {
	Account string
	Since   time.Time
}
