package billingtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var balanceRules = []storeRule{
	{"A balance is the sum of its entries", checkBalanceSums},
	{"Refunds and disputes count as refunded, above zero", checkRefundedSum},
	{"Each currency has a balance of its own, listed in order", checkBalanceCurrencies},
	{"An account without entries has no balances", checkNoBalances},
	{"Maturing moves what is available by then, the exact time included", checkMature},
	{"Maturing to a time that is not after the last changes nothing", checkMatureEarlier},
	{"Maturing concerns all currencies of the account, and no other account", checkMatureCurrencies},
	{"Maturing an account that has no balance does nothing", checkMatureNothing},
	{"An entry whose time has come by its balance's is available at once", checkAddAvailable},
	{"An entry without a time is available from the beginning", checkAddTimeless},
	{"What takes from the balance matures as what adds to it", checkMatureNegative},
	{"Balances are read as they are by a time, which writes nothing", checkBalancesAsOf},
	{"Balances are never read as they were before their own time", checkBalancesBefore},
	{"Times of balances keep their microseconds, and come in UTC", checkBalanceTimes},
	{"The sums of the entries are the balances at every step of a history", checkLedgerHistory},
	{"Rebuilding sound balances changes nothing", checkRebuild},
	{"Entries and balances of a transaction that fails are taken back together", checkLedgerRollback},
	{"Entries and balances agree when many add and mature at once", checkLedgerRace},
	{"Many who are the first of a balance at once all count", checkFirstEntryRace},
}

func (t *storeTest) balances(account string, asOf time.Time) []billing.LedgerBalance {
	t.Helper()
	balances, err := t.store.Balances(t.ctx, account, asOf)
	t.need(err, "Balances")
	return balances
}

func (t *storeTest) sums(account string) []billing.LedgerBalance {
	t.Helper()
	sums, err := t.store.SumEntries(t.ctx, account)
	t.need(err, "SumEntries")
	return sums
}

func (t *storeTest) mature(account string, asOf time.Time) {
	t.Helper()
	t.need(t.store.MatureBalances(t.ctx, account, asOf), "MatureBalances")
}

// balanced checks the account's balances as of the time, whose account and time need
// not be told.
func (t *storeTest) balanced(account string, asOf time.Time, want ...billing.LedgerBalance) {
	t.Helper()
	for i := range want {
		want[i].Account, want[i].AsOf = account, asOf
	}
	sameText(t, "the balances", t.balances(account, asOf), want, "a balance is the sum of its entries, as of that time")
}

// agree checks that the balances that are stored are sound.
func (t *storeTest) agree(account string) {
	t.Helper()
	balances := t.balances(account, time.Time{})
	sameText(t, "the stored balances", balances, t.sums(account), "balances and entries agree at any time")
	for _, b := range balances {
		same(t, fmt.Sprintf("whether %+v is balanced", b), b.Balanced(), true, "all that was earned is somewhere")
	}
}

// availableAt is the n-th entry, available at the time.
func availableAt(n int, at time.Time) billing.Entry {
	e := newEntry(n)
	e.AvailableOn = at
	return e
}

func checkBalanceSums(t *storeTest) {
	fee, payout, dispute := newEntry(1), availableAt(2, noon), newEntry(3)
	fee.Kind, fee.Gross, fee.Fee, fee.Balance = billing.EntryFee, 0, 13, -13
	payout.Kind, payout.Gross, payout.Balance, payout.InTransit = billing.EntryPayout, 0, -60, 60
	dispute.Kind, dispute.Gross, dispute.Balance, dispute.Held = billing.EntryDispute, 0, -5, 5
	t.addEntries(newEntry(1), fee, payout)
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 100, Fee: 13, Pending: 87, Available: -60, InTransit: 60})
	paid := payout
	paid.Part, paid.Balance, paid.InTransit, paid.PaidOut = 2, 0, -60, 60
	t.addEntries(paid, dispute)
	t.balanced("acct_1", later,
		billing.LedgerBalance{Currency: "usd", Gross: 100, Fee: 13, Pending: 82, Available: -60, PaidOut: 60, Held: 5})
	t.agree("acct_1")
	big := newEntry(4)
	big.Gross, big.Balance = 1<<53+1, 1<<53+1
	t.addEntries(big)
	same(t, "what was earned", t.balances("acct_1", later)[0].Gross, 1<<53+101, "sums are exact")
	t.agree("acct_1")
}

func checkRefundedSum(t *storeTest) {
	refund, back, dispute, fee := newEntry(1), newEntry(2), newEntry(3), newEntry(4)
	refund.Kind, refund.Gross, refund.Balance = billing.EntryRefund, -30, -30
	back.Kind, back.Gross, back.Balance = billing.EntryRefund, 10, 10 // a refund that failed
	dispute.Kind, dispute.Gross, dispute.Balance = billing.EntryDispute, -100, -100
	fee.Kind, fee.Gross, fee.Fee, fee.Balance = billing.EntryFee, 0, 7, -7
	t.addEntries(newEntry(5), refund, back)
	t.addEntries(dispute, fee)
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: -20, Fee: 7, Refunded: 120, Pending: -27})
	t.agree("acct_1")
}

func checkBalanceCurrencies(t *storeTest) {
	for n, currency := range []frontdesk.Currency{"usd", "eur", "jpy", "usd"} {
		e := newEntry(n)
		e.Currency = currency
		t.addEntries(e)
	}
	t.balanced("acct_1", later,
		billing.LedgerBalance{Currency: "eur", Gross: 100, Pending: 100},
		billing.LedgerBalance{Currency: "jpy", Gross: 100, Pending: 100},
		billing.LedgerBalance{Currency: "usd", Gross: 200, Pending: 200})
	t.agree("acct_1")
}

func checkNoBalances(t *storeTest) {
	t.addEntries(newEntry(1))
	same(t, "the number of balances", len(t.balances("acct_2", later)), 0, "the account has no entries")
	same(t, "the number of sums", len(t.sums("acct_2")), 0, "the account has no entries")
	t.need(t.store.RebuildBalances(t.ctx, "acct_2"), "RebuildBalances of an account without entries")
	same(t, "the number of balances", len(t.balances("acct_2", later)), 0, "the account has no entries")
}

func checkMature(t *storeTest) {
	t.addEntries(availableAt(1, noon), availableAt(2, noon.Add(time.Hour)), availableAt(3, noon.Add(2*time.Hour)))
	for _, step := range []struct {
		asOf      time.Time
		available int64
	}{
		{noon.Add(-time.Microsecond), 0},
		{india, 100},
		{noon.Add(time.Hour - time.Microsecond), 100},
		{noon.Add(time.Hour), 200},
		{noon.AddDate(1, 0, 0), 300},
	} {
		t.mature("acct_1", step.asOf)
		want := []billing.LedgerBalance{{
			Account: "acct_1", Currency: "usd", Gross: 300, Pending: 300 - step.available, Available: step.available, AsOf: step.asOf.UTC(),
		}}
		sameText(t, "the stored balances", t.balances("acct_1", time.Time{}), want, "what is available on a time is available by that very time")
		t.agree("acct_1")
	}
}

func checkMatureEarlier(t *storeTest) {
	t.addEntries(availableAt(1, noon), availableAt(2, later))
	t.mature("acct_1", later)
	before := t.ledger()
	for _, asOf := range []time.Time{later, noon, noon.AddDate(-1, 0, 0), {}} {
		t.mature("acct_1", asOf)
		same(t, "the ledger", t.ledger(), before, "time does not go back, and what was available stays so")
	}
	t.addEntries(availableAt(3, later))
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 300, Available: 300})
}

func checkMatureCurrencies(t *storeTest) {
	euros, other := availableAt(1, noon), availableAt(2, noon)
	euros.Currency, other.Account = "eur", "acct_2"
	t.addEntries(euros, availableAt(3, later), other)
	t.mature("acct_1", noon)
	stored := func(account, currency string, pending, available int64, asOf time.Time) billing.LedgerBalance {
		return billing.LedgerBalance{
			Account: account, Currency: frontdesk.Currency(currency), Gross: 100, Pending: pending, Available: available, AsOf: asOf,
		}
	}
	sameText(t, "the stored balances", t.balances("acct_1", time.Time{}), []billing.LedgerBalance{
		stored("acct_1", "eur", 0, 100, noon), stored("acct_1", "usd", 100, 0, noon),
	}, "all balances of an account mature together, each by its own entries")
	sameText(t, "the stored balances", t.balances("acct_2", time.Time{}), []billing.LedgerBalance{
		stored("acct_2", "usd", 100, 0, time.Time{}),
	}, "an account matures by itself")
	pounds := availableAt(4, noon)
	pounds.Currency = "gbp"
	t.addEntries(pounds)
	t.mature("acct_1", later)
	t.balanced("acct_1", later,
		billing.LedgerBalance{Currency: "eur", Gross: 100, Available: 100},
		billing.LedgerBalance{Currency: "gbp", Gross: 100, Available: 100},
		billing.LedgerBalance{Currency: "usd", Gross: 100, Available: 100})
	t.agree("acct_1")
}

func checkMatureNothing(t *storeTest) {
	t.mature("acct_1", later)
	same(t, "the number of balances", len(t.balances("acct_1", later)), 0, "there is nothing that could mature")
	t.addEntries(availableAt(1, noon))
	t.balanced("acct_1", noon.Add(-time.Second), billing.LedgerBalance{Currency: "usd", Gross: 100, Pending: 100})
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 100, Available: 100})
	t.agree("acct_1")
}

func checkAddAvailable(t *storeTest) {
	t.addEntries(availableAt(1, later))
	t.mature("acct_1", noon)
	t.addEntries(availableAt(2, noon.Add(-time.Hour)), availableAt(3, india), availableAt(4, noon.Add(time.Microsecond)))
	want := []billing.LedgerBalance{{Account: "acct_1", Currency: "usd", Gross: 400, Pending: 200, Available: 200, AsOf: noon}}
	sameText(t, "the stored balances", t.balances("acct_1", time.Time{}), want, "what is available by the balance's time, the exact one included, never was pending")
	t.agree("acct_1")
	t.mature("acct_1", later)
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 400, Available: 400})
	t.agree("acct_1")
}

func checkAddTimeless(t *storeTest) {
	t.addEntries(availableAt(1, time.Time{}), availableAt(2, noon))
	t.balanced("acct_1", time.Time{}, billing.LedgerBalance{Currency: "usd", Gross: 200, Pending: 100, Available: 100})
	t.mature("acct_1", noon)
	t.addEntries(availableAt(3, time.Time{}))
	t.balanced("acct_1", noon, billing.LedgerBalance{Currency: "usd", Gross: 300, Available: 300})
	t.agree("acct_1")
}

func checkMatureNegative(t *storeTest) {
	refund := availableAt(1, noon)
	refund.Kind, refund.Gross, refund.Balance = billing.EntryRefund, -250, -250
	t.addEntries(availableAt(2, later), refund)
	t.mature("acct_1", noon)
	t.balanced("acct_1", noon, billing.LedgerBalance{Currency: "usd", Gross: -150, Refunded: 250, Pending: 100, Available: -250})
	t.mature("acct_1", later)
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: -150, Refunded: 250, Available: -150})
	t.agree("acct_1")
}

func checkBalancesAsOf(t *storeTest) {
	t.addEntries(availableAt(1, noon), availableAt(2, noon.Add(time.Hour)))
	t.mature("acct_1", noon)
	before := t.ledger()
	for asOf, available := range map[time.Time]int64{
		noon.Add(time.Microsecond): 100, noon.Add(time.Hour - time.Microsecond): 100, noon.Add(time.Hour): 200, noon.AddDate(9, 0, 0): 200,
	} {
		t.balanced("acct_1", asOf, billing.LedgerBalance{Currency: "usd", Gross: 200, Pending: 200 - available, Available: available})
		same(t, "the ledger", t.ledger(), before, "reading writes nothing")
	}
}

func checkBalancesBefore(t *storeTest) {
	t.addEntries(availableAt(1, noon), availableAt(2, noon.AddDate(1, 0, 0)))
	t.mature("acct_1", later)
	want := []billing.LedgerBalance{{Account: "acct_1", Currency: "usd", Gross: 200, Pending: 100, Available: 100, AsOf: later}}
	for _, asOf := range []time.Time{{}, noon.AddDate(-1, 0, 0), noon, later} {
		sameText(t, "the balances", t.balances("acct_1", asOf), want, "a balance is as of its own time when that is later")
	}
}

func checkBalanceTimes(t *storeTest) {
	t.addEntries(newEntry(1))
	sameTime(t, "the AsOf of a new balance", t.balances("acct_1", time.Time{})[0].AsOf, time.Time{})
	t.mature("acct_1", india.Add(time.Microsecond))
	sameTime(t, "AsOf", t.balances("acct_1", time.Time{})[0].AsOf, noon.Add(time.Microsecond))
	sameTime(t, "AsOf", t.sums("acct_1")[0].AsOf, noon.Add(time.Microsecond))
	sameTime(t, "the AsOf of a reading", t.balances("acct_1", india.Add(2*time.Microsecond))[0].AsOf, noon.Add(2*time.Microsecond))
}

// randomEntry is balanced, in one of two accounts and currencies, and available within
// an hour of noon.
func randomEntry(r *rand.Rand, n int) billing.Entry {
	kinds := []billing.EntryKind{
		billing.EntryCharge, billing.EntryTransfer, billing.EntryFee, billing.EntryRefund, billing.EntryDispute, billing.EntryAdjustment, billing.EntryPayout,
	}
	amount := func() int64 { return r.Int64N(2001) - 1000 }
	e := availableAt(n, noon.Add(time.Duration(r.IntN(3600))*time.Second))
	e.Account, e.Currency = fmt.Sprint("acct_", 1+r.IntN(2)), []frontdesk.Currency{"eur", "usd"}[r.IntN(2)]
	e.Kind, e.Gross, e.Fee = kinds[r.IntN(len(kinds))], amount(), amount()
	e.InTransit, e.PaidOut, e.Held = amount(), amount(), amount()
	e.Balance = e.Gross - e.Fee - e.InTransit - e.PaidOut - e.Held
	return e
}

func checkLedgerHistory(t *storeTest) {
	r := rand.New(rand.NewPCG(1, 2))
	for step := range 80 {
		account, asOf := fmt.Sprint("acct_", 1+r.IntN(2)), noon.Add(time.Duration(r.IntN(3600))*time.Second)
		switch action := r.IntN(10); {
		case action < 5:
			t.addEntries(randomEntry(r, 2*step), randomEntry(r, 2*step+1))
		case action < 8:
			want := t.balances(account, asOf)
			t.mature(account, asOf)
			sameText(t, "the matured balances", t.balances(account, time.Time{}), want, "a reading as of a time shows what maturing makes true")
		case action < 9:
			t.failedTx(func(tx billing.Store) error {
				return errors.Join(tx.AddEntries(t.ctx, randomEntry(r, 2*step)), tx.MatureBalances(t.ctx, account, asOf))
			})
		default:
			t.need(t.store.RebuildBalances(t.ctx, account), "RebuildBalances")
		}
		t.agree("acct_1")
		t.agree("acct_2")
	}
}

// failedTx runs fn in a transaction that fails for another reason.
func (t *storeTest) failedTx(fn func(tx billing.Store) error) {
	t.Helper()
	err := t.store.InTx(t.ctx, func(tx billing.Store) error {
		t.need(fn(tx), "writing in a transaction")
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Fatalf("InTx returned %v, want the error of the function it was given", err)
	}
}

func checkRebuild(t *storeTest) {
	euros, other := availableAt(1, noon), availableAt(2, noon)
	euros.Currency, other.Account = "eur", "acct_2"
	refund := availableAt(3, later)
	refund.Kind, refund.Gross, refund.Balance, refund.Held = billing.EntryRefund, -7, -10, 3
	t.addEntries(euros, other, availableAt(4, noon), refund)
	t.mature("acct_1", noon)
	for _, step := range []func(){
		func() {},
		func() { t.addEntries(availableAt(5, noon), availableAt(6, later)) },
		func() { t.mature("acct_1", later) },
	} {
		step()
		before := fmt.Sprint(t.ledger(), t.balances("acct_2", time.Time{}))
		t.need(t.store.RebuildBalances(t.ctx, "acct_1"), "RebuildBalances")
		same(t, "the ledger", fmt.Sprint(t.ledger(), t.balances("acct_2", time.Time{})), before, "the balances were right, with their times")
		t.agree("acct_1")
	}
}

func checkLedgerRollback(t *storeTest) {
	euros := newEntry(9)
	euros.Currency = "eur"
	write := func(tx billing.Store) error {
		return errors.Join(tx.AddEntries(t.ctx, newEntry(2), euros), tx.MatureBalances(t.ctx, "acct_1", noon.AddDate(1, 0, 0)))
	}
	t.failedTx(write)
	same(t, "the number of balances", len(t.balances("acct_1", later)), 0, "of what was not committed nothing is left")
	t.addEntries(newEntry(1))
	before := t.ledger()
	t.failedTx(write)
	same(t, "the ledger", t.ledger(), before, "of what was not committed nothing is left")
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		err := tx.InTx(t.ctx, func(inner billing.Store) error { return errors.Join(write(inner), errOnPurpose) })
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("the nested InTx returned %v, want the error of the function it was given", err)
		}
		return tx.AddEntries(t.ctx, newEntry(3))
	}), "InTx")
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 200, Pending: 200})
	t.agree("acct_1")
	t.need(t.store.InTx(t.ctx, write), "InTx")
	t.balanced("acct_1", noon.AddDate(1, 0, 0),
		billing.LedgerBalance{Currency: "eur", Gross: 100, Available: 100}, billing.LedgerBalance{Currency: "usd", Gross: 300, Available: 300})
	t.agree("acct_1")
}

const (
	ledgerClerks = 16
	ledgerRounds = 6
)

// checkLedgerRace: entries become available while others mature the balance, so that
// one that slips through between the two is counted twice or never.
func checkLedgerRace(t *storeTest) {
	for _, err := range contend(func(clerk int) error {
		if clerk >= ledgerClerks {
			return nil
		}
		return workOnLedger(t.ctx, t.store, clerk)
	}) {
		t.need(err, "work on a ledger beside others")
	}
	t.agree("acct_1")
	for _, b := range t.balances("acct_1", time.Time{}) {
		same(t, "what was earned", b.Gross, 100*ledgerClerks*ledgerRounds, "every entry counts once")
	}
	t.mature("acct_1", noon.AddDate(1, 0, 0))
	t.agree("acct_1")
	for _, b := range t.balances("acct_1", time.Time{}) {
		same(t, "what is pending", b.Pending, 0, "all of it has become available")
	}
}

func workOnLedger(ctx context.Context, store billing.Store, clerk int) error {
	for round := range ledgerRounds {
		n := ledgerClerks*round + clerk
		dollars, euros := availableAt(2*n, noon.Add(time.Duration(n)*time.Minute)), availableAt(2*n+1, noon.Add(time.Duration(n)*time.Minute))
		euros.Currency = "eur"
		if err := errors.Join(
			store.AddEntries(ctx, dollars, euros),
			store.MatureBalances(ctx, "acct_1", noon.Add(time.Duration(n)*time.Minute)),
		); err != nil {
			return err
		}
		balances, err := store.Balances(ctx, "acct_1", noon.Add(time.Duration(2*n)*time.Minute))
		sums, sumErr := store.SumEntries(ctx, "acct_1")
		if err := errors.Join(err, sumErr); err != nil {
			return err
		}
		for _, b := range append(balances, sums...) {
			if !b.Balanced() || b.Pending < 0 || b.Available < 0 {
				return fmt.Errorf("a reader saw %+v: all that was earned is somewhere, at any time", b)
			}
		}
	}
	return nil
}

func checkFirstEntryRace(t *storeTest) {
	for i, err := range contend(func(i int) error {
		return t.store.InTx(t.ctx, func(tx billing.Store) error {
			err := tx.AddEntries(t.ctx, newEntry(i))
			if i%4 == 0 {
				return errors.Join(err, errOnPurpose)
			}
			return err
		})
	}) {
		if i%4 != 0 {
			t.need(err, "AddEntries beside others")
		}
	}
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 100 * contenders * 3 / 4, Pending: 100 * contenders * 3 / 4})
	t.agree("acct_1")
}
