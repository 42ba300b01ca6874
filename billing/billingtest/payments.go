package billingtest

import (
	"context"
	"iter"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// payment is a payment intent with what billing.Payment does not show.
type payment struct {
	billing.Payment
	method   string    // payment method to charge
	manual   bool      // authorise now, capture later
	settleAt time.Time // processing: when the bank debit succeeds
	checkout string    // the session that it came from

	group      string    // of its transfers
	fee        string    // application fee, on whichever account it is
	receivedAt time.Time // when the charge succeeded
	reversed   portion   // of its transfer, by refunds
}

// delay is how long bank debits take.
const delay = 3 * day

// GetPayment returns a payment.
func (p *Provider) GetPayment(ctx context.Context, ref billing.Ref) (*billing.Payment, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetPayment", ref.Account), func(a *account) (*billing.Payment, error) {
		return a.shownPayment(ref.ID)
	})
}

// ListPayments lists payment intents, newest first: not the charges that
// transfers make.
func (p *Provider) ListPayments(ctx context.Context, f billing.PaymentFilter) iter.Seq2[*billing.Payment, error] {
	return list(ctx, p, "ListPayments", f.Account, func(a *account) ([]*billing.Payment, error) {
		return clones(shown(a.payments.newest(), paymentOf), func(pay *billing.Payment) bool {
			return pay.ID != pay.Charge && matches(f.Customer, pay.Customer) && !pay.Created.Before(f.Since)
		})
	})
}

// CreatePayment creates a payment and, with Confirm, charges it.
func (p *Provider) CreatePayment(ctx context.Context, w billing.Write, c billing.PaymentParams) (*billing.Payment, error) {
	if err := mustWrite(w); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreatePayment", w, c), func(a *account) (*billing.Payment, error) {
		return a.createPayment(c)
	})
}

// ConfirmPayment charges a payment.
func (p *Provider) ConfirmPayment(ctx context.Context, w billing.Write, id string, c billing.PaymentConfirm) (*billing.Payment, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("ConfirmPayment", w, id, c), func(a *account) (*billing.Payment, error) {
		return a.confirmPayment(id, c)
	})
}

// CapturePayment takes the money that a payment has authorised.
func (p *Provider) CapturePayment(ctx context.Context, w billing.Write, id string, amount int64) (*billing.Payment, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CapturePayment", w, id, amount), func(a *account) (*billing.Payment, error) {
		return a.capturePayment(id, amount)
	})
}

// CancelPayment gives a payment up.
func (p *Provider) CancelPayment(ctx context.Context, w billing.Write, id string) (*billing.Payment, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CancelPayment", w, id), func(a *account) (*billing.Payment, error) {
		return a.cancelPayment(id)
	})
}

// Authenticate is the payer who passes, or fails, what RequireAction asked for.
func (p *Provider) Authenticate(paymentID string, ok bool) error {
	return p.decide(paymentID, billing.PaymentStatusRequiresAction, ok,
		decline{code: "payment_intent_authentication_failure"})
}

// Settle is the bank that carries out, or returns, a delayed payment.
func (p *Provider) Settle(paymentID string, ok bool) error {
	return p.decide(paymentID, billing.PaymentStatusProcessing, ok,
		decline{code: "debit_not_authorized"})
}

// decide ends what a payment is waiting for.
func (p *Provider) decide(id string, waiting billing.PaymentStatus, ok bool, no decline) error {
	return p.drive(func() error {
		a, pay, err := owner(p, id, func(a *account) *table[*payment] { return &a.payments })
		switch {
		case err != nil:
			return err
		case pay.Status != waiting:
			return unexpectedPayment(pay)
		case ok:
			a.succeed(pay)
		default:
			a.fail(pay, no)
		}
		a.follow(pay)
		return nil
	})
}

func paymentOf(p *payment) *billing.Payment { return &p.Payment }

func (a *account) shownPayment(id string) (*billing.Payment, error) {
	pay, err := a.payments.find("payment_intent", id)
	if err != nil {
		return nil, err
	}
	return &pay.Payment, nil
}

func (a *account) createPayment(c billing.PaymentParams) (*billing.Payment, error) {
	if err := a.checkPayment(c); err != nil {
		return nil, err
	}
	pay := a.newPayment(c.Customer, c.Amount, c.Metadata)
	pay.Standalone = true
	pay.Description, pay.Email, pay.manual = c.Description, c.ReceiptEmail, c.ManualCapture
	pay.split(c.Split)
	a.emit("payment_intent.created", &pay.Payment, nil)
	if c.PaymentMethod != "" {
		m, err := a.method(c.PaymentMethod)
		if err != nil {
			return nil, err
		}
		pay.method, pay.Status = m.ID, billing.PaymentStatusRequiresConfirmation
	}
	if c.Confirm {
		return &pay.Payment, a.charge(pay, c.OffSession)
	}
	return &pay.Payment, nil
}

func (a *account) checkPayment(c billing.PaymentParams) error {
	switch {
	case c.Amount.Amount <= 0:
		return invalid("amount", "must be greater than zero")
	case !c.Amount.Currency.Valid():
		return invalid("currency", "must be a currency")
	case c.Confirm && c.PaymentMethod == "":
		return invalid("payment_method", "is needed to confirm")
	}
	if c.PaymentMethod != "" {
		if _, known := a.methods.get(c.PaymentMethod); !known && !isTestMethod(c.PaymentMethod) {
			return absent("payment_method", "PaymentMethod", c.PaymentMethod)
		}
	}
	if err := a.checkSplit("", c.Split, c.Amount.Amount); err != nil || c.Customer == "" {
		return err
	}
	_, err := a.livingCustomer("customer", c.Customer)
	return err
}

// newPayment stores a payment; the caller tells of its creation when it is complete.
func (a *account) newPayment(customer string, amount frontdesk.Money, metadata map[string]string) *payment {
	pay := &payment{Payment: billing.Payment{
		Header: a.header(a.newID("pi"), customer, metadata),
		Status: billing.PaymentStatusRequiresPaymentMethod,
		Amount: amount,
	}}
	pay.ClientSecret = frontdesk.NewSecret(pay.ID + "_secret_" + a.options.Seed)
	a.payments.put(pay.ID, pay)
	return pay
}

func (a *account) confirmPayment(id string, c billing.PaymentConfirm) (*billing.Payment, error) {
	pay, err := a.payments.find("payment_intent", id)
	if err != nil {
		return nil, err
	}
	switch pay.Status {
	case billing.PaymentStatusRequiresPaymentMethod, billing.PaymentStatusRequiresConfirmation:
	default:
		return nil, unexpectedPayment(pay)
	}
	if c.PaymentMethod != "" {
		m, err := a.method(c.PaymentMethod)
		if err != nil {
			return nil, err
		}
		pay.method = m.ID
	}
	if pay.method == "" {
		return nil, wrongState("payment_intent_unexpected_state", "You cannot confirm this PaymentIntent because it's missing a payment method.")
	}
	err = a.charge(pay, false)
	a.follow(pay)
	return &pay.Payment, err
}

func (a *account) capturePayment(id string, amount int64) (*billing.Payment, error) {
	pay, err := a.payments.find("payment_intent", id)
	switch {
	case err != nil:
		return nil, err
	case pay.Status != billing.PaymentStatusRequiresCapture:
		return nil, unexpectedPayment(pay)
	case amount < 0 || amount > pay.Amount.Amount:
		return nil, invalid("amount_to_capture", "must not be more than what was authorised")
	case amount == 0:
		amount = pay.Amount.Amount
	}
	pay.Status, pay.Received = billing.PaymentStatusSucceeded, amount
	a.receive(pay)
	a.emit("charge.captured", chargeOf(pay), nil)
	a.emit("payment_intent.succeeded", &pay.Payment, nil)
	return &pay.Payment, nil
}

func (a *account) cancelPayment(id string) (*billing.Payment, error) {
	pay, err := a.payments.find("payment_intent", id)
	if err != nil {
		return nil, err
	}
	if pay.Status.Terminal() || pay.Status == billing.PaymentStatusProcessing || pay.Invoice != "" {
		return nil, unexpectedPayment(pay) // an invoice's payment is canceled by voiding the invoice
	}
	pay.Status = billing.PaymentStatusCanceled
	a.emit("payment_intent.canceled", &pay.Payment, nil)
	return &pay.Payment, nil
}

func unexpectedPayment(pay *payment) error {
	return wrongState("payment_intent_unexpected_state",
		"This PaymentIntent cannot do this because it has a status of "+string(pay.Status)+".")
}

func (a *account) paymentDue(pay *payment) due {
	if pay.Status != billing.PaymentStatusProcessing {
		return due{}
	}
	return due{pay.settleAt, func() {
		a.succeed(pay)
		a.follow(pay)
	}}
}
