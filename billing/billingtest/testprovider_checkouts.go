package billingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var checkoutRules = []providerRule{
	{"a new session is open, at a page, and costs what its lines do", checkNewCheckout},
	{"a session for an amount needs no price", checkAmountCheckout},
	{"a session for an unknown price or customer is NotFound", checkUnknownInCheckout},
	{"a session without lines is Invalid", checkEmptyCheckout},
	{"a completed session leads to a paid subscription with its metadata", checkCompleted},
	{"a completed session for a price that does not recur leads to a payment", checkPaidOnce},
	{"a trial costs nothing yet", checkTrial},
	{"a declined card leaves the session open", checkDeclinedCheckout},
	{"a session that was completed unpaid is paid when the money comes", checkDelayed},
	{"a session that was completed unpaid is not paid when the bank refuses", checkDelayedFails},
	{"an expired session cannot be expired or completed", checkExpired},
	{"a completed session cannot be expired", checkExpireCompleted},
}

func (t *providerTest) checkoutParams(mode billing.CheckoutMode, lines ...billing.CheckoutLine) billing.CheckoutParams {
	return billing.CheckoutParams{
		Mode: mode, Customer: t.customer().ID, Reference: "acme", Lines: lines,
		SuccessURL: "https://portal.example/done", CancelURL: "https://portal.example/billing",
		Metadata: map[string]string{"client": "acme"},
	}
}

// session opens a session that subscribes to a price.
func (t *providerTest) session(price string) *billing.CheckoutSession {
	t.Helper()
	params := t.checkoutParams(billing.CheckoutModeSubscription, billing.CheckoutLine{Price: price})
	return ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
}

func (t *providerTest) checkout(of *billing.CheckoutSession) *billing.CheckoutSession {
	t.Helper()
	return ask(t.p.GetCheckout(t.ctx, of.Ref)).must(t)
}

func checkNewCheckout(t *providerTest) {
	line := billing.CheckoutLine{Price: t.price(monthly), Quantity: 3}
	params := t.checkoutParams(billing.CheckoutModeSubscription, line)
	s := t.checkout(ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t))
	equal(t, "the status", s.Status, billing.CheckoutStatusOpen)
	equal(t, "the mode", s.Mode, billing.CheckoutModeSubscription)
	equal(t, "paid", s.Paid, false)
	equal(t, "the total", s.Total, euros(14700))
	equal(t, "the reference", s.Reference, "acme")
	equal(t, "the customer", s.Customer, params.Customer)
	equal(t, "the metadata", s.Metadata["client"], "acme")
	if s.URL == "" || !s.ExpiresAt.After(t.driver.Now()) {
		t.Errorf("an open session has a page and ends in the future: %q, %v", s.URL, s.ExpiresAt)
	}
}

func checkAmountCheckout(t *providerTest) {
	params := t.checkoutParams(billing.CheckoutModePayment, billing.CheckoutLine{Name: "Consultation", Amount: euros(9000), Quantity: 2})
	s := ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
	equal(t, "the total", s.Total, euros(18000))
}

func checkUnknownInCheckout(t *providerTest) {
	params := t.checkoutParams(billing.CheckoutModeSubscription, billing.CheckoutLine{Price: "price_unknown"})
	ask(t.p.CreateCheckout(t.ctx, t.write(), params)).refused(t, frontdesk.NotFound)
	params.Lines[0].Price, params.Customer = t.price(monthly), "cus_unknown"
	ask(t.p.CreateCheckout(t.ctx, t.write(), params)).refused(t, frontdesk.NotFound)
}

func checkEmptyCheckout(t *providerTest) {
	params := t.checkoutParams(billing.CheckoutModeSubscription)
	ask(t.p.CreateCheckout(t.ctx, t.write(), params)).refused(t, frontdesk.Invalid)
}

func checkCompleted(t *providerTest) {
	s := t.session(t.price(monthly))
	t.done(t.driver.CompleteCheckout(s.ID))
	s = t.checkout(s)
	equal(t, "the status", s.Status, billing.CheckoutStatusComplete)
	equal(t, "paid", s.Paid, true)
	equal(t, "the page", s.URL, "")
	sub := ask(t.p.GetSubscription(t.ctx, billing.Ref{ID: s.Subscription})).must(t)
	equal(t, "the subscription", sub.Status, billing.SubscriptionStatusActive)
	equal(t, "its metadata", sub.Metadata["client"], "acme")
	inv := ask(t.p.GetInvoice(t.ctx, billing.Ref{ID: sub.LatestInvoice})).must(t)
	equal(t, "the invoice", inv.Status, billing.InvoiceStatusPaid)
	equal(t, "its subscription", inv.Subscription, sub.ID)
	pay := ask(t.p.GetPayment(t.ctx, billing.Ref{ID: inv.Payment})).must(t)
	equal(t, "the payment", pay.Status, billing.PaymentStatusSucceeded)
	equal(t, "its invoice", pay.Invoice, inv.ID)
	equal(t, "standalone", pay.Standalone, false)
}

func checkPaidOnce(t *providerTest) {
	params := t.checkoutParams(billing.CheckoutModePayment, billing.CheckoutLine{Price: t.price(single)})
	s := ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
	t.done(t.driver.CompleteCheckout(s.ID))
	s = t.checkout(s)
	equal(t, "paid", s.Paid, true)
	equal(t, "the subscription", s.Subscription, "")
	pay := ask(t.p.GetPayment(t.ctx, billing.Ref{ID: s.Payment})).must(t)
	equal(t, "the payment", pay.Status, billing.PaymentStatusSucceeded)
	equal(t, "received", pay.Received, 1500)
	equal(t, "standalone", pay.Standalone, true)
	equal(t, "its metadata", pay.Metadata["client"], "acme")
}

func checkTrial(t *providerTest) {
	params := t.checkoutParams(billing.CheckoutModeSubscription, billing.CheckoutLine{Price: t.price(monthly)})
	params.TrialDays = 14
	s := ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
	t.done(t.driver.CompleteCheckout(s.ID))
	s = t.checkout(s)
	equal(t, "paid", s.Paid, true)
	sub := ask(t.p.GetSubscription(t.ctx, billing.Ref{ID: s.Subscription})).must(t)
	equal(t, "the subscription", sub.Status, billing.SubscriptionStatusTrialing)
	equal(t, "the trial", sub.TrialEnd.Sub(sub.Created), 14*24*time.Hour)
	t.driver.Advance(14 * 24 * time.Hour)
	equal(t, "the subscription after the trial", t.subscription(sub).Status, billing.SubscriptionStatusActive)
}

func checkDeclinedCheckout(t *providerTest) {
	s := t.session(t.price(monthly))
	t.driver.DeclineNext("card_declined")
	t.refused(t.driver.CompleteCheckout(s.ID), frontdesk.Declined)
	equal(t, "the status", t.checkout(s).Status, billing.CheckoutStatusOpen)
	t.done(t.driver.CompleteCheckout(s.ID))
}

func checkDelayed(t *providerTest) {
	s := t.session(t.price(monthly))
	t.done(t.driver.CompleteCheckoutUnpaid(s.ID))
	equal(t, "the status", t.checkout(s).Status, billing.CheckoutStatusComplete)
	equal(t, "paid", t.checkout(s).Paid, false)
	t.done(t.driver.SettleCheckout(s.ID, true))
	equal(t, "paid", t.checkout(s).Paid, true)
}

func checkDelayedFails(t *providerTest) {
	s := t.session(t.price(monthly))
	t.done(t.driver.CompleteCheckoutUnpaid(s.ID))
	t.done(t.driver.SettleCheckout(s.ID, false))
	s = t.checkout(s)
	equal(t, "paid", s.Paid, false)
	sub := ask(t.p.GetSubscription(t.ctx, billing.Ref{ID: s.Subscription})).must(t)
	equal(t, "the subscription", sub.Status, billing.SubscriptionStatusPastDue)
}

func checkExpired(t *providerTest) {
	s := t.session(t.price(monthly))
	equal(t, "the status", ask(t.p.ExpireCheckout(t.ctx, t.write(), s.ID)).must(t).Status, billing.CheckoutStatusExpired)
	ask(t.p.ExpireCheckout(t.ctx, t.write(), s.ID)).refused(t, frontdesk.FailedPrecondition)
	t.refused(t.driver.CompleteCheckout(s.ID), frontdesk.FailedPrecondition)
}

func checkExpireCompleted(t *providerTest) {
	s := t.session(t.price(monthly))
	t.done(t.driver.CompleteCheckout(s.ID))
	ask(t.p.ExpireCheckout(t.ctx, t.write(), s.ID)).refused(t, frontdesk.FailedPrecondition)
}
