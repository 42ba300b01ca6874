package billingtest

import (
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var subscriptionRules = []providerRule{
	{"a subscription shows its item, price and period", checkSubscription},
	{"canceled subscriptions are listed too", checkListCanceled},
	{"a list goes on past its first page", checkPages},
	{"a filter by customer lists no other's", checkListByCustomer},
	{"a canceled subscription stays canceled", checkCancelNow},
	{"cancel at period end keeps it live until then", checkCancelAtEnd},
	{"cancel at period end is undone", checkKeep},
	{"a cancellation at a date is undone too", checkKeepScheduled},
	{"a declined renewal makes it past due", checkPastDue},
}

var changeRules = []providerRule{
	{"a new price is charged for the rest of the period, on the next invoice", checkNewPrice},
	{"a new price can be invoiced at once", checkInvoiceAtOnce},
	{"a new price without proration costs nothing now", checkNoProration},
	{"a new quantity keeps the price", checkQuantity},
	{"a price of another interval begins a new period", checkNewInterval},
	{"a change to an unknown price is NotFound", checkUnknownPrice},
	{"with several items the one to change must be named", checkSeveralItems},
	{"a canceled subscription cannot be changed", checkChangeCanceled},
	{"canceling may credit and invoice what is left", checkCancelProrated},
}

func (t *providerTest) update(sub *billing.Subscription, u billing.SubscriptionUpdate) *billing.Subscription {
	t.Helper()
	return ask(t.p.UpdateSubscription(t.ctx, t.write(), sub.ID, u)).must(t)
}

// invoices are a customer's, newest first.
func (t *providerTest) invoices(of *billing.Subscription) []*billing.Invoice {
	t.Helper()
	return listed(t, t.p.ListInvoices(t.ctx, billing.InvoiceFilter{Customer: of.Customer}))
}

func checkSubscription(t *providerTest) {
	sub := t.subscription(t.subscribed(t.price(monthly)))
	equal(t, "the status", sub.Status, billing.SubscriptionStatusActive)
	if len(sub.Items) != 1 {
		t.Fatalf("%d items, want 1", len(sub.Items))
	}
	item := sub.Items[0]
	equal(t, "the price", item.Price, monthly)
	equal(t, "the product", item.Product, "prod_"+monthly)
	equal(t, "the unit", item.Unit, euros(4900))
	equal(t, "the quantity", item.Quantity, 1)
	equal(t, "the start", sub.CurrentPeriodStart, sub.Created)
	equal(t, "the end", sub.CurrentPeriodEnd, sub.Created.AddDate(0, 1, 0))
	equal(t, "whether it ends", sub.Ends(), false)
}

func checkListCanceled(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	ask(t.p.CancelSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionCancel{})).must(t)
	all := listed(t, t.p.ListSubscriptions(t.ctx, billing.SubscriptionFilter{Customer: sub.Customer}))
	equal(t, "the list", ids(all), fmt.Sprint([]string{sub.ID}))
	equal(t, "the status", all[0].Status, billing.SubscriptionStatusCanceled)
}

func checkPages(t *providerTest) {
	const n = 101 // more than any page of Stripe's
	c, price := t.payer(), t.price(monthly)
	for range n {
		ask(t.driver.AddSubscription(c.Ref, price)).must(t)
	}
	seen := make(map[string]bool)
	for _, sub := range listed(t, t.p.ListSubscriptions(t.ctx, billing.SubscriptionFilter{Customer: c.ID})) {
		seen[sub.ID] = true
	}
	equal(t, "the number of subscriptions", len(seen), n)
}

func checkListByCustomer(t *providerTest) {
	mine := t.subscribed(t.price(monthly))
	ask(t.driver.AddSubscription(t.payer().Ref, monthly)).must(t)
	list := listed(t, t.p.ListSubscriptions(t.ctx, billing.SubscriptionFilter{Customer: mine.Customer}))
	equal(t, "the list", ids(list), fmt.Sprint([]string{mine.ID}))
	equal(t, "the number of all", len(listed(t, t.p.ListSubscriptions(t.ctx, billing.SubscriptionFilter{}))), 2)
}

// checkCancelNow allows for Stripe, which no longer knows a canceled
// subscription when it is to be canceled again.
func checkCancelNow(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	canceled := ask(t.p.CancelSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionCancel{})).must(t)
	equal(t, "the status", canceled.Status, billing.SubscriptionStatusCanceled)
	equal(t, "the end", canceled.EndedAt, t.driver.Now().Truncate(time.Second))
	ask(t.p.CancelSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionCancel{})).
		refused(t, frontdesk.NotFound, frontdesk.FailedPrecondition)
	t.driver.Advance(40 * day)
	equal(t, "the status", t.subscription(sub).Status, billing.SubscriptionStatusCanceled)
}

func checkCancelAtEnd(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	changed := t.update(sub, billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(true)})
	equal(t, "the status", changed.Status, billing.SubscriptionStatusActive)
	equal(t, "the flag", changed.CancelAtPeriodEnd, true)
	equal(t, "whether it ends", changed.Ends(), true)
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the status", t.subscription(sub).Status, billing.SubscriptionStatusCanceled)
	equal(t, "the number of invoices", len(t.invoices(sub)), 1)
}

func checkKeep(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.update(sub, billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(true)})
	kept := t.update(sub, billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(false)})
	equal(t, "whether it ends", kept.Ends(), false)
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the status", t.subscription(sub).Status, billing.SubscriptionStatusActive)
}

func checkKeepScheduled(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.done(t.driver.ScheduleCancel(sub.ID, t.driver.Now().Add(5*day)))
	scheduled := t.subscription(sub)
	equal(t, "the flag", scheduled.CancelAtPeriodEnd, false)
	equal(t, "whether it ends", scheduled.Ends(), true)
	w, keep := t.write(), billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(false)}
	for range 2 {
		kept := ask(t.p.UpdateSubscription(t.ctx, w, sub.ID, keep)).must(t)
		equal(t, "whether it ends", kept.Ends(), false)
	}
	t.driver.Advance(6 * day)
	equal(t, "the status", t.subscription(sub).Status, billing.SubscriptionStatusActive)
}

func checkPastDue(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.driver.DeclineNext("insufficient_funds")
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the status", t.subscription(sub).Status, billing.SubscriptionStatusPastDue)
	inv := t.invoices(sub)[0]
	equal(t, "the invoice", inv.Status, billing.InvoiceStatusOpen)
	equal(t, "failed", inv.Failed, true)
	equal(t, "attempts", inv.Attempts, 1)
	if !inv.NextAttempt.After(t.driver.Now()) {
		t.Errorf("the next attempt is at %v, want a time to come", inv.NextAttempt)
	}
}

// halfway moves to the middle of the subscription's period.
func (t *providerTest) halfway(sub *billing.Subscription) {
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(sub.CurrentPeriodStart) / 2)
}

func checkNewPrice(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.halfway(sub)
	changed := t.update(sub, billing.SubscriptionUpdate{Price: t.price(bigger)})
	equal(t, "the price", changed.Items[0].Price, bigger)
	equal(t, "the item", changed.Items[0].ID, sub.Items[0].ID)
	equal(t, "the period's end", changed.CurrentPeriodEnd, sub.CurrentPeriodEnd)
	equal(t, "the number of invoices", len(t.invoices(sub)), 1)
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the next invoice", t.invoices(sub)[0].Total, euros(9900+9900/2-4900/2))
}

func checkInvoiceAtOnce(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.halfway(sub)
	t.update(sub, billing.SubscriptionUpdate{Price: t.price(bigger), Proration: billing.ProrationAlwaysInvoice})
	inv := t.invoices(sub)[0]
	equal(t, "the invoice", inv.Total, euros(9900/2-4900/2))
	equal(t, "its status", inv.Status, billing.InvoiceStatusPaid)
	for _, line := range inv.Lines {
		equal(t, "proration", line.Proration, true)
	}
}

func checkNoProration(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.halfway(sub)
	t.update(sub, billing.SubscriptionUpdate{Price: t.price(bigger), Proration: billing.ProrationNone})
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the next invoice", t.invoices(sub)[0].Total, euros(9900))
}

func checkQuantity(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	changed := t.update(sub, billing.SubscriptionUpdate{Quantity: 3})
	equal(t, "the quantity", changed.Items[0].Quantity, 3)
	equal(t, "the price", changed.Items[0].Price, monthly)
}

func checkNewInterval(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.halfway(sub)
	now := t.driver.Now().Truncate(time.Second)
	changed := t.update(sub, billing.SubscriptionUpdate{Price: t.price(yearly)})
	equal(t, "the start", changed.CurrentPeriodStart, now)
	equal(t, "the end", changed.CurrentPeriodEnd, now.AddDate(1, 0, 0))
	equal(t, "the invoice", t.invoices(sub)[0].Total, euros(49000-4900/2))
}

func checkUnknownPrice(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	ask(t.p.UpdateSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionUpdate{Price: "price_unknown"})).
		refused(t, frontdesk.NotFound)
}

func checkSeveralItems(t *providerTest) {
	params := t.checkoutParams(billing.CheckoutModeSubscription,
		billing.CheckoutLine{Price: t.price(monthly)}, billing.CheckoutLine{Price: t.price(bigger)})
	s := ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
	t.done(t.driver.CompleteCheckout(s.ID))
	sub := ask(t.p.GetSubscription(t.ctx, billing.Ref{ID: t.checkout(s).Subscription})).must(t)
	equal(t, "the number of items", len(sub.Items), 2)
	ask(t.p.UpdateSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionUpdate{Quantity: 2})).
		refused(t, frontdesk.Invalid)
	changed := t.update(sub, billing.SubscriptionUpdate{Item: sub.Items[1].ID, Quantity: 2})
	equal(t, "the other quantity", changed.Items[0].Quantity, 1)
	equal(t, "the quantity", changed.Items[1].Quantity, 2)
}

func checkChangeCanceled(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	ask(t.p.CancelSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionCancel{})).must(t)
	ask(t.p.UpdateSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(true)})).
		refused(t, frontdesk.FailedPrecondition, frontdesk.NotFound)
}

func checkCancelProrated(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.halfway(sub)
	ask(t.p.CancelSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionCancel{InvoiceNow: true, Prorate: true})).must(t)
	inv := t.invoices(sub)[0]
	equal(t, "the credit", inv.Total, euros(-4900/2))
	equal(t, "what is due", inv.AmountDue, 0)
}
