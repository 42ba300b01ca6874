package billingtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// connect returns the ability, or skips the rule.
func (t *providerTest) connect() billing.Connect {
	t.Helper()
	if t.harness.NoConnect {
		t.Skip("the provider has no connected accounts")
	}
	return able[billing.Connect](t)
}

// experts is the provider's side of connected accounts.
func (t *providerTest) experts() ProviderConnect {
	t.Helper()
	t.connect()
	e, ok := t.driver.(ProviderConnect)
	if !ok {
		t.Fatalf("the provider is a billing.Connect, but its driver %T is no ProviderConnect", t.driver)
	}
	return e
}

// onto is a write to an account with a key that was never used.
func (t *providerTest) onto(a *billing.Account) billing.Write {
	w := t.write()
	w.Account = a.ID
	return w
}

// account creates an account that has not been onboarded.
func (t *providerTest) account() *billing.Account {
	t.Helper()
	return ask(t.connect().CreateAccount(t.ctx, t.write(), billing.AccountParams{
		Type: billing.AccountExpress, Country: "DE", Email: "nina@example.com", Metadata: map[string]string{"expert": "nina"},
	})).must(t)
}

// expert creates an account that can be paid, and is only when asked to.
func (t *providerTest) expert() *billing.Account {
	t.Helper()
	a := t.account()
	t.done(t.experts().CompleteOnboarding(a.ID))
	return t.scheduled(a, billing.PayoutSchedule{Interval: billing.PayoutManual})
}

func (t *providerTest) scheduled(a *billing.Account, s billing.PayoutSchedule) *billing.Account {
	t.Helper()
	return ask(t.connect().SetPayoutSchedule(t.ctx, t.onto(a), s)).must(t)
}

// reread reads an account again.
func (t *providerTest) reread(a *billing.Account) *billing.Account {
	t.Helper()
	return ask(t.connect().GetAccount(t.ctx, a.ID)).must(t)
}

// splitParams are those of a payment that is passed on to an account.
func splitParams(to *billing.Account, amount frontdesk.Money, fee int64) billing.PaymentParams {
	return billing.PaymentParams{
		Amount: amount, PaymentMethod: "pm_card_visa", Confirm: true,
		Split: billing.Split{Destination: to.ID, ApplicationFee: fee},
	}
}

// splitCharge is a destination charge that has succeeded, as every side of it shows it.
type splitCharge struct {
	payment  *billing.Payment        // the platform's
	transfer *billing.Transfer       // of the whole
	credited *billing.Payment        // the account's
	fee      *billing.ApplicationFee // nil without one
}

// splitIn makes a destination charge.
func (t *providerTest) splitIn(to *billing.Account, amount frontdesk.Money, fee int64) splitCharge {
	t.Helper()
	made := ask(t.p.CreatePayment(t.ctx, t.write(), splitParams(to, amount, fee))).must(t)
	return t.splitOf(to, made)
}

// split makes a destination charge in euros.
func (t *providerTest) split(to *billing.Account, cents, fee int64) splitCharge {
	t.Helper()
	return t.splitIn(to, euros(cents), fee)
}

// splitOf reads all sides of a destination charge.
func (t *providerTest) splitOf(to *billing.Account, of *billing.Payment) splitCharge {
	t.Helper()
	s := splitCharge{payment: ask(t.p.GetPayment(t.ctx, of.Ref)).must(t)}
	s.transfer = ask(t.connect().GetTransfer(t.ctx, s.payment.Transfer)).must(t)
	s.credited = ask(t.p.GetPayment(t.ctx, billing.Ref{Account: to.ID, ID: s.transfer.DestinationPayment})).must(t)
	if s.credited.ApplicationFee != "" {
		s.fee = ask(t.connect().GetApplicationFee(t.ctx, s.credited.ApplicationFee)).must(t)
	}
	return s
}

// inLines writes movements without their times and transactions, sorted.
func inLines(movements []billing.Movement) string {
	var all []string
	for _, m := range movements {
		all = append(all, inLine(m.Kind, m.Object, m.Amount.Amount))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func inLine(kind billing.EntryKind, object string, amount int64) string {
	return fmt.Sprintf("%s %s %+d", kind, object, amount)
}

// whole writes movements with all that they have, sorted.
func whole(movements []billing.Movement) string {
	var all []string
	for _, m := range movements {
		all = append(all, string(encoded(m)))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// sum adds up movements, which must be in one currency.
func (t *providerTest) sum(movements []billing.Movement) int64 {
	t.Helper()
	var sum int64
	for _, m := range movements {
		equal(t, "the currency", m.Amount.Currency, movements[0].Amount.Currency)
		sum += m.Amount.Amount
	}
	return sum
}

// movements lists those of an account, newest first.
func (t *providerTest) movements(of *billing.Account) []billing.Movement {
	t.Helper()
	return listed(t, t.connect().ListMovements(t.ctx, billing.MovementFilter{Account: of.ID}))
}

// balance reads what an account has in euros.
func (t *providerTest) balance(of *billing.Account) (available, pending int64) {
	t.Helper()
	b := ask(t.connect().GetBalance(t.ctx, of.ID)).must(t)
	equal(t, "the balance's name", b.Ref, billing.AccountRef(of.ID))
	return amountIn(b.Available, "eur"), amountIn(b.Pending, "eur")
}

func amountIn(amounts []frontdesk.Money, c frontdesk.Currency) int64 {
	var sum int64
	for _, m := range amounts {
		if m.Currency == c {
			sum += m.Amount
		}
	}
	return sum
}

// has checks an account's balance in euros.
func (t *providerTest) has(of *billing.Account, available, pending int64) {
	t.Helper()
	a, p := t.balance(of)
	equal(t, "what is available", a, available)
	equal(t, "what is pending", p, pending)
}

// worth checks what an account has in euros, available or not: refunds may take
// from either.
func (t *providerTest) worth(of *billing.Account, total int64) {
	t.Helper()
	available, pending := t.balance(of)
	equal(t, "what the account has", available+pending, total)
}

// mature moves the clock to when all that the account has is available.
func (t *providerTest) mature(of *billing.Account) {
	t.Helper()
	at := t.driver.Now()
	for _, m := range t.movements(of) {
		at = latest(at, m.AvailableOn)
	}
	t.driver.Advance(at.Sub(t.driver.Now()))
}

// fieldsOf are the names of what an error complains of.
func fieldsOf(err error) string {
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}
