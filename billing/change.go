package billing

import (
	"encoding/json"

	"github.com/frontdesk-go/frontdesk"
)

// Change is something that happened to a client's billing, or to an expert's account, told to
// [Options.OnChange] once per milestone: SubscriptionActivated,
// SubscriptionUpdated, SubscriptionPastDue, SubscriptionCanceled,
// DuplicateSubscription, InvoiceFinalized, InvoicePaid, PaymentFailed,
// PaymentActionRequired, PaymentSucceeded, Refunded, RefundFailed,
// DisputeOpened, DisputeClosed, CheckoutPaid, CheckoutFailed or CustomerDeleted;
// AccountChanged, PayoutPaid or PayoutFailed.
//
// A change is derived from what an object became, not from the event that said
// so: however many events tell of it, in whatever order, it is told once.
type Change interface {
	// Key is the same for every telling of the change, also when a hook is
	// repeated because the process died inside it. It serves as an idempotency key.
	Key() string
	// About says what was reached, by which object, for whom.
	About() Milestone
}

// Milestone says what has been reached, by which object, for whom.
type Milestone struct {
	Name   string // invoice.paid, ...
	Object Key
	Step   string // tells apart milestones of one name and object: "attempt 2"
	Client string // the host's client; empty when it is an expert's
	Expert string `json:",omitempty"` // the host's expert whose connected account holds the object
}

// Key is "name/object/step".
func (m Milestone) Key() string { return m.Name + "/" + m.Object.String() + "/" + m.Step }

// About is m itself; it makes the types that embed Milestone Changes.
func (m Milestone) About() Milestone { return m }

type (
	// SubscriptionActivated says that a subscription became active or trialing for the first time.
	SubscriptionActivated struct {
		Milestone
		Subscription Subscription
	}
	// SubscriptionUpdated says that a live subscription's plan, quantity, pause
	// or planned end has changed.
	SubscriptionUpdated struct {
		Milestone
		Before, Subscription Subscription
	}
	// SubscriptionPastDue says that a renewal could not be collected. It is
	// dropped when the subscription is active again before it could be told.
	SubscriptionPastDue struct {
		Milestone
		Subscription Subscription
	}
	// SubscriptionCanceled says that a subscription has ended, or that it
	// expired before its first payment (status incomplete_expired).
	SubscriptionCanceled struct {
		Milestone
		Subscription Subscription
	}
	// DuplicateSubscription says that a client has two live subscriptions, as
	// when two checkout tabs were both completed. Nothing is canceled for you.
	DuplicateSubscription struct {
		Milestone
		Older, Newer Subscription
	}
	// InvoiceFinalized says that an invoice is open to be paid.
	InvoiceFinalized struct {
		Milestone
		Email   string
		Invoice Invoice
	}
	// InvoicePaid says that an invoice is paid. Invoices of zero are told only
	// with [Options.ZeroInvoices].
	InvoicePaid struct {
		Milestone
		Email   string
		Invoice Invoice
	}
	// PaymentFailed says that an attempt to collect an invoice, or a payment
	// without invoice, has failed. It is dropped when the money has come in
	// before it could be told.
	PaymentFailed struct {
		Milestone
		Email   string
		Invoice *Invoice // nil for a payment without invoice
		Payment *Payment // nil for an invoice
	}
	// PaymentActionRequired says that the payer must authenticate.
	PaymentActionRequired struct {
		Milestone
		Email   string
		Invoice Invoice
	}
	// PaymentSucceeded says that a payment without invoice has succeeded.
	PaymentSucceeded struct {
		Milestone
		Email   string
		Payment Payment
	}
	// Refunded says that a refund has succeeded.
	Refunded struct {
		Milestone
		Refund Refund
	}
	// RefundFailed says that a refund did not reach the payer, perhaps after it had succeeded.
	RefundFailed struct {
		Milestone
		Refund Refund
	}
	// DisputeOpened says that a payer objects at their bank.
	DisputeOpened struct {
		Milestone
		Dispute Dispute
	}
	// DisputeClosed says that the bank has decided.
	DisputeClosed struct {
		Milestone
		Dispute Dispute
	}
	// CheckoutPaid says that a checkout may be fulfilled: its money is there,
	// or promised by a subscription or trial.
	CheckoutPaid struct {
		Milestone
		Checkout CheckoutSession
	}
	// CheckoutFailed says that a completed checkout's delayed payment has failed.
	CheckoutFailed struct {
		Milestone
		Checkout CheckoutSession
	}
	// CustomerDeleted says that the customer was deleted at the provider.
	CustomerDeleted struct {
		Milestone
		Customer Customer
	}
	// AccountChanged says that the status of an expert's account has changed. It is
	// told at every change.
	AccountChanged struct {
		Milestone
		Before, Account Account
	}
	// PayoutPaid says that a payout has arrived at the expert's bank.
	PayoutPaid struct {
		Milestone
		Payout Payout
	}
	// PayoutFailed says that a payout did not arrive, perhaps after it was said to
	// have. Its money is back in the balance.
	PayoutFailed struct {
		Milestone
		Payout Payout
	}
)

const (
	changeSubscriptionActivated = "subscription.activated"
	changeSubscriptionUpdated   = "subscription.updated"
	changeSubscriptionPastDue   = "subscription.past_due"
	changeSubscriptionCanceled  = "subscription.canceled"
	changeDuplicateSubscription = "subscription.duplicate"
	changeInvoiceFinalized      = "invoice.finalized"
	changeInvoicePaid           = "invoice.paid"
	changePaymentFailed         = "payment.failed"
	changePaymentActionRequired = "payment.action_required"
	changePaymentSucceeded      = "payment.succeeded"
	changeRefunded              = "refund.succeeded"
	changeRefundFailed          = "refund.failed"
	changeDisputeOpened         = "dispute.opened"
	changeDisputeClosed         = "dispute.closed"
	changeCheckoutPaid          = "checkout.paid"
	changeCheckoutFailed        = "checkout.failed"
	changeCustomerDeleted       = "customer.deleted"
	changeAccountChanged        = "account.changed"
	changePayoutPaid            = "payout.paid"
	changePayoutFailed          = "payout.failed"
)

var decodeChange = map[string]func([]byte) (Change, error){
	changeSubscriptionActivated: decode[SubscriptionActivated],
	changeSubscriptionUpdated:   decode[SubscriptionUpdated],
	changeSubscriptionPastDue:   decode[SubscriptionPastDue],
	changeSubscriptionCanceled:  decode[SubscriptionCanceled],
	changeDuplicateSubscription: decode[DuplicateSubscription],
	changeInvoiceFinalized:      decode[InvoiceFinalized],
	changeInvoicePaid:           decode[InvoicePaid],
	changePaymentFailed:         decode[PaymentFailed],
	changePaymentActionRequired: decode[PaymentActionRequired],
	changePaymentSucceeded:      decode[PaymentSucceeded],
	changeRefunded:              decode[Refunded],
	changeRefundFailed:          decode[RefundFailed],
	changeDisputeOpened:         decode[DisputeOpened],
	changeDisputeClosed:         decode[DisputeClosed],
	changeCheckoutPaid:          decode[CheckoutPaid],
	changeCheckoutFailed:        decode[CheckoutFailed],
	changeCustomerDeleted:       decode[CustomerDeleted],
	changeAccountChanged:        decode[AccountChanged],
	changePayoutPaid:            decode[PayoutPaid],
	changePayoutFailed:          decode[PayoutFailed],
}

func decode[C Change](raw []byte) (Change, error) {
	var c C
	err := json.Unmarshal(raw, &c)
	return c, err
}

// effectOf is the outbox row that tells c.
func effectOf(c Change) (Effect, error) {
	m := c.About()
	payload, err := json.Marshal(c)
	if err != nil {
		return Effect{}, frontdesk.Errorf(frontdesk.Internal, "encoding %s: %w", m.Key(), err)
	}
	return Effect{Name: m.Name, Object: m.Object, Milestone: m.Step, Client: m.Client, Payload: payload}, nil
}

// Change reads back what the effect tells.
func (e Effect) Change() (Change, error) {
	read, ok := decodeChange[e.Name]
	if !ok {
		return nil, frontdesk.Errorf(frontdesk.Unimplemented, "no change is called %q", e.Name)
	}
	c, err := read(e.Payload)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "decoding the change %q: %w", e.Name, err)
	}
	return c, nil
}
