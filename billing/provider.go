package billing

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// PaymentProvider is what a billing provider must be able to do. Adapters only
// translate: validation, authorisation, idempotency keys, auditing and storage
// are the Service's.
//
// All methods are safe for concurrent use, honour ctx, and return errors with a
// frontdesk.Code and the provider's own error reachable through errors.As:
// NotFound for an unknown id, Invalid, Declined (the payment method was
// refused), FailedPrecondition (the object's state does not allow it), Aborted
// (a conflicting call is under way), RateLimited, Unauthenticated,
// PermissionDenied, Unavailable (not carried out) and OutcomeUnknown (may have
// been carried out). An empty id is Invalid and never reaches the network.
//
// Abilities that a provider may lack are separate interfaces: [Catalog],
// [BillingPortals], [CollectionPauser], [UpdatePreviewer], [EventLister], [Connect].
type PaymentProvider interface {
	Customers
	Checkouts
	Subscriptions
	Invoices
	Payments
	Refunds
	Disputes
	PaymentMethods
	Webhooks
}

// Write is the part that all writes share.
type Write struct {
	Account        string // connected account; empty for the platform
	IdempotencyKey string // 1 to 255 characters; the same key and parameters are carried out once
}

// Customers keeps the provider's customers.
type Customers interface {
	CreateCustomer(ctx context.Context, w Write, p CustomerParams) (*Customer, error)
	UpdateCustomer(ctx context.Context, w Write, id string, p CustomerParams) (*Customer, error)
	// GetCustomer returns a deleted customer with Deleted set, not NotFound.
	GetCustomer(ctx context.Context, ref Ref) (*Customer, error)
	// FindCustomers lists the customers whose metadata has the pair. The
	// provider's index may lag by a minute.
	FindCustomers(ctx context.Context, account, metadataKey, value string) iter.Seq2[*Customer, error]
}

// CustomerParams creates or changes a customer. Empty fields stay as they are.
type CustomerParams struct {
	Email    string
	Name     string
	Metadata map[string]string
}

// Checkouts sells through pages at the provider.
type Checkouts interface {
	CreateCheckout(ctx context.Context, w Write, p CheckoutParams) (*CheckoutSession, error)
	GetCheckout(ctx context.Context, ref Ref) (*CheckoutSession, error)
	// ExpireCheckout closes an open session; FailedPrecondition when it is not open.
	ExpireCheckout(ctx context.Context, w Write, id string) (*CheckoutSession, error)
}

// Subscriptions keeps recurring charges.
type Subscriptions interface {
	GetSubscription(ctx context.Context, ref Ref) (*Subscription, error)
	// ListSubscriptions lists subscriptions of every status, canceled ones included.
	ListSubscriptions(ctx context.Context, f SubscriptionFilter) iter.Seq2[*Subscription, error]
	UpdateSubscription(ctx context.Context, w Write, id string, u SubscriptionUpdate) (*Subscription, error)
	CancelSubscription(ctx context.Context, w Write, id string, c SubscriptionCancel) (*Subscription, error)
}

// Invoices bills.
type Invoices interface {
	GetInvoice(ctx context.Context, ref Ref) (*Invoice, error)
	ListInvoices(ctx context.Context, f InvoiceFilter) iter.Seq2[*Invoice, error]
	// CreateInvoice creates a draft with its items, all or nothing: a repeated
	// call with the same key completes what an earlier one left unfinished.
	CreateInvoice(ctx context.Context, w Write, p InvoiceParams) (*Invoice, error)
	// AdvanceInvoice finalizes, sends, pays, voids or writes off an invoice.
	AdvanceInvoice(ctx context.Context, w Write, id string, a InvoiceAction) (*Invoice, error)
}

// Payments takes money once.
type Payments interface {
	GetPayment(ctx context.Context, ref Ref) (*Payment, error)
	ListPayments(ctx context.Context, f PaymentFilter) iter.Seq2[*Payment, error]
	CreatePayment(ctx context.Context, w Write, p PaymentParams) (*Payment, error)
	ConfirmPayment(ctx context.Context, w Write, id string, c PaymentConfirm) (*Payment, error)
	// CapturePayment captures amount minor units of an authorised payment; 0 captures all.
	CapturePayment(ctx context.Context, w Write, id string, amount int64) (*Payment, error)
	CancelPayment(ctx context.Context, w Write, id string) (*Payment, error)
}

// Refunds gives money back.
type Refunds interface {
	CreateRefund(ctx context.Context, w Write, p RefundParams) (*Refund, error)
	GetRefund(ctx context.Context, ref Ref) (*Refund, error)
	ListRefunds(ctx context.Context, f RefundFilter) iter.Seq2[*Refund, error]
}

// Disputes reads payers' objections.
type Disputes interface {
	GetDispute(ctx context.Context, ref Ref) (*Dispute, error)
	ListDisputes(ctx context.Context, f DisputeFilter) iter.Seq2[*Dispute, error]
}

// PaymentMethods keeps a customer's stored ways to pay.
type PaymentMethods interface {
	GetPaymentMethod(ctx context.Context, ref Ref) (*PaymentMethod, error)
	ListPaymentMethods(ctx context.Context, customer Ref) iter.Seq2[*PaymentMethod, error]
	SetDefaultPaymentMethod(ctx context.Context, w Write, customer, id string) (*Customer, error)
	DetachPaymentMethod(ctx context.Context, w Write, id string) (*PaymentMethod, error)
}

// Webhooks understands the provider's notifications. None of its methods does I/O.
type Webhooks interface {
	// Name is the provider's name in inbox rows, for example "stripe".
	Name() string
	// ParseWebhook verifies the signature of body at the time now and reads the
	// envelope, of any API version. It fails with Invalid when the signature,
	// its age or the envelope is wrong. It never judges the content: an event
	// that must not be processed (the other mode, a thin event) has Skip set.
	ParseWebhook(header http.Header, body []byte, now time.Time) (Event, error)
	// Decode reads the objects that an event's payload shows, of any API
	// version, each with Version set so that payloads can be ordered; the
	// event's own object comes first. An event of a type that mirrors nothing
	// is Unimplemented; a payload that cannot be read is Invalid.
	Decode(e Event) ([]Object, error)
}

// Catalog keeps products and prices.
type Catalog interface {
	CreateProduct(ctx context.Context, w Write, p ProductParams) (*Product, error)
	UpdateProduct(ctx context.Context, w Write, id string, p ProductParams) (*Product, error)
	CreatePrice(ctx context.Context, w Write, p PriceParams) (*Price, error)
	UpdatePrice(ctx context.Context, w Write, id string, u PriceUpdate) (*Price, error)
	ListPrices(ctx context.Context, f PriceFilter) iter.Seq2[*Price, error]
}

// BillingPortals opens the provider's self-service pages.
type BillingPortals interface {
	CreatePortalSession(ctx context.Context, w Write, customer, returnURL string) (*PortalSession, error)
}

// CollectionPauser stops and resumes the collection of a subscription's invoices.
type CollectionPauser interface {
	PauseCollection(ctx context.Context, w Write, id string, b PauseBehavior) (*Subscription, error)
	ResumeCollection(ctx context.Context, w Write, id string) (*Subscription, error)
}

// UpdatePreviewer shows the invoice that a change would lead to, without changing anything.
type UpdatePreviewer interface {
	PreviewUpdate(ctx context.Context, ref Ref, u SubscriptionUpdate) (*Invoice, error)
}

// EventLister reads events back from the provider.
type EventLister interface {
	ListEvents(ctx context.Context, f ProviderEventFilter) iter.Seq2[Event, error]
}

// ProviderEventFilter selects events at the provider, which keeps them for a
// limited time (Stripe: 30 days).
type ProviderEventFilter struct {
	Account     string
	Since       time.Time
	Undelivered bool // only those that some endpoint has not acknowledged
}
