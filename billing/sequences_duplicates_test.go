package billing_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func TestDuplicates(t *testing.T) {
	t.Run("dup_same_event: an event delivered twice is processed once", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			u := happened(1, "customer.subscription.updated", subscription("sub_1", "active"))
			w.deliver(u, u)
			w.deliverTogether(u, u)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			require.Equal(w.t, 1, w.inbox(u.id).Attempts)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("dup_same_event: the bytes of the second delivery may differ", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			u := happened(1, "customer.subscription.updated", subscription("sub_1", "active"))
			w.deliver(u)
			u.object = subscription("sub_1", "active", object{"description": "pending_webhooks has changed"})
			w.deliver(u)
			w.inbox(u.id)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("dup_concurrent_50: one event from 50 senders at once is one row and one effect", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			u := happened(1, "customer.subscription.updated", subscription("sub_1", "active"))
			statuses := make([]int, 50)
			var all sync.WaitGroup
			for i := range statuses {
				all.Go(func() {
					statuses[i] = w.post(u)
					if err := w.svc.Drain(w.t.Context()); err != nil {
						w.t.Errorf("draining beside the others: %v", err)
					}
				})
			}
			all.Wait()
			for _, status := range statuses {
				require.Equal(w.t, http.StatusOK, status)
			}
			w.settle()
			require.Equal(w.t, 1, w.inbox(u.id).Attempts)
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("dup_after_failure: a delivery of an event that failed does not disturb its retry", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			w.provider.failsWith(func(billing.Key) error { return frontdesk.Errorf(frontdesk.Unavailable, "down") })
			u := happened(1, "customer.subscription.updated", subscription("sub_1", "active"))
			w.deliver(u, u)
			require.Equal(w.t, billing.EventFailed, w.inbox(u.id).State)
			require.Equal(w.t, 1, w.inbox(u.id).Attempts, "the redelivery starts no run of its own")
			w.provider.failsWith(nil)
			w.settle()
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("semantic_dup: invoice.paid and invoice.payment_succeeded are one payment and one receipt", func(t *testing.T) {
		everywhere(t, func(w *world) {
			paid := invoice("in_1", "paid", object{"payment_intent": "pi_1"})
			w.provider.has(paid, payment("pi_1", "succeeded", object{"invoice": "in_1"}))
			w.deliver(
				happened(1, "invoice.paid", paid),
				happened(1, "invoice.payment_succeeded", paid),
				happened(1, "payment_intent.succeeded", payment("pi_1", "succeeded", object{"invoice": "in_1"})),
			)
			require.Equal(w.t, 1, w.count(billing.KindPayment))
			require.Equal(w.t, 1, w.count(billing.KindInvoice))
			require.Equal(w.t, "in_1", w.payment("pi_1").Invoice)
			w.tells("invoice.paid in_1")
		})
	})
}
