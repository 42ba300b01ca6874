package store

import (
	"context"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
)

// The balances are kept in agreement with the entries by the row lock on a balance:
// whoever adds entries inserts them first and then adds them to the balance as it
// is by then; whoever reads them to change a balance locks it first, and reads with a
// later statement, which on Postgres sees what the lock was waited for.

const balanceColumns = "account, currency, gross, fee, refunded, pending, available, in_transit, paid_out, held, as_of"

var (
	// addBalances adds the entries with the ids, and reads no others: first as of the
	// zero time, and what is available as of the balance's time then changes sides.
	addBalances = "INSERT INTO frontdesk_billing_balances AS b (" + balanceColumns + ") SELECT e.account, e.currency, " + sumsAsOf(atNoTime) +
		` FROM frontdesk_billing_entries e WHERE e.id IN (?) GROUP BY e.account, e.currency ORDER BY e.account, e.currency
		ON CONFLICT (account, currency) DO UPDATE SET gross = b.gross + excluded.gross, fee = b.fee + excluded.fee,
		refunded = b.refunded + excluded.refunded, in_transit = b.in_transit + excluded.in_transit,
		paid_out = b.paid_out + excluded.paid_out, held = b.held + excluded.held,
		(pending, available) = (SELECT b.pending + excluded.pending - ` + addedDue + `, b.available + excluded.available + ` + addedDue + `
			FROM frontdesk_billing_entries e WHERE e.id IN (?)) RETURNING currency`

	addedDue = `COALESCE(SUM(CASE WHEN e.account = b.account AND e.currency = b.currency
		AND e.available_on > ` + atNoTime + ` AND e.available_on <= b.as_of THEN e.balance END), 0)`

	sumEntries = "SELECT e.account, e.currency, " + sumsAsOf("COALESCE(b.as_of, "+atNoTime+")") + ` FROM frontdesk_billing_entries e
		LEFT JOIN frontdesk_billing_balances b ON b.account = e.account AND b.currency = e.currency
		WHERE e.account = ? GROUP BY e.account, e.currency, b.as_of ORDER BY e.currency`

	rebuildBalances = "INSERT INTO frontdesk_billing_balances (" + balanceColumns + ") " + sumEntries +
		` ON CONFLICT (account, currency) DO UPDATE SET gross = excluded.gross, fee = excluded.fee, refunded = excluded.refunded,
		pending = excluded.pending, available = excluded.available, in_transit = excluded.in_transit,
		paid_out = excluded.paid_out, held = excluded.held`

	beginBalances = "INSERT INTO frontdesk_billing_balances (" + balanceColumns + ") SELECT account, currency, 0, 0, 0, 0, 0, 0, 0, 0, " + atNoTime +
		" FROM frontdesk_billing_entries WHERE account = ? GROUP BY account, currency ORDER BY currency ON CONFLICT DO NOTHING"

	atNoTime = fmt.Sprint(noTime)
)

const (
	selectBalances = "SELECT " + balanceColumns + ", CAST((SELECT COALESCE(SUM(e.balance), 0) " + dueEntries + `) AS BIGINT)
		FROM frontdesk_billing_balances b WHERE account = ? ORDER BY currency`

	matureBalance = `UPDATE frontdesk_billing_balances AS b SET (pending, available) = (SELECT b.pending - COALESCE(SUM(e.balance), 0),
		b.available + COALESCE(SUM(e.balance), 0) ` + dueEntries + "), as_of = ? WHERE account = ? AND currency = ?"

	// dueEntries are those that become available after the balance's time, up to another.
	dueEntries = `FROM frontdesk_billing_entries e
		WHERE e.account = b.account AND e.currency = b.currency AND e.available_on > b.as_of AND e.available_on <= ?`

	dropBalances = `DELETE FROM frontdesk_billing_balances AS b WHERE account = ? AND NOT EXISTS
		(SELECT 1 FROM frontdesk_billing_entries e WHERE e.account = b.account AND e.currency = b.currency)`
)

// sumsAsOf is what a balance has of entries e, in the order of balanceColumns.
func sumsAsOf(asOf string) string {
	const refunds = "'" + string(billing.EntryRefund) + "', '" + string(billing.EntryDispute) + "'"
	return `SUM(e.gross), SUM(e.fee), SUM(CASE WHEN e.kind IN (` + refunds + `) THEN -e.gross ELSE 0 END),
		SUM(CASE WHEN e.available_on > ` + asOf + ` THEN e.balance ELSE 0 END),
		SUM(CASE WHEN e.available_on > ` + asOf + ` THEN 0 ELSE e.balance END),
		SUM(e.in_transit), SUM(e.paid_out), SUM(e.held), ` + asOf
}

// MatureBalances moves what has become available by asOf from pending to available.
func (s billingStore) MatureBalances(ctx context.Context, account string, asOf time.Time) error {
	return s.atomically(ctx, func(_ *Tx, q queries) error {
		currencies, err := list(ctx, q, scalar[string], "SELECT currency FROM frontdesk_billing_balances WHERE account = ? AND as_of < ? "+
			"ORDER BY currency"+q.dialect.rowLock, account, micros(asOf))
		for _, c := range currencies {
			if _, err := q.exec(ctx, matureBalance, micros(asOf), micros(asOf), account, c); err != nil {
				return err
			}
		}
		return err
	})
}

// Balances lists the account's balances as they are by asOf.
func (s billingStore) Balances(ctx context.Context, account string, asOf time.Time) ([]billing.LedgerBalance, error) {
	scan := func(r row) (billing.LedgerBalance, error) {
		var due int64
		b, err := scanBalance(r, &due)
		b.Pending -= due
		b.Available += due
		if at := moment(micros(asOf)); at.After(b.AsOf) {
			b.AsOf = at
		}
		return b, err
	}
	return s.balances(ctx, scan, selectBalances, micros(asOf), account)
}

// SumEntries computes the balances from the entries alone.
func (s billingStore) SumEntries(ctx context.Context, account string) ([]billing.LedgerBalance, error) {
	return s.balances(ctx, func(r row) (billing.LedgerBalance, error) { return scanBalance(r) }, sumEntries, account)
}

func (s billingStore) balances(ctx context.Context, scan func(row) (billing.LedgerBalance, error), query string, args ...any) (all []billing.LedgerBalance, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scan, query, args...)
		return err
	})
	return all, err
}

func scanBalance(r row, more ...any) (b billing.LedgerBalance, err error) {
	var asOf int64
	err = r.Scan(append([]any{&b.Account, &b.Currency, &b.Gross, &b.Fee, &b.Refunded, &b.Pending, &b.Available, &b.InTransit, &b.PaidOut,
		&b.Held, &asOf}, more...)...)
	b.AsOf = moment(asOf)
	return b, err
}

// RebuildBalances puts the sums of the entries in the place of the balances. It begins
// those that are missing, for without a row there is nothing to lock.
func (s billingStore) RebuildBalances(ctx context.Context, account string) error {
	return s.atomically(ctx, func(_ *Tx, q queries) error {
		if _, err := q.exec(ctx, beginBalances, account); err != nil {
			return err
		}
		if _, err := list(ctx, q, scalar[string], "SELECT currency FROM frontdesk_billing_balances WHERE account = ? ORDER BY currency"+
			q.dialect.rowLock, account); err != nil {
			return err
		}
		if _, err := q.exec(ctx, rebuildBalances, account); err != nil {
			return err
		}
		_, err := q.exec(ctx, dropBalances, account)
		return err
	})
}
