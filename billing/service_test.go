package billing_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

var growth = billing.Checkout{Price: "price_growth", SuccessPath: "/billing/done", CancelPath: "/billing"}

func TestStartCheckout(t *testing.T) {
	t.Run("while its page is open, asking again returns the same page", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			first, err := w.svc.StartCheckout(w.as("acme"), growth)
			require.NoError(w.t, err)
			require.NotEmpty(w.t, first.URL)
			require.NotEmpty(w.t, first.RowID)
			w.fake.Advance(time.Hour)
			again, err := w.svc.StartCheckout(w.as("acme"), growth)
			require.NoError(w.t, err)
			require.Equal(w.t, first.URL, again.URL)
			w.fake.Advance(day)
			w.drain()
			next, err := w.svc.StartCheckout(w.as("acme"), growth)
			require.NoError(w.t, err)
			require.NotEqual(w.t, first.ID, next.ID, "the page has expired")
			again, err = w.svc.StartCheckout(w.as("acme"), growth)
			require.NoError(w.t, err)
			require.Equal(w.t, next.ID, again.ID)
		})
	})
	t.Run("twenty tabs at once open one page", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			ids := make([]string, 20)
			var all sync.WaitGroup
			for i := range ids {
				all.Go(func() {
					s, err := w.svc.StartCheckout(w.as("acme"), growth)
					if err != nil {
						w.t.Errorf("tab %d: %v", i, err)
						return
					}
					ids[i] = s.ID
				})
			}
			all.Wait()
			for _, id := range ids {
				require.Equal(w.t, ids[0], id)
			}
			require.Equal(w.t, 1, w.fake.Effects("CreateCheckout"))
		})
	})
	t.Run("a provider whose clock is years behind is asked for one page", func(t *testing.T) {
		fake := billingtest.NewProvider()
		addPrices(fake)
		svc := billing.New(fake, billingtest.NewStore(), &billing.Options{
			BaseURL: "https://portal.example", Clock: func() time.Time { return fake.Now().AddDate(3, 0, 0) },
		})
		ctx := frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
		_, err := svc.StartCheckout(ctx, growth)
		require.NoError(t, err)
		require.Equal(t, 1, fake.Calls("CreateCheckout"))
	})
	t.Run("a live subscription that only the provider knows is AlreadyExists", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.fake.Hold()
			w.subscribed()
			require.Zero(w.t, w.count(billing.KindSubscription))
			_, err := w.svc.StartCheckout(w.as("acme"), growth)
			require.ErrorIs(w.t, err, frontdesk.AlreadyExists)
			require.Zero(w.t, w.fake.Calls("CreateCheckout"))
			once := growth
			once.Price, once.Mode = "", billing.CheckoutModePayment
			once.Lines = []billing.CheckoutLine{{Name: "Work", Amount: euros(10)}}
			_, err = w.svc.StartCheckout(w.as("acme"), once)
			require.NoError(w.t, err, "a payment is no subscription")
		})
	})
	t.Run("a live subscription of another customer of the client counts", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			_, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{})
			require.NoError(w.t, err)
			w.fake.AddCustomer(billing.Ref{ID: "cus_old"}, billing.CustomerParams{})
			w.owns("acme", "cus_old")
			_, err = w.fake.AddSubscription(billing.Ref{ID: "cus_old"}, "price_growth")
			require.NoError(w.t, err)
			_, err = w.svc.StartCheckout(w.as("acme"), growth)
			require.ErrorIs(w.t, err, frontdesk.AlreadyExists)
		})
	})
	t.Run("where several are allowed, the same price twice is not", func(t *testing.T) {
		withFake(t, billing.Options{ManySubscriptions: true}, func(w *world) {
			w.subscribed()
			_, err := w.svc.StartCheckout(w.as("acme"), growth)
			require.ErrorIs(w.t, err, frontdesk.AlreadyExists)
			other := growth
			other.Price = "price_scale"
			_, err = w.svc.StartCheckout(w.as("acme"), other)
			require.NoError(w.t, err)
		})
	})
	t.Run("a key makes repeated calls one, also when the page is used up", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			keyed := growth
			keyed.Mode, keyed.Price, keyed.Key = billing.CheckoutModePayment, "", "order 1"
			keyed.Lines = []billing.CheckoutLine{{Name: "Work", Amount: euros(10)}}
			first, err := w.svc.StartCheckout(w.as("acme"), keyed)
			require.NoError(w.t, err)
			require.NoError(w.t, w.fake.CompleteCheckout(first.ID))
			w.drain()
			again, err := w.svc.StartCheckout(w.as("acme"), keyed)
			require.NoError(w.t, err)
			require.Equal(w.t, first.ID, again.ID)
			require.Equal(w.t, billing.CheckoutStatusComplete, again.Status)
		})
	})
	t.Run("return URLs that lead elsewhere are refused before anything happens", func(t *testing.T) {
		w := newFakeWorld(t, billingtest.NewStore(), billing.Options{AllowedOrigins: []string{"https://app.example"}})
		for _, evil := range []string{
			"//evil", `/\evil`, `/\/evil`, "https:evil", "https://app@evil", "https://app.example@evil", "%2f%2fevil", "/a\tb", "/a\rb", "/a\nb", "\t//evil",
			" //evil", "https://evil", "http://app.example", "https://app.example.evil", "https://app.example:8443", "javascript:alert(1)", "///evil", "",
			"https://user@app.example", "data:text/html,x", "app.example", `https:/\evil`, `\\evil`, "/ok\x00", "/\u2028",
		} {
			c := growth
			c.SuccessPath = evil
			_, err := w.svc.StartCheckout(w.as("acme"), c)
			require.ErrorIs(t, err, frontdesk.Invalid, "%q", evil)
			require.Equal(t, "success_path", frontdesk.Fields(err)[0].Name, "%q", evil)
			_, err = w.svc.OpenPortal(w.as("acme"), "acme", evil)
			require.ErrorIs(t, err, frontdesk.Invalid, "%q", evil)
		}
		require.Zero(t, w.fake.Calls("CreateCustomer"))
		for good, want := range map[string]string{
			"/billing?a=b#c": "https://portal.example/billing?a=b#c", "https://app.example/x": "https://app.example/x",
			"https://portal.example/y": "https://portal.example/y", "/%2f%2fevil": "https://portal.example/%2f%2fevil", "/": "https://portal.example/",
		} {
			_, err := w.svc.OpenPortal(w.as("acme"), "acme", good)
			require.NoError(t, err, "%q is %q", good, want)
		}
	})
	t.Run("bad input names its fields, and the provider is not asked", func(t *testing.T) {
		w := newFakeWorld(t, billingtest.NewStore(), billing.Options{})
		_, err := w.svc.StartCheckout(w.as("acme"), billing.Checkout{Mode: "gift", Quantity: -1, TrialDays: -2, Metadata: map[string]string{"clientId": "mallory"}})
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.ElementsMatch(t, []string{"success_path", "cancel_path", "mode", "price", "quantity", "trial_days", "metadata"}, fieldsOf(err))
		lines := growth
		lines.Price, lines.Lines = "", []billing.CheckoutLine{{Amount: euros(1)}, {Price: "a/b"}}
		_, err = w.svc.StartCheckout(w.as("acme"), lines)
		require.ElementsMatch(t, []string{"lines[0].price", "lines[1].price"}, fieldsOf(err))
		_, err = w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: euros(-1), Confirm: true, ReceiptEmail: "nobody", Description: "a\nb"})
		require.ElementsMatch(t, []string{"amount", "payment_method", "receipt_email", "description"}, fieldsOf(err))
		_, err = w.svc.CreateInvoice(w.admin(), "acme", billing.Bill{DaysUntilDue: -1, Items: []billing.InvoiceItem{{Amount: euros(0)}}})
		require.ElementsMatch(t, []string{"days_until_due", "items[0].amount"}, fieldsOf(err))
		_, err = w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{Email: "a@b.c\r\nBcc: d@e.f", Name: "a\r\nb"})
		require.ElementsMatch(t, []string{"email", "name"}, fieldsOf(err))
		_, err = w.svc.ChangeSubscription(w.as("acme"), "sub_1", billing.SubscriptionUpdate{Quantity: -1, Proration: "free"})
		require.ElementsMatch(t, []string{"quantity", "proration"}, fieldsOf(err))
		for _, method := range []string{"CreateCustomer", "CreateCheckout", "CreatePayment", "CreateInvoice", "ListSubscriptions", "FindCustomers"} {
			require.Zero(t, w.fake.Calls(method), method)
		}
	})
}

func fieldsOf(err error) []string {
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	return names
}

func TestOperations(t *testing.T) {
	t.Run("a write whose answer was lost is repeated with its key, and happens once", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			sub := w.subscribed()
			w.drain()
			w.fake.LoseNext("CancelSubscription")
			_, err := w.svc.CancelSubscription(w.as("acme"), sub.ID, billing.Cancel{Now: true})
			require.ErrorIs(w.t, err, frontdesk.OutcomeUnknown)
			got, err := w.svc.CancelSubscription(w.as("acme"), sub.ID, billing.Cancel{Now: true})
			require.NoError(w.t, err, "the key is the first call's; with another one it would be canceled already")
			require.Equal(w.t, billing.SubscriptionStatusCanceled, got.Status)
			require.Equal(w.t, 2, w.fake.Calls("CancelSubscription"))
			require.Equal(w.t, 1, w.fake.Effects("CancelSubscription"))
			w.drain()
			require.Equal(w.t, 1, w.times("subscription.canceled "+sub.ID))
		})
	})
	t.Run("a payment whose answer was lost is taken once, with the parameters of the first call", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			charge := billing.Charge{Amount: euros(10), Key: "order 1"}
			w.fake.LoseNext("CreatePayment")
			_, err := w.svc.StartPayment(w.as("acme"), "acme", charge)
			require.ErrorIs(w.t, err, frontdesk.OutcomeUnknown)
			p, err := w.svc.StartPayment(w.as("acme"), "acme", charge)
			require.NoError(w.t, err)
			again, err := w.svc.StartPayment(w.as("acme"), "acme", charge)
			require.NoError(w.t, err)
			require.Equal(w.t, p.ID, again.ID)
			require.NotEmpty(w.t, p.ClientSecret.Reveal())
			require.Equal(w.t, p.ClientSecret.Reveal(), again.ClientSecret.Reveal(), "the browser needs it again")
			require.Equal(w.t, 1, w.fake.Effects("CreatePayment"))
		})
	})
	t.Run("an answer that could not be written down is not taken for a refusal", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			_, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{})
			require.NoError(w.t, err)
			st := newFlaky(w.store)
			svc := w.over(st)
			st.failsOn("PutObject", frontdesk.Errorf(frontdesk.Invalid, "the database cannot store this"))
			_, err = svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: euros(10)})
			require.ErrorIs(w.t, err, frontdesk.Invalid)
			st.failsOn("", nil)
			_, err = svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: euros(10)})
			require.NoError(w.t, err)
			require.Equal(w.t, 1, w.fake.Effects("CreatePayment"), "the second call is the first one's")
		})
	})
	t.Run("a refusal ends the intent, so that the next call is a new one", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			_, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{})
			require.NoError(w.t, err)
			w.fake.FailNext("CreatePayment", frontdesk.Errorf(frontdesk.Declined, "no"))
			p, err := w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: euros(10)})
			require.ErrorIs(w.t, err, frontdesk.Declined)
			require.Nil(w.t, p)
			_, err = w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: euros(10)})
			require.NoError(w.t, err)
		})
	})
	t.Run("the answer that made an object does not undo what an event has brought meanwhile", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.t.Helper()
			p := w.paid()
			overtaken := &overtaking{Provider: w.fake, then: func(refund *billing.Refund) {
				require.NoError(w.t, w.fake.FailRefund(refund.ID))
				w.drain()
			}}
			refund, err := billing.New(overtaken, w.store, &w.options).Refund(w.admin(), p.ID, billing.Return{})
			require.NoError(w.t, err)
			require.Equal(w.t, billing.RefundStatusFailed, w.object(billing.KindRefund, refund.ID).(*billing.Refund).Status)
		})
	})
	t.Run("a refund whose payment cannot be read afterwards has still been made", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			p := w.paid()
			w.fake.FailNext("GetPayment", errDown)
			_, err := w.svc.Refund(w.admin(), p.ID, billing.Return{Amount: euros(1)})
			require.NoError(w.t, err)
			require.Equal(w.t, 1, w.fake.Effects("CreateRefund"))
		})
	})
	t.Run("a refund of more than is left is refused before the provider is asked", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			p := w.paid()
			_, err := w.svc.Refund(w.admin(), p.ID, billing.Return{Amount: euros(4)})
			require.NoError(w.t, err)
			_, err = w.svc.Refund(w.admin(), p.ID, billing.Return{Amount: euros(7)})
			require.Equal(w.t, []string{"amount"}, fieldsOf(err))
			_, err = w.svc.Refund(w.admin(), p.ID, billing.Return{Amount: frontdesk.Money{Amount: 1, Currency: "usd"}})
			require.Equal(w.t, []string{"amount"}, fieldsOf(err))
			require.Equal(w.t, 1, w.fake.Calls("CreateRefund"))
		})
	})
	t.Run("answers carry our id, also where the event was first", func(t *testing.T) {
		everywhereFake(t, func(w *world) {
			sub := w.subscribed()
			w.drain()
			row := w.sub(sub.ID).RowID
			for range 2 {
				got, err := w.svc.CancelSubscription(w.as("acme"), sub.ID, billing.Cancel{})
				require.NoError(w.t, err)
				require.Equal(w.t, row, got.RowID)
			}
			_, err := w.svc.KeepSubscription(w.as("acme"), row)
			require.NoError(w.t, err, "our id is as good")
		})
	})
}

// everywhereFake runs the test on every store in both modes.
func everywhereFake(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Run("reading", func(t *testing.T) { withFake(t, billing.Options{}, test) })
	t.Run("payloads", func(t *testing.T) { withFake(t, billing.Options{PayloadOnly: true}, test) })
}

// paid is a payment of 10 euros that acme has made.
func (w *world) paid() *billing.Payment {
	w.t.Helper()
	c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{})
	require.NoError(w.t, err)
	m, err := w.fake.AddPaymentMethod(billing.PaymentMethod{Customer: c.ID})
	require.NoError(w.t, err)
	p, err := w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: euros(10), Confirm: true, PaymentMethod: m.ID})
	require.NoError(w.t, err)
	w.drain()
	return p
}

// opensPage is the id of a page where acme can pay.
func (w *world) opensPage(acme context.Context) string {
	w.t.Helper()
	s, err := w.svc.StartCheckout(acme, billing.Checkout{
		Mode: billing.CheckoutModePayment, SuccessPath: "/", CancelPath: "/", Lines: []billing.CheckoutLine{{Name: "y", Amount: euros(2)}},
	})
	require.NoError(w.t, err)
	return s.ID
}

// overtaking does something between a refund and its answer.
type overtaking struct {
	*billingtest.Provider
	then func(*billing.Refund)
}

func (o *overtaking) CreateRefund(ctx context.Context, w billing.Write, p billing.RefundParams) (*billing.Refund, error) {
	r, err := o.Provider.CreateRefund(ctx, w, p)
	if err == nil {
		o.then(r)
	}
	return r, err
}

func TestEntitled(t *testing.T) {
	for _, c := range []struct {
		rule    string
		sub     object
		things  []string
		options billing.Options
		want    bool
	}{
		{"active entitles", subscription("sub_1", "active"), nil, billing.Options{}, true},
		{"trialing entitles", subscription("sub_1", "trialing"), nil, billing.Options{}, true},
		{"by product", subscription("sub_1", "active"), []string{"prod_growth"}, billing.Options{}, true},
		{"by price", subscription("sub_1", "active"), []string{"price_growth"}, billing.Options{}, true},
		{"by lookup key", subscription("sub_1", "active"), []string{"other", "growth"}, billing.Options{}, true},
		{"not to another product", subscription("sub_1", "active"), []string{"prod_scale"}, billing.Options{}, false},
		{"not to nothing", subscription("sub_1", "active"), []string{""}, billing.Options{}, false},
		{"past_due does not", subscription("sub_1", "past_due"), nil, billing.Options{}, false},
		{"past_due does on request", subscription("sub_1", "past_due"), nil, billing.Options{PastDueEntitles: true}, true},
		{"unpaid does not", subscription("sub_1", "unpaid"), nil, billing.Options{PastDueEntitles: true}, false},
		{"incomplete does not", subscription("sub_1", "incomplete"), nil, billing.Options{}, false},
		{"incomplete_expired does not", subscription("sub_1", "incomplete_expired"), nil, billing.Options{}, false},
		{"canceled does not", subscription("sub_1", "canceled"), nil, billing.Options{}, false},
		{"paused does not", subscription("sub_1", "paused"), nil, billing.Options{}, false},
		{"one that ends at the period's end still does", subscription("sub_1", "active", object{"cancel_at_period_end": true}), nil, billing.Options{}, true},
		{"void while paused does not", subscription("sub_1", "active", object{"pause_collection": object{"behavior": "void"}}), nil, billing.Options{}, false},
		{"draft while paused does", subscription("sub_1", "active", object{"pause_collection": object{"behavior": "keep_as_draft"}}), nil, billing.Options{}, true},
	} {
		t.Run(c.rule, func(t *testing.T) {
			w := newWorld(t, billingtest.NewStore(), c.options)
			w.owns("acme", "cus_1")
			w.provider.has(c.sub)
			w.deliver(happened(1, "customer.subscription.updated", c.sub))
			got, err := w.svc.Entitled(w.as("acme"), "acme", c.things...)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			other, err := w.svc.Entitled(w.as("globex"), "globex", c.things...)
			require.NoError(t, err)
			require.False(t, other, "it is another client's")
		})
	}
	t.Run("an error is never a no", func(t *testing.T) {
		w := newWorld(t, billingtest.NewStore(), billing.Options{})
		ctx, cancel := context.WithCancel(w.as("acme"))
		cancel()
		_, err := w.svc.Entitled(ctx, "acme")
		require.ErrorIs(t, err, context.Canceled)
		_, err = w.svc.Entitled(t.Context(), "acme")
		require.ErrorIs(t, err, frontdesk.Unauthenticated)
	})
}

func TestAccess(t *testing.T) {
	w := newFakeWorld(t, billingtest.NewStore(), billing.Options{})
	sub := w.subscribed()
	p := w.paid()
	invoices, _, err := w.svc.Invoices(w.as("acme"), "acme", billing.Listing{})
	require.NoError(t, err)
	inv := invoices[0]

	origin := frontdesk.Origin{}
	watching := frontdesk.Admin("root", origin)
	watching.OnBehalfOf = "acme"
	actors := map[string]frontdesk.Actor{
		"own": frontdesk.Client("acme", origin), "other": frontdesk.Client("globex", origin), "expert": frontdesk.Expert("nina", origin),
		"admin": frontdesk.Admin("root", origin), "system": frontdesk.System("job"), "watching": watching, "empty": {},
	}
	everyone := []string{"own", "other", "expert", "admin", "system", "watching", "empty", "nobody"}
	reads, writes, operates := []string{"own", "admin", "system", "watching"}, []string{"own", "admin", "system"}, []string{"admin", "system"}
	ctx := context.Context(nil)
	for _, c := range []struct {
		name string
		may  []string
		call func() error
	}{
		{"Subscriptions", reads, func() error { _, _, err := w.svc.Subscriptions(ctx, "acme", billing.Listing{}); return err }},
		{"Invoices", reads, func() error { _, _, err := w.svc.Invoices(ctx, "acme", billing.Listing{}); return err }},
		{"Payments", reads, func() error { _, _, err := w.svc.Payments(ctx, "acme", billing.Listing{}); return err }},
		{"Refunds", reads, func() error { _, _, err := w.svc.Refunds(ctx, "acme", billing.Listing{}); return err }},
		{"Disputes", reads, func() error { _, _, err := w.svc.Disputes(ctx, "acme", billing.Listing{}); return err }},
		{"Checkouts", reads, func() error { _, _, err := w.svc.Checkouts(ctx, "acme", billing.Listing{}); return err }},
		{"PaymentMethods", reads, func() error { _, err := w.svc.PaymentMethods(ctx, "acme"); return err }},
		{"Entitled", reads, func() error { _, err := w.svc.Entitled(ctx, "acme"); return err }},
		{"Subscription", reads, func() error { _, err := w.svc.Subscription(ctx, sub.ID); return err }},
		{"Invoice", reads, func() error { _, err := w.svc.Invoice(ctx, inv.RowID); return err }},
		{"Payment", reads, func() error { _, err := w.svc.Payment(ctx, p.ID); return err }},
		{"PreviewSubscription", reads, func() error {
			_, err := w.svc.PreviewSubscription(ctx, sub.ID, billing.SubscriptionUpdate{Price: "price_scale"})
			return err
		}},
		{"EnsureCustomer", writes, func() error { _, err := w.svc.EnsureCustomer(ctx, "acme", billing.CustomerDetails{}); return err }},
		{"UpdateCustomer", writes, func() error {
			_, err := w.svc.UpdateCustomer(ctx, "acme", billing.CustomerDetails{Name: "A"})
			return err
		}},
		{"StartCheckout", writes, func() error {
			_, err := w.svc.StartCheckout(ctx, billing.Checkout{
				Client: "acme", Mode: billing.CheckoutModePayment, SuccessPath: "/", CancelPath: "/", Lines: []billing.CheckoutLine{{Name: "x", Amount: euros(1)}},
			})
			return err
		}},
		{"ExpireCheckout", writes, func() error {
			_, err := w.svc.ExpireCheckout(ctx, w.opensPage(frontdesk.WithActor(ctx, actors["own"])))
			return err
		}},
		{"StartPayment", writes, func() error { _, err := w.svc.StartPayment(ctx, "acme", billing.Charge{Amount: euros(1)}); return err }},
		{"OpenPortal", writes, func() error { _, err := w.svc.OpenPortal(ctx, "acme", "/"); return err }},
		{"CancelSubscription", writes, func() error { _, err := w.svc.CancelSubscription(ctx, sub.ID, billing.Cancel{}); return err }},
		{"KeepSubscription", writes, func() error { _, err := w.svc.KeepSubscription(ctx, sub.ID); return err }},
		{"ChangeSubscription", writes, func() error {
			_, err := w.svc.ChangeSubscription(ctx, sub.ID, billing.SubscriptionUpdate{Quantity: 2})
			return err
		}},
		{"PauseCollection", operates, func() error { _, err := w.svc.PauseCollection(ctx, sub.ID, billing.PauseVoid); return err }},
		{"ResumeCollection", operates, func() error { _, err := w.svc.ResumeCollection(ctx, sub.ID); return err }},
		{"CreateInvoice", operates, func() error {
			_, err := w.svc.CreateInvoice(ctx, "acme", billing.Bill{Items: []billing.InvoiceItem{{Amount: euros(1)}}})
			return err
		}},
		{"Refund", operates, func() error { _, err := w.svc.Refund(ctx, p.ID, billing.Return{Amount: euros(1)}); return err }},
		{"Events", operates, func() error { _, err := w.svc.Events(ctx, billing.EventFilter{}); return err }},
		{"Effects", operates, func() error { _, err := w.svc.Effects(ctx, billing.EffectFilter{}); return err }},
		{"Prune", operates, func() error { _, err := w.svc.Prune(ctx, time.Time{}); return err }},
		{"Reconcile", operates, func() error { _, err := w.svc.Reconcile(ctx, billing.ReconcileOptions{}); return err }},
	} {
		for _, who := range everyone {
			ctx = t.Context()
			if actor, known := actors[who]; known {
				ctx = frontdesk.WithActor(ctx, actor)
			}
			err := c.call()
			switch code := frontdesk.CodeOf(err); {
			case contains(c.may, who):
				require.NoError(t, err, "%s may %s", who, c.name)
			case who == "empty" || who == "nobody":
				require.Equal(t, frontdesk.Unauthenticated, code, "%s: %s", who, c.name)
			default:
				require.Contains(t, []frontdesk.Code{frontdesk.PermissionDenied, frontdesk.NotFound}, code, "%s may not %s", who, c.name)
			}
		}
	}
	t.Run("what is hidden cannot be told from what is unknown", func(t *testing.T) {
		ctx := w.as("globex")
		for _, pair := range [][2]error{
			{second(w.svc.Subscription(ctx, sub.ID)), second(w.svc.Subscription(ctx, "sub_none"))},
			{second(w.svc.Subscription(ctx, w.sub(sub.ID).RowID)), second(w.svc.Subscription(ctx, "sub_none"))},
			{second(w.svc.Invoice(ctx, inv.ID)), second(w.svc.Invoice(ctx, "in_none"))},
			{second(w.svc.Payment(ctx, p.ID)), second(w.svc.Payment(ctx, "pi_none"))},
			{second(w.svc.CancelSubscription(ctx, sub.ID, billing.Cancel{})), second(w.svc.CancelSubscription(ctx, "sub_none", billing.Cancel{}))},
			{second(w.svc.PayInvoice(ctx, inv.ID)), second(w.svc.PayInvoice(ctx, "in_none"))},
			{second(w.svc.Refund(w.as("acme"), p.ID, billing.Return{})), second(w.svc.Refund(w.as("acme"), "pi_none", billing.Return{}))},
			{w.svc.DetachPaymentMethod(ctx, "globex", "pm_none"), w.svc.DetachPaymentMethod(ctx, "globex", w.methodOf("acme"))},
		} {
			require.ErrorIs(t, pair[0], frontdesk.NotFound)
			require.Equal(t, frontdesk.CodeOf(pair[1]), frontdesk.CodeOf(pair[0]))
			require.Equal(t, messageOf(pair[1]), messageOf(pair[0]))
		}
	})
}

func (w *world) methodOf(client string) string {
	w.t.Helper()
	all, err := w.svc.PaymentMethods(w.as(client), client)
	require.NoError(w.t, err)
	return all[0].ID
}

func second[T any](_ T, err error) error { return err }

func messageOf(err error) string {
	e, _ := errors.AsType[*frontdesk.Error](err)
	return e.Message
}

func contains(all []string, s string) bool {
	for _, one := range all {
		if one == s {
			return true
		}
	}
	return false
}

func TestAudit(t *testing.T) {
	st := billingtest.NewStore()
	w := newFakeWorld(t, st, billing.Options{})
	sub := w.subscribed()
	w.drain()
	_, err := w.svc.CancelSubscription(w.as("acme"), sub.ID, billing.Cancel{})
	require.NoError(t, err)
	_, err = w.svc.CancelSubscription(w.as("globex"), sub.ID, billing.Cancel{})
	require.ErrorIs(t, err, frontdesk.NotFound)
	w.fake.FailNext("UpdateSubscription", frontdesk.Errorf(frontdesk.Declined, "no"))
	_, err = w.svc.KeepSubscription(w.as("acme"), sub.ID)
	require.ErrorIs(t, err, frontdesk.Declined)

	log, err := st.AuditLog(t.Context())
	require.NoError(t, err)
	var rows []string
	for _, e := range log {
		require.False(t, e.Time.IsZero())
		rows = append(rows, strings.Join([]string{e.Actor.ID, e.Action, e.Resource, string(e.Outcome)}, " "))
	}
	t.Run("writes, refusals and denials are audited", func(t *testing.T) {
		require.Equal(t, []string{
			"acme billing.EnsureCustomer customer:" + sub.Customer + " ok",
			"acme billing.CancelSubscription subscription:" + sub.ID + " ok",
			"globex billing.CancelSubscription client:acme denied",
			"acme billing.KeepSubscription subscription:" + sub.ID + " failed",
		}, rows)
	})
	t.Run("what a write changed is on record", func(t *testing.T) {
		require.Equal(t, "active", log[1].After["state"])
	})
}

func TestInbox(t *testing.T) {
	active := subscription("sub_1", "active")
	u := happened(1, "customer.subscription.updated", active)

	t.Run("a replay of what is done changes nothing and tells nothing", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(active)
			w.deliver(u)
			require.NoError(w.t, w.svc.Replay(w.admin(), w.inbox(u.id).ID))
			w.drain()
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("an unknown event cannot be replayed", func(t *testing.T) {
		w := newWorld(t, billingtest.NewStore(), billing.Options{})
		require.ErrorIs(t, w.svc.Replay(w.admin(), 99), frontdesk.NotFound)
	})
	t.Run("an event that was pruned and comes again is processed again and told once", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(active)
			w.deliver(u)
			n, err := w.svc.Prune(w.admin(), w.now().Add(time.Second))
			require.NoError(w.t, err)
			require.Equal(w.t, 1, n)
			w.deliver(u)
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("what is not at rest is not pruned", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			require.Equal(w.t, 200, w.post(u))
			stranger := happened(1, "invoice.paid", invoice("in_1", "paid", object{"customer": "cus_9"}))
			w.deliver(stranger)
			require.Equal(w.t, 200, w.post(happened(2, "customer.subscription.updated", active)))
			n, err := w.svc.Prune(w.admin(), w.now().Add(time.Hour))
			require.NoError(w.t, err)
			require.Equal(w.t, 1, n, "the one that is done")
			require.Equal(w.t, billing.EventUnmatched, w.inbox(stranger.id).State)
		})
	})
	t.Run("draining works off what a dead worker has left", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(active)
			require.Equal(w.t, 200, w.post(u))
			_, err := w.store.TakeEvent(w.t.Context(), w.inbox(u.id).ID, billing.Lease{Token: "dead", Now: w.now(), Until: w.now().Add(time.Minute)})
			require.NoError(w.t, err)
			w.drain()
			require.Equal(w.t, billing.EventProcessing, w.inbox(u.id).State)
			w.pass(2 * time.Minute)
			w.drain()
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("no secret is kept or shown", func(t *testing.T) {
		everywhere(t, func(w *world) {
			p := payment("pi_1", "requires_payment_method")
			w.provider.has(p)
			w.deliver(happened(1, "payment_intent.created", p))
			require.Empty(w.t, w.payment("pi_1").ClientSecret.Reveal())
			got, err := w.svc.Payment(w.as("acme"), "pi_1")
			require.NoError(w.t, err)
			require.Empty(w.t, got.ClientSecret.Reveal())
			require.NotContains(w.t, w.logs.String(), "hush")
		})
	})
}

func TestExpireCheckout(t *testing.T) {
	order := billing.Checkout{
		Mode: billing.CheckoutModePayment, Lines: []billing.CheckoutLine{{Name: "Work", Amount: euros(10)}}, Key: "order 1",
		SuccessPath: "/done", CancelPath: "/", Metadata: map[string]string{"order": "1"},
	}
	t.Run("nobody pays on a page that was closed, and the next one is another", func(t *testing.T) {
		everywhereFake(t, func(w *world) {
			s, err := w.svc.StartCheckout(w.as("acme"), order)
			require.NoError(w.t, err)
			listed, _, err := w.svc.Checkouts(w.as("acme"), "acme", billing.Listing{States: []string{"open"}})
			require.NoError(w.t, err)
			require.Len(w.t, listed, 1)
			require.Equal(w.t, "1", listed[0].Metadata["order"])
			closed, err := w.svc.ExpireCheckout(w.as("acme"), s.ID)
			require.NoError(w.t, err)
			require.Equal(w.t, billing.CheckoutStatusExpired, closed.Status)
			require.Equal(w.t, frontdesk.FailedPrecondition, frontdesk.CodeOf(w.fake.CompleteCheckout(s.ID)))
			listed, _, err = w.svc.Checkouts(w.as("acme"), "acme", billing.Listing{States: []string{"open"}})
			require.NoError(w.t, err)
			require.Empty(w.t, listed)
			next, err := w.svc.StartCheckout(w.as("acme"), order)
			require.NoError(w.t, err)
			require.NotEqual(w.t, s.ID, next.ID)
		})
	})
	t.Run("one that was paid is FailedPrecondition, and another client's NotFound", func(t *testing.T) {
		everywhereFake(t, func(w *world) {
			s, err := w.svc.StartCheckout(w.as("acme"), order)
			require.NoError(w.t, err)
			_, err = w.svc.ExpireCheckout(w.as("globex"), s.ID)
			require.Equal(w.t, frontdesk.NotFound, frontdesk.CodeOf(err))
			require.NoError(w.t, w.fake.CompleteCheckout(s.ID))
			w.drain()
			_, err = w.svc.ExpireCheckout(w.as("acme"), s.ID)
			require.Equal(w.t, frontdesk.FailedPrecondition, frontdesk.CodeOf(err))
		})
	})
}
