package billingtest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// ProviderHarness is a provider under test, in a state of its own.
type ProviderHarness struct {
	// Provider is the implementation. It must make one attempt per call: what
	// fails is to be seen.
	Provider billing.PaymentProvider

	// Driver does what happens on the provider's side. That of a provider with the
	// ability billing.Connect is a ProviderConnect too.
	Driver ProviderDriver

	// SearchLags is set when FindCustomers may not see what was just written.
	SearchLags bool

	// NoConnect is set when there are no connected accounts.
	NoConnect bool
}

// TestProvider checks every promise of billing.PaymentProvider, and those of
// the optional abilities that the provider has. The harness is made anew for
// each rule; what must be closed, it leaves to t.Cleanup.
//
//	func TestProvider(t *testing.T) {
//		billingtest.TestProvider(t, func(t *testing.T) billingtest.ProviderHarness {
//			fake := billingtest.NewProvider()
//			return billingtest.ProviderHarness{Provider: fake, Driver: fake}
//		})
//	}
func TestProvider(t *testing.T, newHarness func(t *testing.T) ProviderHarness) {
	groups := []struct {
		name  string
		rules []providerRule
	}{
		{"All methods", commonRules},
		{"Customers", customerRules},
		{"Payment methods", paymentMethodRules},
		{"Checkouts", checkoutRules},
		{"Subscriptions", subscriptionRules},
		{"Changes of subscriptions", changeRules},
		{"Invoices", invoiceRules},
		{"Payments", paymentRules},
		{"Refunds", refundRules},
		{"Disputes", disputeRules},
		{"Webhooks", webhookRules},
		{"Catalog", catalogRules},
		{"Other abilities", abilityRules},
		{"All methods of connected accounts", connectRules},
		{"Connected accounts", accountRules},
		{"Destination charges", splitRules},
		{"Refunds and disputes of connected accounts", splitRefundRules},
		{"Transfers", transferRules},
		{"Payouts", payoutRules},
		{"Events of connected accounts", connectEventRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) {
					h := newHarness(t)
					r.check(&providerTest{T: t, ctx: t.Context(), p: h.Provider, driver: h.Driver, harness: h})
				})
			}
		})
	}
}

// providerRule is one promise, and how to find out whether it is kept.
type providerRule struct {
	promise string
	check   func(*providerTest)
}

// providerTest is one rule under test.
type providerTest struct {
	*testing.T
	ctx     context.Context
	p       billing.PaymentProvider
	driver  ProviderDriver
	harness ProviderHarness
	keys    int
}

// write is a write with a key that was never used.
func (t *providerTest) write() billing.Write {
	t.keys++
	return billing.Write{IdempotencyKey: fmt.Sprintf("%s-%d", t.Name()[max(0, len(t.Name())-200):], t.keys)}
}

// done ends the test if a call that should have succeeded did not.
func (t *providerTest) done(err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("must succeed here, and failed with %v: %v", frontdesk.CodeOf(err), err)
	}
}

// refused checks that a call failed with one of the codes.
func (t *providerTest) refused(err error, codes ...frontdesk.Code) {
	t.Helper()
	if err == nil {
		t.Fatalf("succeeded, want %v", codes)
	}
	if !slices.Contains(codes, frontdesk.CodeOf(err)) {
		t.Errorf("failed with %v (%v), want %v", frontdesk.CodeOf(err), err, codes)
	}
}

// answer is what a call returned.
type answer[T any] struct {
	value T
	err   error
}

func ask[T any](value T, err error) answer[T] { return answer[T]{value, err} }

// must is the value, of a call that must succeed.
func (a answer[T]) must(t *providerTest) T {
	t.Helper()
	t.done(a.err)
	return a.value
}

// refused checks that the call failed with one of the codes.
func (a answer[T]) refused(t *providerTest, codes ...frontdesk.Code) {
	t.Helper()
	t.refused(a.err, codes...)
}

// listed is all of a list that must not fail.
func listed[T any](t *providerTest, rows iter.Seq2[T, error]) []T {
	t.Helper()
	var all []T
	for row, err := range rows {
		t.done(err)
		all = append(all, row)
	}
	return all
}

// listErr is the error that ends a list, or nil.
func listErr[T any](rows iter.Seq2[T, error]) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}

// equal checks one value against what the rule asks for.
func equal[T comparable](t *providerTest, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// ids are the ids of objects, in order.
func ids[T billing.Object](objects []T) string {
	var ids []string
	for _, o := range objects {
		ids = append(ids, o.Head().ID)
	}
	return fmt.Sprint(ids)
}

// euros is an amount in cents.
func euros(cents int64) frontdesk.Money { return frontdesk.Money{Amount: cents, Currency: "eur"} }

// Prices that the rules use, by id.
const (
	monthly = "price_monthly" // 49 euros
	bigger  = "price_bigger"  // 99 euros a month
	yearly  = "price_yearly"  // 490 euros
	single  = "price_once"    // 15 euros, once
)

// price makes one of the prices known and returns its id.
func (t *providerTest) price(id string) string {
	params := map[string]billing.PriceParams{
		monthly: {Unit: euros(4900), Interval: billing.Month},
		bigger:  {Unit: euros(9900), Interval: billing.Month},
		yearly:  {Unit: euros(49000), Interval: billing.Year},
		single:  {Unit: euros(1500)},
	}[id]
	params.Product = "prod_" + id
	t.driver.AddPrice(billing.Ref{ID: id}, params)
	return id
}

// customer creates a customer who has no way to pay yet.
func (t *providerTest) customer() *billing.Customer {
	t.Helper()
	params := billing.CustomerParams{Email: "acme@example.com", Name: "Acme", Metadata: map[string]string{"client": "acme"}}
	return ask(t.p.CreateCustomer(t.ctx, t.write(), params)).must(t)
}

// payer creates a customer with a card.
func (t *providerTest) payer() *billing.Customer {
	t.Helper()
	c := t.customer()
	ask(t.driver.AddPaymentMethod(billing.PaymentMethod{Customer: c.ID})).must(t)
	return c
}

// subscribed creates a customer with a live subscription to a price.
func (t *providerTest) subscribed(price string) *billing.Subscription {
	t.Helper()
	return ask(t.driver.AddSubscription(t.payer().Ref, price)).must(t)
}

// subscription reads a subscription again.
func (t *providerTest) subscription(of *billing.Subscription) *billing.Subscription {
	t.Helper()
	return ask(t.p.GetSubscription(t.ctx, of.Ref)).must(t)
}

// paid creates a payment that has succeeded.
func (t *providerTest) paid(cents int64) *billing.Payment {
	t.Helper()
	return ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{
		Amount: euros(cents), PaymentMethod: "pm_card_visa", Confirm: true,
	})).must(t)
}

// pointer is for parameters that may be left out.
func pointer[T any](v T) *T { return &v }
