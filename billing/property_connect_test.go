package billing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// Whatever happens to an expert's money, and in whatever order and however often the
// events say so, at every step what was earned is somewhere, and in the end the
// ledger has what the provider says the account has.
func TestLedgerProperty(t *testing.T) {
	for _, mode := range []string{"reading", "payloads"} {
		t.Run("gross - fee = net = pending + available + in transit + paid out + held, "+mode, func(t *testing.T) {
			payloads := mode == "payloads"
			t.Run("memory", func(t *testing.T) {
				checks(t, 60, func(r *rapid.T) { testMoney(r, billingtest.NewStore(), payloads) })
			})
			t.Run("sqlite", func(t *testing.T) {
				db := open(t, storetest.SQLite(t))
				checks(t, 5, func(r *rapid.T) { empty(db); testMoney(r, db.Billing(), payloads) })
			})
			t.Run("postgres", func(t *testing.T) {
				checks(t, 5, func(r *rapid.T) { testMoney(r, emptyPostgres(t).Billing(), payloads) })
			})
		})
	}
}

// Payloads alone, in whatever order and however often, leave the same balance.
func TestLedgerOrder(t *testing.T) {
	checks(t, 100, func(r *rapid.T) {
		m := newMoney(r, billingtest.NewStore(), true)
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			m.step(r)
		}
		events := m.fake.Events()
		var first []billing.LedgerBalance
		for n := range 3 {
			m.store = billingtest.NewStore()
			m.svc = m.over(m.store)
			m.employs("nina", nina)
			m.deliver(events, rapid.Uint64().Draw(r, "order"), []bool{false})
			m.deliver(events, rapid.Uint64().Draw(r, "again"), rapid.SliceOfN(rapid.Bool(), 1, 9).Draw(r, "dropped"))
			balances, err := m.store.Balances(m.t.Context(), nina, start.AddDate(9, 0, 0))
			require.NoError(m.t, err)
			if n == 0 {
				first = balances
			}
			require.Equal(m.t, first, balances)
		}
	})
}

func testMoney(r *rapid.T, st billing.Store, payloads bool) {
	m := newMoney(r, st, payloads)
	for range rapid.IntRange(1, 12).Draw(r, "steps") {
		m.step(r)
	}
	events, dropped := m.fake.Events(), []bool{false}
	if !payloads { // what was read once brings what was dropped; payloads alone need the reconciliation
		dropped = rapid.SliceOfN(rapid.Bool(), 1, 20).Draw(r, "dropped")
	}
	m.deliver(events, rapid.Uint64().Draw(r, "order"), dropped)
	m.deliver(events, rapid.Uint64().Draw(r, "again"), dropped)
	if !payloads {
		m.reconcile(year)
		m.drain()
		m.requireLikeProvider()
		m.requireLinesSum()
		again := m.reconcile(year)
		require.Zero(m.t, again.Entries, "a second run writes nothing")
		require.Empty(m.t, again.Drift)
	}
}

// money is a world in which random things happen to what nina earns.
type money struct {
	*world
	writes int
}

func newMoney(r *rapid.T, st billing.Store, payloads bool) *money {
	w := newFakeWorld(r, st, billing.Options{PayloadOnly: payloads})
	w.fake.Hold()
	w.fake.AddAccount(nina, billing.AccountParams{Country: "PT", Metadata: map[string]string{"expertId": "nina"}})
	w.employs("nina", nina)
	return &money{world: w}
}

// step does one thing at the provider. What it refuses does not happen.
func (m *money) step(r *rapid.T) {
	switch rapid.IntRange(0, 9).Draw(r, "step") {
	case 0, 1:
		_, _ = m.fake.CreatePayment(m.t.Context(), m.write(""), m.card(r, billing.Split{
			Destination: nina, ApplicationFee: rapid.Int64Range(0, 900).Draw(r, "fee"),
		}))
	case 2:
		_, _ = m.fake.CreatePayment(m.t.Context(), m.write(nina), m.card(r, billing.Split{}))
	case 3:
		_, _ = m.fake.CreateTransfer(m.t.Context(), m.write(""), billing.TransferParams{
			Amount: m.euros(r, 1, 20000), Destination: nina,
		})
	case 4:
		m.refund(r)
	case 5:
		m.reverse(r)
	case 6:
		m.dispute(r)
	case 7:
		m.pay(r)
	case 8:
		typ := rapid.SampledFrom([]string{"adjustment", "reserve_transaction"}).Draw(r, "type")
		_ = m.fake.Adjust(nina, typ, m.euros(r, -500, 500))
	default:
		m.fake.Advance(time.Duration(rapid.IntRange(1, 9).Draw(r, "days")) * day)
	}
}

func (m *money) write(account string) billing.Write {
	m.writes++
	return billing.Write{Account: account, IdempotencyKey: fmt.Sprintf("money %d", m.writes)}
}

func (m *money) euros(r *rapid.T, least, most int64) frontdesk.Money {
	return frontdesk.Money{Amount: rapid.Int64Range(least, most).Draw(r, "amount"), Currency: "eur"}
}

func (m *money) card(r *rapid.T, s billing.Split) billing.PaymentParams {
	return billing.PaymentParams{Amount: m.euros(r, 1000, 90000), PaymentMethod: "pm_card_visa", Confirm: true, Split: s}
}

func (m *money) refund(r *rapid.T) {
	account := rapid.SampledFrom([]string{"", nina}).Draw(r, "whose")
	for p, err := range m.fake.ListPayments(m.t.Context(), billing.PaymentFilter{Account: account}) {
		require.NoError(m.t, err)
		if rapid.Bool().Draw(r, "this") {
			p := billing.RefundParams{
				Payment: p.ID, Amount: m.euros(r, 1, max(1, p.Amount.Amount-p.Refunded)),
				ReverseTransfer: p.Destination != "" && rapid.Bool().Draw(r, "reverse"),
			}
			p.RefundFee = p.ReverseTransfer && rapid.Bool().Draw(r, "fee")
			_, _ = m.fake.CreateRefund(m.t.Context(), m.write(account), p)
			return
		}
	}
}

func (m *money) reverse(r *rapid.T) {
	for t, err := range m.fake.ListTransfers(m.t.Context(), billing.TransferFilter{}) {
		require.NoError(m.t, err)
		if left := t.Amount.Amount - t.Reversed; left > 0 && rapid.Bool().Draw(r, "this") {
			_, _ = m.fake.ReverseTransfer(m.t.Context(), m.write(""), t.ID, billing.ReversalParams{Amount: m.euros(r, 1, left)})
			return
		}
	}
}

func (m *money) dispute(r *rapid.T) {
	for p, err := range m.fake.ListPayments(m.t.Context(), billing.PaymentFilter{Account: nina}) {
		require.NoError(m.t, err)
		if !rapid.Bool().Draw(r, "this") {
			continue
		}
		if d, err := m.fake.OpenDispute(p.ID); err == nil && rapid.Bool().Draw(r, "decided") {
			_ = m.fake.CloseDispute(d.ID, rapid.Bool().Draw(r, "won"))
		}
		return
	}
}

func (m *money) pay(r *rapid.T) {
	switch rapid.IntRange(0, 2).Draw(r, "payout") {
	case 0:
		_, _ = m.fake.CreatePayout(m.t.Context(), m.write(nina), billing.PayoutParams{Amount: m.euros(r, 1, 30000)})
	case 1:
		_ = m.fake.FailNextPayout(nina, "account_closed")
	default:
		for p, err := range m.fake.ListPayouts(m.t.Context(), billing.PayoutFilter{Account: nina}) {
			require.NoError(m.t, err)
			if rapid.Bool().Draw(r, "this") {
				_ = m.fake.FailPayout(p.ID, "account_closed")
				return
			}
		}
	}
}

// deliver works off the events that are not dropped, in some order, and looks at the
// books after each.
func (m *money) deliver(events []billing.Event, order uint64, dropped []bool) {
	m.t.Helper()
	rand.New(rand.NewPCG(order, order)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for i, e := range events {
		if dropped[i%len(dropped)] {
			continue
		}
		e.State, e.ReceivedAt = billing.EventReceived, m.now()
		require.NoError(m.t, m.store.AddEvents(m.t.Context(), e))
		m.drain()
		m.requireBalanced()
	}
	m.settle()
	m.requireBalanced()
}

func (m *money) requireBalanced() {
	m.t.Helper()
	for _, now := range []time.Time{{}, m.now(), m.now().Add(3 * day)} {
		all, err := m.store.Balances(m.t.Context(), nina, now)
		require.NoError(m.t, err)
		for _, b := range all {
			require.True(m.t, b.Balanced(), "%+v", b)
		}
	}
	drift, err := m.svc.VerifyLedger(m.admin(), "nina")
	require.NoError(m.t, err)
	require.Empty(m.t, drift)
}

// requireLikeProvider compares the ledger with the provider's balance, which knows
// nothing of what was paid out or withdrawn.
func (m *money) requireLikeProvider() {
	m.t.Helper()
	want, err := m.fake.GetBalance(m.t.Context(), nina)
	require.NoError(m.t, err)
	all, err := m.store.Balances(m.t.Context(), nina, m.now())
	require.NoError(m.t, err)
	var have billing.LedgerBalance
	for _, b := range all {
		have = b
	}
	require.Equal(m.t, sum(want.Available), have.Available, "available")
	require.Equal(m.t, sum(want.Pending), have.Pending, "pending")
}

func sum(all []frontdesk.Money) (total int64) {
	for _, m := range all {
		total += m.Amount
	}
	return total
}

// requireLinesSum explains every payout. Where no money was taken out by hand or came
// back, the provider's own lines explain all of it.
func (m *money) requireLinesSum() {
	m.t.Helper()
	payouts, _, err := m.svc.Payouts(m.admin(), "nina", billing.Listing{})
	require.NoError(m.t, err)
	scheduled := !slices.ContainsFunc(payouts, func(p *billing.Payout) bool { return !p.Automatic || p.Status.Returned() })
	for _, p := range payouts {
		_, lines, err := m.svc.PayoutLines(m.admin(), "nina", p.ID)
		require.NoError(m.t, err)
		var total int64
		for _, l := range lines {
			require.False(m.t, scheduled && l.Object == "", "the provider explains the whole of %s", p.ID)
			total += l.Amount.Amount
		}
		require.Equal(m.t, p.Amount.Amount, total)
	}
}
