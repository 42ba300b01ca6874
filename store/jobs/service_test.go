package jobs_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// door takes in what a provider sends, and leaves the work to the jobs.
type door struct{ pay *billing.Service }

func (d door) Receive(ctx context.Context, h http.Header, body []byte) error {
	return d.pay.Receive(ctx, h, body)
}

func (door) Drain(context.Context) error { return nil }

func TestACheckoutBecomesASubscriptionInTheBackground(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		fake := billingtest.NewProviderWith(&billingtest.ProviderOptions{Clock: time.Now})
		fake.AddPrice(billing.Ref{ID: "price_growth"}, billing.PriceParams{
			Product: "prod_growth", Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month,
		})
		var told sync.Map
		repeated := make(chan string, 100)
		pay := billing.New(fake, st.Billing(), &billing.Options{
			BaseURL: "https://portal.example",
			OnChange: func(_ context.Context, c billing.Change) error {
				if _, again := told.LoadOrStore(c.Key(), c); again {
					repeated <- c.Key()
				}
				return nil
			},
		})
		r, err := jobs.New(st, jobs.Services{Billing: pay}, nil)
		require.NoError(t, err)
		start(t, r)
		fake.SendTo(door{pay})

		ctx := frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
		s, err := pay.StartCheckout(ctx, billing.Checkout{Price: "price_growth", SuccessPath: "/done", CancelPath: "/billing"})
		require.NoError(t, err)
		require.NoError(t, fake.CompleteCheckout(s.ID))
		require.NoError(t, fake.DeliveryErr())

		await(t, "the invoice to be told as paid", func() bool {
			paid := false
			told.Range(func(_, c any) bool { _, is := c.(billing.InvoicePaid); paid = paid || is; return true })
			return paid
		})
		await(t, "the inbox and the outbox to be done", func() bool {
			return count(t, db, "SELECT (SELECT count(*) FROM frontdesk_billing_events WHERE state NOT IN ('done', 'ignored')) + "+
				"(SELECT count(*) FROM frontdesk_billing_effects WHERE state <> 'done')") == 0
		})
		ok, err := pay.Entitled(ctx, "acme", "prod_growth")
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Empty(t, repeated)
	})
}
