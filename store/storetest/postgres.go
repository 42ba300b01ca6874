package storetest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/jmoiron/sqlx"
)

// Postgres returns an empty Postgres database, through pgx: a schema of its own on the
// server that the process's tests share, which takes a millisecond where CREATE DATABASE
// takes a hundred.
//
// The binaries are looked for in PATH and the usual places, or in the directory that
// FRONTDESK_POSTGRES_BIN names. Without them the test is skipped, or fails if
// FRONTDESK_REQUIRE_POSTGRES is 1. Commits reach the disk unless
// FRONTDESK_POSTGRES_FSYNC is off.
func Postgres(t testing.TB) *sqlx.DB {
	t.Helper()
	return OpenPostgres(t, PostgresDSN(t))
}

// OpenPostgres opens one more pool on the database, as another process would.
func OpenPostgres(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	return connect(t, "pgx", dsn)
}

// PostgresDSN makes what Postgres does and returns how to connect to it, for tests that
// open it by themselves.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	s, err := theServer()
	if err != nil {
		absent(t, err)
	}
	name := fmt.Sprintf("test_%d", schemas.Add(1))
	if _, err := s.admin.ExecContext(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return s.dsn(name)
}

var (
	schemas    atomic.Int64
	theServer  = sync.OnceValues(startServer)
	sayAbsence = sync.OnceFunc(func() {
		fmt.Fprintln(os.Stderr, "storetest: tests on Postgres are skipped, because there are no Postgres binaries here")
	})
)

// absent ends the test that could not have a server. Only their absence is a reason to
// skip: binaries that do not work are a failure.
func absent(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, errNoBinaries) || os.Getenv("FRONTDESK_REQUIRE_POSTGRES") == "1" {
		t.Fatalf("storetest: %v", err)
	}
	sayAbsence()
	t.Skip(err)
}
