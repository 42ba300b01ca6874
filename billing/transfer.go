package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Transfer moves money from the platform to a connected account: by itself, or
// as the half of a destination charge.
type Transfer struct {
	Header
	Amount             frontdesk.Money `json:"amount"`
	Reversed           int64           `json:"reversed,omitempty"`
	Destination        string          `json:"destination"`                   // the connected account
	DestinationPayment string          `json:"destination_payment,omitempty"` // its charge there: py_...
	Source             string          `json:"source,omitempty"`              // the charge whose money it is, if it is one's
	Group              string          `json:"group,omitempty"`
	Reversals          []Reversal      `json:"reversals,omitempty"` // the latest ten where the payload shows no more
}

// Key identifies the transfer, which the platform holds.
func (t *Transfer) Key() Key { return Key{KindTransfer, t.Ref} }

// State is "reversed" when all of it has come back, else "paid".
func (t *Transfer) State() string {
	if t.Amount.Amount > 0 && t.Reversed >= t.Amount.Amount {
		return t.state("reversed")
	}
	return t.state("paid")
}

// Reversal is money that a transfer has given back.
type Reversal struct {
	ID      string    `json:"id"`
	Amount  int64     `json:"amount"` // in the transfer's currency
	Refund  string    `json:"refund,omitempty"`
	Created time.Time `json:"created"`
}

// TransferParams is a new transfer.
type TransferParams struct {
	Amount      frontdesk.Money
	Destination string
	Source      string // a charge: the transfer waits until its money is available
	Group       string
	Description string
	Metadata    map[string]string
}

// ReversalParams is a new reversal of a transfer.
type ReversalParams struct {
	Amount    frontdesk.Money // zero: all that is left
	RefundFee bool            // give the application fee back in proportion
	Metadata  map[string]string
}

// TransferFilter selects transfers.
type TransferFilter struct {
	Destination string
	Since       time.Time
}
