package wire

import (
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk/billing"
)

// Phases order the events of one second: a creation before all changes, and the
// object's deletion behind them.
const (
	phaseCreated = iota
	phaseChanged
	phaseDeleted
)

const phaseSize = 1 << 8

func phase(e *billing.Event) int {
	switch {
	case strings.HasSuffix(e.Type, ".created"):
		return phaseCreated
	case deletes(e):
		return phaseDeleted
	}
	return phaseChanged
}

func deletes(e *billing.Event) bool { return strings.HasSuffix(e.Type, ".deleted") }

// stamp gives the objects of an event their versions, and marks what it deletes.
func stamp(objects []billing.Object, e *billing.Event) {
	for _, o := range objects {
		rank := phase(e)*phaseSize + rank(o, e)
		o.Head().Version = billing.Version{At: e.Created, Rank: rank, Event: e.ProviderID}
	}
	own := objects[0]
	if _, canceled := own.(*billing.Subscription); deletes(e) && !canceled {
		own.Head().Deleted = true
	}
}

// rank orders the states of an object within a second: what comes later in its
// life ranks higher. States that Stripe may invent rank lowest.
func rank(o billing.Object, e *billing.Event) int {
	switch o := o.(type) {
	case *billing.Subscription:
		return position(subscriptionLife, o.Status)
	case *billing.Invoice:
		return invoiceRank(o)
	case *billing.Payment:
		return paymentRank(o)*sources + source(e)
	case *billing.Refund:
		return position(refundLife, o.Status)
	case *billing.Dispute:
		return position(disputeLife, o.Status)
	case *billing.CheckoutSession:
		return checkoutRank(o)
	case *billing.Account:
		return accountRank(o)
	case *billing.Payout:
		return position(payoutLife, o.Status)
	case *billing.Transfer:
		return given(o.Reversed, o.Amount.Amount)
	case *billing.ApplicationFee:
		return given(o.Refunded, o.Amount.Amount)
	}
	return 0
}

// position counts from 1; 0 is a state that is not in the life.
func position[S comparable](life []S, state S) int { return slices.Index(life, state) + 1 }

var subscriptionLife = []billing.SubscriptionStatus{
	billing.SubscriptionStatusIncomplete,
	billing.SubscriptionStatusTrialing,
	billing.SubscriptionStatusPastDue,
	billing.SubscriptionStatusUnpaid,
	billing.SubscriptionStatusPaused,
	billing.SubscriptionStatusActive,
	billing.SubscriptionStatusIncompleteExpired,
	billing.SubscriptionStatusCanceled,
}

var refundLife = []billing.RefundStatus{
	billing.RefundStatusPending,
	billing.RefundStatusRequiresAction,
	billing.RefundStatusSucceeded,
	billing.RefundStatusFailed, // also after it has succeeded
	billing.RefundStatusCanceled,
}

var disputeLife = []billing.DisputeStatus{
	billing.DisputeStatusWarningNeedsResponse,
	billing.DisputeStatusWarningUnderReview,
	billing.DisputeStatusWarningClosed,
	billing.DisputeStatusNeedsResponse, // a warning that has become a dispute
	billing.DisputeStatusUnderReview,
	billing.DisputeStatusWon,
	billing.DisputeStatusLost,
}

// accountRank puts what an account was told in between its being tied to the
// platform and its being untied.
func accountRank(a *billing.Account) int {
	switch {
	case !a.DisconnectedAt.IsZero():
		return 2
	case !a.ConnectedAt.IsZero():
		return 0
	}
	return 1
}

var payoutLife = []billing.PayoutStatus{
	billing.PayoutStatusPending,
	billing.PayoutStatusInTransit,
	billing.PayoutStatusPaid,
	billing.PayoutStatusFailed, // also after it was paid
	billing.PayoutStatusCanceled,
}

// given ranks what was given back of the whole: the more, the higher.
func given(back, whole int64) int {
	const steps = 200
	switch {
	case back <= 0:
		return 0
	case back >= whole:
		return steps + 1
	}
	return 1 + int(back/(whole/steps+1))
}

var invoiceLife = []billing.InvoiceStatus{
	billing.InvoiceStatusDraft,
	billing.InvoiceStatusOpen,
	billing.InvoiceStatusUncollectible,
	billing.InvoiceStatusVoid,
	billing.InvoiceStatusPaid,
}

// invoiceRank orders open invoices by their attempts, and one that is known to
// have failed or to wait for the payer behind the others of the same attempt.
func invoiceRank(i *billing.Invoice) int {
	const perState, attempts = 40, 15
	r := position(invoiceLife, i.Status) * perState
	if i.Status != billing.InvoiceStatusOpen {
		return r
	}
	r += 2 * int(min(max(i.Attempts, 0), attempts))
	if i.Failed || i.NeedsAction {
		r++
	}
	return r
}

var paymentLife = []billing.PaymentStatus{
	billing.PaymentStatusRequiresPaymentMethod,
	billing.PaymentStatusRequiresConfirmation,
	billing.PaymentStatusRequiresAction,
	billing.PaymentStatusProcessing,
	billing.PaymentStatusRequiresCapture,
	billing.PaymentStatusSucceeded,
	billing.PaymentStatusCanceled,
}

// sources is how many sorts of events show a payment.
const sources = 3

// source ranks what shows more of the same state of a payment: an intent more than
// a charge, a charge more than an invoice.
func source(e *billing.Event) int {
	switch {
	case strings.HasPrefix(e.Type, "payment_intent."):
		return 2
	case strings.HasPrefix(e.Type, "charge."), strings.HasPrefix(e.Type, "payment."):
		return 1
	}
	return 0
}

// paymentRank puts a failed attempt behind the states that lead to it, and a
// payment behind its former self once money was given back or is disputed.
func paymentRank(p *billing.Payment) int {
	const perState = 8
	r := position(paymentLife, p.Status) * perState
	switch {
	case p.Status == billing.PaymentStatusRequiresPaymentMethod && p.Failure != "":
		r = position(paymentLife, billing.PaymentStatusProcessing)*perState + 1
	case p.Refunded > 0 && p.Refunded >= p.Amount.Amount:
		r += 2
	case p.Refunded > 0:
		r++
	}
	if p.Disputed {
		r += 3
	}
	return r
}

// checkoutRank goes from open over complete to how the payment ended. A session
// that has expired was never completed.
func checkoutRank(c *billing.CheckoutSession) int {
	switch {
	case c.Paid && c.Status == billing.CheckoutStatusComplete:
		return 5
	case c.Failed:
		return 4
	case c.Status == billing.CheckoutStatusComplete:
		return 3
	case c.Status == billing.CheckoutStatusExpired:
		return 2
	case c.Status == billing.CheckoutStatusOpen:
		return 1
	}
	return 0
}
