package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// DisputeStatus is Stripe's status of a dispute.
type DisputeStatus string

const (
	DisputeStatusWarningNeedsResponse DisputeStatus = "warning_needs_response"
	DisputeStatusWarningUnderReview   DisputeStatus = "warning_under_review"
	DisputeStatusWarningClosed        DisputeStatus = "warning_closed"
	DisputeStatusNeedsResponse        DisputeStatus = "needs_response"
	DisputeStatusUnderReview          DisputeStatus = "under_review"
	DisputeStatusWon                  DisputeStatus = "won"
	DisputeStatusLost                 DisputeStatus = "lost"
)

// Closed reports whether the bank has decided.
func (s DisputeStatus) Closed() bool {
	return s == DisputeStatusWon || s == DisputeStatusLost || s == DisputeStatusWarningClosed
}

// Dispute is a payer's objection at their bank: a state of its own beside the payment's.
type Dispute struct {
	Header
	Status      DisputeStatus   `json:"status"`
	Payment     string          `json:"payment"` // payment intent, or the charge where there is none
	Charge      string          `json:"charge,omitempty"`
	Amount      frontdesk.Money `json:"amount"`
	Reason      string          `json:"reason,omitempty"`
	EvidenceDue time.Time       `json:"evidence_due,omitzero"`
	Movements   []Movement      `json:"movements,omitempty"` // on a connected account: what was withdrawn and put back
}

// Key identifies the dispute.
func (d *Dispute) Key() Key { return Key{KindDispute, d.Ref} }

// State is the status, or "deleted".
func (d *Dispute) State() string { return d.state(string(d.Status)) }

// DisputeFilter selects disputes.
type DisputeFilter struct {
	Account string
	Since   time.Time
}
