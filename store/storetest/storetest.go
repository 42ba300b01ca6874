// Package storetest gives tests a fresh SQLite or Postgres database each. Postgres is
// run from the binaries that are on the machine, one server per test process; it
// needs no set-up and no TestMain, and it ends with the process, however that ends.
package storetest

import (
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Each runs test on a fresh SQLite database and on a fresh Postgres database, as the
// subtests "sqlite" and "postgres".
func Each(t *testing.T, test func(t *testing.T, db *sqlx.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite returns an empty SQLite database in a file, through modernc.org/sqlite. It is
// closed and deleted when the test ends.
func SQLite(t testing.TB) *sqlx.DB {
	t.Helper()
	return OpenSQLite(t, filepath.Join(t.TempDir(), "frontdesk.db"))
}

// OpenSQLite opens one more pool on the file, as another process would.
func OpenSQLite(t testing.TB, path string) *sqlx.DB {
	t.Helper()
	return connect(t, "sqlite", path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)")
}

func connect(t testing.TB, driver, dsn string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Connect(driver, dsn)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
