package billing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
)

func TestTerminal(t *testing.T) {
	t.Run("deleted_before_updated: a late update does not revive a canceled subscription", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "canceled"))
			d := happened(10, "customer.subscription.deleted", subscription("sub_1", "canceled"))
			w.deliver(d, happened(9, "customer.subscription.updated", subscription("sub_1", "active")), d.again("evt_again"))
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			w.tells("subscription.canceled sub_1")
		})
	})
	t.Run("deleted_before_created: a subscription deleted before it was created stays canceled", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "canceled"))
			w.deliver(
				happened(10, "customer.subscription.deleted", subscription("sub_1", "canceled")),
				happened(1, "customer.subscription.created", subscription("sub_1", "incomplete")),
			)
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			w.tells("subscription.canceled sub_1")
		})
	})
	t.Run("deleted_before_created: also when a lagging read shows it alive", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(subscription("sub_1", "canceled"))
			w.deliver(happened(10, "customer.subscription.deleted", subscription("sub_1", "canceled")))
			w.provider.has(subscription("sub_1", "active"))
			w.deliver(happened(1, "customer.subscription.created", subscription("sub_1", "incomplete")))
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
		})
	})
	t.Run("deleted_unknown_sub: a subscription first seen by its deletion is a canceled row", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.deliver(happened(10, "customer.subscription.deleted", subscription("sub_1", "canceled")))
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			w.tells("subscription.canceled sub_1")
		})
	})
	t.Run("deleted_unknown_sub: of an unknown customer it is linked later", func(t *testing.T) {
		everywhere(t, func(w *world) {
			stranger := object{"customer": "cus_2"}
			d := happened(10, "customer.subscription.deleted", subscription("sub_1", "canceled", stranger))
			w.provider.has(subscription("sub_1", "canceled", stranger), customer("cus_2", object{"metadata": object{}}))
			w.deliver(d)
			require.Equal(w.t, billing.EventUnmatched, w.inbox(d.id).State)
			known := customer("cus_2", object{"metadata": object{"clientId": "globex"}})
			w.provider.has(known)
			w.deliver(happened(11, "customer.updated", known))
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			w.tells("subscription.canceled sub_1")
		})
	})
	t.Run("incomplete_expired: a first payment that came too late changes nothing", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "incomplete_expired"))
			w.deliver(
				happened(1, "customer.subscription.created", subscription("sub_1", "incomplete")),
				happened(9, "customer.subscription.updated", subscription("sub_1", "incomplete_expired")),
				happened(10, "customer.subscription.updated", subscription("sub_1", "incomplete")),
			)
			require.Equal(w.t, billing.SubscriptionStatusIncompleteExpired, w.sub("sub_1").Status)
			w.tells("subscription.canceled sub_1")
		})
	})
	t.Run("void_and_uncollectible: a voided invoice stays void", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(invoice("in_1", "void"))
			w.deliver(
				happened(5, "invoice.voided", invoice("in_1", "void")),
				happened(6, "invoice.updated", invoice("in_1", "open")),
			)
			require.Equal(w.t, billing.InvoiceStatusVoid, w.invoice("in_1").Status)
			w.tells()
		})
	})
	t.Run("void_and_uncollectible: an uncollectible invoice can still be paid", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(invoice("in_1", "uncollectible"))
			w.deliver(happened(5, "invoice.marked_uncollectible", invoice("in_1", "uncollectible")))
			require.Equal(w.t, billing.InvoiceStatusUncollectible, w.invoice("in_1").Status)
			w.provider.has(invoice("in_1", "paid"))
			w.deliver(happened(6, "invoice.paid", invoice("in_1", "paid")))
			require.Equal(w.t, billing.InvoiceStatusPaid, w.invoice("in_1").Status)
			w.tells("invoice.paid in_1")
		})
	})
	t.Run("customer_deleted_then_updated: a deleted customer stays deleted and has no live subscription", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(customer("cus_1"), subscription("sub_1", "active"))
			w.deliver(
				happened(1, "customer.created", customer("cus_1")),
				happened(2, "customer.subscription.updated", subscription("sub_1", "active")),
			)
			w.provider.has(object{"id": "cus_1", "object": "customer", "deleted": true})
			w.deliver(
				happened(10, "customer.deleted", customer("cus_1")),
				happened(9, "customer.updated", customer("cus_1", object{"name": "Late"})),
			)
			c := w.object(billing.KindCustomer, "cus_1").(*billing.Customer)
			require.True(w.t, c.Deleted)
			require.Equal(w.t, "deleted", c.State())
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			w.tells("subscription.activated sub_1", "subscription.canceled sub_1", "customer.deleted cus_1")
		})
	})
	t.Run("customer_deleted_then_updated: the subscription's own end is kept, whichever is told first", func(t *testing.T) {
		for _, customerFirst := range []bool{true, false} {
			fromPayloads(t, func(w *world) {
				ended := subscription("sub_1", "canceled", object{"ended_at": at(10).Unix(), "canceled_at": at(4).Unix()})
				story := []event{
					happened(10, "customer.subscription.deleted", ended),
					happened(11, "customer.deleted", customer("cus_1")),
				}
				if customerFirst {
					story[0], story[1] = story[1], story[0]
				}
				w.deliver(happened(1, "customer.subscription.created", subscription("sub_1", "active")))
				w.deliver(story...)
				require.Equal(w.t, at(10), w.sub("sub_1").EndedAt)
				require.Equal(w.t, at(4), w.sub("sub_1").CanceledAt)
			})
		}
	})
	t.Run("customer_deleted_then_updated: in one batch, in any order, all comes to rest", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			w.deliverTogether(
				happened(11, "customer.deleted", customer("cus_1")),
				happened(1, "customer.subscription.created", subscription("sub_1", "active")),
				happened(10, "customer.subscription.deleted", subscription("sub_1", "canceled")),
			)
			w.settle()
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			for _, id := range []string{"evt_customer.deleted_cus_1_11", "evt_customer.subscription.deleted_sub_1_10"} {
				require.Equal(w.t, billing.EventDone, w.inbox(id).State)
			}
		})
	})
}
