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
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/storage"
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

// TestMailUsesItsIndexes: neither the queue nor the log nor what arrives reads the mails
// of years.
func TestMailUsesItsIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, err := Open(t.Context(), db, nil)
		require.NoError(t, err)
		fillMail(t, db)
		mails := func(f email.Filter) string {
			query, _ := selectMails(f)
			return query
		}
		suppressions := func(f email.SuppressionFilter) string {
			query, _ := selectSuppressions(f)
			return query
		}
		for _, c := range []struct{ index, query string }{
			{"frontdesk_email_messages_due", selectDueMessages},
			{"frontdesk_email_messages_key", "SELECT id FROM frontdesk_email_messages WHERE key = ?"},
			{"", takeMessage},
			{"", "UPDATE frontdesk_email_messages SET status = ?" + ofLease},
			{"", leaveAttempt},
			{"", selectMail},
			{"", selectAttempts},
			{"frontdesk_email_events_message", selectEvents},
			{"", mails(email.Filter{Before: 4000})},
			{"frontdesk_email_messages_client", mails(email.Filter{Client: "i_7"})},
			{"frontdesk_email_messages_template", mails(email.Filter{Template: "i_7"})},
			{"frontdesk_email_messages_status", mails(email.Filter{Statuses: []email.Status{email.StatusBounced}})},
			{"frontdesk_email_recipients_address", mails(email.Filter{Address: "i_7"})},
			{"frontdesk_email_messages_over", selectOverdue + st.dialect.rowLock},
			{"frontdesk_email_messages_kept", selectKept + st.dialect.rowLock},
			{"frontdesk_email_events_known", selectMessageOfEvent},
			{"frontdesk_email_events_waiting", joinEvents},
			{"frontdesk_email_events_lost", deleteLostEvents},
			{"frontdesk_email_receipts_message", deleteLostReceipts},
			{"", suppressions(email.SuppressionFilter{Addresses: []string{"i_7"}})},
			{"", suppressions(email.SuppressionFilter{After: "i_7"})},
		} {
			scansNothing(t, st, c.index, c.query)
		}
		for _, query := range deleteMessage {
			scansNothing(t, st, "", query)
		}
	})
}

// TestDocumentsUseTheirIndexes: neither the queue nor a client's list reads the documents of
// all others.
func TestDocumentsUseTheirIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, err := Open(t.Context(), db, nil)
		require.NoError(t, err)
		fillDocuments(t, db)
		documents := func(f storage.Filter) string {
			query, _ := filterDocuments(f)
			return query
		}
		receipts := func(before int64) string {
			query, _ := filterReceipts("i_7", before, 3)
			return query
		}
		for _, c := range []struct{ index, query string }{
			{"frontdesk_storage_versions_due", selectDueVersions},
			{"", takeVersion},
			{"", advanceVersion + leaveHeld + ofVersionLease + leftOfVersion},
			{"", settleVersion + setStored + ofVersionLease + leftOfVersion},
			{"", retryVersion},
			{"", moveVersion},
			{"", holdDocument},
			{"", holdDocumentOf},
			{"", deleteVersion},
			{"frontdesk_storage_versions_number", deleteDocument},
			{"frontdesk_storage_versions_number", removeVersions},
			{"frontdesk_storage_versions_number", resetLatest},
			{"frontdesk_storage_receipts", deleteReceipts},
			{"frontdesk_storage_versions_waiting", resumeVersions},
			{"frontdesk_storage_versions_waiting", holdBack},
			{"frontdesk_storage_versions_counted", sumOfSizes},
			{"frontdesk_storage_documents_client", countDocuments},
			{"", selectPause},
			{"", reserveFolder},
			{"", selectVersion},
			{"frontdesk_storage_versions_number", selectVersionsOf},
			{"frontdesk_storage_versions_store", selectVersionsIn},
			{"frontdesk_storage_versions_spool", selectSpooled},
			{"frontdesk_storage_documents_key", selectDocuments + withKey},
			{"", selectDocuments + "d.id = ?"},
			{"", documents(storage.Filter{Before: "i_7"})},
			{"frontdesk_storage_documents_client", documents(storage.Filter{Client: "i_7", VisibleToClient: true})},
			{"frontdesk_storage_documents_client", documents(storage.Filter{Client: "i_7", Folders: []string{""}, Before: "i_7"})},
			{"frontdesk_storage_documents_status", documents(storage.Filter{Statuses: []storage.Status{storage.StatusPending}})},
			{"frontdesk_storage_versions_state", documents(storage.Filter{States: []storage.State{storage.StateDead}})},
			{"frontdesk_storage_receipts_known", selectReceiptSince},
			{"frontdesk_storage_receipts_document", receipts(0)},
			{"frontdesk_storage_receipts_document", receipts(4000)},
		} {
			scansNothing(t, st, c.index, c.query)
		}
	})
}

func fillDocuments(t *testing.T, db *sqlx.DB) {
	t.Helper()
	run(t, db, `INSERT INTO frontdesk_storage_documents (`+documentColumns+`, latest, deleted) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 500), 'i_' || i, '', '', '', '',
			CASE i % 1000 WHEN 0 THEN 'i_7' ELSE 'approved' END, '', '', '', 0, 'private', 0, 0, 1, FALSE FROM n`,
		`INSERT INTO frontdesk_storage_versions (`+addedVersionColumns+`) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 500), 1, '', '', 1, CAST('' AS payload), '', '', 0, 0,
			CASE i % 1000 WHEN 0 THEN 'queued' WHEN 1 THEN 'i_7' ELSE 'stored' END, 0, 'i_7', 'i_' || i, CASE WHEN i % 100 = 7 THEN 'i_' || i ELSE '' END,
			CAST('' AS payload), 0, 0, '', i, '', 0 FROM n`,
		`INSERT INTO frontdesk_storage_receipts (`+addedReceiptColumns+`) `+numbers+`SELECT 'i_' || (i % 500), i, 'view', 'i_' || i, 'client', i FROM n`,
		`INSERT INTO frontdesk_storage_folders (store, client, folder) `+numbers+`SELECT 'i_7', 'i_' || i, '' FROM n`,
		`INSERT INTO frontdesk_storage_reservations (store, client, folder) `+numbers+`SELECT 'i_7', 'i_' || i, '' FROM n`,
		`INSERT INTO frontdesk_storage_pauses (store, client, paused_until) `+numbers+`SELECT 'i_7', 'i_' || i, 0 FROM n`,
		"ANALYZE")
}

func scansNothing(t *testing.T, st *DB, index, query string) {
	t.Helper()
	p := plan(t, st, query)
	assert.Contains(t, p, index, query)
	assert.NotContains(t, p, "Seq Scan on frontdesk", query)
	assert.NotRegexp(t, `SCAN (frontdesk\w+|[a-z])\b`, p, query)
}

func fillMail(t *testing.T, db *sqlx.DB) {
	t.Helper()
	run(t, db, `INSERT INTO frontdesk_email_messages (`+storedMailColumns+`, due_at, tries, kept) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 500), 'i_' || (i % 500),
			'i_7', FALSE, 0, '{}', '', CASE i % 1000 WHEN 0 THEN 'queued' WHEN 1 THEN 'bounced' ELSE 'sent' END, 'i_' || i, '', i, 0, 1, '', 0, 0, '', 0, i, 1, i % 50 = 1 FROM n`,
		`INSERT INTO frontdesk_email_recipients (message, address) `+numbers+`SELECT i, 'i_' || (i % 500) FROM n`,
		`INSERT INTO frontdesk_email_bodies (message, head, text, html) `+numbers+`SELECT i, '', '', '' FROM n`,
		`INSERT INTO frontdesk_email_attachments (message, file, part, content) `+numbers+`SELECT i, 0, 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_email_attempts (message, `+attemptColumns+`) `+numbers+`SELECT i, 1, 0, 0, 'sent', '', '' FROM n`,
		`INSERT INTO frontdesk_email_events (`+addedMailEventColumns+`) `+numbers+`SELECT 'i_7', 'i_' || i, '', 'i_' || i, '', '', FALSE, '', 0, i,
			CASE i % 1000 WHEN 0 THEN 0 ELSE i END, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_email_receipts (provider, provider_id, message) `+numbers+`SELECT 'i_7', 'i_' || i, CASE i % 1000 WHEN 0 THEN 0 ELSE i END FROM n`,
		`INSERT INTO frontdesk_email_parks (provider, parked_until) `+numbers+`SELECT 'i_' || i, 0 FROM n`,
		`INSERT INTO frontdesk_email_suppressions (`+suppressionColumns+`) `+numbers+`SELECT 'i_' || i, '', 0, 0, '' FROM n`,
		"ANALYZE")
}

const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "

func fill(t *testing.T, db *sqlx.DB) {
	t.Helper()
	run(t, db,
		`INSERT INTO frontdesk_billing_events (`+addedColumns+`) `+numbers+`SELECT 'stripe', '', FALSE, 'evt_' || i, 'x', '', 0, '', '', '', '',
			CASE i % 1000 WHEN 0 THEN 'received' WHEN 1 THEN 'dead' WHEN 2 THEN 'unmatched' ELSE 'done' END, 0, '', 'customer:cus_' || i, 0, 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_billing_effects (name, object_kind, object_account, object_id, milestone, client, state, created_at, next_at, payload) `+numbers+
			`SELECT 'x', '', '', 'in_' || i, '', '', CASE i % 1000 WHEN 0 THEN 'pending' ELSE 'done' END, 0, 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_billing_objects (account, kind, id, row_id, customer, state, created, deleted, data) `+numbers+
			`SELECT '', 'invoice', 'in_' || i, 'row_' || i, 'cus_1', 'paid', i, FALSE, '{}' FROM n`,
		`INSERT INTO frontdesk_billing_operations (`+operationColumns+`) `+numbers+
			`SELECT 'op_' || i, 'x', '', '', 'i_' || i, FALSE, CASE i % 100 WHEN 0 THEN 'pending' ELSE 'done' END, '', 0, CAST('' AS payload) FROM n`,
		`INSERT INTO frontdesk_billing_accounts (account, expert) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 1000) FROM n`,
		`INSERT INTO frontdesk_billing_entries (`+addedEntryColumns+`) `+numbers+`SELECT 'i_' || (i % 500), 'charge', 'i_' || i, 1,
			CASE i % 3 WHEN 0 THEN 'i_7' ELSE 'usd' END, i, 0, i, 0, 0, 0, TRUE, i, i, i FROM n`,
		`INSERT INTO frontdesk_billing_balances (`+balanceColumns+`) `+numbers+`SELECT 'i_' || i, 'i_7', 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM n`,
		"ANALYZE")
}

// run runs statements in which payload is the type for bytes.
func run(t *testing.T, db *sqlx.DB, statements ...string) {
	t.Helper()
	for _, rows := range statements {
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
		"available_on > ?", "available_on > 3900", "as_of = ?", "as_of = 1", "as_of < ?", "as_of < 1", "due_at <= ?", "due_at <= 1", "due_at = ?", "due_at = 1", "lease_until = ?", "lease_until = 1", "parked_until > ?", "parked_until > 1", "created_at < ?", "created_at < 100",
		"received_at < ?", "received_at < 100", "message = ?", "message = 7", "WHERE id = ?", "WHERE id = 7", "number = ?", "number = 1", "d.id < ?", "d.id < 'i_7'", "id < ?", "id < 4000", "id IN (?)", "id IN (1, 2)",
		"id > ?", "id > 100", "next_at > ?", "next_at > 100", "next_at < ?", "next_at < 100", "next_at = ?", "next_at = 1",
		"paused_until > ?", "paused_until > 1", "read_at >= ?", "read_at >= 4000", "version = ?", "version = 7", "scanned_at = ?", "scanned_at = 1",
		"done = ?", "done = 1", "stored_at ELSE ?", "stored_at ELSE 1", "attempts - ?", "attempts - 1", "CAST(? AS BIGINT)", "CAST(1 AS BIGINT)",
		"session = ?", "session = CAST('' AS "+map[bool]string{true: "BYTEA", false: "BLOB"}[st.Postgres()]+")",
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
