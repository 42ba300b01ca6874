package billing

import "time"

// Ref names an object at the provider. An empty Account is the platform itself;
// otherwise it is the connected account that holds the object, and every call,
// row key, lock and idempotency key carries it.
type Ref struct {
	Account string `json:"account,omitempty"`
	ID      string `json:"id"`
}

// Kind is what sort of object a provider id names, in Stripe's words.
type Kind string

const (
	KindCustomer     Kind = "customer"
	KindSubscription Kind = "subscription"
	KindInvoice      Kind = "invoice"
	KindPayment      Kind = "payment_intent"
	KindRefund       Kind = "refund"
	KindDispute      Kind = "dispute"
	KindCheckout     Kind = "checkout.session"

	KindAccount        Kind = "account"
	KindPayout         Kind = "payout"
	KindBalance        Kind = "balance"
	KindTransfer       Kind = "transfer"
	KindApplicationFee Kind = "application_fee"
)

// Key identifies one object: the unit of locking and of ordering.
type Key struct {
	Kind Kind
	Ref
}

// String is "kind:id" on the platform and "account/kind:id" on a connected account.
func (k Key) String() string {
	s := string(k.Kind) + ":" + k.ID
	if k.Account == "" {
		return s
	}
	return k.Account + "/" + s
}

// Version orders the states of one object when they arrive as event payloads.
// A state that was read from the provider ranks above every payload of the same
// second, because it was read after the event that caused the reading.
type Version struct {
	At    time.Time `json:"at"`              // the event's creation, whole seconds, the provider's clock
	Rank  int       `json:"rank"`            // order within the second; see RankRead
	Event string    `json:"event,omitempty"` // provider event id: the last resort that makes the order total
}

// RankRead is the rank of a state that was read from the provider.
const RankRead = 1 << 16

// Before reports whether v is older than o. The order is total, so that the
// state that wins does not depend on the order of arrival.
func (v Version) Before(o Version) bool {
	if !v.At.Equal(o.At) {
		return v.At.Before(o.At)
	}
	if v.Rank != o.Rank {
		return v.Rank < o.Rank
	}
	return v.Event < o.Event
}
