package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// RefundStatus is Stripe's status of a refund.
type RefundStatus string

const (
	RefundStatusPending        RefundStatus = "pending"
	RefundStatusRequiresAction RefundStatus = "requires_action"
	RefundStatusSucceeded      RefundStatus = "succeeded"
	RefundStatusFailed         RefundStatus = "failed"
	RefundStatusCanceled       RefundStatus = "canceled"
)

// Refund gives a payment back, whole or in part. A succeeded refund can still fail later.
type Refund struct {
	Header
	Status  RefundStatus    `json:"status"`
	Payment string          `json:"payment"` // payment intent, or the charge where there is none
	Charge  string          `json:"charge,omitempty"`
	Amount  frontdesk.Money `json:"amount"`
	Reason  RefundReason    `json:"reason,omitempty"`
	Failure string          `json:"failure,omitempty"`

	Reversal  string     `json:"reversal,omitempty"`  // of the transfer: on the platform caused by the refund, on a connected account its cause
	Movements []Movement `json:"movements,omitempty"` // on a connected account, when read there
}

// Key identifies the refund.
func (r *Refund) Key() Key { return Key{KindRefund, r.Ref} }

// State is the status, or "deleted".
func (r *Refund) State() string { return r.state(string(r.Status)) }

// RefundReason is why money is given back.
type RefundReason string

const (
	RefundReasonDuplicate           RefundReason = "duplicate"
	RefundReasonFraudulent          RefundReason = "fraudulent"
	RefundReasonRequestedByCustomer RefundReason = "requested_by_customer"
)

// RefundParams is a new refund.
type RefundParams struct {
	Payment  string
	Amount   frontdesk.Money // zero amount: all that is left
	Reason   RefundReason
	Metadata map[string]string

	ReverseTransfer bool `json:",omitempty"` // take the same part back from the connected account
	RefundFee       bool `json:",omitempty"` // give the same part of the application fee back to it
}

// RefundFilter selects refunds.
type RefundFilter struct {
	Account string
	Payment string
	Since   time.Time
}
