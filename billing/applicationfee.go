package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// ApplicationFee is the platform's commission on a charge of a connected account.
type ApplicationFee struct {
	Header
	Amount   frontdesk.Money `json:"amount"`
	Refunded int64           `json:"refunded,omitempty"`
	Payer    string          `json:"payer"`             // the connected account that it was taken from
	Charge   string          `json:"charge,omitempty"`  // the account's charge
	Source   string          `json:"source,omitempty"`  // the platform's charge, of a destination charge
	Refunds  []FeeRefund     `json:"refunds,omitempty"` // the latest ten where the payload shows no more

	returned []Movement // the payer's lines of the refunds; nil where they were not read
}

// Key identifies the fee, which the platform holds.
func (f *ApplicationFee) Key() Key { return Key{KindApplicationFee, f.Ref} }

// State is "refunded" when all of it was given back, else "charged".
func (f *ApplicationFee) State() string {
	if f.Amount.Amount > 0 && f.Refunded >= f.Amount.Amount {
		return f.state("refunded")
	}
	return f.state("charged")
}

// FeeRefund is a part of a fee that was given back to the account.
type FeeRefund struct {
	ID      string    `json:"id"`
	Amount  int64     `json:"amount"` // in the fee's currency
	Created time.Time `json:"created"`
}

// ApplicationFeeFilter selects application fees.
type ApplicationFeeFilter struct {
	Since time.Time
}
