package store_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func TestBillingStoreOnSQLite(t *testing.T) {
	billingtest.TestStore(t, func(t *testing.T) billing.Store { return open(t, storetest.SQLite(t)).Billing() })
}

func TestBillingStoreOnSQLiteWithOneConnection(t *testing.T) {
	billingtest.TestStore(t, func(t *testing.T) billing.Store {
		db := storetest.SQLite(t)
		db.SetMaxOpenConns(1)
		return open(t, db).Billing()
	})
}

func TestBillingStoreOnPostgres(t *testing.T) {
	billingtest.TestStore(t, func(t *testing.T) billing.Store { return open(t, storetest.Postgres(t)).Billing() })
}

func TestEmailStoreOnSQLite(t *testing.T) {
	emailtest.TestStore(t, func(t *testing.T) email.Store { return open(t, storetest.SQLite(t)).Email() })
}

func TestEmailStoreOnSQLiteWithOneConnection(t *testing.T) {
	emailtest.TestStore(t, func(t *testing.T) email.Store {
		db := storetest.SQLite(t)
		db.SetMaxOpenConns(1)
		return open(t, db).Email()
	})
}

func TestEmailStoreOnPostgres(t *testing.T) {
	emailtest.TestStore(t, func(t *testing.T) email.Store { return open(t, storetest.Postgres(t)).Email() })
}

func TestStorageStoreOnSQLite(t *testing.T) {
	storagetest.TestStore(t, func(t *testing.T) storage.Store { return open(t, storetest.SQLite(t)).Storage() })
}

func TestStorageStoreOnSQLiteWithOneConnection(t *testing.T) {
	storagetest.TestStore(t, func(t *testing.T) storage.Store {
		db := storetest.SQLite(t)
		db.SetMaxOpenConns(1)
		return open(t, db).Storage()
	})
}

func TestStorageStoreOnPostgres(t *testing.T) {
	storagetest.TestStore(t, func(t *testing.T) storage.Store { return open(t, storetest.Postgres(t)).Storage() })
}

func TestSchedulingStoreOnSQLite(t *testing.T) {
	testSchedulingStore(t, storetest.SQLite(t))
}

func TestSchedulingStoreOnSQLiteWithOneConnection(t *testing.T) {
	db := storetest.SQLite(t)
	db.SetMaxOpenConns(1)
	testSchedulingStore(t, db)
}

func TestSchedulingStoreOnPostgres(t *testing.T) {
	testSchedulingStore(t, storetest.Postgres(t))
}

// testSchedulingStore empties one database for each rule, which is faster than a hundred
// databases.
func testSchedulingStore(t *testing.T, db *sqlx.DB) {
	st := open(t, db)
	schedulingtest.TestStore(t, func(t *testing.T) scheduling.Store {
		for _, table := range tables(t, db) {
			if strings.HasPrefix(table, "frontdesk_scheduling_") {
				_, err := db.ExecContext(t.Context(), "DELETE FROM "+table)
				require.NoError(t, err)
			}
		}
		return st.Scheduling()
	})
}
