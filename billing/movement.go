package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Movement is one line of a connected account's balance, as the provider keeps
// it: a balance transaction, or its fee.
type Movement struct {
	// Transaction is the provider's id of the balance transaction; a fee has that
	// of what it was taken from.
	Transaction string    `json:"transaction"`
	Kind        EntryKind `json:"kind"`
	// Object is what moved the money, by the name that every view of it shares: a
	// charge that came with a transfer is the transfer, a refund that is one of its reversals
	// the reversal, a commission the application fee, and what has no object the
	// transaction itself.
	Object      string          `json:"object"`
	Amount      frontdesk.Money `json:"amount"`         // what it adds to the balance; fees and refunds are negative
	Held        bool            `json:"held,omitempty"` // into a reserve of the provider's, or out of it
	Created     time.Time       `json:"created"`
	AvailableOn time.Time       `json:"available_on"`
}

// MovementFilter selects movements of an account.
type MovementFilter struct {
	Account string
	Payout  string // only what this automatic payout has paid
	Since   time.Time
}
