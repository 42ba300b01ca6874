package store_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
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
