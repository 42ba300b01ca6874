package billing_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// Whatever happens at the provider, and whatever the network makes of its events,
// one reconciliation later everything is as it is there, and nothing was told twice.
func TestProperty(t *testing.T) {
	for _, mode := range []string{"reading", "payloads"} {
		t.Run("property_test: histories x permutations x duplicates x drops, plus one reconcile, equal the remote, "+mode, func(t *testing.T) {
			payloads := mode == "payloads"
			t.Run("memory", func(t *testing.T) {
				checks(t, 80, func(r *rapid.T) { testHistory(r, billingtest.NewStore(), payloads) })
			})
			t.Run("sqlite", func(t *testing.T) {
				db := open(t, storetest.SQLite(t))
				checks(t, 4, func(r *rapid.T) { empty(db); testHistory(r, db.Billing(), payloads) })
			})
			t.Run("postgres", func(t *testing.T) {
				checks(t, 4, func(r *rapid.T) { testHistory(r, emptyPostgres(t).Billing(), payloads) })
			})
		})
	}
}

// Payloads alone, in whatever order and however often, leave the same rows.
func TestPayloadOrder(t *testing.T) {
	checks(t, 80, func(r *rapid.T) {
		h := newHistory(r, billingtest.NewStore(), true)
		for range rapid.IntRange(1, 10).Draw(r, "steps") {
			h.step(r)
		}
		first := h.rowsAfter(h.fake.Events())
		events := rapid.Permutation(h.fake.Events()).Draw(r, "order")
		require.Equal(r, first, h.rowsAfter(append(events, events[:len(events)/2]...)))
	})
}

// rowsAfter plays the events to a store of their own and returns what it
// mirrors, by key.
func (h *history) rowsAfter(events []billing.Event) map[string]string {
	h.t.Helper()
	st := billingtest.NewStore()
	_, err := st.LinkCustomer(h.t.Context(), h.customer, "acme")
	require.NoError(h.t, err)
	svc := h.over(st)
	for _, e := range events {
		e.State = billing.EventReceived
		require.NoError(h.t, st.AddEvents(h.t.Context(), e))
		require.NoError(h.t, svc.Drain(h.t.Context()))
	}
	rows := map[string]string{}
	for _, kind := range kinds {
		page, err := st.Objects(h.t.Context(), billing.ObjectFilter{Kind: kind, Limit: 500})
		require.NoError(h.t, err)
		for _, o := range page.Objects {
			rows[o.Key().String()] = contents(o)
		}
	}
	return rows
}

// checks is rapid.Check with a number of runs of its own.
func checks(t *testing.T, runs int, property func(*rapid.T)) {
	t.Helper()
	for name, value := range map[string]string{"rapid.checks": fmt.Sprint(runs), "rapid.nofailfile": "true", "rapid.shrinktime": "10s"} {
		before := flag.Lookup(name).Value.String()
		require.NoError(t, flag.Set(name, value))
		defer func() { require.NoError(t, flag.Set(name, before)) }()
	}
	rapid.Check(t, property)
}

// year covers a whole history: what had ended before the window is not looked up.
var year = billing.ReconcileOptions{Window: 366 * day}

// testHistory plays a random history and delivers its events as a bad network does.
func testHistory(r *rapid.T, st billing.Store, payloads bool) {
	h := newHistory(r, st, payloads)
	for range rapid.IntRange(1, 10).Draw(r, "steps") {
		h.step(r)
	}
	dropped := rapid.SliceOfN(rapid.Bool(), 1, 40).Draw(r, "dropped")
	n := 0
	require.NoError(h.t, h.fake.Deliver(billingtest.Delivery{
		Shuffle: rapid.Uint64Range(1, 1000).Draw(r, "order"),
		Copies:  rapid.IntRange(0, 1).Draw(r, "copies"),
		Drop:    func(billing.Event) bool { n++; return dropped[n%len(dropped)] },
	}))
	h.fake.Advance(time.Hour) // what stood in line, and what is too new to be ordered
	h.drain()
	h.reconcile(year)
	h.requireLikeRemote()
	h.drain() // what was undelivered
	if !h.reading {
		h.reconcile(year) // payloads say less than readings: they can bring back what has changed without an event
	}
	h.requireLikeRemote()
	require.Empty(h.t, h.reconcile(year).Drift)
	h.requireToldOnce()
}

// history is a world in which random things happen to one client.
type history struct {
	*world
	customer billing.Ref
	writes   int
}

func newHistory(r *rapid.T, st billing.Store, payloads bool) *history {
	w := newFakeWorld(r, st, billing.Options{PayloadOnly: payloads, ManySubscriptions: true})
	w.fake.SendTo(w.svc) // each event is worked off before the next
	w.fake.Hold()
	w.fake.AddProduct(billing.Ref{ID: "prod_once"}, "Once")
	c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{Email: "acme@example.com"})
	require.NoError(w.t, err)
	return &history{world: w, customer: c.Ref}
}

// step does one thing at the provider. What it refuses does not happen.
func (h *history) step(r *rapid.T) {
	switch rapid.IntRange(0, 11).Draw(r, "step") {
	case 0, 1:
		_, _ = h.fake.AddSubscription(h.customer, rapid.SampledFrom([]string{"price_growth", "price_scale"}).Draw(r, "price"))
	case 2:
		h.bank(r)
	case 3, 4:
		h.fake.Advance(time.Duration(rapid.IntRange(1, 20).Draw(r, "days")) * day)
	case 5:
		h.change(r)
	case 6:
		h.giveBack(r)
	case 7:
		h.bill(r)
	case 8:
		h.pay(r)
	case 9:
		h.dispute(r)
	case 10:
		h.buy(r)
	case 11:
		if rapid.IntRange(0, 4).Draw(r, "delete") == 0 {
			_ = h.fake.DeleteCustomer(h.customer)
		}
	}
}

// key makes a write of its own.
func (h *history) key() billing.Write {
	h.writes++
	return billing.Write{IdempotencyKey: fmt.Sprint("step ", h.writes)}
}

// bank says what it answers to the next charge.
func (h *history) bank(r *rapid.T) {
	switch rapid.IntRange(0, 2).Draw(r, "answer") {
	case 0:
		h.fake.DeclineNext("card_declined")
	case 1:
		h.fake.DelayNext()
	case 2:
		h.fake.RequireAction()
	}
}

func (h *history) change(r *rapid.T) {
	sub, ok := some(r, collect(h, h.fake.ListSubscriptions(h.t.Context(), billing.SubscriptionFilter{})))
	if !ok {
		return
	}
	ctx, yes := h.t.Context(), rapid.Bool().Draw(r, "yes")
	switch rapid.IntRange(0, 4).Draw(r, "change") {
	case 0:
		_, _ = h.fake.UpdateSubscription(ctx, h.key(), sub.ID, billing.SubscriptionUpdate{Price: "price_scale"})
	case 1:
		_, _ = h.fake.UpdateSubscription(ctx, h.key(), sub.ID, billing.SubscriptionUpdate{Quantity: 3, Proration: billing.ProrationAlwaysInvoice})
	case 2:
		_, _ = h.fake.UpdateSubscription(ctx, h.key(), sub.ID, billing.SubscriptionUpdate{CancelAtPeriodEnd: &yes})
	case 3:
		_, _ = h.fake.PauseCollection(ctx, h.key(), sub.ID, billing.PauseVoid)
	case 4:
		_, _ = h.fake.CancelSubscription(ctx, h.key(), sub.ID, billing.SubscriptionCancel{Prorate: yes, InvoiceNow: yes})
	}
}

func (h *history) giveBack(r *rapid.T) {
	p, ok := some(r, collect(h, h.fake.ListPayments(h.t.Context(), billing.PaymentFilter{})))
	if !ok {
		return
	}
	refund, err := h.fake.RefundOutside(p.ID, rapid.SampledFrom([]int64{0, 100}).Draw(r, "amount"))
	if err == nil && rapid.Bool().Draw(r, "fails") {
		_ = h.fake.FailRefund(refund.ID)
	}
}

func (h *history) bill(r *rapid.T) {
	i, err := h.fake.CreateInvoice(h.t.Context(), h.key(), billing.InvoiceParams{
		Customer: h.customer.ID, Items: []billing.InvoiceItem{{Description: "Work", Amount: euros(10)}}, DaysUntilDue: 14,
	})
	if err != nil {
		return
	}
	for _, action := range rapid.SliceOfN(rapid.SampledFrom([]billing.InvoiceAction{
		billing.InvoiceActionFinalize, billing.InvoiceActionPay, billing.InvoiceActionVoid, billing.InvoiceActionMarkUncollectible,
	}), 0, 3).Draw(r, "actions") {
		_, _ = h.fake.AdvanceInvoice(h.t.Context(), h.key(), i.ID, action)
	}
}

// pay settles what is unpaid.
func (h *history) pay(r *rapid.T) {
	ok := rapid.Bool().Draw(r, "ok")
	if i, found := some(r, collect(h, h.fake.ListInvoices(h.t.Context(), billing.InvoiceFilter{Status: billing.InvoiceStatusOpen}))); found {
		_ = h.fake.PayOutside(i.ID)
	}
	if p, found := some(r, collect(h, h.fake.ListPayments(h.t.Context(), billing.PaymentFilter{}))); found {
		_ = h.fake.Settle(p.ID, ok)
		_ = h.fake.Authenticate(p.ID, ok)
	}
}

func (h *history) dispute(r *rapid.T) {
	p, ok := some(r, collect(h, h.fake.ListPayments(h.t.Context(), billing.PaymentFilter{})))
	if !ok {
		return
	}
	d, err := h.fake.OpenDispute(p.ID)
	if err == nil && rapid.Bool().Draw(r, "closed") {
		_ = h.fake.CloseDispute(d.ID, rapid.Bool().Draw(r, "won"))
	}
}

// buy goes through a page at the provider.
func (h *history) buy(r *rapid.T) {
	c := billing.Checkout{Mode: billing.CheckoutModePayment, SuccessPath: "/ok", CancelPath: "/", Lines: []billing.CheckoutLine{
		{Name: "Work", Amount: euros(10)},
	}}
	if rapid.Bool().Draw(r, "subscription") {
		c = billing.Checkout{Price: "price_growth", SuccessPath: "/ok", CancelPath: "/", TrialDays: rapid.Int64Range(0, 5).Draw(r, "trial")}
	}
	s, err := h.svc.StartCheckout(h.as("acme"), c)
	if err != nil {
		return
	}
	if rapid.Bool().Draw(r, "debit") {
		_ = h.fake.CompleteCheckoutUnpaid(s.ID)
		return
	}
	_ = h.fake.CompleteCheckout(s.ID)
}

func collect[O any](h *history, listed func(func(O, error) bool)) []O {
	var all []O
	for o, err := range listed {
		require.NoError(h.t, err)
		all = append(all, o)
	}
	return all
}

func some[O any](r *rapid.T, all []O) (O, bool) {
	if len(all) == 0 {
		var none O
		return none, false
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(r, "which")], true
}

// requireToldOnce requires that no change was told twice.
func (h *history) requireToldOnce() {
	h.t.Helper()
	told := map[string]bool{}
	for _, c := range h.told {
		require.False(h.t, told[c.Key()], "%s is told once", c.Key())
		told[c.Key()] = true
	}
}
