package store_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// entry is the n-th of acct_1, available n minutes after arrived.
func entry(n int) billing.Entry {
	return billing.Entry{
		Account: "acct_1", Kind: billing.EntryCharge, Object: fmt.Sprintf("ch_%d", n), Part: 1, Currency: "usd",
		Gross: 100, Fee: 10, Balance: 90, AvailableOn: arrived.Add(time.Duration(n) * time.Minute), Created: arrived, RecordedAt: arrived,
	}
}

// everyCurrency is the entry in three currencies, in the order of n.
func everyCurrency(n int) []billing.Entry {
	entries := []billing.Entry{entry(n), entry(n), entry(n)}
	for i := range entries {
		entries[i].Currency = []frontdesk.Currency{"eur", "jpy", "usd"}[i]
		entries[i].Part = i + 1
	}
	if n%2 == 0 {
		slices.Reverse(entries)
	}
	return entries
}

func balances(t *testing.T, st billing.Store, account string, asOf time.Time) []billing.LedgerBalance {
	t.Helper()
	all, err := st.Balances(t.Context(), account, asOf)
	require.NoError(t, err)
	return all
}

// assertAgree checks that what is stored of the account is what its entries sum to.
func assertAgree(t *testing.T, st billing.Store, account string) {
	t.Helper()
	sums, err := st.SumEntries(t.Context(), account)
	require.NoError(t, err)
	assert.Equal(t, sums, balances(t, st, account, time.Time{}))
}

func TestRebuildBalancesRepairsWhatWasDamaged(t *testing.T) {
	for name, damage := range map[string]string{
		"an amount that was changed":       "UPDATE frontdesk_billing_balances SET gross = gross + 5, held = held + 5 WHERE account = 'acct_1'",
		"an amount in the wrong place":     "UPDATE frontdesk_billing_balances SET pending = pending - 90, available = available + 90 WHERE account = 'acct_1' AND currency = 'usd'",
		"refunds that nobody made":         "UPDATE frontdesk_billing_balances SET refunded = 7 WHERE account = 'acct_1'",
		"a time that was lost":             "UPDATE frontdesk_billing_balances SET as_of = 0 WHERE account = 'acct_1'",
		"a balance that is gone":           "DELETE FROM frontdesk_billing_balances WHERE account = 'acct_1' AND currency = 'usd'",
		"all balances gone":                "DELETE FROM frontdesk_billing_balances WHERE account = 'acct_1'",
		"a balance that nobody has earned": "INSERT INTO frontdesk_billing_balances SELECT account, 'gbp', 1, 0, 0, 1, 0, 0, 0, 0, as_of FROM frontdesk_billing_balances WHERE account = 'acct_1' AND currency = 'usd'",
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
				st, end := open(t, db).Billing(), arrived.AddDate(1, 0, 0)
				other := entry(1)
				other.Account = "acct_2"
				require.NoError(t, st.AddEntries(t.Context(), append(append(everyCurrency(1), everyCurrency(3)...), other)...))
				require.NoError(t, st.MatureBalances(t.Context(), "acct_1", arrived.Add(2*time.Minute)))
				sound, others := balances(t, st, "acct_1", end), balances(t, st, "acct_2", end)
				_, err := db.Exec(damage)
				require.NoError(t, err)
				require.NotEqual(t, sound, balances(t, st, "acct_1", end), "the damage shows")
				require.NoError(t, st.RebuildBalances(t.Context(), "acct_1"))
				assertAgree(t, st, "acct_1")
				assert.Equal(t, sound, balances(t, st, "acct_1", end))
				assert.Equal(t, others, balances(t, st, "acct_2", end))
				require.NoError(t, st.AddEntries(t.Context(), everyCurrency(2)...))
				assertAgree(t, st, "acct_1")
			})
		})
	}
}

func TestTheDatabaseItselfRefusesALedgerThatDoesNotAddUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, open(t, db).Billing().AddEntries(t.Context(), entry(1)))
		for _, statement := range []string{
			"UPDATE frontdesk_billing_entries SET gross = gross + 1",
			"UPDATE frontdesk_billing_entries SET balance = balance - 1",
			"UPDATE frontdesk_billing_balances SET fee = fee + 1",
			"UPDATE frontdesk_billing_balances SET available = available + 1",
		} {
			_, err := db.Exec(statement)
			assert.Error(t, err, statement)
		}
	})
}

func TestASumThatDoesNotFitIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db).Billing()
		rich := entry(1)
		rich.Gross, rich.Fee, rich.Balance = math.MaxInt64, 0, math.MaxInt64
		require.NoError(t, st.AddEntries(t.Context(), rich))
		assert.Error(t, st.AddEntries(t.Context(), entry(2)))
		assert.EqualValues(t, math.MaxInt64, balances(t, st, "acct_1", arrived)[0].Gross, "nothing is rounded")
		assertAgree(t, st, "acct_1")
	})
}

func TestTwoProcessesKeepOneLedgerInAgreement(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, processes [2]billing.Store) {
		race(func(i int) {
			st := processes[i%2]
			other := entry(i)
			other.Account = "acct_2"
			entries := append(everyCurrency(i), other)
			if i%4 < 2 {
				slices.Reverse(entries)
			}
			assert.NoError(t, st.AddEntries(t.Context(), entries...))
			assert.NoError(t, st.MatureBalances(t.Context(), "acct_1", arrived.Add(time.Duration(i)*time.Minute)))
			if i%8 == 0 {
				assert.NoError(t, st.RebuildBalances(t.Context(), "acct_1"))
			}
			seen, err := st.Balances(t.Context(), "acct_1", arrived.Add(time.Duration(2*i)*time.Minute))
			assert.NoError(t, err)
			for _, b := range seen {
				assert.True(t, b.Balanced() && b.Pending >= 0 && b.Available >= 0, "%+v", b)
			}
		})
		for _, account := range []string{"acct_1", "acct_2"} {
			assertAgree(t, processes[0], account)
			for _, b := range balances(t, processes[1], account, arrived.AddDate(1, 0, 0)) {
				assert.EqualValues(t, 100*racers, b.Gross)
				assert.EqualValues(t, 90*racers, b.Available)
			}
		}
	})
}

// TestMaturingCountsWhatWasBeingAdded: on Postgres a statement that waited for another
// transaction sees the row that it waited for as it is by then, and all else as
// it was before.
func TestMaturingCountsWhatWasBeingAdded(t *testing.T) {
	db := storetest.Postgres(t)
	st := open(t, db).Billing()
	require.NoError(t, st.AddEntries(t.Context(), entry(1)))
	done := make(chan error, 2)
	require.NoError(t, st.InTx(t.Context(), func(tx billing.Store) error {
		require.NoError(t, tx.AddEntries(t.Context(), entry(2)))
		go func() { done <- st.MatureBalances(t.Context(), "acct_1", arrived.Add(time.Hour)) }()
		go func() { done <- st.RebuildBalances(t.Context(), "acct_1") }()
		for waiting := 0; waiting < 2; runtime.Gosched() {
			require.NoError(t, db.Get(&waiting, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
		}
		return nil
	}))
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	assertAgree(t, st, "acct_1")
	assert.EqualValues(t, 180, balances(t, st, "acct_1", time.Time{})[0].Available)
}
