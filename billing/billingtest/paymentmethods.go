package billingtest

import (
	"context"
	"iter"
	"strings"

	"github.com/frontdesk-go/frontdesk/billing"
)

// GetPaymentMethod returns a stored payment method.
func (p *Provider) GetPaymentMethod(ctx context.Context, ref billing.Ref) (*billing.PaymentMethod, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetPaymentMethod", ref.Account), func(a *account) (*billing.PaymentMethod, error) {
		return a.methods.find("PaymentMethod", ref.ID)
	})
}

// ListPaymentMethods lists what a customer can pay with.
func (p *Provider) ListPaymentMethods(ctx context.Context, customer billing.Ref) iter.Seq2[*billing.PaymentMethod, error] {
	if err := mustID(customer.ID); err != nil {
		return failing[*billing.PaymentMethod](err)
	}
	return list(ctx, p, "ListPaymentMethods", customer.Account, func(a *account) ([]*billing.PaymentMethod, error) {
		if _, err := a.livingCustomer("id", customer.ID); err != nil {
			return nil, err
		}
		return clones(a.methods.newest(), func(m *billing.PaymentMethod) bool { return m.Customer == customer.ID })
	})
}

// SetDefaultPaymentMethod makes a payment method of the customer the one that
// invoices are charged to.
func (p *Provider) SetDefaultPaymentMethod(ctx context.Context, w billing.Write, customer, id string) (*billing.Customer, error) {
	if err := mustWrite(w, customer, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("SetDefaultPaymentMethod", w, customer, id), func(a *account) (*billing.Customer, error) {
		return a.setDefaultMethod(customer, id)
	})
}

// DetachPaymentMethod takes a payment method from its customer, for good.
func (p *Provider) DetachPaymentMethod(ctx context.Context, w billing.Write, id string) (*billing.PaymentMethod, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("DetachPaymentMethod", w, id), func(a *account) (*billing.PaymentMethod, error) {
		return a.detachMethod(id)
	})
}

// AddPaymentMethod stores a payment method for its customer, as a page of the
// provider does, and returns it with the id that it got unless it had one. The
// zero Type is a Visa card. A customer's first one becomes their default.
func (p *Provider) AddPaymentMethod(m billing.PaymentMethod) (*billing.PaymentMethod, error) {
	var added *billing.PaymentMethod
	err := p.drive(func() error {
		a := p.account(m.Account)
		c, err := a.livingCustomer("customer", m.Customer)
		if err != nil {
			return err
		}
		added = clone(a.addMethod(m))
		if c.DefaultPaymentMethod == "" {
			_, err = a.setDefaultMethod(c.ID, added.ID)
		}
		return err
	})
	return added, err
}

func (a *account) addMethod(m billing.PaymentMethod) *billing.PaymentMethod {
	m.Account = a.id
	if m.ID == "" {
		m.ID = a.newID("pm")
	}
	if m.Type == "" {
		m.Type, m.Brand, m.Last4, m.ExpMonth, m.ExpYear = "card", "visa", "4242", 12, 2050
	}
	a.methods.put(m.ID, &m)
	if m.Customer != "" {
		a.emit("payment_method.attached", &m, nil)
	}
	return &m
}

func (a *account) setDefaultMethod(customer, id string) (*billing.Customer, error) {
	c, err := a.livingCustomer("id", customer)
	if err != nil {
		return nil, err
	}
	m, ok := a.methods.get(id)
	if !ok || m.Customer != customer {
		return nil, absent("invoice_settings[default_payment_method]", "PaymentMethod", id)
	}
	before := clone(c)
	c.DefaultPaymentMethod = id
	a.emit("customer.updated", c, before)
	return c, nil
}

func (a *account) detachMethod(id string) (*billing.PaymentMethod, error) {
	m, err := a.methods.find("PaymentMethod", id)
	if err != nil {
		return nil, err
	}
	if m.Customer == "" {
		return nil, wrongState("", "The payment method you provided is not attached to a customer so detachment is impossible.")
	}
	c, known := a.customers.get(m.Customer)
	m.Customer = ""
	a.emit("payment_method.detached", m, nil)
	if known && c.DefaultPaymentMethod == id {
		before := clone(c)
		c.DefaultPaymentMethod = ""
		a.emit("customer.updated", c, before)
	}
	return m, nil
}

// testMethods are the payment methods that Stripe knows in test mode without
// anyone storing them, and what becomes of charging them.
// https://docs.stripe.com/testing
var testMethods = map[string]decline{
	"pm_card_visa":       {},
	"pm_card_mastercard": {},
	"pm_card_amex":       {},

	"pm_card_chargeDeclined":                       {code: "card_declined", reason: "generic_decline"},
	"pm_card_visa_chargeDeclined":                  {code: "card_declined", reason: "generic_decline"},
	"pm_card_visa_chargeDeclinedInsufficientFunds": {code: "card_declined", reason: "insufficient_funds"},
	"pm_card_visa_chargeDeclinedLostCard":          {code: "card_declined", reason: "lost_card"},
	"pm_card_visa_chargeDeclinedStolenCard":        {code: "card_declined", reason: "stolen_card"},
	"pm_card_chargeDeclinedExpiredCard":            {code: "expired_card"},
	"pm_card_chargeDeclinedIncorrectCvc":           {code: "incorrect_cvc"},
	"pm_card_chargeDeclinedProcessingError":        {code: "processing_error"},

	"pm_card_authenticationRequired": {code: actionRequired},
	"pm_usBankAccount_success":       {code: paymentDelayed},
}

func isTestMethod(id string) bool {
	_, ok := testMethods[id]
	return ok
}

// method finds what to pay with: a stored payment method, or one of Stripe's
// test methods, which becomes a stored one of no customer.
func (a *account) method(id string) (*billing.PaymentMethod, error) {
	if m, ok := a.methods.get(id); ok {
		return m, nil
	}
	if !isTestMethod(id) {
		return nil, absent("payment_method", "PaymentMethod", id)
	}
	var m billing.PaymentMethod
	if !strings.HasPrefix(id, "pm_card") {
		m.Type, m.Last4 = "us_bank_account", "6789"
	}
	stored := a.addMethod(m)
	if d := testMethods[id]; d != (decline{}) {
		a.declines.always(stored.ID, d)
	}
	return stored, nil
}
