package billing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
)

func TestCheckout(t *testing.T) {
	t.Run("two_live_subs_two_tabs: two checkouts leave two subscriptions and one warning", func(t *testing.T) {
		everywhere(t, func(w *world) {
			one := subscription("sub_1", "active")
			two := subscription("sub_2", "active", object{"created": at(1).Unix()})
			w.provider.has(one, two, session("cs_1", "complete", "paid"), session("cs_2", "complete", "paid", object{"subscription": "sub_2"}))
			story := []event{
				happened(1, "customer.subscription.created", one), happened(2, "customer.subscription.created", two),
				happened(2, "checkout.session.completed", session("cs_1", "complete", "paid")),
				happened(3, "checkout.session.completed", session("cs_2", "complete", "paid", object{"subscription": "sub_2"})),
			}
			w.deliver(story...)
			w.deliver(happened(4, "customer.subscription.updated", one), happened(4, "customer.subscription.updated", two))
			require.Equal(w.t, 2, w.count(billing.KindSubscription))
			w.tells("subscription.activated sub_1", "subscription.activated sub_2", "subscription.duplicate sub_2",
				"checkout.paid cs_1", "checkout.paid cs_2")
		})
	})
	t.Run("two_live_subs_two_tabs: the newest incomplete one hides no older active one", func(t *testing.T) {
		everywhere(t, func(w *world) {
			one := subscription("sub_1", "active")
			two := subscription("sub_2", "incomplete", object{"created": at(1).Unix()})
			w.provider.has(one, two)
			w.deliver(happened(1, "customer.subscription.created", one), happened(2, "customer.subscription.created", two))
			ok, err := w.svc.Entitled(w.as("acme"), "acme", "prod_growth")
			require.NoError(w.t, err)
			require.True(w.t, ok)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("two_live_subs_two_tabs: two customers of one client are found out too", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.owns("acme", "cus_2")
			one := subscription("sub_1", "active")
			two := subscription("sub_2", "active", object{"customer": "cus_2"})
			w.provider.has(one, two)
			w.deliverTogether(happened(1, "customer.subscription.created", one), happened(1, "customer.subscription.created", two))
			require.Equal(w.t, 1, w.times("subscription.duplicate sub_2"))
		})
	})
	t.Run("two live subscriptions without a common product are allowed on request", func(t *testing.T) {
		with(t, billing.Options{ManySubscriptions: true}, func(w *world) {
			one := subscription("sub_1", "active")
			two := subscription("sub_2", "active", object{"items": items("price_scale", "prod_scale")})
			w.provider.has(one, two)
			w.deliver(happened(1, "customer.subscription.created", one), happened(1, "customer.subscription.created", two))
			w.tells("subscription.activated sub_1", "subscription.activated sub_2")
		})
	})
	t.Run("async_payment: a delayed payment is fulfilled once, when it has come in", func(t *testing.T) {
		everywhere(t, func(w *world) {
			waiting := session("cs_1", "complete", "unpaid", object{"mode": "payment", "subscription": nil})
			paid := waiting.but(object{"payment_status": "paid"})
			w.provider.has(waiting)
			w.deliver(happened(1, "checkout.session.completed", waiting))
			require.False(w.t, w.checkout("cs_1").Paid)
			w.tells()
			w.provider.has(paid)
			good := happened(9, "checkout.session.async_payment_succeeded", paid)
			w.deliver(good, good.again("evt_again"), happened(1, "checkout.session.completed", waiting).again("evt_late"))
			require.True(w.t, w.checkout("cs_1").Paid)
			w.tells("checkout.paid cs_1")
		})
	})
	t.Run("async_payment: a delayed payment that fails is not fulfilled", func(t *testing.T) {
		everywhere(t, func(w *world) {
			waiting := session("cs_1", "complete", "unpaid", object{"mode": "payment", "subscription": nil})
			w.provider.has(waiting) // Stripe's session does not tell that its payment has failed; the event does
			bad := happened(9, "checkout.session.async_payment_failed", waiting)
			w.deliver(happened(1, "checkout.session.completed", waiting), bad, bad.again("evt_again"),
				happened(1, "checkout.session.completed", waiting).again("evt_late"))
			require.True(w.t, w.checkout("cs_1").Failed)
			require.False(w.t, w.checkout("cs_1").Paid)
			w.tells("checkout.failed cs_1")
		})
	})
}
