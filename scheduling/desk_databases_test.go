package scheduling_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// TestDeskOnDatabases has what follows from bookings, and what surrounds them, on both databases.
func TestDeskOnDatabases(t *testing.T) {
	memory := stores
	t.Cleanup(func() { stores = memory })
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), open(t), nil)
			require.NoError(t, err)
			stores = func(t *testing.T) scheduling.Store {
				empty(t, db)
				return db.Scheduling()
			}
			for name, test := range map[string]func(*testing.T){
				"deliver": TestDeliver, "reminders": TestReminders, "calendars": TestCalendars, "money back": TestMoneyBack,
				"waitlist": TestWaitlist, "packs": TestPacks, "series": TestSeries, "feed": TestFeed, "side by side": TestWorkersSideBySide,
			} {
				t.Run(name, test)
			}
		})
	}
}
