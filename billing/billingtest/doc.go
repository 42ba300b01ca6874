// Package billingtest is for tests of what uses or implements billing.
//
// [Provider] is a payment provider in memory that behaves as Stripe does, with a
// clock that tests move and events that reach a service as webhooks:
//
//	fake := billingtest.NewProvider()
//	fake.AddPrice(billing.Ref{ID: "price_growth"}, billing.PriceParams{...})
//	pay := billing.New(fake, billingtest.NewStore(), nil)
//	fake.SendTo(pay)
//	s, _ := pay.StartCheckout(ctx, checkout)
//	fake.CompleteCheckout(s.ID)
//	fake.Advance(31 * 24 * time.Hour)
//
// AddAccount makes an expert whom payments are split with. Each connected account
// has a balance whose lines become available, and payouts by its schedule, as the
// clock moves; RequireMore, FailPayout and Deauthorize are what may go wrong.
//
// Its Handler speaks the part of Stripe's REST API that billing needs, so that
// an adapter for Stripe can be tested against the same state.
//
// [NewStore] returns a billing.Store in memory.
//
// [TestProvider] and [TestStore] are the suites that every implementation of
// billing.PaymentProvider and billing.Store passes, these two among them.
package billingtest
