package store_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	lite, pg := storetest.SQLite(t), storetest.Postgres(t)
	open(t, lite)
	open(t, pg)
	columns := selectText(t, pg, `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'frontdesk_migrations' ORDER BY 1`)
	types := strings.NewReplacer("bigint", "integer", "bytea", "blob")
	for i, c := range columns {
		columns[i] = types.Replace(c)
	}
	assert.NotEmpty(t, columns)
	assert.Equal(t, selectText(t, lite, `SELECT m.name || '.' || c.name || ' ' || lower(c.type) || ' ' || iif(c."notnull", 'NO', 'YES')
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name LIKE 'frontdesk_%'
		AND m.name <> 'frontdesk_migrations' ORDER BY 1`), columns)
}

// TestBothDatabasesHaveTheSameIndexes leaves out frontdesk_scheduling_slots, which is the
// index of a constraint on Postgres and that of triggers on SQLite.
func TestBothDatabasesHaveTheSameIndexes(t *testing.T) {
	lite, pg := storetest.SQLite(t), storetest.Postgres(t)
	open(t, lite)
	open(t, pg)
	inPostgres := selectText(t, pg, `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE '%frontdesk%'
		AND indexname NOT LIKE '%_pkey' AND indexname <> 'frontdesk_scheduling_slots' AND tablename <> 'frontdesk_migrations' ORDER BY indexname`)
	inSQLite := selectText(t, lite, `SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
		AND name <> 'frontdesk_scheduling_slots' ORDER BY name`)
	require.Equal(t, len(inSQLite), len(inPostgres))
	for i := range inSQLite {
		assert.Equal(t, indexOf(inSQLite[i]), indexOf(inPostgres[i]))
	}
	keys := `SELECT tc.table_name || ' ' || kc.column_name FROM information_schema.table_constraints tc
		JOIN information_schema.key_column_usage kc USING (constraint_name, constraint_schema)
		WHERE tc.constraint_schema = current_schema() AND tc.constraint_type = 'PRIMARY KEY' ORDER BY tc.table_name, kc.ordinal_position`
	assert.Equal(t, selectText(t, lite, `SELECT m.name || ' ' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name LIKE 'frontdesk_%' AND c.pk > 0 ORDER BY m.name, c.pk`), selectText(t, pg, keys))
}

var (
	indexShape = regexp.MustCompile(`CREATE (UNIQUE )?INDEX (\w+) ON (?:\w+\.)?(\w+)[^(]*\(([^)]*)\)`)
	constants  = regexp.MustCompile(`'[a-z]+'`)
)

// indexOf is what the databases print alike: the index, its columns, and the states
// that its condition names.
func indexOf(sql string) string {
	shape := indexShape.FindStringSubmatch(sql)
	return fmt.Sprint(shape[1:], constants.FindAllString(sql, -1))
}

func TestMigrationsCanBeTakenBackAndRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		open(t, db)
		all := tables(t, db)
		assert.Len(t, all, 38)
		for _, left := range []int{27, 20, 11, 8, 1} {
			require.NoError(t, store.Rollback(t.Context(), db))
			assert.Len(t, tables(t, db), left, "what was made is dropped")
		}
		assert.ErrorIs(t, store.Rollback(t.Context(), db), frontdesk.FailedPrecondition)
		require.NoError(t, store.Migrate(t.Context(), db))
		assert.Equal(t, all, tables(t, db))
	})
}

func TestADatabaseOfTheFirstReleaseIsBroughtUpToDate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, open(t, db).Billing().AddEvents(t.Context(), webhook()))
		for range 4 {
			require.NoError(t, store.Rollback(t.Context(), db))
		}
		st := open(t, db)
		events, err := st.Billing().Events(t.Context(), everyEvent)
		require.NoError(t, err)
		assert.Len(t, events, 1, "what was there stays")
		assert.NoError(t, st.Billing().AddEntries(t.Context(), entry(1)))
		_, err = st.Email().Entries(t.Context(), email.Filter{})
		assert.NoError(t, err)
		_, err = st.Storage().Documents(t.Context(), storage.Filter{})
		assert.NoError(t, err)
		_, err = st.Scheduling().Meetings(t.Context(), scheduling.MeetingFilter{})
		assert.NoError(t, err)
	})
}

func TestOpenWithSkipMigrationsMakesNoTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		_, err := store.Open(t.Context(), db, &store.Options{SkipMigrations: true})
		require.NoError(t, err)
		assert.Empty(t, tables(t, db))
	})
}

func TestManyProcessesMayOpenAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/shared.db"
		openTogether(t, func() *sqlx.DB { return storetest.OpenSQLite(t, path) })
	})
	t.Run("sqlite without any parameters in the DSN", func(t *testing.T) {
		path := t.TempDir() + "/shared.db"
		openTogether(t, func() *sqlx.DB { return plainSQLite(t, path) })
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.PostgresDSN(t)
		openTogether(t, func() *sqlx.DB { return storetest.OpenPostgres(t, dsn) })
	})
}

func openTogether(t *testing.T, connect func() *sqlx.DB) {
	var all sync.WaitGroup
	pools := make([]*sqlx.DB, 8)
	for i := range pools {
		pools[i] = connect()
	}
	for _, db := range pools {
		all.Go(func() {
			_, err := store.Open(t.Context(), db, nil)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Equal(t, []string{"0", "1", "2", "3", "4", "5"}, selectText(t, pools[0], "SELECT CAST(version_id AS TEXT) FROM frontdesk_migrations ORDER BY version_id"))
}

// plainSQLite is what a host has that knows nothing about SQLite.
func plainSQLite(t testing.TB, path string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func tables(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	if db.DriverName() == "sqlite" {
		return selectText(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'frontdesk_%' ORDER BY 1")
	}
	return selectText(t, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1")
}

func selectText(t *testing.T, db *sqlx.DB, query string) (all []string) {
	t.Helper()
	require.NoError(t, db.Select(&all, query))
	return all
}
