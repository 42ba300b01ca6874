package billingtest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// transaction is a line of a connected account's balance.
type transaction struct {
	id, typ, source string             // typ and source are Stripe's
	movements       []billing.Movement // the first is what moved, the others are its fees
	payout          string             // the automatic payout that pays it, or that it is itself of
	announced       bool               // balance.available has told of it
}

// GetBalance returns what an account has now.
func (p *Provider) GetBalance(ctx context.Context, accountID string) (*billing.Balance, error) {
	if err := mustID(accountID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetBalance", accountID), ofExpert(func(a *account) (*billing.Balance, error) {
		return a.balance(), nil
	}))
}

// ListMovements lists the lines of an account's balance, newest first, without
// those of payouts themselves.
func (p *Provider) ListMovements(ctx context.Context, f billing.MovementFilter) iter.Seq2[billing.Movement, error] {
	return func(yield func(billing.Movement, error) bool) {
		for t, err := range p.listTransactions(ctx, f) {
			if err != nil {
				yield(billing.Movement{}, err)
				return
			}
			for _, m := range t.shown() {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

func (p *Provider) listTransactions(ctx context.Context, f billing.MovementFilter) iter.Seq2[*transaction, error] {
	if err := mustID(f.Account); err != nil {
		return failing[*transaction](err)
	}
	return list(ctx, p, "ListMovements", f.Account, ofExpert(func(a *account) ([]*transaction, error) {
		lines, err := a.linesOf(f.Payout)
		if err != nil {
			return nil, err
		}
		return clones(slices.Values(lines), func(t *transaction) bool { return !t.main().Created.Before(f.Since) })
	}))
}

// linesOf lists the lines that an automatic payout pays, or all, newest first.
func (a *account) linesOf(payoutID string) ([]*transaction, error) {
	lines := a.lines
	if payoutID != "" {
		po, err := a.payouts.find("payout", payoutID)
		switch {
		case err != nil:
			return nil, err
		case !po.Automatic:
			return nil, invalid("payout", "can only be filtered on automatic payouts, not manual")
		}
		lines = po.lines
	}
	lines = slices.Clone(lines)
	slices.Reverse(lines)
	return lines, nil
}

// Adjust books a line of Stripe's own, without anything that it is for: an
// adjustment, a fee ("stripe_fee") or a reserve ("reserve_transaction"), by the
// type of Stripe's balance transactions. It is available at once.
func (p *Provider) Adjust(accountID, typ string, amount frontdesk.Money) error {
	return p.outside(accountID, func(a *account) error {
		a.book(typ, "", a.now, billing.Movement{Amount: amount})
		return nil
	})
}

// book adds a line to the balance of a connected account, whose amount becomes
// available at a time. Fees are taken from it. Other accounts have no balance.
func (a *account) book(typ, source string, at time.Time, main billing.Movement, fees ...billing.Movement) []billing.Movement {
	if a.connected == nil {
		return nil
	}
	t := &transaction{id: a.newID("txn"), typ: typ, source: source, movements: append([]billing.Movement{main}, fees...)}
	if main.Kind == "" {
		t.movements[0].Kind, t.movements[0].Held = kindOfLine(typ)
		t.movements[0].Object = t.id
	}
	for i := range t.movements {
		m := &t.movements[i]
		m.Transaction, m.Created, m.AvailableOn = t.id, a.second(), at.Truncate(time.Second)
	}
	a.lines = append(a.lines, t)
	return slices.Clone(t.movements)
}

// backed is when what a charge gives back leaves the balance: with the charge's
// own money, or at once.
func (a *account) backed(pay *payment) time.Time {
	if len(pay.Movements) == 0 {
		return a.now
	}
	return latest(pay.Movements[0].AvailableOn, a.now)
}

// kindOfLine is the kind of a line that is for no object, and whether it is held.
func kindOfLine(typ string) (kind billing.EntryKind, held bool) {
	switch typ {
	case "stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost":
		return billing.EntryFee, false
	}
	return billing.EntryAdjustment, strings.HasPrefix(typ, "reserve") || strings.HasPrefix(typ, "payout_minimum_balance")
}

// taken is a fee, as the movement that it is.
func taken(object string, amount frontdesk.Money) billing.Movement {
	amount.Amount = -amount.Amount
	return billing.Movement{Kind: billing.EntryFee, Object: object, Amount: amount}
}

func (t *transaction) main() *billing.Movement { return &t.movements[0] }

func (t *transaction) currency() frontdesk.Currency { return t.main().Amount.Currency }

// net is what the line adds to the balance.
func (t *transaction) net() int64 { return sumOf(t.movements) }

func sumOf(movements []billing.Movement) int64 {
	var sum int64
	for _, m := range movements {
		sum += m.Amount.Amount
	}
	return sum
}

// shown are the movements of the line, none for a payout.
func (t *transaction) shown() []billing.Movement {
	if t.main().Kind == billing.EntryPayout {
		return nil
	}
	return t.movements
}

// balance is the sum of the lines, by currency and by whether they are available.
func (a *account) balance() *billing.Balance {
	available, pending := make(map[frontdesk.Currency]int64), make(map[frontdesk.Currency]int64)
	available[a.connected.Currency], pending[a.connected.Currency] = 0, 0
	for _, t := range a.lines {
		now, later := t.net(), int64(0)
		if t.main().AvailableOn.After(a.now) {
			now, later = later, now
		}
		available[t.currency()] += now
		pending[t.currency()] += later
	}
	return &billing.Balance{
		Header:    billing.Header{Ref: billing.AccountRef(a.id)},
		Available: amounts(available), Pending: amounts(pending),
	}
}

func amounts(sums map[frontdesk.Currency]int64) []frontdesk.Money {
	var all []frontdesk.Money
	for _, c := range slices.Sorted(maps.Keys(sums)) {
		all = append(all, frontdesk.Money{Amount: sums[c], Currency: c})
	}
	return all
}

// availableIn is what can be paid out in a currency.
func (a *account) availableIn(c frontdesk.Currency) int64 {
	var sum int64
	for _, t := range a.lines {
		if t.currency() == c && !t.main().AvailableOn.After(a.now) {
			sum += t.net()
		}
	}
	return sum
}

// announceDue is when the platform is told of what has become available: at the
// midnight that follows, once for all.
func (a *account) announceDue() due {
	var first time.Time
	for _, t := range a.lines {
		if at := t.main().AvailableOn; !t.announced && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if first.IsZero() {
		return due{}
	}
	at := midnight(latest(first, a.now))
	if !at.After(a.connected.announced) {
		at = a.connected.announced.Add(day)
	}
	return due{at, a.announce}
}

func (a *account) announce() {
	a.connected.announced = a.now
	for _, t := range a.lines {
		t.announced = t.announced || !t.main().AvailableOn.After(a.now)
	}
	a.emit("balance.available", a.balance(), nil)
}
