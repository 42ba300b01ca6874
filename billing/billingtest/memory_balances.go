package billingtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// balance is the stored balance, or the one to begin with.
func (d *data) balance(account string, in frontdesk.Currency) billing.LedgerBalance {
	balances := d.balances.rows[account]
	if at, found := findBalance(balances, in); found {
		return balances[at]
	}
	return billing.LedgerBalance{Account: account, Currency: in}
}

func (d *data) putBalance(b billing.LedgerBalance) {
	d.balances.put(b.Account, withBalance(slices.Clone(d.balances.rows[b.Account]), b))
}

// withBalance puts the balance in its place among the others, by currency.
func withBalance(balances []billing.LedgerBalance, b billing.LedgerBalance) []billing.LedgerBalance {
	at, found := findBalance(balances, b.Currency)
	if found {
		balances[at] = b
		return balances
	}
	return slices.Insert(balances, at, b)
}

func findBalance(balances []billing.LedgerBalance, in frontdesk.Currency) (int, bool) {
	return slices.BinarySearchFunc(balances, in, func(b billing.LedgerBalance, c frontdesk.Currency) int {
		return cmp.Compare(b.Currency, c)
	})
}

// plusEntry adds an entry to a balance.
func plusEntry(b billing.LedgerBalance, e billing.Entry) billing.LedgerBalance {
	b.Gross += e.Gross
	b.Fee += e.Fee
	b.InTransit += e.InTransit
	b.PaidOut += e.PaidOut
	b.Held += e.Held
	if e.Kind == billing.EntryRefund || e.Kind == billing.EntryDispute {
		b.Refunded -= e.Gross
	}
	if e.AvailableOn.After(b.AsOf) {
		b.Pending += e.Balance
	} else {
		b.Available += e.Balance
	}
	return b
}

// maturedBalances are copies of the account's balances as they are by asOf, or by
// their own time if that is later.
func (d *data) maturedBalances(account string, asOf time.Time) []billing.LedgerBalance {
	balances := slices.Clone(d.balances.rows[account])
	for i, b := range balances {
		if asOf.After(b.AsOf) {
			balances[i] = d.matured(b, asOf)
		}
	}
	return balances
}

func (d *data) matured(b billing.LedgerBalance, asOf time.Time) billing.LedgerBalance {
	for _, e := range d.entries.rows[b.Account] {
		if e.Currency == b.Currency && e.AvailableOn.After(b.AsOf) && !e.AvailableOn.After(asOf) {
			b.Pending -= e.Balance
			b.Available += e.Balance
		}
	}
	b.AsOf = utc(asOf)
	return b
}

// sumEntries are the account's balances, as of the times of the stored ones, from its
// entries alone.
func (d *data) sumEntries(account string) []billing.LedgerBalance {
	var sums []billing.LedgerBalance
	for _, e := range d.entries.rows[account] {
		b := billing.LedgerBalance{Account: account, Currency: e.Currency, AsOf: d.balance(account, e.Currency).AsOf}
		if at, found := findBalance(sums, e.Currency); found {
			b = sums[at]
		}
		sums = withBalance(sums, plusEntry(b, e))
	}
	return sums
}
