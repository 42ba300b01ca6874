package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// SubscriptionStatus is Stripe's status of a subscription.
type SubscriptionStatus string

const (
	SubscriptionStatusIncomplete        SubscriptionStatus = "incomplete"
	SubscriptionStatusIncompleteExpired SubscriptionStatus = "incomplete_expired"
	SubscriptionStatusTrialing          SubscriptionStatus = "trialing"
	SubscriptionStatusActive            SubscriptionStatus = "active"
	SubscriptionStatusPastDue           SubscriptionStatus = "past_due"
	SubscriptionStatusUnpaid            SubscriptionStatus = "unpaid"
	SubscriptionStatusPaused            SubscriptionStatus = "paused"
	SubscriptionStatusCanceled          SubscriptionStatus = "canceled"
)

// Terminal reports whether the status can never change again.
func (s SubscriptionStatus) Terminal() bool {
	return s == SubscriptionStatusCanceled || s == SubscriptionStatusIncompleteExpired
}

// Live reports whether the client is, or may again be, charged for it without
// a new checkout: trialing, active, past due, unpaid or paused.
func (s SubscriptionStatus) Live() bool {
	return s != "" && s != SubscriptionStatusIncomplete && !s.Terminal()
}

// Subscription is a recurring charge for one or more prices.
type Subscription struct {
	Header
	Status             SubscriptionStatus `json:"status"`
	Items              []SubscriptionItem `json:"items"`
	CurrentPeriodStart time.Time          `json:"current_period_start,omitzero"` // of the item whose period ends first
	CurrentPeriodEnd   time.Time          `json:"current_period_end,omitzero"`
	CancelAtPeriodEnd  bool               `json:"cancel_at_period_end,omitempty"`
	CancelAt           time.Time          `json:"cancel_at,omitzero"`
	CanceledAt         time.Time          `json:"canceled_at,omitzero"`
	EndedAt            time.Time          `json:"ended_at,omitzero"`
	TrialEnd           time.Time          `json:"trial_end,omitzero"`
	Pause              PauseBehavior      `json:"pause,omitempty"` // empty: collection is not paused
	LatestInvoice      string             `json:"latest_invoice,omitempty"`
}

// SubscriptionItem is one price of a subscription.
type SubscriptionItem struct {
	ID       string          `json:"id"`
	Price    string          `json:"price"`
	Product  string          `json:"product,omitempty"`
	Lookup   string          `json:"lookup_key,omitempty"`
	Unit     frontdesk.Money `json:"unit"` // per unit and period; zero for tiered or metered prices
	Quantity int64           `json:"quantity"`
}

// Key identifies the subscription.
func (s *Subscription) Key() Key { return Key{KindSubscription, s.Ref} }

// State is the status, or "deleted".
func (s *Subscription) State() string { return s.state(string(s.Status)) }

// Ends reports whether the subscription is going to end by itself: at the end
// of the period, or at a date that flexible billing sets without that flag.
func (s *Subscription) Ends() bool { return s.CancelAtPeriodEnd || !s.CancelAt.IsZero() }

// PauseBehavior says what happens to invoices while collection is paused.
type PauseBehavior string

const (
	PauseKeepAsDraft       PauseBehavior = "keep_as_draft"
	PauseMarkUncollectible PauseBehavior = "mark_uncollectible"
	PauseVoid              PauseBehavior = "void"
)

// Proration says whether a change in mid-period is charged for the remainder.
type Proration string

const (
	ProrationCreate        Proration = "create_prorations" // on the next invoice
	ProrationAlwaysInvoice Proration = "always_invoice"    // invoiced at once
	ProrationNone          Proration = "none"
)

// SubscriptionUpdate changes a subscription. Zero fields stay as they are.
type SubscriptionUpdate struct {
	Item              string    // the subscription item to change; required when there are several
	Price             string    // the new price
	Quantity          int64     // the new quantity; 0 keeps it
	Proration         Proration // default ProrationCreate
	CancelAtPeriodEnd *bool     // false undoes a scheduled cancellation, also one set through cancel_at
}

// SubscriptionCancel ends a subscription now.
type SubscriptionCancel struct {
	InvoiceNow bool // invoice what is still unbilled
	Prorate    bool // credit the unused time
}

// SubscriptionFilter selects subscriptions. It lists canceled ones too.
type SubscriptionFilter struct {
	Account  string
	Customer string // empty: of every customer
}
