package billing_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func TestOwnership(t *testing.T) {
	t.Run("one_off_invoice_paid: it leaves the customer's subscription as it is", func(t *testing.T) {
		for _, status := range []string{"canceled", "past_due"} {
			everywhere(t, func(w *world) {
				sub := subscription("sub_1", status)
				paid := invoice("in_1", "paid", object{"payment_intent": "pi_1"})
				w.provider.has(sub, paid, payment("pi_1", "succeeded", object{"invoice": "in_1"}))
				w.deliver(happened(1, "customer.subscription.updated", sub), happened(2, "invoice.paid", paid))
				require.EqualValues(w.t, status, w.sub("sub_1").Status)
				require.Equal(w.t, billing.PaymentStatusSucceeded, w.payment("pi_1").Status)
				require.Equal(w.t, 1, w.times("invoice.paid in_1"))
			})
		}
	})
	t.Run("zero_amount_trial_invoice: it neither activates nor asks for a receipt", func(t *testing.T) {
		everywhere(t, func(w *world) {
			testZeroInvoice(w)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("zero_amount_trial_invoice: the receipt can be asked for", func(t *testing.T) {
		with(t, billing.Options{ZeroInvoices: true}, func(w *world) {
			testZeroInvoice(w)
			w.tells("subscription.activated sub_1", "invoice.paid in_1")
		})
	})
	t.Run("cs_unknown_owner: what belongs to nobody waits until its customer appears", func(t *testing.T) {
		everywhere(t, func(w *world) {
			stranger := object{"customer": "cus_2"}
			done := session("cs_1", "complete", "paid", stranger)
			w.provider.has(done, subscription("sub_1", "active", stranger), customer("cus_2"))
			cs := happened(2, "checkout.session.completed", done)
			require.Equal(w.t, http.StatusOK, w.post(cs))
			w.drain()
			require.Equal(w.t, billing.EventUnmatched, w.inbox(cs.id).State)
			w.absent(billing.KindCheckout, "cs_1")
			w.tells()

			known := customer("cus_2", object{"metadata": object{"clientId": "globex"}})
			w.provider.has(known)
			w.deliver(happened(3, "customer.updated", known))
			require.Equal(w.t, billing.EventDone, w.inbox(cs.id).State)
			require.True(w.t, w.checkout("cs_1").Paid)
			require.Equal(w.t, 1, w.times("checkout.paid cs_1"))
		})
	})
	t.Run("cs_unknown_owner: an owner who appears in the moment of parking is not missed", func(t *testing.T) {
		reading(t, func(w *world) {
			stranger := object{"customer": "cus_2"}
			sub := subscription("sub_1", "active", stranger)
			w.provider.has(sub, customer("cus_2"))
			w.provider.failsWith(func(k billing.Key) error {
				if k.Kind == billing.KindCustomer {
					w.owns("globex", "cus_2") // another worker, whose wake finds nothing parked yet
				}
				return nil
			})
			e := happened(1, "customer.subscription.updated", sub)
			w.deliver(e)
			require.Equal(w.t, billing.EventFailed, w.inbox(e.id).State, "it is not left waiting")
			w.settle()
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("cs_unknown_owner: the customer and its events may come at once", func(t *testing.T) {
		everywhere(t, func(w *world) {
			stranger := object{"customer": "cus_2"}
			known := customer("cus_2", object{"metadata": object{"clientId": "globex"}})
			done := session("cs_1", "complete", "paid", stranger)
			w.provider.has(done, subscription("sub_1", "active", stranger), known)
			w.deliverTogether(happened(2, "checkout.session.completed", done), happened(1, "customer.created", known))
			w.settle()
			require.True(w.t, w.checkout("cs_1").Paid)
			require.Equal(w.t, 1, w.times("checkout.paid cs_1"))
		})
	})
	t.Run("a customer that the host links has its waiting events processed, and stays that client's", func(t *testing.T) {
		everywhere(t, func(w *world) {
			sub := subscription("sub_1", "active", object{"customer": "cus_2"})
			w.provider.has(sub, customer("cus_2"))
			e := happened(1, "customer.subscription.updated", sub)
			w.deliver(e)
			require.Equal(w.t, billing.EventUnmatched, w.inbox(e.id).State)

			host := w.admin()
			require.ErrorIs(w.t, w.svc.LinkCustomer(w.as("globex"), "globex", "cus_2"), frontdesk.PermissionDenied)
			require.NoError(w.t, w.svc.LinkCustomer(host, "globex", "cus_2"))
			require.NoError(w.t, w.svc.LinkCustomer(host, "globex", "cus_2"), "again")
			require.ErrorIs(w.t, w.svc.LinkCustomer(host, "acme", "cus_2"), frontdesk.AlreadyExists)
			w.settle()
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("a customer who has an owner keeps it, whatever objects say later", func(t *testing.T) {
		everywhere(t, func(w *world) {
			claims := object{"metadata": object{"clientId": "mallory"}}
			sub := subscription("sub_1", "active", claims)
			done := session("cs_1", "complete", "paid", claims, object{"client_reference_id": "mallory"})
			w.provider.has(sub, done, customer("cus_1", claims))
			w.deliver(
				happened(1, "customer.subscription.created", sub), happened(2, "checkout.session.completed", done),
				happened(3, "customer.updated", customer("cus_1", claims)),
			)
			owner, err := w.store.ClientOf(w.t.Context(), billing.Ref{ID: "cus_1"})
			require.NoError(w.t, err)
			require.Equal(w.t, "acme", owner)
			ok, err := w.svc.Entitled(w.as("mallory"), "mallory")
			require.NoError(w.t, err)
			require.False(w.t, ok)
		})
	})
	t.Run("a refund that comes before its payment waits for it", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			r := happened(2, "refund.created", refund("re_1", "succeeded"))
			w.deliver(r)
			require.Equal(w.t, billing.EventUnmatched, w.inbox(r.id).State)
			w.deliver(happened(1, "payment_intent.succeeded", payment("pi_1", "succeeded")))
			require.Equal(w.t, billing.EventDone, w.inbox(r.id).State)
			require.Equal(w.t, "cus_1", w.object(billing.KindRefund, "re_1").Head().Customer)
			w.tells("payment.succeeded pi_1", "refund.succeeded re_1")
		})
	})
	t.Run("a refund or dispute finds its client through its payment", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(payment("pi_1", "succeeded"), refund("re_1", "succeeded"), dispute("du_1", "needs_response"))
			w.deliver(
				happened(2, "refund.created", refund("re_1", "succeeded")),
				happened(3, "charge.dispute.created", dispute("du_1", "needs_response")),
			)
			w.tells("payment.succeeded pi_1", "refund.succeeded re_1", "dispute.opened du_1")
		})
	})
	t.Run("the same event id on two accounts is two events", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			e := happened(1, "customer.subscription.updated", subscription("sub_1", "active"))
			foreign := e
			foreign.account = "acct_nina"
			w.deliver(foreign, e)
			require.Len(w.t, w.inboxAll(e.id), 2)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
		})
	})
	t.Run("while the owner cannot be found out, the event is tried again", func(t *testing.T) {
		reading(t, func(w *world) {
			stranger := object{"customer": "cus_2"}
			w.provider.has(customer("cus_2", object{"metadata": object{"clientId": "globex"}}), subscription("sub_1", "active", stranger))
			w.provider.failsWith(func(k billing.Key) error {
				if k.Kind == billing.KindCustomer {
					return frontdesk.Errorf(frontdesk.Unavailable, "down")
				}
				return nil
			})
			e := happened(1, "customer.subscription.updated", subscription("sub_1", "active", stranger))
			w.deliver(e)
			require.Equal(w.t, billing.EventFailed, w.inbox(e.id).State)
			w.provider.failsWith(nil)
			w.settle()
			w.tells("subscription.activated sub_1")
		})
	})
}

func testZeroInvoice(w *world) {
	w.t.Helper()
	trial := subscription("sub_1", "trialing")
	free := invoice("in_1", "paid", object{"total": 0, "amount_due": 0, "amount_paid": 0, "subscription": "sub_1"})
	w.provider.has(trial, free)
	w.deliver(happened(1, "customer.subscription.created", trial), happened(1, "invoice.paid", free))
	require.Equal(w.t, billing.SubscriptionStatusTrialing, w.sub("sub_1").Status)
	require.Equal(w.t, billing.InvoiceStatusPaid, w.invoice("in_1").Status)
	require.Zero(w.t, w.count(billing.KindPayment))
}
