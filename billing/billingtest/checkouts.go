package billingtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// checkout is a session with what billing.CheckoutSession does not show.
type checkout struct {
	billing.CheckoutSession
	params billing.CheckoutParams
}

// CreateCheckout opens a session, which expires after 24 hours.
func (p *Provider) CreateCheckout(ctx context.Context, w billing.Write, c billing.CheckoutParams) (*billing.CheckoutSession, error) {
	if err := mustWrite(w); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateCheckout", w, c), func(a *account) (*billing.CheckoutSession, error) {
		return a.createCheckout(c)
	})
}

// GetCheckout returns a session.
func (p *Provider) GetCheckout(ctx context.Context, ref billing.Ref) (*billing.CheckoutSession, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetCheckout", ref.Account), func(a *account) (*billing.CheckoutSession, error) {
		return a.shownCheckout(ref.ID)
	})
}

// ExpireCheckout closes an open session.
func (p *Provider) ExpireCheckout(ctx context.Context, w billing.Write, id string) (*billing.CheckoutSession, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("ExpireCheckout", w, id), func(a *account) (*billing.CheckoutSession, error) {
		return a.expireCheckout(id)
	})
}

// CompleteCheckout is the payer who pays on the session's page with a new card.
// A declined card leaves the session open and nothing else behind; the error is
// then Declined. It is NotFound for an unknown session and FailedPrecondition
// for one that is not open.
func (p *Provider) CompleteCheckout(sessionID string) error {
	return p.completeCheckout(sessionID, false)
}

// CompleteCheckoutUnpaid is the payer who chooses a bank debit: the session is
// complete, but the money takes three days. See SettleCheckout.
func (p *Provider) CompleteCheckoutUnpaid(sessionID string) error {
	return p.completeCheckout(sessionID, true)
}

// SettleCheckout is the bank that carries out, or returns, the debit of a
// session that was completed unpaid.
func (p *Provider) SettleCheckout(sessionID string, ok bool) error {
	p.mu.Lock()
	id, err := p.delayedPayment(sessionID)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	return p.Settle(id, ok)
}

func (p *Provider) delayedPayment(sessionID string) (string, error) {
	a, _, err := owner(p, sessionID, func(a *account) *table[*checkout] { return &a.checkouts })
	if err != nil {
		return "", err
	}
	for pay := range a.payments.newest() {
		if pay.checkout == sessionID {
			return pay.ID, nil
		}
	}
	return "", wrongState("", "The session has no delayed payment.")
}

func (p *Provider) completeCheckout(id string, delayed bool) error {
	return p.drive(func() error {
		a, s, err := owner(p, id, func(a *account) *table[*checkout] { return &a.checkouts })
		switch {
		case err != nil:
			return err
		case s.Status != billing.CheckoutStatusOpen:
			return notOpen(s)
		}
		return a.complete(s, delayed)
	})
}

func checkoutOf(s *checkout) *billing.CheckoutSession { return &s.CheckoutSession }

func (a *account) shownCheckout(id string) (*billing.CheckoutSession, error) {
	s, err := a.checkouts.find("checkout.session", id)
	if err != nil {
		return nil, err
	}
	return checkoutOf(s), nil
}

func (a *account) createCheckout(c billing.CheckoutParams) (*billing.CheckoutSession, error) {
	total, err := a.checkCheckout(c)
	if err != nil {
		return nil, err
	}
	s := &checkout{params: c, CheckoutSession: billing.CheckoutSession{
		Header: a.header(a.newID("cs"), c.Customer, c.Metadata), Status: billing.CheckoutStatusOpen,
		Mode: c.Mode, Reference: c.Reference, Total: total, ExpiresAt: a.second().Add(day),
	}}
	s.URL = a.options.Pages + "/checkout/" + s.ID
	a.checkouts.put(s.ID, s)
	return &s.CheckoutSession, nil
}

// checkCheckout validates a new session and returns what is to be paid at once.
func (a *account) checkCheckout(c billing.CheckoutParams) (frontdesk.Money, error) {
	switch {
	case c.Mode != billing.CheckoutModePayment && c.Mode != billing.CheckoutModeSubscription:
		return frontdesk.Money{}, invalid("mode", "must be payment or subscription")
	case len(c.Lines) == 0:
		return frontdesk.Money{}, invalid("line_items", "must not be empty")
	case c.TrialDays > 0 && c.Mode != billing.CheckoutModeSubscription:
		return frontdesk.Money{}, invalid("subscription_data", "is for subscription mode")
	case c.Split != billing.Split{} && c.Mode != billing.CheckoutModePayment:
		return frontdesk.Money{}, invalid("payment_intent_data", "is for payment mode")
	}
	if c.Customer != "" {
		if _, err := a.livingCustomer("customer", c.Customer); err != nil {
			return frontdesk.Money{}, err
		}
	}
	total, err := a.checkoutTotal(c)
	if err == nil {
		err = a.checkSplit("payment_intent_data", c.Split, total.Amount)
	}
	if c.TrialDays > 0 {
		total.Amount = 0
	}
	return total, err
}

func (a *account) checkoutTotal(c billing.CheckoutParams) (frontdesk.Money, error) {
	if c.Mode == billing.CheckoutModeSubscription {
		if _, err := a.subscriptionItems(c.Lines); err != nil {
			return frontdesk.Money{}, err
		}
	}
	var total frontdesk.Money
	for _, line := range c.Lines {
		unit, err := a.checkoutUnit(c.Mode, line)
		if err != nil {
			return total, err
		}
		if total.Currency != "" && total.Currency != unit.Currency {
			return total, invalid("line_items[0][price]", "must have the currency of the others")
		}
		total.Currency = unit.Currency
		total.Amount += unit.Amount * max(line.Quantity, 1)
	}
	return total, nil
}

func (a *account) checkoutUnit(mode billing.CheckoutMode, line billing.CheckoutLine) (frontdesk.Money, error) {
	if line.Price == "" {
		if line.Amount.Amount <= 0 || !line.Amount.Currency.Valid() {
			return frontdesk.Money{}, invalid("line_items[0][price_data]", "must be an amount")
		}
		return line.Amount, nil
	}
	price, err := a.usablePrice("line_items[0][price]", line.Price)
	if err != nil {
		return frontdesk.Money{}, err
	}
	if mode == billing.CheckoutModePayment && price.Interval != "" {
		return frontdesk.Money{}, invalid("line_items[0][price]", "must not recur in payment mode")
	}
	return price.Unit, nil
}

func (a *account) expireCheckout(id string) (*billing.CheckoutSession, error) {
	s, err := a.checkouts.find("checkout.session", id)
	switch {
	case err != nil:
		return nil, err
	case s.Status != billing.CheckoutStatusOpen:
		return nil, notOpen(s)
	}
	a.closeCheckout(s)
	return &s.CheckoutSession, nil
}

func (a *account) closeCheckout(s *checkout) {
	s.Status, s.URL = billing.CheckoutStatusExpired, ""
	a.emit("checkout.session.expired", &s.CheckoutSession, nil)
}

func notOpen(s *checkout) error {
	return wrongState("", "Only Checkout Sessions with a status in [\"open\"] can be completed or expired. This Session has a status of "+string(s.Status)+".")
}

func (a *account) checkoutDue(s *checkout) due {
	if s.Status != billing.CheckoutStatusOpen {
		return due{}
	}
	return due{s.ExpiresAt, func() { a.closeCheckout(s) }}
}

// complete carries out what the payer agreed to.
func (a *account) complete(s *checkout, delayed bool) error {
	answer := a.declines.take("")
	if answer.code != "" && answer.code != actionRequired && answer.code != paymentDelayed {
		return declined(answer, "")
	}
	delayed = delayed || answer.code == paymentDelayed
	method := a.payerMethod(s, delayed)
	s.Status, s.URL = billing.CheckoutStatusComplete, ""
	s.Paid = !delayed || s.Total.Amount == 0
	if s.Mode == billing.CheckoutModeSubscription {
		a.subscribe(s, method, delayed)
	} else {
		a.payCheckout(s, method, delayed)
	}
	a.emit("checkout.session.completed", &s.CheckoutSession, nil)
	return nil
}

// payerMethod stores what the payer chose: for a subscription with the customer
// that they are or become, and otherwise for this once.
func (a *account) payerMethod(s *checkout, delayed bool) string {
	var m billing.PaymentMethod
	if s.Mode == billing.CheckoutModeSubscription {
		if s.Customer == "" {
			s.Customer = a.addCustomer(a.newID("cus"), billing.CustomerParams{Email: "payer@example.com"}).ID
		}
		m.Customer = s.Customer
	}
	if delayed {
		m.Type, m.Last4 = "sepa_debit", "3000"
	}
	return a.addMethod(m).ID
}

func (a *account) subscribe(s *checkout, method string, delayed bool) {
	items, err := a.subscriptionItems(s.params.Lines)
	if err != nil {
		// A price was archived meanwhile; the session still sells it.
		items = a.archivedItems(s.params.Lines)
	}
	sub := a.newSubscription(s.Customer, items, s.params.TrialDays, s.params.Metadata)
	sub.method = method
	s.Subscription = sub.ID
	a.begin(sub, func(inv *invoice) error {
		pay := a.payments.rows[inv.Payment]
		pay.method, inv.Attempts = method, 1
		a.take(s, pay, delayed)
		return nil
	})
	s.Invoice = sub.LatestInvoice
}

func (a *account) archivedItems(lines []billing.CheckoutLine) []billing.SubscriptionItem {
	var items []billing.SubscriptionItem
	for _, line := range lines {
		items = append(items, subscriptionItem(a.newID("si"), a.prices.rows[line.Price], max(line.Quantity, 1)))
	}
	return items
}

func (a *account) payCheckout(s *checkout, method string, delayed bool) {
	pay := a.newPayment(s.Customer, s.Total, s.params.Metadata)
	pay.Standalone, pay.method = true, method
	pay.split(s.params.Split)
	s.Payment = pay.ID
	a.emit("payment_intent.created", &pay.Payment, nil)
	a.take(s, pay, delayed)
}

// take is the payment on a session's page, whose answer is known already.
func (a *account) take(s *checkout, pay *payment, delayed bool) {
	if delayed {
		pay.checkout = s.ID
		a.process(pay)
	} else {
		a.succeed(pay)
	}
	a.follow(pay)
}

// followCheckout tells what became of a session's delayed payment.
func (a *account) followCheckout(s *checkout, pay *payment) {
	if s.Paid || s.Failed {
		return
	}
	switch pay.Status {
	case billing.PaymentStatusSucceeded:
		s.Paid = true
		a.emit("checkout.session.async_payment_succeeded", &s.CheckoutSession, nil)
	case billing.PaymentStatusRequiresPaymentMethod:
		s.Failed = true
		a.emit("checkout.session.async_payment_failed", &s.CheckoutSession, nil)
	}
}
