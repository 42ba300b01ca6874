package billingtest

import (
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var paymentRules = []providerRule{
	{"a payment waits for a way to pay", checkNewPayment},
	{"a payment that is confirmed at once succeeds", checkConfirmedPayment},
	{"an amount that is not above zero is Invalid", checkNoAmount},
	{"a declined card is Declined and says why", checkDeclined},
	{"a payment that was declined can be tried again", checkTryAgain},
	{"a payment may need the payer to authenticate", checkAction},
	{"an authorised payment is captured, whole or in part", checkCapture},
	{"more than was authorised cannot be captured", checkCaptureTooMuch},
	{"a canceled payment stays canceled", checkCancelPayment},
	{"a payment that succeeded cannot be canceled, confirmed or captured", checkSucceededIsFinal},
	{"payments are listed by customer and time", checkListPayments},
}

func checkNewPayment(t *providerTest) {
	c := t.customer()
	made := ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{
		Customer: c.ID, Amount: euros(1200), Description: "Deposit", ReceiptEmail: "a@example.com",
		Metadata: map[string]string{"client": "acme"},
	})).must(t)
	pay := ask(t.p.GetPayment(t.ctx, made.Ref)).must(t)
	equal(t, "the status", pay.Status, billing.PaymentStatusRequiresPaymentMethod)
	equal(t, "the customer", pay.Customer, c.ID)
	equal(t, "the amount", pay.Amount, euros(1200))
	equal(t, "received", pay.Received, 0)
	equal(t, "the description", pay.Description, "Deposit")
	equal(t, "the email", pay.Email, "a@example.com")
	equal(t, "the metadata", pay.Metadata["client"], "acme")
	equal(t, "standalone", pay.Standalone, true)
	if made.ClientSecret.Reveal() == "" {
		t.Error("a new payment has no client secret for the payer's browser")
	}
}

func checkConfirmedPayment(t *providerTest) {
	pay := ask(t.p.GetPayment(t.ctx, t.paid(1200).Ref)).must(t)
	equal(t, "the status", pay.Status, billing.PaymentStatusSucceeded)
	equal(t, "received", pay.Received, 1200)
	equal(t, "refunded", pay.Refunded, 0)
	if pay.Charge == "" {
		t.Error("a payment that succeeded has no charge")
	}
}

func checkNoAmount(t *providerTest) {
	for _, amount := range []int64{0, -1} {
		ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{Amount: euros(amount)})).refused(t, frontdesk.Invalid)
	}
}

// checkDeclined reads the payment that the decline leaves behind.
func checkDeclined(t *providerTest) {
	c := t.customer()
	t.driver.DeclineNext("insufficient_funds")
	params := billing.PaymentParams{Customer: c.ID, Amount: euros(1200), PaymentMethod: "pm_card_visa", Confirm: true}
	ask(t.p.CreatePayment(t.ctx, t.write(), params)).refused(t, frontdesk.Declined)
	left := listed(t, t.p.ListPayments(t.ctx, billing.PaymentFilter{Customer: c.ID}))
	if len(left) != 1 {
		t.Fatalf("%d payments are left, want 1", len(left))
	}
	equal(t, "the status", left[0].Status, billing.PaymentStatusRequiresPaymentMethod)
	equal(t, "the failure", left[0].Failure, "card_declined")
	equal(t, "the reason", left[0].DeclineCode, "insufficient_funds")
}

func checkTryAgain(t *providerTest) {
	made := ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{Amount: euros(1200)})).must(t)
	t.driver.DeclineNext("card_declined")
	c := billing.PaymentConfirm{PaymentMethod: "pm_card_visa"}
	ask(t.p.ConfirmPayment(t.ctx, t.write(), made.ID, c)).refused(t, frontdesk.Declined)
	pay := ask(t.p.ConfirmPayment(t.ctx, t.write(), made.ID, c)).must(t)
	equal(t, "the status", pay.Status, billing.PaymentStatusSucceeded)
	equal(t, "the failure", pay.Failure, "")
}

func checkAction(t *providerTest) {
	t.driver.RequireAction()
	pay := ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{
		Amount: euros(1200), PaymentMethod: "pm_card_visa", Confirm: true, ReturnURL: "https://portal.example/done",
	})).must(t)
	equal(t, "the status", pay.Status, billing.PaymentStatusRequiresAction)
	t.done(t.driver.Authenticate(pay.ID, true))
	equal(t, "the status", ask(t.p.GetPayment(t.ctx, pay.Ref)).must(t).Status, billing.PaymentStatusSucceeded)
}

// authorised creates a payment of 12 euros that waits for its capture.
func (t *providerTest) authorised() *billing.Payment {
	t.Helper()
	pay := ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{
		Amount: euros(1200), PaymentMethod: "pm_card_visa", Confirm: true, ManualCapture: true,
	})).must(t)
	equal(t, "the status", pay.Status, billing.PaymentStatusRequiresCapture)
	equal(t, "received", pay.Received, 0)
	return pay
}

func checkCapture(t *providerTest) {
	for amount, want := range map[int64]int64{0: 1200, 700: 700, 1200: 1200} {
		pay := ask(t.p.CapturePayment(t.ctx, t.write(), t.authorised().ID, amount)).must(t)
		equal(t, "the status", pay.Status, billing.PaymentStatusSucceeded)
		equal(t, "received", pay.Received, want)
	}
}

func checkCaptureTooMuch(t *providerTest) {
	pay := t.authorised()
	ask(t.p.CapturePayment(t.ctx, t.write(), pay.ID, 1201)).refused(t, frontdesk.Invalid)
	ask(t.p.CapturePayment(t.ctx, t.write(), pay.ID, -1)).refused(t, frontdesk.Invalid)
}

func checkCancelPayment(t *providerTest) {
	pay := t.authorised()
	equal(t, "the status", ask(t.p.CancelPayment(t.ctx, t.write(), pay.ID)).must(t).Status, billing.PaymentStatusCanceled)
	ask(t.p.CancelPayment(t.ctx, t.write(), pay.ID)).refused(t, frontdesk.FailedPrecondition)
	ask(t.p.CapturePayment(t.ctx, t.write(), pay.ID, 0)).refused(t, frontdesk.FailedPrecondition)
}

func checkSucceededIsFinal(t *providerTest) {
	pay := t.paid(1200)
	ask(t.p.CancelPayment(t.ctx, t.write(), pay.ID)).refused(t, frontdesk.FailedPrecondition)
	ask(t.p.CapturePayment(t.ctx, t.write(), pay.ID, 0)).refused(t, frontdesk.FailedPrecondition)
	ask(t.p.ConfirmPayment(t.ctx, t.write(), pay.ID, billing.PaymentConfirm{PaymentMethod: "pm_card_visa"})).
		refused(t, frontdesk.FailedPrecondition)
}

func checkListPayments(t *providerTest) {
	c := t.customer()
	pay := func() *billing.Payment {
		return ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{Customer: c.ID, Amount: euros(100)})).must(t)
	}
	old := pay()
	t.driver.Advance(day)
	since, recent := t.driver.Now(), pay()
	t.paid(100)
	list := func(f billing.PaymentFilter) string { return ids(listed(t, t.p.ListPayments(t.ctx, f))) }
	equal(t, "the customer's, newest first", list(billing.PaymentFilter{Customer: c.ID}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "those since", list(billing.PaymentFilter{Customer: c.ID, Since: since}), fmt.Sprint([]string{recent.ID}))
}

var refundRules = []providerRule{
	{"a payment is refunded in parts, then the rest", checkRefunds},
	{"more than is left cannot be refunded", checkRefundTooMuch},
	{"a payment that is refunded or has not succeeded cannot be refunded", checkNotRefundable},
	{"a refund can fail after it succeeded", checkRefundFails},
	{"refunds are listed by payment and time", checkListRefunds},
}

func (t *providerTest) refund(pay *billing.Payment, cents int64) answer[*billing.Refund] {
	params := billing.RefundParams{
		Payment: pay.ID, Reason: billing.RefundReasonRequestedByCustomer, Metadata: map[string]string{"by": "root"},
	}
	if cents > 0 {
		params.Amount = euros(cents)
	}
	return ask(t.p.CreateRefund(t.ctx, t.write(), params))
}

func checkRefunds(t *providerTest) {
	pay := t.paid(1200)
	part := ask(t.p.GetRefund(t.ctx, t.refund(pay, 500).must(t).Ref)).must(t)
	equal(t, "the status", part.Status, billing.RefundStatusSucceeded)
	equal(t, "the amount", part.Amount, euros(500))
	equal(t, "the payment", part.Payment, pay.ID)
	equal(t, "the reason", part.Reason, billing.RefundReasonRequestedByCustomer)
	equal(t, "the metadata", part.Metadata["by"], "root")
	equal(t, "refunded", ask(t.p.GetPayment(t.ctx, pay.Ref)).must(t).Refunded, 500)
	equal(t, "the rest", t.refund(pay, 0).must(t).Amount, euros(700))
	equal(t, "refunded", ask(t.p.GetPayment(t.ctx, pay.Ref)).must(t).Refunded, 1200)
}

func checkRefundTooMuch(t *providerTest) {
	pay := t.paid(1200)
	t.refund(pay, 1201).refused(t, frontdesk.Invalid)
	t.refund(pay, 1000).must(t)
	t.refund(pay, 201).refused(t, frontdesk.Invalid)
}

func checkNotRefundable(t *providerTest) {
	pay := t.paid(1200)
	t.refund(pay, 0).must(t)
	t.refund(pay, 0).refused(t, frontdesk.FailedPrecondition)
	waiting := ask(t.p.CreatePayment(t.ctx, t.write(), billing.PaymentParams{Amount: euros(100)})).must(t)
	t.refund(waiting, 0).refused(t, frontdesk.FailedPrecondition)
}

func checkRefundFails(t *providerTest) {
	pay := t.paid(1200)
	made := t.refund(pay, 500).must(t)
	t.done(t.driver.FailRefund(made.ID))
	failed := ask(t.p.GetRefund(t.ctx, made.Ref)).must(t)
	equal(t, "the status", failed.Status, billing.RefundStatusFailed)
	if failed.Failure == "" {
		t.Error("a failed refund does not say why")
	}
	equal(t, "refunded", ask(t.p.GetPayment(t.ctx, pay.Ref)).must(t).Refunded, 0)
}

func checkListRefunds(t *providerTest) {
	pay, other := t.paid(1200), t.paid(1200)
	old := t.refund(pay, 100).must(t)
	t.driver.Advance(day)
	since, recent := t.driver.Now(), t.refund(pay, 100).must(t)
	t.refund(other, 100).must(t)
	list := func(f billing.RefundFilter) string { return ids(listed(t, t.p.ListRefunds(t.ctx, f))) }
	equal(t, "the payment's, newest first", list(billing.RefundFilter{Payment: pay.ID}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "those since", list(billing.RefundFilter{Payment: pay.ID, Since: since}), fmt.Sprint([]string{recent.ID}))
}

var disputeRules = []providerRule{
	{"a dispute names its payment and is decided by the bank", checkDispute},
	{"disputes are listed by time", checkListDisputes},
}

func checkDispute(t *providerTest) {
	for won, want := range map[bool]billing.DisputeStatus{true: billing.DisputeStatusWon, false: billing.DisputeStatusLost} {
		pay := t.paid(1200)
		opened := ask(t.driver.OpenDispute(pay.ID)).must(t)
		d := ask(t.p.GetDispute(t.ctx, opened.Ref)).must(t)
		equal(t, "the status", d.Status, billing.DisputeStatusNeedsResponse)
		equal(t, "the payment", d.Payment, pay.ID)
		equal(t, "the amount", d.Amount, euros(1200))
		equal(t, "disputed", ask(t.p.GetPayment(t.ctx, pay.Ref)).must(t).Disputed, true)
		if d.Reason == "" || !d.EvidenceDue.After(t.driver.Now()) {
			t.Errorf("a new dispute has a reason and time for evidence: %+v", d)
		}
		t.done(t.driver.CloseDispute(d.ID, won))
		equal(t, "the status", ask(t.p.GetDispute(t.ctx, d.Ref)).must(t).Status, want)
	}
}

func checkListDisputes(t *providerTest) {
	old := ask(t.driver.OpenDispute(t.paid(100).ID)).must(t)
	t.driver.Advance(day)
	since, recent := t.driver.Now(), ask(t.driver.OpenDispute(t.paid(100).ID)).must(t)
	list := func(f billing.DisputeFilter) string { return ids(listed(t, t.p.ListDisputes(t.ctx, f))) }
	equal(t, "all, newest first", list(billing.DisputeFilter{}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "those since", list(billing.DisputeFilter{Since: since}), fmt.Sprint([]string{recent.ID}))
}
