package billing_test

import (
	"encoding/json"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

const day = 24 * time.Hour

// subscribed has acme, a customer of the fake, subscribe to growth.
func (w *world) subscribed() *billing.Subscription {
	w.t.Helper()
	return w.subscribedTo("price_growth")
}

func (w *world) subscribedTo(price string) *billing.Subscription {
	w.t.Helper()
	c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{Email: "acme@example.com"})
	require.NoError(w.t, err)
	sub, err := w.fake.AddSubscription(c.Ref, price)
	require.NoError(w.t, err)
	return sub
}

func TestReconcile(t *testing.T) {
	t.Run("reconcile_missed: one run repairs a day without webhooks, a second one writes nothing", func(t *testing.T) {
		for _, payloads := range []bool{false, true} {
			withFake(t, billing.Options{PayloadOnly: payloads}, func(w *world) {
				w.fake.AddPrice(billing.Ref{ID: "price_yearly"}, billing.PriceParams{Product: "prod_growth", Unit: euros(490), Interval: billing.Year})
				old := w.subscribedTo("price_yearly")
				w.fake.Advance(2 * 366 * day)
				w.drain()
				w.fake.Hold()
				missed := missedDay(w, old)
				drift := w.reconcile(billing.ReconcileOptions{}).Drift
				require.NotEmpty(w.t, drift)
				w.requireLikeRemote()
				w.drain() // what was undelivered is in the inbox by now
				w.requireLikeRemote()
				require.Contains(w.t, drift, billing.Drift{Object: missed.Key(), Client: "acme", Actual: "active"})

				writes := countWrites(w)
				again := w.reconcile(billing.ReconcileOptions{})
				require.Empty(w.t, again.Drift)
				require.Zero(w.t, writes.Load())
			})
		}
	})
	t.Run("reconcile_missed: a canceled subscription is found too", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			sub := w.subscribed()
			w.drain()
			w.fake.Hold()
			_, err := w.fake.CancelSubscription(t.Context(), billing.Write{IdempotencyKey: "dashboard"}, sub.ID, billing.SubscriptionCancel{})
			require.NoError(w.t, err)
			drift := w.reconcile(billing.ReconcileOptions{}).Drift
			require.Equal(w.t, []billing.Drift{{Object: sub.Key(), Client: "acme", Stored: "active", Actual: "canceled"}}, drift)
			w.drain()
			require.Equal(w.t, 1, w.times("subscription.canceled "+sub.ID))
		})
	})
	t.Run("reconcile_missed: an old object that is open here is looked up, however old", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			_, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{})
			require.NoError(w.t, err)
			i, err := w.svc.CreateInvoice(w.admin(), "acme", billing.Bill{Items: []billing.InvoiceItem{{Amount: euros(10)}}, DaysUntilDue: 7})
			require.NoError(w.t, err)
			i, err = w.svc.FinalizeInvoice(w.admin(), i.ID)
			require.NoError(w.t, err)
			w.fake.Hold()
			w.fake.Advance(90 * day)
			require.NoError(w.t, w.fake.PayOutside(i.ID))
			w.fake.Advance(90 * day)
			w.reconcile(billing.ReconcileOptions{})
			require.Equal(w.t, billing.InvoiceStatusPaid, w.invoice(i.ID).Status)
		})
	})
	t.Run("what a run has read is not undone by an event that comes later", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			w.pass(time.Hour)
			w.provider.has(subscription("sub_1", "active", object{"cancel_at_period_end": true}))
			w.deliver(happened(1, "customer.subscription.created", subscription("sub_1", "incomplete")))
			w.reconcile(billing.ReconcileOptions{})
			w.deliver(happened(600, "customer.subscription.updated", subscription("sub_1", "past_due")))
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			w.deliver(happened(3700, "customer.subscription.updated", subscription("sub_1", "past_due")))
			require.Equal(w.t, billing.SubscriptionStatusPastDue, w.sub("sub_1").Status, "newer than the run")
		})
	})
	t.Run("an import writes without telling, also of duplicates", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.fake.Hold()
			w.subscribed()
			w.subscribed()
			w.store = emptied(w, "acme")
			w.svc = w.over(w.store)
			report := w.reconcile(billing.ReconcileOptions{Import: true})
			require.NotEmpty(w.t, report.Drift)
			require.Equal(w.t, 2, w.count(billing.KindSubscription))
			effects, err := w.store.Effects(w.t.Context(), billing.EffectFilter{})
			require.NoError(w.t, err)
			require.Empty(w.t, effects)
		})
	})
	t.Run("what belongs to no client is counted and left", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.fake.AddCustomer(billing.Ref{ID: "cus_stranger"}, billing.CustomerParams{})
			_, err := w.fake.AddSubscription(billing.Ref{ID: "cus_stranger"}, "price_growth")
			require.NoError(w.t, err)
			report := w.reconcile(billing.ReconcileOptions{})
			require.Positive(w.t, report.Unowned)
			require.Zero(w.t, w.count(billing.KindSubscription))
		})
	})
	t.Run("an error ends the run and the report covers what was done", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.fake.Hold()
			w.subscribed()
			w.fake.FailNext("ListPayments", frontdesk.Errorf(frontdesk.RateLimited, "slow down"))
			report, err := w.svc.Reconcile(w.admin(), billing.ReconcileOptions{})
			require.ErrorIs(w.t, err, frontdesk.RateLimited)
			require.NotEmpty(w.t, report.Drift)
		})
	})
}

func euros(n int64) frontdesk.Money { return frontdesk.Money{Amount: 100 * n, Currency: "eur"} }

// missedDay is what happens while no webhook arrives: an activation, a plan
// change on an old subscription and its cancellation, and a refund.
func missedDay(w *world, old *billing.Subscription) *billing.Subscription {
	w.t.Helper()
	ctx := w.t.Context()
	key := func(s string) billing.Write { return billing.Write{IdempotencyKey: s} }
	fresh, err := w.fake.AddSubscription(billing.Ref{ID: old.Customer}, "price_growth")
	require.NoError(w.t, err)
	_, err = w.fake.UpdateSubscription(ctx, key("change"), old.ID, billing.SubscriptionUpdate{Price: "price_scale"})
	require.NoError(w.t, err)
	for p, err := range w.fake.ListPayments(ctx, billing.PaymentFilter{}) {
		require.NoError(w.t, err)
		_, err = w.fake.RefundOutside(p.ID, 0)
		require.NoError(w.t, err)
		break
	}
	_, err = w.fake.CancelSubscription(ctx, key("cancel"), old.ID, billing.SubscriptionCancel{})
	require.NoError(w.t, err)
	return fresh
}

func (w *world) reconcile(o billing.ReconcileOptions) *billing.Report {
	w.t.Helper()
	report, err := w.svc.Reconcile(w.admin(), o)
	require.NoError(w.t, err)
	return report
}

// emptied is an empty store that still knows whose the customers are.
func emptied(w *world, client string) billing.Store {
	w.t.Helper()
	customers, err := w.store.CustomersOf(w.t.Context(), "", client)
	require.NoError(w.t, err)
	st := billingtest.NewStore()
	for _, id := range customers {
		_, err := st.LinkCustomer(w.t.Context(), billing.Ref{ID: id}, client)
		require.NoError(w.t, err)
	}
	return st
}

// countWrites makes the world's service count what it writes to the mirror and the outbox.
func countWrites(w *world) *atomic.Int64 {
	st, writes := newFlaky(w.store), new(atomic.Int64)
	count := func(method string) error {
		if method == "PutObject" || method == "AddEffect" {
			writes.Add(1)
		}
		return nil
	}
	st.fail.Store(&count)
	w.svc = w.over(st)
	return writes
}

// requireLikeRemote requires that what is mirrored is what the provider has,
// and that nothing is missing.
func (w *world) requireLikeRemote() {
	w.t.Helper()
	ctx := w.t.Context()
	requireLike(w, w.fake.ListSubscriptions(ctx, billing.SubscriptionFilter{}))
	requireLike(w, w.fake.ListInvoices(ctx, billing.InvoiceFilter{}))
	requireLike(w, w.fake.ListPayments(ctx, billing.PaymentFilter{}))
	requireLike(w, w.fake.ListRefunds(ctx, billing.RefundFilter{}))
	requireLike(w, w.fake.ListDisputes(ctx, billing.DisputeFilter{}))
}

func requireLike[O billing.Object](w *world, remote iter.Seq2[O, error]) {
	w.t.Helper()
	for o, err := range remote {
		require.NoError(w.t, err)
		mirrored, err := w.store.Object(w.t.Context(), o.Key())
		require.NoError(w.t, err, "%s is mirrored", o.Key())
		require.Equal(w.t, contents(o), contents(mirrored), "%s", o.Key())
	}
}

// contents is what an object says, less what only we know of it. Refunds and
// disputes do not name their customer at the provider.
func contents(o billing.Object) string {
	h := o.Head()
	h.Version, h.RowID, h.Customer = billing.Version{}, "", ""
	raw, err := json.MarshalIndent(o, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
