package billingtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

// history lives through random things that may happen at a provider.
type history struct {
	t    *rapid.T
	fake *billingtest.Provider
	n    int
}

func (h *history) write() billing.Write {
	h.n++
	return write(fmt.Sprint("history ", h.n))
}

// oneOf picks one of the rows of a list; false when there is none.
func oneOf[T any](h *history, rows func(func(T, error) bool)) (T, bool) {
	var all []T
	for row, err := range rows {
		require.NoError(h.t, err)
		all = append(all, row)
	}
	if len(all) == 0 {
		var none T
		return none, false
	}
	return rapid.SampledFrom(all).Draw(h.t, "row"), true
}

func (h *history) subscription() string {
	sub, _ := oneOf(h, h.fake.ListSubscriptions(context.Background(), billing.SubscriptionFilter{}))
	if sub == nil {
		return "none"
	}
	return sub.ID
}

func (h *history) payment() string {
	pay, _ := oneOf(h, h.fake.ListPayments(context.Background(), billing.PaymentFilter{}))
	if pay == nil {
		return "none"
	}
	return pay.ID
}

func (h *history) invoice() string {
	inv, _ := oneOf(h, h.fake.ListInvoices(context.Background(), billing.InvoiceFilter{}))
	if inv == nil {
		return "none"
	}
	return inv.ID
}

func (h *history) sell() error {
	s, err := h.fake.CreateCheckout(context.Background(), h.write(), billing.CheckoutParams{
		Mode: billing.CheckoutModeSubscription, Customer: "cus_acme", TrialDays: rapid.Int64Range(0, 20).Draw(h.t, "trial"),
		Lines: []billing.CheckoutLine{{Price: rapid.SampledFrom([]string{"price_growth", "price_year"}).Draw(h.t, "price")}},
	})
	require.NoError(h.t, err)
	if rapid.Bool().Draw(h.t, "delayed") {
		return h.fake.CompleteCheckoutUnpaid(s.ID)
	}
	return h.fake.CompleteCheckout(s.ID)
}

func (h *history) change() error {
	u := billing.SubscriptionUpdate{
		Quantity: rapid.Int64Range(0, 3).Draw(h.t, "quantity"),
		Price:    rapid.SampledFrom([]string{"", "price_growth", "price_year"}).Draw(h.t, "price"),
		Proration: rapid.SampledFrom([]billing.Proration{
			"", billing.ProrationAlwaysInvoice, billing.ProrationNone,
		}).Draw(h.t, "proration"),
	}
	if rapid.Bool().Draw(h.t, "with flag") {
		end := rapid.Bool().Draw(h.t, "flag")
		u.CancelAtPeriodEnd = &end
	}
	_, err := h.fake.UpdateSubscription(context.Background(), h.write(), h.subscription(), u)
	return err
}

// step does one thing. It may be refused, but only for a reason that the contract names.
func (h *history) step() error {
	ctx, fake := context.Background(), h.fake
	switch rapid.IntRange(0, 13).Draw(h.t, "step") {
	case 0:
		return h.sell()
	case 1:
		return h.change()
	case 2:
		_, err := fake.CancelSubscription(ctx, h.write(), h.subscription(), billing.SubscriptionCancel{
			InvoiceNow: rapid.Bool().Draw(h.t, "invoice"), Prorate: rapid.Bool().Draw(h.t, "prorate"),
		})
		return err
	case 3:
		_, err := fake.PauseCollection(ctx, h.write(), h.subscription(), billing.PauseVoid)
		return err
	case 4:
		_, err := fake.ResumeCollection(ctx, h.write(), h.subscription())
		return err
	case 5:
		action := rapid.SampledFrom([]billing.InvoiceAction{
			billing.InvoiceActionFinalize, billing.InvoiceActionPay, billing.InvoiceActionVoid, billing.InvoiceActionMarkUncollectible,
		}).Draw(h.t, "action")
		_, err := fake.AdvanceInvoice(ctx, h.write(), h.invoice(), action)
		return err
	case 6:
		_, err := fake.RefundOutside(h.payment(), 100)
		return err
	case 7:
		_, err := fake.OpenDispute(h.payment())
		return err
	case 8:
		return fake.Authenticate(h.payment(), rapid.Bool().Draw(h.t, "ok"))
	case 9:
		return fake.Settle(h.payment(), rapid.Bool().Draw(h.t, "ok"))
	case 10:
		fake.RequireAction()
	case 11:
		fake.DeclineNext("insufficient_funds")
	case 12:
		_, err := fake.AddSubscription(billing.Ref{ID: "cus_acme"}, "price_growth")
		return err
	default:
		fake.Advance(time.Duration(rapid.IntRange(1, 40).Draw(h.t, "days")) * day)
	}
	return nil
}

// shown is each object as its last event shows it. Charges show a part of a
// payment, and why an invoice is open is told by the type of an event alone.
func (h *history) shown() map[billing.Key]billing.Object {
	last := make(map[billing.Key]billing.Object)
	for _, e := range h.fake.Events() {
		objects, err := h.fake.Decode(e)
		if frontdesk.CodeOf(err) == frontdesk.Unimplemented {
			continue
		}
		require.NoError(h.t, err)
		if _, charge := objects[0].(*billing.Payment); charge {
			continue
		}
		objects[0].Head().Version = billing.Version{}
		last[objects[0].Key()] = withoutReason(objects[0])
	}
	return last
}

func withoutReason(o billing.Object) billing.Object {
	if inv, ok := o.(*billing.Invoice); ok {
		inv.Failed, inv.NeedsAction = false, false
	}
	return o
}

// now is each object as the provider has it.
func (h *history) now() map[billing.Key]billing.Object {
	ctx, all := context.Background(), make(map[billing.Key]billing.Object)
	keep := func(o billing.Object, err error) {
		require.NoError(h.t, err)
		if o.Head().Metadata == nil {
			o.Head().Metadata = map[string]string{}
		}
		all[o.Key()] = withoutReason(o)
	}
	for o, err := range h.fake.ListSubscriptions(ctx, billing.SubscriptionFilter{}) {
		keep(o, err)
	}
	for o, err := range h.fake.ListInvoices(ctx, billing.InvoiceFilter{}) {
		keep(o, err)
	}
	for o, err := range h.fake.ListRefunds(ctx, billing.RefundFilter{}) {
		keep(o, err)
	}
	for o, err := range h.fake.ListDisputes(ctx, billing.DisputeFilter{}) {
		keep(o, err)
	}
	keep(h.fake.GetCustomer(ctx, billing.Ref{ID: "cus_acme"}))
	return all
}

func TestHistories(t *testing.T) {
	t.Run("the last event of an object shows what it is now", rapid.MakeCheck(func(t *rapid.T) {
		h := &history{t: t, fake: billingtest.NewProvider()}
		h.fake.AddCustomer(billing.Ref{ID: "cus_acme"}, billing.CustomerParams{Email: "a@example.com"})
		h.fake.AddPrice(billing.Ref{ID: "price_growth"}, growth)
		yearly := growth
		yearly.Interval, yearly.Unit.Amount = billing.Year, 49000
		h.fake.AddPrice(billing.Ref{ID: "price_year"}, yearly)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch err := h.step(); frontdesk.CodeOf(err) {
			case frontdesk.Unknown:
				require.NoError(t, err)
			case frontdesk.NotFound, frontdesk.FailedPrecondition, frontdesk.Declined, frontdesk.Invalid:
			default:
				t.Fatalf("refused with %v", err)
			}
		}
		shown := h.shown()
		for key, o := range h.now() {
			require.Equal(t, o, shown[key])
		}
	}))
}
