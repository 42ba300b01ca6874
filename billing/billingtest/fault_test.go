package billingtest_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

func TestFaults(t *testing.T) {
	params := billing.CustomerParams{Name: "Acme"}
	t.Run("a call that is told to fail carries nothing out and keeps the key free", func(t *testing.T) {
		fake := billingtest.NewProvider()
		fake.FailNext("CreateCustomer", frontdesk.Unavailable)
		_, err := fake.CreateCustomer(t.Context(), write("k"), params)
		require.ErrorIs(t, err, frontdesk.Unavailable)
		require.Zero(t, fake.Effects("CreateCustomer"))
		_, err = fake.CreateCustomer(t.Context(), write("k"), params)
		require.NoError(t, err)
		require.Equal(t, 2, fake.Calls("CreateCustomer"))
		require.Equal(t, 1, fake.Effects("CreateCustomer"))
	})
	t.Run("a call whose answer is lost was carried out", func(t *testing.T) {
		fake := billingtest.NewProvider()
		fake.LoseNext("CreateCustomer")
		_, err := fake.CreateCustomer(t.Context(), write("k"), params)
		require.ErrorIs(t, err, frontdesk.OutcomeUnknown)
		require.Len(t, fake.Events(), 1)
	})
	t.Run("a name that is no method panics", func(t *testing.T) {
		fake := billingtest.NewProvider()
		require.Panics(t, func() { fake.FailNext("CreateCustomers", nil) })
		require.Panics(t, func() { fake.Calls("createCustomer") })
	})
	t.Run("the provider's own words are the cause of an error", func(t *testing.T) {
		_, err := billingtest.NewProvider().GetCustomer(t.Context(), billing.Ref{ID: "cus_1"})
		var refusal *billingtest.APIError
		require.True(t, errors.As(err, &refusal))
		require.Equal(t, "resource_missing", refusal.Code)
	})
}

func TestIdempotencyKeys(t *testing.T) {
	t.Run("a key is forgotten after 24 hours", func(t *testing.T) {
		fake := billingtest.NewProvider()
		for _, pass := range []time.Duration{0, 24*time.Hour - time.Second, time.Second} {
			fake.Advance(pass)
			_, err := fake.CreateCustomer(t.Context(), write("k"), billing.CustomerParams{})
			require.NoError(t, err)
		}
		require.Equal(t, 2, fake.Effects("CreateCustomer"))
	})
	t.Run("a key that failed validation may be used again with other parameters", func(t *testing.T) {
		fake := acme(t, nil)
		_, err := fake.CreatePayment(t.Context(), write("k"), billing.PaymentParams{})
		require.ErrorIs(t, err, frontdesk.Invalid)
		_, err = fake.CreatePayment(t.Context(), write("k"), billing.PaymentParams{Amount: growth.Unit})
		require.NoError(t, err)
	})
	t.Run("a repeated key gives the first answer after the object has changed", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		yes := true
		u := billing.SubscriptionUpdate{CancelAtPeriodEnd: &yes}
		_, err := fake.UpdateSubscription(t.Context(), write("k"), id, u)
		require.NoError(t, err)
		fake.Advance(12 * time.Hour)
		_, err = fake.CancelSubscription(t.Context(), write("cancel"), id, billing.SubscriptionCancel{})
		require.NoError(t, err)
		again, err := fake.UpdateSubscription(t.Context(), write("k"), id, u)
		require.NoError(t, err)
		require.Equal(t, billing.SubscriptionStatusActive, again.Status)
		require.Equal(t, billing.SubscriptionStatusCanceled, subscriptionNow(t, fake, id).Status)
	})
}

func TestProvider_is_safe_for_concurrent_use(t *testing.T) {
	fake := acme(t, nil)
	m := &mailbox{fake: fake}
	fake.SendTo(m)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			s, err := fake.CreateCheckout(t.Context(), write(fmt.Sprint("checkout ", i)), billing.CheckoutParams{
				Mode: billing.CheckoutModeSubscription, Customer: "cus_acme", Lines: []billing.CheckoutLine{{Price: "price_growth"}},
			})
			if err == nil {
				err = fake.CompleteCheckout(s.ID)
			}
			if err != nil {
				t.Error(err)
			}
			fake.Advance(time.Hour)
			for _, err := range fake.ListInvoices(t.Context(), billing.InvoiceFilter{}) {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, fake.DeliveryErr())
	require.Len(t, m.received, len(fake.Events())-3, "all but those of before SendTo: a customer, a product, a price")
	paid := 0
	for inv, err := range fake.ListInvoices(t.Context(), billing.InvoiceFilter{Status: billing.InvoiceStatusPaid}) {
		require.NoError(t, err)
		require.Equal(t, growth.Unit, inv.Total)
		paid++
	}
	require.Equal(t, 16, paid)
}

func TestAnswers_share_nothing_with_the_state(t *testing.T) {
	fake, id := subscribed(t, nil)
	sub := subscriptionNow(t, fake, id)
	sub.Items[0].Price, sub.Status = "changed", "changed"
	require.Equal(t, "price_growth", subscriptionNow(t, fake, id).Items[0].Price)
	c := fake.AddCustomer(billing.Ref{ID: "cus_2"}, billing.CustomerParams{Metadata: map[string]string{"a": "b"}})
	c.Metadata["a"] = "changed"
	read, err := fake.GetCustomer(t.Context(), c.Ref)
	require.NoError(t, err)
	require.Equal(t, "b", read.Metadata["a"])
}
