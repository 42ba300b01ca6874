package billing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

func TestOrder(t *testing.T) {
	t.Run("perms_checkout: every order of a checkout's events ends the same", func(t *testing.T) {
		everywhere(t, func(w *world) {
			_, memory := w.store.(*billingtest.Store)
			for i, order := range permutations(4) {
				if memory || i%4 == 0 { // all of them where they are cheap
					testCheckoutOrder(w, order)
				}
			}
		})
	})
	t.Run("created_after_updated_same_second: a creation does not undo the update of its second", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			w.deliver(
				happened(5, "customer.subscription.updated", subscription("sub_1", "active")),
				happened(5, "customer.subscription.created", subscription("sub_1", "incomplete")),
			)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("active_via_ip_only: a payment shows that a subscription has become active", func(t *testing.T) {
		reading(t, func(w *world) {
			testActiveViaInvoice(w)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			w.tells("invoice.paid in_1", "subscription.activated sub_1")
		})
	})
	t.Run("active_via_ip_only: without reading, a reconciliation makes it active", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			testActiveViaInvoice(w)
			require.Equal(w.t, billing.SubscriptionStatusIncomplete, w.sub("sub_1").Status, "invoices do not set it")
			report, err := w.svc.Reconcile(w.admin(), billing.ReconcileOptions{})
			require.NoError(w.t, err)
			require.Len(w.t, report.Drift, 1)
			w.drain()
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			w.tells("invoice.paid in_1", "subscription.activated sub_1")
		})
	})
	t.Run("past_due_recovers: told in reverse, a renewal that recovered asks for no money", func(t *testing.T) {
		everywhere(t, func(w *world) {
			story := recovery(w)
			w.deliver(story[3], story[2], story[1], story[0])
			requireRecovered(w)
			require.Zero(w.t, w.times("payment.failed in_1"), "dunning mails")
			require.Zero(w.t, w.times("subscription.past_due sub_1"))
		})
	})
	t.Run("past_due_recovers: told all at once, it asks for no money either", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.deliverTogether(recovery(w)...)
			requireRecovered(w)
			require.Zero(w.t, w.times("payment.failed in_1"), "dunning mails")
			require.Zero(w.t, w.times("subscription.past_due sub_1"))
		})
	})
	t.Run("past_due_recovers: told in any order, it asks at most once and never after the payment", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			story := recovery(w)
			w.deliver(story...)
			requireRecovered(w)
			require.Equal(w.t, 1, w.times("payment.failed in_1"), "it had failed when that was told")
		})
	})
	t.Run("ipf_after_ip: a failure that is told after the payment is history", func(t *testing.T) {
		everywhere(t, func(w *world) {
			active := subscription("sub_1", "active")
			paid := invoice("in_1", "paid", object{"subscription": "sub_1"})
			w.provider.has(active, paid)
			w.deliver(
				happened(6, "customer.subscription.updated", active),
				happened(6, "invoice.paid", paid),
				happened(5, "invoice.payment_failed", invoice("in_1", "open", object{"subscription": "sub_1", "attempt_count": 1})),
			)
			require.Equal(w.t, billing.InvoiceStatusPaid, w.invoice("in_1").Status)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			w.tells("invoice.paid in_1", "subscription.activated sub_1")
		})
	})
}

// testCheckoutOrder plays a checkout of a customer whom only the session names.
func testCheckoutOrder(w *world, order []int) {
	w.t.Helper()
	n := fmt.Sprint(order)
	own := object{"customer": "cus" + n}
	active := subscription("sub"+n, "active", own)
	paid := invoice("in"+n, "paid", own, object{"subscription": "sub" + n, "payment_intent": "pi" + n})
	done := session("cs"+n, "complete", "paid", own, object{
		"subscription": "sub" + n, "invoice": "in" + n, "client_reference_id": "client" + n,
	})
	w.provider.has(active, paid, done, payment("pi"+n, "succeeded", own, object{"invoice": "in" + n}), customer("cus"+n))
	story := []event{
		happened(1, "customer.subscription.created", subscription("sub"+n, "incomplete", own)),
		happened(1, "customer.subscription.updated", active),
		happened(2, "checkout.session.completed", done),
		happened(2, "invoice.paid", paid),
	}
	w.mu.Lock()
	w.told = nil
	w.mu.Unlock()
	for _, i := range order {
		w.deliver(story[i])
	}
	sub := w.sub("sub" + n)
	require.Equal(w.t, billing.SubscriptionStatusActive, sub.Status, "order %v", order)
	require.Equal(w.t, start.AddDate(0, 1, 0), sub.CurrentPeriodEnd)
	require.Equal(w.t, billing.InvoiceStatusPaid, w.invoice("in"+n).Status)
	require.Equal(w.t, billing.PaymentStatusSucceeded, w.payment("pi"+n).Status)
	owner, err := w.store.ClientOf(w.t.Context(), billing.Ref{ID: "cus" + n})
	require.NoError(w.t, err)
	require.Equal(w.t, "client"+n, owner)
	require.ElementsMatch(w.t, []string{
		"subscription.activated sub" + n, "invoice.paid in" + n, "checkout.paid cs" + n,
	}, w.toldSoFar(), "order %v", order)
	for _, e := range story {
		require.Equal(w.t, billing.EventDone, w.inbox(e.id).State)
	}
}

func testActiveViaInvoice(w *world) {
	w.t.Helper()
	paid := invoice("in_1", "paid", object{"subscription": "sub_1"})
	w.provider.has(subscription("sub_1", "incomplete"), paid)
	w.deliver(happened(1, "customer.subscription.created", subscription("sub_1", "incomplete")))
	w.provider.has(subscription("sub_1", "active"))
	w.deliver(happened(2, "invoice.paid", paid))
}

// recovery is a renewal that failed and was paid a second later.
func recovery(w *world) []event {
	of := object{"subscription": "sub_1"}
	active, paid := subscription("sub_1", "active"), invoice("in_1", "paid", of)
	w.provider.has(active, paid)
	return []event{
		happened(5, "customer.subscription.updated", subscription("sub_1", "past_due")),
		happened(5, "invoice.payment_failed", invoice("in_1", "open", of, object{"attempt_count": 1})),
		happened(6, "invoice.paid", paid),
		happened(6, "customer.subscription.updated", active),
	}
}

func requireRecovered(w *world) {
	w.t.Helper()
	require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
	require.Equal(w.t, billing.InvoiceStatusPaid, w.invoice("in_1").Status)
	require.Equal(w.t, 1, w.times("invoice.paid in_1"))
}
