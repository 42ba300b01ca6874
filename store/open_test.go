package store_test

import (
	"database/sql"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func open(t testing.TB, db *sqlx.DB) *store.DB {
	t.Helper()
	st, err := store.Open(t.Context(), db, nil)
	require.NoError(t, err)
	return st
}

func TestOpenRefusesADriverThatItDoesNotKnow(t *testing.T) {
	_, err := store.Open(t.Context(), sqlx.NewDb(new(sql.DB), "mysql"), nil)
	assert.ErrorIs(t, err, frontdesk.Invalid)
	assert.Equal(t, "db", frontdesk.Fields(err)[0].Name)
	_, err = store.Open(t.Context(), nil, nil)
	assert.ErrorIs(t, err, frontdesk.Invalid)
}

func TestOpenRefusesADatabaseInMemoryWithManyConnections(t *testing.T) {
	db, err := sqlx.Open("sqlite", ":memory:")
	require.NoError(t, err)
	defer db.Close()
	_, err = store.Open(t.Context(), db, nil)
	assert.ErrorIs(t, err, frontdesk.Invalid)
	db.SetMaxOpenConns(1)
	st := open(t, db)
	assert.NoError(t, st.Billing().AddEvents(t.Context(), webhook()))
}

func TestOpenMakesConnectionsDurable(t *testing.T) {
	db := plainSQLite(t, t.TempDir()+"/plain.db")
	_, err := db.Exec("PRAGMA synchronous = OFF")
	require.NoError(t, err)
	st := open(t, db)
	assert.Equal(t, []string{"wal"}, selectText(t, db, "PRAGMA journal_mode"))
	require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
		var level, timeout int
		assert.NoError(t, tx.Get(&level, "PRAGMA synchronous"))
		assert.NoError(t, tx.Get(&timeout, "PRAGMA busy_timeout"))
		assert.Equal(t, 2, level)
		assert.GreaterOrEqual(t, timeout, 1000)
		return nil
	}))
}

func TestTheHostsMapperDoesNotConfuseUs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		db.MapperFunc(func(name string) string { return "host_" + name })
		st := open(t, db).Billing()
		require.NoError(t, st.AddEvents(t.Context(), webhook()))
		events, err := st.Events(t.Context(), everyEvent)
		require.NoError(t, err)
		assert.Len(t, events, 1)
	})
}

func TestPostgresIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		assert.Equal(t, db.DriverName() == "pgx", st.Postgres())
		assert.Same(t, db, st.SQL())
	})
}
