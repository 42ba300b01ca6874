package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

// TestRealAdapter runs the portal on the Stripe adapter, against the fake's
// stateful HTTP face: the whole way of a client, from checkout to the end.
func TestRealAdapter(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) database) {
		fake := billingtest.NewProviderWith(&billingtest.ProviderOptions{Clock: time.Now, WebhookSecret: frontdesk.NewSecret(testSecret)})
		seedProvider(fake)
		server := httptest.NewServer(fake.Handler())
		t.Cleanup(server.Close)
		r := start(t, on(fresh(t)), func(c *config) {
			c.stripe.key, c.stripe.apiBase = frontdesk.NewSecret("sk_test_canary"), server.URL
		})
		fake.SendHTTP(r.webhook())

		a := r.ask(t, "client:acme", "POST", api+"checkout", `{"price":"price_growth_monthly"}`)
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		var session checkout
		a.into(t, &session)
		require.NoError(t, fake.CompleteCheckout(session.ProviderID))
		require.NoError(t, fake.DeliveryErr())

		sub := r.liveSubscription(t)
		assert.Equal(t, demoPrice, *sub.Price)
		assert.True(t, sub.CurrentPeriodEnd.After(time.Now()))
		var invoices listing[invoice]
		r.get(t, "client:acme", api+"invoices", &invoices)
		require.Len(t, invoices.Data, 1)
		assert.Equal(t, "paid", invoices.Data[0].Status)
		assert.Equal(t, frontdesk.Money{Amount: 4900, Currency: "eur"}, invoices.Data[0].Total)

		a = r.ask(t, "client:acme", "POST", api+"subscriptions/"+sub.ID+"/cancel", `{"now":true}`)
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		_, effects := r.atRest(t, 1)
		count := map[string]int{}
		for _, e := range effects {
			count[e.Name]++
		}
		for _, once := range []string{"subscription.activated", "invoice.paid", "checkout.paid", "subscription.canceled"} {
			assert.Equal(t, 1, count[once], once)
		}
		a = r.ask(t, "admin:root", "POST", api+"admin/reconcile", "")
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		var report reconciliation
		a.into(t, &report)
		assert.Empty(t, report.Drift, "the webhooks have told everything")
		assert.NotContains(t, r.log.String(), "canary")
	})
}

// TestRealAdapterConnect runs the way of an expert likewise: from what is due, over a
// payment with the portal's commission and a refund, to the money in the bank.
func TestRealAdapterConnect(t *testing.T) {
	fake := billingtest.NewProviderWith(&billingtest.ProviderOptions{Clock: time.Now, WebhookSecret: frontdesk.NewSecret(testSecret)})
	seedProvider(fake)
	server := httptest.NewServer(fake.Handler())
	t.Cleanup(server.Close)
	r := start(t, func(c *config) {
		c.stripe.key, c.stripe.apiBase = frontdesk.NewSecret("sk_test_canary"), server.URL
	})
	fake.SendHTTP(r.webhook())
	statusOf := func(expert string) string {
		var a account
		r.get(t, "expert:"+expert, api+"account", &a)
		return a.Status
	}
	require.NoError(t, fake.RequireMore("acct_omar", time.Now().Add(day), "individual.id_number"))
	eventually(t, "pending", func() bool { return statusOf("omar") == "pending" })
	for path, want := range map[string]int{"account/onboarding": http.StatusCreated, "account/login": http.StatusCreated, "account/verify": http.StatusOK} {
		a := r.ask(t, "expert:omar", "POST", api+path, "")
		assert.Equal(t, want, a.Status, "%s %s", path, a.Body)
	}
	require.NoError(t, fake.SubmitRequirements("acct_omar"))
	eventually(t, "enabled", func() bool { return statusOf("omar") == "enabled" })

	a := r.ask(t, "expert:omar", "PUT", api+"account/schedule", `{"interval":"daily","delay_days":1}`)
	require.Equal(t, http.StatusBadRequest, a.Status, "%s", a.Body)
	assert.Equal(t, "delay_days", a.problem(t).Fields[0].Name)
	a = r.ask(t, "expert:omar", "PUT", api+"account/schedule", `{"interval":"manual"}`)
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)

	paid, _ := r.earn(t, 10000, "earned")
	a = r.ask(t, "admin:root", "POST", api+"payments/"+paid.ID+"/refund", `{"amount":{"amount":4000,"currency":"eur"}}`, "Idempotency-Key", "returned")
	require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
	r.atRest(t, 1)
	b := r.balanceOf(t, "omar")
	assert.Equal(t, int64(6000), b.Gross.Amount)
	assert.Equal(t, int64(900), b.Fee.Amount)
	assert.Equal(t, int64(5100), b.Pending.Amount+b.Available.Amount)
	a = r.ask(t, "expert:omar", "POST", api+"payouts", `{"amount":{"amount":5100,"currency":"eur"}}`, "Idempotency-Key", "early")
	assert.Equal(t, http.StatusConflict, a.Status, "%s", a.Body)

	a = r.ask(t, "admin:root", "POST", api+"admin/reconcile", "")
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	var report reconciliation
	a.into(t, &report)
	assert.Empty(t, report.Drift, "the webhooks have told everything")
	b = r.balanceOf(t, "omar")
	assert.Equal(t, int64(5100), b.Net.Amount)
	assert.Equal(t, int64(5100), b.Pending.Amount, "the provider's balance says when it is available")
	assert.NotContains(t, r.log.String(), "canary")
}

// TestRefusedKey: Stripe's refusal of our key is not the client's to mend.
func TestRefusedKey(t *testing.T) {
	server := newServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, err := w.Write([]byte(`{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_canary"}}`))
		assert.NoError(t, err)
	}))
	r := start(t, func(c *config) { c.stripe.key, c.stripe.apiBase = frontdesk.NewSecret("sk_test_canary"), server })
	a := r.ask(t, "client:acme", "POST", api+"checkout", `{"price":"price_growth_monthly"}`)
	assert.Equal(t, http.StatusServiceUnavailable, a.Status)
	assert.Equal(t, frontdesk.Unavailable, a.problem(t).Code)
	assert.NotContains(t, string(a.Body), "canary")
	assert.NotContains(t, r.log.String(), "canary")
}
