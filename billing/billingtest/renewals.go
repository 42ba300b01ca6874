package billingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
)

// Fixed times of Stripe's. https://docs.stripe.com/billing/subscriptions/overview
const (
	incompleteLife = 23 * time.Hour // an incomplete subscription expires
	trialWarning   = 3 * day        // before a trial ends
)

// subscriptionDue is what happens next to a subscription by itself.
func (a *account) subscriptionDue(sub *subscription) due {
	switch sub.Status {
	case billing.SubscriptionStatusIncomplete:
		return due{sub.Created.Add(incompleteLife), func() { a.expire(sub) }}
	case billing.SubscriptionStatusTrialing:
		if warning := sub.TrialEnd.Add(-trialWarning); !sub.warned && warning.After(sub.Created) {
			return due{warning, func() { a.warn(sub) }}
		}
	case billing.SubscriptionStatusActive, billing.SubscriptionStatusPastDue, billing.SubscriptionStatusUnpaid:
	default:
		return due{}
	}
	end := sub.CurrentPeriodEnd
	if at := sub.CancelAt; !at.IsZero() && !at.After(end) {
		return due{at, func() { a.endSubscription(sub, billing.SubscriptionStatusCanceled) }}
	}
	return due{end, func() { a.renew(sub) }}
}

func (a *account) expire(sub *subscription) {
	a.endSubscription(sub, billing.SubscriptionStatusIncompleteExpired)
	if inv, ok := a.invoices.get(sub.LatestInvoice); ok {
		_ = a.closeInvoice(inv, billing.InvoiceStatusVoid, "invoice.voided") // an open one
	}
}

func (a *account) warn(sub *subscription) {
	sub.warned = true
	a.emit("customer.subscription.trial_will_end", &sub.Subscription, nil)
}

// renew begins the next period of a subscription and invoices it.
func (a *account) renew(sub *subscription) {
	before := clone(&sub.Subscription)
	sub.periods++
	sub.CurrentPeriodStart, sub.CurrentPeriodEnd = sub.CurrentPeriodEnd, sub.periodEnd()
	if sub.Status == billing.SubscriptionStatusTrialing {
		sub.Status = billing.SubscriptionStatusActive
	}
	a.bill(sub, before)
}

// bill invoices the present period of a subscription, whose state was before.
func (a *account) bill(sub *subscription, before *billing.Subscription) {
	inv := a.subscriptionInvoice(sub)
	sub.LatestInvoice = inv.ID
	a.emit("invoice.created", &inv.Invoice, nil)
	a.emit("customer.subscription.updated", &sub.Subscription, before)
	a.collectSubscription(sub, inv)
}

func (a *account) collectSubscription(sub *subscription, inv *invoice) {
	switch {
	case sub.Pause == billing.PauseKeepAsDraft, sub.Status == billing.SubscriptionStatusUnpaid:
		return
	case sub.Pause == billing.PauseVoid:
		a.finalize(inv)
		_ = a.closeInvoice(inv, billing.InvoiceStatusVoid, "invoice.voided") // open, unless of nothing
	case sub.Pause == billing.PauseMarkUncollectible:
		a.finalize(inv)
		_ = a.closeInvoice(inv, billing.InvoiceStatusUncollectible, "invoice.marked_uncollectible")
	default:
		a.finalize(inv)
		if inv.Status == billing.InvoiceStatusOpen {
			_ = a.collect(inv) // the invoice and the subscription show a refusal
		}
	}
}

// subscriptionInvoice is a draft for the present period and what is pending.
func (a *account) subscriptionInvoice(sub *subscription) *invoice {
	inv := a.emptyInvoice(sub)
	lines := a.periodLines(sub)
	if sub.Status == billing.SubscriptionStatusTrialing {
		for i := range lines {
			lines[i].Amount.Amount = 0
		}
	}
	_ = inv.add(append(sub.pending, lines...)...) // a subscription has one currency
	sub.pending = nil
	return inv
}

func (a *account) emptyInvoice(sub *subscription) *invoice {
	inv := &invoice{Invoice: billing.Invoice{
		Header: a.header(a.newID("in"), sub.Customer, nil),
		Status: billing.InvoiceStatusDraft, Subscription: sub.ID,
	}}
	inv.Total.Currency = sub.Items[0].Unit.Currency
	if c, ok := a.customers.get(sub.Customer); ok {
		inv.Email = c.Email
	}
	a.invoices.put(inv.ID, inv)
	return inv
}

func (a *account) periodLines(sub *subscription) []billing.InvoiceLine {
	var lines []billing.InvoiceLine
	for _, item := range sub.Items {
		lines = append(lines, billing.InvoiceLine{
			ID: a.newID("il"), Description: a.itemName(item), Quantity: item.Quantity,
			Amount: times(item.Unit, item.Quantity), Price: item.Price,
		})
	}
	return lines
}

// invoicePending invoices prorations before the period ends.
func (a *account) invoicePending(sub *subscription) {
	inv := a.emptyInvoice(sub)
	_ = inv.add(sub.pending...) // a subscription has one currency
	sub.pending = nil
	before := clone(&sub.Subscription)
	sub.LatestInvoice = inv.ID
	a.emit("invoice.created", &inv.Invoice, nil)
	a.emit("customer.subscription.updated", &sub.Subscription, before)
	a.collectSubscription(sub, inv)
}
