package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// position is where the money of one object of a connected account stands by now.
// Whatever an object's states were before, and in whatever order they were seen,
// its entries sum to the position of the last one.
type position struct {
	account string
	kind    EntryKind
	object  string
	exact   bool      // by the provider's balance, or certain without it
	line    bool      // of a statement: it says what has moved once, not where it stands
	created time.Time // when it happened
	legs    []Entry   // only the currency, the sums and AvailableOn count
}

// settlementTime is how long the money of a charge is taken to be pending when only
// the charge was seen and not its line in the balance: Stripe's delay for most new
// accounts. https://docs.stripe.com/payouts
const settlementTime = 7 * 24 * time.Hour

// positions lists where an object's money stands. Objects that are on the platform
// and concern no account have none.
func positions(o Object) []position {
	if account, connected := accountOf(o); !connected || account == "" {
		return nil
	}
	switch o := o.(type) {
	case *Payment:
		return o.positions()
	case *Refund:
		return o.positions()
	case *Dispute:
		return o.positions()
	case *Transfer:
		return o.positions()
	case *ApplicationFee:
		return o.positions()
	case *Payout:
		return o.positions()
	}
	return nil
}

// positions are those of the charge, and of the commission on it once its fee has
// a name: until then another view of the payment tells.
func (p *Payment) positions() []position {
	if p.Received == 0 || p.Charge == "" {
		return nil
	}
	if len(p.Movements) > 0 {
		return moved(p.Account, p.Movements, false)
	}
	at := p.Created.Add(settlementTime)
	charge := position{
		account: p.Account, kind: EntryCharge, object: p.Charge, created: p.Created,
		legs: []Entry{earned(p.Amount.Currency, p.Received, at)},
	}
	if p.Transfer != "" {
		charge.kind, charge.object = EntryTransfer, p.Transfer
	}
	all := []position{charge}
	if p.ApplicationFee != "" && p.Commission != 0 {
		all = append(all, position{
			account: p.Account, kind: EntryFee, object: p.ApplicationFee, created: p.Created,
			legs: []Entry{charged(p.Amount.Currency, p.Commission, at)},
		})
	}
	return all
}

// positions are nothing once a refund has failed: what it took has come back.
func (r *Refund) positions() []position {
	p := position{account: r.Account, kind: EntryRefund, object: r.ID, created: r.Created}
	if r.Reversal != "" {
		p.object = r.Reversal
	}
	switch r.Status {
	case RefundStatusFailed, RefundStatusCanceled:
		p.exact = true
		return []position{p}
	case RefundStatusPending, RefundStatusSucceeded:
	default:
		return nil
	}
	if len(r.Movements) > 0 {
		return moved(r.Account, r.Movements, false)
	}
	p.legs = []Entry{earned(r.Amount.Currency, -r.Amount.Amount, r.Created)}
	return []position{p}
}

// positions hold what a dispute has withdrawn until the bank has decided. Inquiries
// withdraw nothing.
func (d *Dispute) positions() []position {
	p := position{account: d.Account, kind: EntryDispute, object: d.ID, created: d.Created}
	if len(d.Movements) > 0 {
		all := moved(d.Account, d.Movements, false)
		for i := range all {
			if all[i].kind == EntryDispute && !d.Status.Closed() {
				all[i].hold()
			}
		}
		return all
	}
	switch d.Status {
	case DisputeStatusNeedsResponse, DisputeStatusUnderReview, DisputeStatusLost:
		p.legs = []Entry{earned(d.Amount.Currency, -d.Amount.Amount, d.Created)}
	}
	if !d.Status.Closed() {
		p.hold()
	}
	return []position{p}
}

func (t *Transfer) positions() []position {
	at := t.Created
	if t.Source != "" {
		at = at.Add(settlementTime)
	}
	currency := t.Amount.Currency
	all := []position{{
		account: t.Destination, kind: EntryTransfer, object: t.ID, created: t.Created,
		legs: []Entry{earned(currency, t.Amount.Amount, at)},
	}}
	for _, r := range t.Reversals {
		all = append(all, position{
			account: t.Destination, kind: EntryRefund, object: r.ID, created: r.Created,
			legs: []Entry{earned(currency, -r.Amount, r.Created)},
		})
	}
	return all
}

// positions are those of the fee, and of what was given back of it: by the lines in
// the payer's balance, which do not always name the refund, or else by the refunds.
func (f *ApplicationFee) positions() []position {
	currency := f.Amount.Currency
	all := []position{{
		account: f.Payer, kind: EntryFee, object: f.ID, created: f.Created,
		legs: []Entry{charged(currency, f.Amount.Amount, f.Created.Add(settlementTime))},
	}}
	if f.returned != nil {
		return append(all, moved(f.Payer, f.returned, true)...)
	}
	for _, r := range f.Refunds {
		all = append(all, position{
			account: f.Payer, kind: EntryFee, object: r.ID, created: r.Created,
			legs: []Entry{charged(currency, -r.Amount, r.Created)},
		})
	}
	return all
}

// positions are the payout's own, and those of the lines that it pays.
func (p *Payout) positions() []position {
	own := position{account: p.Account, kind: EntryPayout, object: p.ID, created: p.Created, exact: true}
	if !p.Status.Returned() {
		leg := Entry{Currency: p.Amount.Currency, Balance: -p.Amount.Amount, InTransit: p.Amount.Amount, AvailableOn: p.Created}
		if p.Status == PayoutStatusPaid {
			leg.InTransit, leg.PaidOut = 0, leg.InTransit
		}
		own.legs = []Entry{leg}
	}
	return append(moved(p.Account, p.Movements, true), own)
}

// moved gathers the lines of a balance by what has moved the money.
func moved(account string, lines []Movement, statement bool) []position {
	type name struct {
		kind   EntryKind
		object string
	}
	var all []position
	places := map[name]int{}
	for _, m := range lines {
		at, found := places[name{m.Kind, m.Object}]
		if !found {
			at = len(all)
			places[name{m.Kind, m.Object}] = at
			all = append(all, position{
				account: account, kind: m.Kind, object: m.Object, exact: true, line: statement, created: m.Created,
			})
		}
		all[at].legs = append(all[at].legs, m.leg())
	}
	return all
}

func (m Movement) leg() Entry {
	switch {
	case m.Held:
		return Entry{Currency: m.Amount.Currency, Balance: m.Amount.Amount, Held: -m.Amount.Amount, AvailableOn: m.AvailableOn}
	case m.Kind == EntryFee:
		return charged(m.Amount.Currency, -m.Amount.Amount, m.AvailableOn)
	}
	return earned(m.Amount.Currency, m.Amount.Amount, m.AvailableOn)
}

// earned is a leg that adds to what was earned; below zero it takes from it.
func earned(c frontdesk.Currency, amount int64, availableOn time.Time) Entry {
	return Entry{Currency: c, Gross: amount, Balance: amount, AvailableOn: availableOn}
}

// charged is a leg of a fee; below zero it gives one back.
func charged(c frontdesk.Currency, fee int64, availableOn time.Time) Entry {
	return Entry{Currency: c, Fee: fee, Balance: -fee, AvailableOn: availableOn}
}

// hold keeps what was taken from the balance for the account.
func (p *position) hold() {
	for i := range p.legs {
		p.legs[i].Held, p.legs[i].Gross = -p.legs[i].Gross, 0
	}
}
