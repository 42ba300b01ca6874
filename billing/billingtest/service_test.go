package billingtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

// portal is a service over a fake, and a context in which the client acme acts.
type portal struct {
	fake *billingtest.Provider
	pay  *billing.Service
	ctx  context.Context
}

func newPortal(t *testing.T, o billing.Options) *portal {
	t.Helper()
	fake := billingtest.NewProvider()
	fake.AddPrice(billing.Ref{ID: "price_growth"}, growth)
	o.BaseURL = "https://portal.example"
	if o.Clock == nil {
		o.Clock = fake.Now
	}
	pay := billing.New(fake, billingtest.NewStore(), &o)
	fake.SendTo(pay)
	return &portal{fake, pay, frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))}
}

// buy opens a session for growth and pays it.
func (p *portal) buy(t *testing.T) {
	t.Helper()
	s, err := p.pay.StartCheckout(p.ctx, billing.Checkout{Price: "price_growth", SuccessPath: "/done", CancelPath: "/billing"})
	require.NoError(t, err)
	require.NoError(t, p.fake.CompleteCheckout(s.ID))
}

// seen is what the service knows: the statuses of subscriptions and invoices, newest first.
func (p *portal) seen(t *testing.T) string {
	t.Helper()
	subs, _, err := p.pay.Subscriptions(p.ctx, "acme", billing.Listing{})
	require.NoError(t, err)
	invoices, _, err := p.pay.Invoices(p.ctx, "acme", billing.Listing{})
	require.NoError(t, err)
	var states []string
	for _, o := range subs {
		states = append(states, o.State())
	}
	for _, o := range invoices {
		states = append(states, o.State())
	}
	require.NoError(t, p.fake.DeliveryErr())
	return fmt.Sprint(states)
}

func TestProvider_drives_a_service(t *testing.T) {
	t.Run("events reach it as they happen", func(t *testing.T) {
		p := newPortal(t, billing.Options{})
		p.buy(t)
		require.Equal(t, "[active paid]", p.seen(t))
		p.fake.Advance(31 * day)
		require.Equal(t, "[active paid paid]", p.seen(t))
		p.fake.DeclineNext("card_declined")
		p.fake.Advance(28 * day)
		require.Equal(t, "[past_due open paid paid]", p.seen(t))
		p.fake.Advance(3 * day)
		require.Equal(t, "[active paid paid paid]", p.seen(t))
	})
	t.Run("a service on the wall clock takes them too", func(t *testing.T) {
		p := newPortal(t, billing.Options{Clock: time.Now})
		p.buy(t)
		require.Equal(t, "[active paid]", p.seen(t))
	})
	t.Run("held events reach it when they are delivered", func(t *testing.T) {
		p := newPortal(t, billing.Options{})
		p.fake.Hold()
		p.buy(t)
		require.Equal(t, "[]", p.seen(t))
		require.NoError(t, p.fake.Release())
		require.Equal(t, "[active paid]", p.seen(t))
		p.fake.Advance(31 * day)
		require.Equal(t, "[active paid paid]", p.seen(t))
	})
}

func TestDelivery_of_any_order_and_shape_leads_to_the_same_state(t *testing.T) {
	deliveries := map[string]billingtest.Delivery{
		"in sequence": {}, "reversed": {Reverse: true}, "twice": {Copies: 1}, "shuffled": {Shuffle: 7, Copies: 2},
		"without invoice.paid": {Drop: func(e billing.Event) bool { return e.Type == "invoice.paid" }},
	}
	for _, version := range []string{
		"2020-08-27", "2023-10-16", "2025-03-31.basil", "2025-09-30.clover", "2026-08-26.dahlia", "null",
	} {
		deliveries["of version "+version] = billingtest.Delivery{APIVersion: version, Shuffle: 3}
	}
	for name, d := range deliveries {
		for _, payloadOnly := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, payload only %v", name, payloadOnly), func(t *testing.T) {
				p := newPortal(t, billing.Options{PayloadOnly: payloadOnly})
				p.fake.Hold()
				p.buy(t)
				p.fake.DeclineNext("card_declined")
				p.fake.Advance(35 * day)
				require.NoError(t, p.fake.Deliver(d))
				require.Equal(t, "[active paid paid]", p.seen(t))
			})
		}
	}
}
