package notify_test

import (
	"context"
	"log/slog"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/notify"
)

const day = 24 * time.Hour

// world is a client who buys, and gets mails about it.
type world struct {
	t     *testing.T
	fake  *billingtest.Provider
	pay   *billing.Service
	inbox *emailtest.Mailbox
	mail  *email.Service
}

func newWorld(t *testing.T, o *notify.BillingOptions) *world {
	t.Helper()
	w := &world{t: t, fake: billingtest.NewProvider(), inbox: emailtest.NewMailbox()}
	w.mail = email.New(w.inbox, emailtest.NewStore(), &email.Options{From: mail.Address{Address: "portal@studio.example"}})
	w.pay = billing.New(w.fake, billingtest.NewStore(), &billing.Options{
		BaseURL: "https://portal.example", Clock: w.fake.Now, OnChange: notify.Billing(w.mail, o),
	})
	w.fake.SendTo(w.pay)
	w.fake.AddPrice(billing.Ref{ID: "price_growth"}, billing.PriceParams{
		Product: "prod_growth", Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month, Lookup: "growth",
	})
	_, err := w.pay.EnsureCustomer(w.acme(), "acme", billing.CustomerDetails{Email: "ana@acme.example", Name: "Ana"})
	require.NoError(t, err)
	return w
}

func (w *world) acme() context.Context {
	return frontdesk.WithActor(w.t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
}

func (w *world) subscribes() *billing.Subscription {
	w.t.Helper()
	s, err := w.pay.StartCheckout(w.acme(), billing.Checkout{Price: "price_growth", SuccessPath: "/done", CancelPath: "/"})
	require.NoError(w.t, err)
	require.NoError(w.t, w.fake.CompleteCheckout(s.ID))
	subs, _, err := w.pay.Subscriptions(w.acme(), "acme", billing.Listing{})
	require.NoError(w.t, err)
	return subs[0]
}

// sent are the names of the mails that the client got.
func (w *world) sent() []string {
	w.t.Helper()
	ctx := frontdesk.WithActor(w.t.Context(), frontdesk.System("test"))
	require.NoError(w.t, w.mail.Drain(ctx))
	entries, err := w.mail.Messages(ctx, email.Filter{})
	require.NoError(w.t, err)
	var names []string
	for _, e := range entries {
		require.Equal(w.t, email.StatusSent, e.Status)
		require.Equal(w.t, "acme", e.Client)
		names = append(names, e.Template)
	}
	return names
}

// reader reads in Portuguese.
func reader(context.Context, string) (notify.Reader, error) {
	return notify.Reader{Email: "ana@acme.example", Name: "Ana", Language: templates.Portuguese, Zone: "Europe/Lisbon"}, nil
}

func TestBilling(t *testing.T) {
	t.Run("a paid invoice is confirmed once, however often its event comes", func(t *testing.T) {
		w := newWorld(t, nil)
		w.subscribes()
		require.NoError(t, w.fake.Deliver(billingtest.Delivery{Copies: 2}))
		require.Equal(t, []string{"receipt"}, w.sent())
		require.Contains(t, w.inbox.Mails()[0].Text, "€49.00")
	})
	t.Run("each failure to collect is told once, and the end of it", func(t *testing.T) {
		w := newWorld(t, &notify.BillingOptions{Reader: reader, BillingURL: "https://portal.example/billing"})
		w.subscribes()
		w.fake.DeclineAll("card_declined")
		w.fake.Advance(31 * day)
		require.Equal(t, []string{"payment_failed", "receipt"}, w.sent())
		w.fake.Advance(31 * day)
		require.Equal(t, "subscription_canceled", w.sent()[0])
		require.Contains(t, w.inbox.Mails()[0].Subject, "Comprovativo")
	})
	t.Run("a host turns a mail off, or sends another in its place", func(t *testing.T) {
		w := newWorld(t, &notify.BillingOptions{
			Replace: func(_ context.Context, c billing.Change, draft email.Mail) (email.Mail, error) {
				switch c.(type) {
				case billing.InvoicePaid:
					return nil, nil
				case billing.SubscriptionActivated:
					return templates.Welcome{To: "ana@acme.example", PortalURL: "https://portal.example"}, nil
				}
				return draft, nil
			},
		})
		w.subscribes()
		require.Equal(t, []string{"welcome"}, w.sent())
	})
	t.Run("a mail that cannot be sent holds up nothing", func(t *testing.T) {
		w := newWorld(t, nil)
		w.inbox.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "the provider is away"))
		sub := w.subscribes()
		require.Equal(t, billing.SubscriptionStatusActive, sub.Status)
		effects, err := w.pay.Effects(frontdesk.WithActor(t.Context(), frontdesk.Admin("root", frontdesk.Origin{})), billing.EffectFilter{})
		require.NoError(t, err)
		for _, e := range effects {
			require.Equal(t, billing.EffectDone, e.State, e.Name)
		}
		require.Empty(t, w.inbox.Mails())
	})
	t.Run("a mail that can never be written is given up, and said", func(t *testing.T) {
		var logs strings.Builder
		w := newWorld(t, nil)
		hook := notify.Billing(w.mail, &notify.BillingOptions{Logger: slog.New(slog.NewTextHandler(&logs, nil))})
		paid := billing.InvoicePaid{Milestone: billing.Milestone{Name: "invoice.paid", Client: "acme"}, Email: "nobody"}
		require.NoError(t, hook(frontdesk.WithActor(t.Context(), frontdesk.System("test")), paid))
		require.Contains(t, logs.String(), "cannot be written")
	})
	t.Run("who has no address gets no mail, and that is no failure", func(t *testing.T) {
		w := newWorld(t, nil)
		hook := notify.Billing(w.mail, nil)
		require.NoError(t, hook(t.Context(), billing.InvoicePaid{Milestone: billing.Milestone{Name: "invoice.paid", Client: "acme"}}))
		require.Empty(t, w.sent())
	})
}
