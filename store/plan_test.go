package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// TestPollsUseTheirIndexes: with thousands of rows that are done and a few that are
// not, what workers ask every second must not read them all.
func TestPollsUseTheirIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, err := Open(t.Context(), db, nil)
		require.NoError(t, err)
		fill(t, db)
		var objects filter
		objects.when(true, "account = ? AND kind = ?", "", "invoice")
		for _, c := range []struct{ index, query string }{
			{"frontdesk_billing_events_work", "SELECT id FROM frontdesk_billing_events WHERE " + eventWork.due() + " ORDER BY id LIMIT 10"},
			{"frontdesk_billing_effects_work", "SELECT id FROM frontdesk_billing_effects WHERE " + effectWork.due() + " ORDER BY id LIMIT 10"},
			{"frontdesk_billing_events_awaits", "SELECT id FROM frontdesk_billing_events WHERE state = 'unmatched' AND awaits = ?"},
			{"frontdesk_billing_events_trouble", "SELECT id FROM frontdesk_billing_events WHERE state IN ('dead') AND state IN ('failed', 'dead', 'unmatched') ORDER BY id DESC LIMIT 50"},
			{"frontdesk_billing_objects_newest", "SELECT data FROM frontdesk_billing_objects" + objects.sql() + " ORDER BY created DESC, row_id DESC LIMIT 50"},
			{"frontdesk_billing_operations_taken", "SELECT id FROM frontdesk_billing_operations WHERE intent = ? AND name = ? AND account = ? AND client = ? AND " + operationTaken},
		} {
			assert.Contains(t, plan(t, st, c.query), c.index, c.query)
		}
	})
}

// TestTheLedgerUsesItsIndexes: what an account asks for must not read the others'.
func TestTheLedgerUsesItsIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, err := Open(t.Context(), db, nil)
		require.NoError(t, err)
		fill(t, db)
		entries := func(f billing.EntryFilter) string {
			f.Account = "i_7"
			query, _ := selectEntries(f)
			return query
		}
		at := time.Unix(1, 0)
		for _, c := range []struct{ index, query string }{
			{"frontdesk_billing_entries_once", selectEntriesOf},
			{"frontdesk_billing_entries_once", entries(billing.EntryFilter{Object: "i_7"})},
			{"frontdesk_billing_entries_newest", entries(billing.EntryFilter{})},
			{"frontdesk_billing_entries_newest", entries(billing.EntryFilter{Before: 1})},
			{"", entries(billing.EntryFilter{Currency: "i_7", AvailableAfter: at, AvailableUntil: at})},
			{"frontdesk_billing_entries_available", selectBalances},
			{"frontdesk_billing_entries_available", matureBalance},
			{"", sumEntries},
			{"", addBalances},
			{"", beginBalances},
			{"", rebuildBalances},
			{"", dropBalances},
			{"", "SELECT currency FROM frontdesk_billing_balances WHERE account = ? AND as_of < ? ORDER BY currency" + st.dialect.rowLock},
			{"frontdesk_billing_accounts_account", "SELECT expert FROM frontdesk_billing_accounts WHERE account = ?"},
			{"frontdesk_billing_accounts_account", "SELECT account FROM frontdesk_billing_accounts WHERE account > ? ORDER BY account LIMIT ?"},
			{"frontdesk_billing_accounts_expert", "SELECT account FROM frontdesk_billing_accounts WHERE expert = ? ORDER BY id"},
		} {
			p := plan(t, st, c.query)
			assert.Contains(t, p, c.index, c.query)
			assert.NotContains(t, p, "Seq Scan", c.query)
			assert.NotContains(t, p, "SCAN", c.query)
		}
		assert.NotContains(t, plan(t, st, addBalances), "frontdesk_billing_entries_available", "adding does not read what was added before")
	})
}

func fill(t *testing.T, db *sqlx.DB) {
	t.Helper()
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
	for _, rows := range []string{
		`INSERT INTO frontdesk_billing_events (` + addedColumns + `) ` + numbers + `SELECT 'stripe', '', FALSE, 'evt_' || i, 'x', '', 0, '', '', '', '',
			CASE i % 1000 WHEN 0 THEN 'received' WHEN 1 THEN 'dead' WHEN 2 THEN 'unmatched' ELSE 'done' END, 0, '', 'customer:cus_' || i, 0, 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_billing_effects (name, object_kind, object_account, object_id, milestone, client, state, created_at, next_at, payload) ` + numbers +
			`SELECT 'x', '', '', 'in_' || i, '', '', CASE i % 1000 WHEN 0 THEN 'pending' ELSE 'done' END, 0, 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_billing_objects (account, kind, id, row_id, customer, state, created, deleted, data) ` + numbers +
			`SELECT '', 'invoice', 'in_' || i, 'row_' || i, 'cus_1', 'paid', i, FALSE, '{}' FROM n`,
		`INSERT INTO frontdesk_billing_operations (` + operationColumns + `) ` + numbers +
			`SELECT 'op_' || i, 'x', '', '', 'i_' || i, FALSE, CASE i % 100 WHEN 0 THEN 'pending' ELSE 'done' END, '', 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_billing_accounts (account, expert) ` + numbers + `SELECT 'i_' || i, 'i_' || (i % 1000) FROM n`,
		`INSERT INTO frontdesk_billing_entries (` + addedEntryColumns + `) ` + numbers + `SELECT 'i_' || (i % 500), 'charge', 'i_' || i, 1,
			CASE i % 3 WHEN 0 THEN 'i_7' ELSE 'usd' END, i, 0, i, 0, 0, 0, TRUE, i, i, i FROM n`,
		`INSERT INTO frontdesk_billing_balances (` + balanceColumns + `) ` + numbers + `SELECT 'i_' || i, 'i_7', 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM n`,
		"ANALYZE",
	} {
		binary := map[string]string{"sqlite": "BLOB", "pgx": "BYTEA"}[db.DriverName()]
		_, err := db.Exec(strings.ReplaceAll(rows, "AS payload", "AS "+binary))
		require.NoError(t, err, rows)
	}
}

// plan is how the database means to run the query, with sample values in it.
func plan(t *testing.T, st *DB, query string) string {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if st.Postgres() {
		explain = "EXPLAIN "
	}
	query = strings.NewReplacer("next_at <= ?", "next_at <= 1", "lease_until < ?", "lease_until < 1", "available_on <= ?", "available_on <= 4000",
		"available_on > ?", "available_on > 3900", "as_of = ?", "as_of = 1", "as_of < ?", "as_of < 1", "id < ?", "id < 4000", "id IN (?)", "id IN (1, 2)",
		"LIMIT ?", "LIMIT 3", "?", "'i_7'").Replace(query)
	rows, err := st.pool.Queryx(explain + query)
	require.NoError(t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		line, err := rows.SliceScan()
		require.NoError(t, err)
		lines = append(lines, fmt.Sprint(line...))
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, "\n")
}

func TestCursorsOfOthersAreRefused(t *testing.T) {
	p := place{42, "row"}
	back, err := parseCursor(p.cursor())
	require.NoError(t, err)
	assert.Equal(t, p, back)
	for _, cursor := range []string{"!", "NDI", p.cursor() + "=", "MCAA"} {
		_, err := parseCursor(cursor)
		assert.Error(t, err, cursor)
	}
}

func TestTroubleIsWhatTheIndexNames(t *testing.T) {
	assert.True(t, within([]billing.EventState{billing.EventDead}, trouble))
	assert.False(t, within([]billing.EventState{billing.EventDead, billing.EventDone}, trouble))
}
