package billingtest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

const day = 24 * time.Hour

// growth is 49 euros a month.
var growth = billing.PriceParams{
	Product: "prod_growth", Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month,
}

// acme returns a provider with a customer and a price.
func acme(t *testing.T, o *billingtest.ProviderOptions) *billingtest.Provider {
	t.Helper()
	fake := billingtest.NewProviderWith(o)
	fake.AddCustomer(billing.Ref{ID: "cus_acme"}, billing.CustomerParams{Email: "acme@example.com"})
	fake.AddPrice(billing.Ref{ID: "price_growth"}, growth)
	return fake
}

// subscribed returns a provider with a subscription that has just begun.
func subscribed(t *testing.T, o *billingtest.ProviderOptions) (*billingtest.Provider, string) {
	t.Helper()
	fake := acme(t, o)
	sub, err := fake.AddSubscription(billing.Ref{ID: "cus_acme"}, "price_growth")
	require.NoError(t, err)
	return fake, sub.ID
}

func subscriptionNow(t *testing.T, fake *billingtest.Provider, id string) *billing.Subscription {
	t.Helper()
	sub, err := fake.GetSubscription(t.Context(), billing.Ref{ID: id})
	require.NoError(t, err)
	return sub
}

func latestInvoice(t *testing.T, fake *billingtest.Provider, id string) *billing.Invoice {
	t.Helper()
	inv, err := fake.GetInvoice(t.Context(), billing.Ref{ID: subscriptionNow(t, fake, id).LatestInvoice})
	require.NoError(t, err)
	return inv
}

// types are the types of the events that happened while do ran.
func types(fake *billingtest.Provider, do func()) []string {
	before := len(fake.Events())
	do()
	var types []string
	for _, e := range fake.Events()[before:] {
		types = append(types, e.Type)
	}
	return types
}

func date(month time.Month, d int) time.Time {
	return time.Date(2035, month, d, 0, 0, 0, 0, time.UTC)
}

func TestClock(t *testing.T) {
	t.Run("a subscription renews and is paid", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		require.Equal(t, []string{
			"invoice.created", "customer.subscription.updated", "payment_intent.created", "invoice.finalized",
			"charge.succeeded", "payment_intent.succeeded",
			"invoice.updated", "invoice.paid", "invoice.payment_succeeded",
		}, types(fake, func() { fake.Advance(31 * day) }))
		sub, inv := subscriptionNow(t, fake, id), latestInvoice(t, fake, id)
		require.Equal(t, billing.SubscriptionStatusActive, sub.Status)
		require.Equal(t, date(time.March, 1), sub.CurrentPeriodEnd)
		require.Equal(t, billing.InvoiceStatusPaid, inv.Status)
		require.EqualValues(t, 4900, inv.AmountPaid)
	})
	t.Run("a year has twelve renewals, at their own times", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		fake.Advance(365 * day)
		var created []time.Time
		for inv, err := range fake.ListInvoices(t.Context(), billing.InvoiceFilter{Customer: "cus_acme"}) {
			require.NoError(t, err)
			created = append(created, inv.Created)
		}
		require.Len(t, created, 13)
		require.Equal(t, date(time.December, 1), created[1])
		require.Equal(t, time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC), fake.Now())
		require.Equal(t, fake.Now().AddDate(0, 1, 0), subscriptionNow(t, fake, id).CurrentPeriodEnd)
	})
	t.Run("a month that is too short ends a period early and the next one not", func(t *testing.T) {
		fake, id := subscribed(t, &billingtest.ProviderOptions{Start: date(time.January, 31)})
		require.Equal(t, date(time.February, 28), subscriptionNow(t, fake, id).CurrentPeriodEnd)
		fake.Advance(28 * day)
		require.Equal(t, date(time.March, 31), subscriptionNow(t, fake, id).CurrentPeriodEnd)
	})
	t.Run("a declined renewal is retried after 3, 5 and 7 days and then canceled", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		fake.DeclineAll("insufficient_funds")
		fake.Advance(31 * day)
		require.Equal(t, billing.SubscriptionStatusPastDue, subscriptionNow(t, fake, id).Status)
		for attempt, wait := range []time.Duration{3 * day, 5 * day, 7 * day} {
			inv := latestInvoice(t, fake, id)
			require.Equal(t, fake.Now().Add(wait), inv.NextAttempt)
			require.EqualValues(t, attempt+1, inv.Attempts)
			require.True(t, inv.Failed)
			fake.Advance(wait)
		}
		sub := subscriptionNow(t, fake, id)
		require.Equal(t, billing.SubscriptionStatusCanceled, sub.Status)
		require.Equal(t, date(time.February, 16), sub.EndedAt)
		require.Equal(t, billing.InvoiceStatusOpen, latestInvoice(t, fake, id).Status)
		require.Zero(t, latestInvoice(t, fake, id).NextAttempt)
	})
	t.Run("a subscription may be kept unpaid after the last retry", func(t *testing.T) {
		fake, id := subscribed(t, &billingtest.ProviderOptions{KeepUnpaid: true})
		fake.DeclineAll("card_declined")
		fake.Advance(50 * day)
		require.Equal(t, billing.SubscriptionStatusUnpaid, subscriptionNow(t, fake, id).Status)
	})
	t.Run("a retry that succeeds makes the subscription active again", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		fake.DeclineNext("card_declined")
		fake.Advance(31 * day)
		require.Equal(t, billing.SubscriptionStatusPastDue, subscriptionNow(t, fake, id).Status)
		fake.Advance(3 * day)
		require.Equal(t, billing.SubscriptionStatusActive, subscriptionNow(t, fake, id).Status)
		require.Equal(t, billing.InvoiceStatusPaid, latestInvoice(t, fake, id).Status)
	})
	t.Run("paying the invoice by hand recovers at once and stops the retries", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		fake.DeclineNext("card_declined")
		fake.Advance(31 * day)
		require.NoError(t, fake.PayOutside(latestInvoice(t, fake, id).ID))
		require.Equal(t, billing.SubscriptionStatusActive, subscriptionNow(t, fake, id).Status)
		require.Empty(t, types(fake, func() { fake.Advance(20 * day) }))
	})
	t.Run("a renewal that needs authentication waits for the payer", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		fake.RequireAction()
		require.Contains(t, types(fake, func() { fake.Advance(31 * day) }), "invoice.payment_action_required")
		inv := latestInvoice(t, fake, id)
		require.True(t, inv.NeedsAction)
		require.Equal(t, billing.SubscriptionStatusPastDue, subscriptionNow(t, fake, id).Status)
		require.NoError(t, fake.Authenticate(inv.Payment, true))
		require.Equal(t, billing.SubscriptionStatusActive, subscriptionNow(t, fake, id).Status)
		require.False(t, latestInvoice(t, fake, id).NeedsAction)
	})
	t.Run("an incomplete subscription expires after 23 hours and its invoice is void", func(t *testing.T) {
		fake := acme(t, nil)
		fake.DeclineNext("card_declined")
		sub, err := fake.AddSubscription(billing.Ref{ID: "cus_acme"}, "price_growth")
		require.NoError(t, err)
		require.Equal(t, billing.SubscriptionStatusIncomplete, sub.Status)
		fake.Advance(23*time.Hour - time.Second)
		require.Equal(t, billing.SubscriptionStatusIncomplete, subscriptionNow(t, fake, sub.ID).Status)
		fake.Advance(time.Second)
		require.Equal(t, billing.SubscriptionStatusIncompleteExpired, subscriptionNow(t, fake, sub.ID).Status)
		require.Equal(t, billing.InvoiceStatusVoid, latestInvoice(t, fake, sub.ID).Status)
	})
	t.Run("a subscription that cancels at the end of its period is deleted then", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		yes := true
		_, err := fake.UpdateSubscription(t.Context(), write("k"), id, billing.SubscriptionUpdate{CancelAtPeriodEnd: &yes})
		require.NoError(t, err)
		require.Equal(t, []string{"customer.subscription.deleted"}, types(fake, func() { fake.Advance(31 * day) }))
		require.Equal(t, billing.SubscriptionStatusCanceled, subscriptionNow(t, fake, id).Status)
	})
	t.Run("a scheduled cancellation ends the subscription at its time", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		require.NoError(t, fake.ScheduleCancel(id, date(time.January, 10)))
		fake.Advance(9 * day)
		require.Equal(t, billing.SubscriptionStatusCanceled, subscriptionNow(t, fake, id).Status)
		require.Equal(t, date(time.January, 10), subscriptionNow(t, fake, id).EndedAt)
	})
	t.Run("a trial warns three days before it ends and then charges", func(t *testing.T) {
		fake, id := trial(t)
		require.Equal(t, billing.SubscriptionStatusTrialing, subscriptionNow(t, fake, id).Status)
		require.Zero(t, latestInvoice(t, fake, id).Total.Amount)
		require.Equal(t, []string{"customer.subscription.trial_will_end"}, types(fake, func() { fake.Advance(11 * day) }))
		require.Contains(t, types(fake, func() { fake.Advance(3 * day) }), "invoice.paid")
		require.Equal(t, billing.SubscriptionStatusActive, subscriptionNow(t, fake, id).Status)
		require.Equal(t, date(time.February, 15), subscriptionNow(t, fake, id).CurrentPeriodEnd)
		require.EqualValues(t, 4900, latestInvoice(t, fake, id).AmountPaid)
	})
	t.Run("a trial whose first charge is declined becomes past due", func(t *testing.T) {
		fake, id := trial(t)
		fake.DeclineNext("card_declined")
		fake.Advance(14 * day)
		require.Equal(t, billing.SubscriptionStatusPastDue, subscriptionNow(t, fake, id).Status)
	})
	t.Run("an open session expires after a day", func(t *testing.T) {
		fake := acme(t, nil)
		s := checkout(t, fake, billing.CheckoutParams{})
		fake.Advance(day - time.Second)
		require.Empty(t, types(fake, func() {}))
		require.Equal(t, []string{"checkout.session.expired"}, types(fake, func() { fake.Advance(time.Second) }))
		require.ErrorIs(t, fake.CompleteCheckout(s.ID), frontdesk.FailedPrecondition)
	})
	t.Run("a bank debit settles after three days", func(t *testing.T) {
		fake := acme(t, nil)
		s := checkout(t, fake, billing.CheckoutParams{})
		require.NoError(t, fake.CompleteCheckoutUnpaid(s.ID))
		done, err := fake.GetCheckout(t.Context(), s.Ref)
		require.NoError(t, err)
		require.False(t, done.Paid)
		require.Equal(t, billing.SubscriptionStatusActive, subscriptionNow(t, fake, done.Subscription).Status)
		require.Contains(t, types(fake, func() { fake.Advance(3 * day) }), "checkout.session.async_payment_succeeded")
		done, err = fake.GetCheckout(t.Context(), s.Ref)
		require.NoError(t, err)
		require.True(t, done.Paid)
	})
	t.Run("a running clock carries out what has come due", func(t *testing.T) {
		now := date(time.January, 1)
		fake, id := subscribed(t, &billingtest.ProviderOptions{Clock: func() time.Time { return now }})
		now = now.AddDate(0, 1, 3)
		require.Equal(t, date(time.March, 1), subscriptionNow(t, fake, id).CurrentPeriodEnd)
		require.Equal(t, date(time.February, 1), latestInvoice(t, fake, id).Created)
		fake.Advance(31 * day)
		require.Equal(t, now.Add(31*day), fake.Now())
		require.Equal(t, date(time.April, 1), subscriptionNow(t, fake, id).CurrentPeriodEnd)
	})
	t.Run("paused collection leaves drafts, voids or writes off", func(t *testing.T) {
		for pause, want := range map[billing.PauseBehavior]billing.InvoiceStatus{
			billing.PauseKeepAsDraft:       billing.InvoiceStatusDraft,
			billing.PauseVoid:              billing.InvoiceStatusVoid,
			billing.PauseMarkUncollectible: billing.InvoiceStatusUncollectible,
		} {
			fake, id := subscribed(t, nil)
			_, err := fake.PauseCollection(t.Context(), write("k"), id, pause)
			require.NoError(t, err)
			fake.Advance(31 * day)
			require.Equal(t, want, latestInvoice(t, fake, id).Status)
			require.Equal(t, billing.SubscriptionStatusActive, subscriptionNow(t, fake, id).Status)
		}
	})
}

func trial(t *testing.T) (*billingtest.Provider, string) {
	t.Helper()
	fake := acme(t, nil)
	s := checkout(t, fake, billing.CheckoutParams{TrialDays: 14})
	require.NoError(t, fake.CompleteCheckout(s.ID))
	done, err := fake.GetCheckout(t.Context(), s.Ref)
	require.NoError(t, err)
	require.True(t, done.Paid)
	return fake, done.Subscription
}

// checkout opens a session for acme that subscribes to growth.
func checkout(t *testing.T, fake *billingtest.Provider, c billing.CheckoutParams) *billing.CheckoutSession {
	t.Helper()
	c.Mode, c.Customer = billing.CheckoutModeSubscription, "cus_acme"
	c.Lines = []billing.CheckoutLine{{Price: "price_growth"}}
	s, err := fake.CreateCheckout(t.Context(), write("checkout"), c)
	require.NoError(t, err)
	return s
}

func write(key string) billing.Write { return billing.Write{IdempotencyKey: key} }

func TestCheckoutEvents(t *testing.T) {
	fake := acme(t, nil)
	s := checkout(t, fake, billing.CheckoutParams{})
	got := types(fake, func() { require.NoError(t, fake.CompleteCheckout(s.ID)) })
	require.Equal(t, []string{
		"payment_method.attached", "customer.subscription.created", "invoice.created", "payment_intent.created",
		"invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "customer.subscription.updated",
		"invoice.updated", "invoice.paid", "invoice.payment_succeeded", "checkout.session.completed",
	}, got)
	require.False(t, slices.Contains(got, "customer.created"))
}
