package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Object is a provider's object as Frontdesk mirrors it: *Customer,
// *Subscription, *Invoice, *Payment, *Refund, *Dispute or *CheckoutSession, and
// with connected accounts *Account, *Payout, *Balance, *Transfer or *ApplicationFee.
type Object interface {
	Key() Key
	// Head is the part that all objects share. Writing to it changes the object.
	Head() *Header
	// State is the object's status, or "deleted", for filters.
	State() string
}

// Header is what every mirrored object has.
type Header struct {
	Ref
	RowID    string            `json:"row_id,omitempty"`   // ours: opaque, stable, given by the store on the first write
	Customer string            `json:"customer,omitempty"` // the provider's customer id; empty when the object has none
	Created  time.Time         `json:"created"`            // the provider's clock, UTC
	Deleted  bool              `json:"deleted,omitempty"`  // the provider deleted it, or it was first seen by its deletion
	Metadata map[string]string `json:"metadata,omitempty"`
	Version  Version           `json:"version"`
}

// Head returns h itself; it makes the types that embed Header Objects.
func (h *Header) Head() *Header { return h }

// state is the status, or "deleted".
func (h *Header) state(status string) string {
	if h.Deleted {
		return "deleted"
	}
	return status
}

// NewObject returns an empty object of the kind, for stores to decode into.
// An unknown kind is Unimplemented.
func NewObject(kind Kind) (Object, error) {
	switch kind {
	case KindCustomer:
		return new(Customer), nil
	case KindSubscription:
		return new(Subscription), nil
	case KindInvoice:
		return new(Invoice), nil
	case KindPayment:
		return new(Payment), nil
	case KindRefund:
		return new(Refund), nil
	case KindDispute:
		return new(Dispute), nil
	case KindCheckout:
		return new(CheckoutSession), nil
	case KindAccount:
		return new(Account), nil
	case KindPayout:
		return new(Payout), nil
	case KindBalance:
		return new(Balance), nil
	case KindTransfer:
		return new(Transfer), nil
	case KindApplicationFee:
		return new(ApplicationFee), nil
	}
	return nil, frontdesk.Errorf(frontdesk.Unimplemented, "objects of kind %q are not mirrored", kind)
}

// kindOf is the kind of the objects of type O.
func kindOf[O Object]() Kind {
	var o O
	switch any(o).(type) {
	case *Customer:
		return KindCustomer
	case *Subscription:
		return KindSubscription
	case *Invoice:
		return KindInvoice
	case *Payment:
		return KindPayment
	case *Refund:
		return KindRefund
	case *Dispute:
		return KindDispute
	case *CheckoutSession:
		return KindCheckout
	case *Account:
		return KindAccount
	case *Payout:
		return KindPayout
	case *Balance:
		return KindBalance
	case *Transfer:
		return KindTransfer
	case *ApplicationFee:
		return KindApplicationFee
	}
	return ""
}
