package scheduling_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// TestDatabases has the same stories of the service on both databases.
func TestDatabases(t *testing.T) {
	memory, many := stores, histories
	t.Cleanup(func() { stores, histories = memory, many })
	histories = 3
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), open(t), nil)
			require.NoError(t, err)
			stores = func(t *testing.T) scheduling.Store {
				empty(t, db)
				return audited{db.Scheduling(), db}
			}
			for name, test := range map[string]func(*testing.T){
				"book": TestBook, "hold": TestHold, "paid": TestPaid, "cancel": TestCancel, "move": TestMove, "search": TestSearch,
				"meetings": TestMeetings, "no show": TestNoShow, "finish": TestFinish, "meanwhile": TestMeanwhile,
				"cancelled group": TestCancelledGroup, "deadlines": TestDeadlines, "bounds": TestBounds,
				"settings": TestSettings, "schedules": TestSchedules, "event types": TestEventTypes, "agreement": TestAgreement,
			} {
				t.Run(name, test)
			}
		})
	}
}

// empty deletes all rows: a database for each test would take most of its time.
func empty(t *testing.T, db *store.DB) {
	t.Helper()
	for _, table := range []string{
		"scheduling_effects", "scheduling_bookings", "scheduling_meeting_hosts", "scheduling_meetings", "scheduling_waiting",
		"scheduling_packs", "scheduling_uses", "scheduling_event_types", "scheduling_schedules", "scheduling_settings", "scheduling_hosts", "audit",
	} {
		_, err := db.SQL().ExecContext(t.Context(), "DELETE FROM frontdesk_"+table)
		require.NoError(t, err)
	}
}

// audited is a store whose audit log can be read.
type audited struct {
	scheduling.Store
	db *store.DB
}

func (a audited) AuditLog(ctx context.Context) (log []frontdesk.AuditEvent, err error) {
	var rows []struct{ Actor, Action, Outcome, Before, After string }
	err = a.db.SQL().SelectContext(ctx, &rows, "SELECT actor, action, outcome, before, after FROM frontdesk_audit ORDER BY id")
	for _, r := range rows {
		e := frontdesk.AuditEvent{Actor: frontdesk.Actor{ID: r.Actor}, Action: r.Action, Outcome: frontdesk.AuditOutcome(r.Outcome)}
		_ = json.Unmarshal([]byte(r.Before), &e.Before) // empty when there is nothing
		_ = json.Unmarshal([]byte(r.After), &e.After)
		log = append(log, e)
	}
	return log, err
}
