package billingtest

import (
	"context"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var commonRules = []providerRule{
	{"it has a name for inbox rows", checkName},
	{"an empty id is Invalid and nothing is sent", checkEmptyID},
	{"an unknown id is NotFound", checkUnknownID},
	{"a key without characters or with more than 255 is Invalid and nothing is sent", checkKeyLength},
	{"a repeated key creates one customer", checkRepeatedKey},
	{"a key that is used many times at once creates one customer", checkConcurrentKey},
	{"a key with other parameters is Invalid", checkReusedKey},
	{"a repeated key gives the first answer, a decline too", checkRepeatedDecline},
	{"a call whose context has ended is Canceled", checkCanceled},
	{"a rate limit is RateLimited, with the time to wait", checkRateLimited},
	{"a key that the provider refuses is Unauthenticated", checkUnauthenticated},
	{"a lost answer is found again with the same key", checkLostAnswer},
	{"a list ends with the error that stopped it", checkBrokenLists},
	{"a list may be left early and read again", checkLeaveList},
	{"objects of two accounts never mix", checkAccounts},
	{"amounts are in the currency's own minor unit", checkMinorUnits},
}

func checkName(t *providerTest) {
	if t.p.Name() == "" {
		t.Error("the name is empty")
	}
}

// idCall is a method that takes an id, called with one.
type idCall struct {
	method string
	call   func(t *providerTest, id string) error
}

func failure[T any](_ T, err error) error { return err }

var idCalls = []idCall{
	{"GetCustomer", func(t *providerTest, id string) error { return failure(t.p.GetCustomer(t.ctx, billing.Ref{ID: id})) }},
	{"UpdateCustomer", func(t *providerTest, id string) error {
		return failure(t.p.UpdateCustomer(t.ctx, t.write(), id, billing.CustomerParams{Name: "x"}))
	}},
	{"GetCheckout", func(t *providerTest, id string) error { return failure(t.p.GetCheckout(t.ctx, billing.Ref{ID: id})) }},
	{"ExpireCheckout", func(t *providerTest, id string) error { return failure(t.p.ExpireCheckout(t.ctx, t.write(), id)) }},
	{"GetSubscription", func(t *providerTest, id string) error {
		return failure(t.p.GetSubscription(t.ctx, billing.Ref{ID: id}))
	}},
	{"UpdateSubscription", func(t *providerTest, id string) error {
		return failure(t.p.UpdateSubscription(t.ctx, t.write(), id, billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(true)}))
	}},
	{"CancelSubscription", func(t *providerTest, id string) error {
		return failure(t.p.CancelSubscription(t.ctx, t.write(), id, billing.SubscriptionCancel{}))
	}},
	{"GetInvoice", func(t *providerTest, id string) error { return failure(t.p.GetInvoice(t.ctx, billing.Ref{ID: id})) }},
	{"CreateInvoice", func(t *providerTest, id string) error {
		return failure(t.p.CreateInvoice(t.ctx, t.write(), billing.InvoiceParams{Customer: id}))
	}},
	{"AdvanceInvoice", func(t *providerTest, id string) error {
		return failure(t.p.AdvanceInvoice(t.ctx, t.write(), id, billing.InvoiceActionFinalize))
	}},
	{"GetPayment", func(t *providerTest, id string) error { return failure(t.p.GetPayment(t.ctx, billing.Ref{ID: id})) }},
	{"ConfirmPayment", func(t *providerTest, id string) error {
		return failure(t.p.ConfirmPayment(t.ctx, t.write(), id, billing.PaymentConfirm{PaymentMethod: "pm_card_visa"}))
	}},
	{"CapturePayment", func(t *providerTest, id string) error { return failure(t.p.CapturePayment(t.ctx, t.write(), id, 0)) }},
	{"CancelPayment", func(t *providerTest, id string) error { return failure(t.p.CancelPayment(t.ctx, t.write(), id)) }},
	{"CreateRefund", func(t *providerTest, id string) error {
		return failure(t.p.CreateRefund(t.ctx, t.write(), billing.RefundParams{Payment: id}))
	}},
	{"GetRefund", func(t *providerTest, id string) error { return failure(t.p.GetRefund(t.ctx, billing.Ref{ID: id})) }},
	{"GetDispute", func(t *providerTest, id string) error { return failure(t.p.GetDispute(t.ctx, billing.Ref{ID: id})) }},
	{"GetPaymentMethod", func(t *providerTest, id string) error {
		return failure(t.p.GetPaymentMethod(t.ctx, billing.Ref{ID: id}))
	}},
	{"ListPaymentMethods", func(t *providerTest, id string) error {
		return listErr(t.p.ListPaymentMethods(t.ctx, billing.Ref{ID: id}))
	}},
	{"SetDefaultPaymentMethod", func(t *providerTest, id string) error {
		return failure(t.p.SetDefaultPaymentMethod(t.ctx, t.write(), id, "pm_any"))
	}},
	{"DetachPaymentMethod", func(t *providerTest, id string) error {
		return failure(t.p.DetachPaymentMethod(t.ctx, t.write(), id))
	}},
}

func checkEmptyID(t *providerTest) {
	for _, c := range idCalls {
		err := c.call(t, "")
		if frontdesk.CodeOf(err) != frontdesk.Invalid {
			t.Errorf("%s: failed with %v, want Invalid", c.method, err)
		}
		if n := t.driver.Calls(c.method); n != 0 {
			t.Errorf("%s: %d calls reached the provider, want none", c.method, n)
		}
	}
	c := t.customer()
	t.refused(failure(t.p.SetDefaultPaymentMethod(t.ctx, t.write(), c.ID, "")), frontdesk.Invalid)
}

func checkUnknownID(t *providerTest) {
	for _, c := range idCalls {
		if err := c.call(t, "unknown_1"); frontdesk.CodeOf(err) != frontdesk.NotFound {
			t.Errorf("%s: failed with %v, want NotFound", c.method, err)
		}
	}
}

func checkKeyLength(t *providerTest) {
	for _, key := range []string{"", strings.Repeat("k", 256)} {
		w := billing.Write{IdempotencyKey: key}
		ask(t.p.CreateCustomer(t.ctx, w, billing.CustomerParams{})).refused(t, frontdesk.Invalid)
	}
	equal(t, "the number of calls", t.driver.Calls("CreateCustomer"), 0)
	w := billing.Write{IdempotencyKey: strings.Repeat("k", 255)}
	ask(t.p.CreateCustomer(t.ctx, w, billing.CustomerParams{})).must(t)
}

func checkRepeatedKey(t *providerTest) {
	w, params := t.write(), billing.CustomerParams{Name: "Acme"}
	first := ask(t.p.CreateCustomer(t.ctx, w, params)).must(t)
	again := ask(t.p.CreateCustomer(t.ctx, w, params)).must(t)
	equal(t, "the second id", again.ID, first.ID)
	equal(t, "the number of customers", t.driver.Effects("CreateCustomer"), 1)
}

func checkConcurrentKey(t *providerTest) {
	w, params := t.write(), billing.CustomerParams{Name: "Acme"}
	errs := contend(func(int) error { return failure(t.p.CreateCustomer(t.ctx, w, params)) })
	for _, err := range errs {
		if err != nil {
			t.refused(err, frontdesk.Aborted) // a conflicting call is under way
		}
	}
	equal(t, "the number of customers", t.driver.Effects("CreateCustomer"), 1)
}

func checkReusedKey(t *providerTest) {
	w := t.write()
	ask(t.p.CreateCustomer(t.ctx, w, billing.CustomerParams{Name: "Acme"})).must(t)
	ask(t.p.CreateCustomer(t.ctx, w, billing.CustomerParams{Name: "Globex"})).refused(t, frontdesk.Invalid)
	equal(t, "the number of customers", t.driver.Effects("CreateCustomer"), 1)
}

func checkRepeatedDecline(t *providerTest) {
	w, params := t.write(), billing.PaymentParams{Amount: euros(100), PaymentMethod: "pm_card_visa", Confirm: true}
	t.driver.DeclineNext("card_declined")
	ask(t.p.CreatePayment(t.ctx, w, params)).refused(t, frontdesk.Declined)
	ask(t.p.CreatePayment(t.ctx, w, params)).refused(t, frontdesk.Declined)
	ask(t.p.CreatePayment(t.ctx, t.write(), params)).must(t)
}

func checkCanceled(t *providerTest) {
	c := t.customer()
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	ask(t.p.GetCustomer(ctx, c.Ref)).refused(t, frontdesk.Canceled)
}

func checkRateLimited(t *providerTest) {
	c := t.customer()
	wait := 2 * time.Minute
	t.driver.FailNext("GetCustomer", &frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: wait})
	_, err := t.p.GetCustomer(t.ctx, c.Ref)
	t.refused(err, frontdesk.RateLimited)
	equal(t, "the time to wait", frontdesk.RetryAfter(err), wait)
}

func checkUnauthenticated(t *providerTest) {
	c := t.customer()
	t.driver.FailNext("GetCustomer", frontdesk.Unauthenticated)
	ask(t.p.GetCustomer(t.ctx, c.Ref)).refused(t, frontdesk.Unauthenticated)
}

// checkLostAnswer allows for a transport that asks again by itself.
func checkLostAnswer(t *providerTest) {
	w, params := t.write(), billing.CustomerParams{Name: "Acme"}
	t.driver.LoseNext("CreateCustomer")
	if _, err := t.p.CreateCustomer(t.ctx, w, params); err != nil {
		t.refused(err, frontdesk.OutcomeUnknown)
	}
	ask(t.p.CreateCustomer(t.ctx, w, params)).must(t)
	equal(t, "the number of customers", t.driver.Effects("CreateCustomer"), 1)
}

// listCalls are the methods that list, called for whatever there is.
var listCalls = []idCall{
	{"ListSubscriptions", func(t *providerTest, _ string) error {
		return listErr(t.p.ListSubscriptions(t.ctx, billing.SubscriptionFilter{}))
	}},
	{"ListInvoices", func(t *providerTest, _ string) error {
		return listErr(t.p.ListInvoices(t.ctx, billing.InvoiceFilter{}))
	}},
	{"ListPayments", func(t *providerTest, _ string) error {
		return listErr(t.p.ListPayments(t.ctx, billing.PaymentFilter{}))
	}},
	{"ListRefunds", func(t *providerTest, _ string) error { return listErr(t.p.ListRefunds(t.ctx, billing.RefundFilter{})) }},
	{"ListDisputes", func(t *providerTest, _ string) error {
		return listErr(t.p.ListDisputes(t.ctx, billing.DisputeFilter{}))
	}},
	{"FindCustomers", func(t *providerTest, _ string) error { return listErr(t.p.FindCustomers(t.ctx, "", "client", "acme")) }},
	{"ListPaymentMethods", func(t *providerTest, id string) error {
		return listErr(t.p.ListPaymentMethods(t.ctx, billing.Ref{ID: id}))
	}},
}

func checkBrokenLists(t *providerTest) {
	c := t.customer()
	for _, l := range listCalls {
		t.driver.FailNext(l.method, frontdesk.Unauthenticated)
		if err := l.call(t, c.ID); frontdesk.CodeOf(err) != frontdesk.Unauthenticated {
			t.Errorf("%s: ended with %v, want Unauthenticated", l.method, err)
		}
		if err := l.call(t, c.ID); err != nil {
			t.Errorf("%s: ended with %v, want no error the second time", l.method, err)
		}
	}
}

func checkLeaveList(t *providerTest) {
	t.paid(100)
	t.paid(200)
	payments := t.p.ListPayments(t.ctx, billing.PaymentFilter{})
	for pay, err := range payments {
		t.done(err)
		equal(t, "the first", pay.Amount, euros(200))
		break
	}
	equal(t, "the number of payments", len(listed(t, payments)), 2)
}

func checkAccounts(t *providerTest) {
	if t.harness.NoConnect {
		t.Skip("the provider has no connected accounts")
	}
	w := t.write()
	platform := ask(t.p.CreateCustomer(t.ctx, w, billing.CustomerParams{Name: "Acme"})).must(t)
	w.Account = "acct_nina"
	theirs := ask(t.p.CreateCustomer(t.ctx, w, billing.CustomerParams{Name: "Acme"})).must(t)
	equal(t, "the account", theirs.Account, "acct_nina")
	equal(t, "the number of customers", t.driver.Effects("CreateCustomer"), 2)
	ask(t.p.GetCustomer(t.ctx, theirs.Ref)).must(t)
	ask(t.p.GetCustomer(t.ctx, billing.Ref{ID: theirs.ID})).refused(t, frontdesk.NotFound)
	ask(t.p.GetCustomer(t.ctx, billing.Ref{Account: "acct_nina", ID: platform.ID})).refused(t, frontdesk.NotFound)
}

func checkMinorUnits(t *providerTest) {
	for _, amount := range []frontdesk.Money{
		{Amount: 4900, Currency: "eur"}, {Amount: 500, Currency: "jpy"}, {Amount: 700, Currency: "isk"},
		{Amount: 1230, Currency: "kwd"},
	} {
		made := ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{Amount: amount})).must(t)
		read := ask(t.p.GetPayment(t.ctx, made.Ref)).must(t)
		equal(t, "the amount", read.Amount, amount)
	}
}
