package billingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
)

// nextAttempt is when a failed invoice is collected again: never, unless it is
// a subscription's that has begun and retries are left.
func (a *account) nextAttempt(inv *invoice) time.Time {
	sub, ok := a.subscriptions.get(inv.Subscription)
	if !ok || sub.Status == billing.SubscriptionStatusIncomplete || sub.Status.Terminal() {
		return time.Time{}
	}
	if inv.retries >= len(a.options.Retries) {
		return time.Time{}
	}
	if inv.NextAttempt.After(a.now) {
		return inv.NextAttempt // a failure that somebody asked for does not move the schedule
	}
	return a.second().Add(a.options.Retries[inv.retries])
}

func (a *account) invoiceDue(inv *invoice) due {
	if inv.Status != billing.InvoiceStatusOpen || inv.NextAttempt.IsZero() {
		return due{}
	}
	return due{inv.NextAttempt, func() { a.retry(inv) }}
}

// retry is an automatic attempt to collect a failed invoice.
func (a *account) retry(inv *invoice) {
	inv.retries++
	inv.Attempts++
	inv.NextAttempt = time.Time{}
	_ = a.collect(inv) // the invoice and the subscription show a refusal
}

// followSubscription makes the subscription what its latest invoice has become.
func (a *account) followSubscription(inv *invoice) {
	a.setDelinquent(inv.Customer, inv.Failed)
	sub, ok := a.subscriptions.get(inv.Subscription)
	if !ok || sub.Status.Terminal() || sub.LatestInvoice != inv.ID {
		return
	}
	if to := a.statusAfter(sub, inv); to != sub.Status {
		a.moveSubscription(sub, to)
	}
}

func (a *account) statusAfter(sub *subscription, inv *invoice) billing.SubscriptionStatus {
	switch {
	case sub.Status == billing.SubscriptionStatusTrialing:
		return sub.Status
	case inv.Status == billing.InvoiceStatusPaid:
		return billing.SubscriptionStatusActive
	case !inv.Failed && !inv.NeedsAction: // a bank debit is under way
		return orActive(sub.Status)
	case sub.Status == billing.SubscriptionStatusIncomplete:
		return sub.Status
	case inv.NeedsAction || !inv.NextAttempt.IsZero():
		return billing.SubscriptionStatusPastDue
	case a.options.KeepUnpaid:
		return billing.SubscriptionStatusUnpaid
	}
	return billing.SubscriptionStatusCanceled
}

// orActive is the status, or active for a subscription that waits for its first
// payment: one that is merely delayed does not keep it waiting.
func orActive(s billing.SubscriptionStatus) billing.SubscriptionStatus {
	if s == billing.SubscriptionStatusIncomplete {
		return billing.SubscriptionStatusActive
	}
	return s
}

func (a *account) moveSubscription(sub *subscription, to billing.SubscriptionStatus) {
	if to == billing.SubscriptionStatusCanceled {
		a.endSubscription(sub, to)
		return
	}
	before := clone(&sub.Subscription)
	sub.Status = to
	a.emit("customer.subscription.updated", &sub.Subscription, before)
}
