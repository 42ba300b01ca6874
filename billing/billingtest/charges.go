package billingtest

import (
	"github.com/frontdesk-go/frontdesk/billing"
)

// charge asks the bank for a payment. A refusal is returned and remembered in
// the payment; the caller lets the invoice follow.
func (a *account) charge(pay *payment, offSession bool) error {
	answer := a.declines.take(pay.method)
	if answer.code == "" && a.delayed(pay.method) {
		answer.code = paymentDelayed
	}
	switch {
	case answer.code == "":
		a.succeed(pay)
	case answer.code == paymentDelayed:
		a.process(pay)
	case answer.code == actionRequired && !offSession:
		pay.Status = billing.PaymentStatusRequiresAction
		a.emit("payment_intent.requires_action", &pay.Payment, nil)
	default:
		a.fail(pay, answer)
		return declined(answer, pay.ID)
	}
	return nil
}

func (a *account) delayed(method string) bool {
	m, ok := a.methods.get(method)
	return ok && m.Type != "card"
}

// process starts a bank debit.
func (a *account) process(pay *payment) {
	pay.Status, pay.settleAt = billing.PaymentStatusProcessing, a.now.Add(delay)
	pay.Charge = a.newID("py")
	pay.Failure, pay.DeclineCode = "", ""
	a.emit("charge.pending", chargeOf(pay), nil)
	a.emit("payment_intent.processing", &pay.Payment, nil)
}

// succeed makes the charge, or ends the one that is under way.
func (a *account) succeed(pay *payment) {
	if pay.Status != billing.PaymentStatusProcessing {
		pay.Charge = a.newID("ch")
	}
	pay.Failure, pay.DeclineCode = "", ""
	if pay.manual {
		pay.Status = billing.PaymentStatusRequiresCapture
		a.emit("charge.succeeded", chargeOf(pay), nil)
		a.emit("payment_intent.amount_capturable_updated", &pay.Payment, nil)
		return
	}
	pay.Status, pay.Received = billing.PaymentStatusSucceeded, pay.Amount.Amount
	a.receive(pay)
	a.emit("charge.succeeded", chargeOf(pay), nil)
	a.emit("payment_intent.succeeded", &pay.Payment, nil)
}

// fail gives the payment back to the payer, who may try another way.
func (a *account) fail(pay *payment, answer decline) {
	if pay.Status != billing.PaymentStatusProcessing {
		pay.Charge = a.newID("ch")
	}
	pay.Status = billing.PaymentStatusRequiresPaymentMethod
	pay.Failure, pay.DeclineCode = answer.code, answer.reason
	a.emit("charge.failed", chargeOf(pay), nil)
	a.emit("payment_intent.payment_failed", &pay.Payment, nil)
}

// follow lets the invoice and the checkout session of a payment become what
// the payment has become.
func (a *account) follow(pay *payment) {
	if inv, ok := a.invoices.get(pay.Invoice); ok {
		a.followInvoice(inv, pay)
	}
	if s, ok := a.checkouts.get(pay.checkout); ok {
		a.followCheckout(s, pay)
	}
}
