package jobs_test

import (
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// works runs a few events through a store on the database.
func works(t *testing.T, db *sqlx.DB, o *jobs.Options) {
	t.Helper()
	st := open(t, db)
	rec := newRecorder(st)
	start(t, newRunner(t, st, rec, o))
	for i := range 20 {
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(i, 1)...))
	}
	rec.await(t, "20 events", func() bool { return len(rec.done) == 20 })
}

// connect opens a pool that the test sets up by itself.
func connect(t *testing.T, driver, dsn string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Connect(driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func TestDatabasesAsHostsOpenThem(t *testing.T) {
	t.Run("a file with nothing set, and with a name that looks like parameters", func(t *testing.T) {
		path := (&url.URL{Path: filepath.Join(t.TempDir(), "a b?x=1&y#z%.db")}).String()
		works(t, connect(t, "sqlite", "file:"+path), nil)
	})
	t.Run("a file through one connection", func(t *testing.T) {
		db := storetest.SQLite(t)
		db.SetMaxOpenConns(1)
		works(t, db, nil)
	})
	t.Run("SQLite in memory", func(t *testing.T) {
		db := connect(t, "sqlite", ":memory:")
		db.SetMaxOpenConns(1)
		works(t, db, nil)
	})
	t.Run("Postgres through lib/pq", func(t *testing.T) {
		works(t, connect(t, "postgres", storetest.PostgresDSN(t)), nil)
	})
	t.Run("Postgres through one connection", func(t *testing.T) {
		db := storetest.Postgres(t)
		db.SetMaxOpenConns(1)
		works(t, db, nil)
	})
	t.Run("Postgres with River's tables in a schema", func(t *testing.T) {
		db := storetest.Postgres(t)
		works(t, db, &jobs.Options{Schema: "frontdesk_river"})
		assert.Zero(t, count(t, db, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public' AND table_name LIKE 'river%'"))
	})
}

// journal collects what is logged.
type journal struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *journal) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

func (l *journal) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

func TestALoadedRunnerHasNothingToComplainOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		var l journal
		st := open(t, db)
		rec := newRecorder(st)
		r := newRunner(t, st, rec, &jobs.Options{Logger: slog.New(slog.NewTextHandler(&l, nil))})
		require.NoError(t, r.Start(t.Context()))
		var senders sync.WaitGroup
		for s := range 8 {
			senders.Go(func() {
				for i := range 25 {
					if err := st.Billing().AddEvents(t.Context(), events(1000*s+i, 1)...); err != nil {
						t.Error(err)
					}
				}
			})
		}
		senders.Wait()
		rec.await(t, "200 events", func() bool { return len(rec.done) == 200 })
		stop(t, r)
		assert.Empty(t, l.lines.String())
	})
}

func TestProcessesMayMigrateAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/frontdesk.db"
		migrateAtOnce(t, func() *sqlx.DB { return storetest.OpenSQLite(t, path) })
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.PostgresDSN(t)
		migrateAtOnce(t, func() *sqlx.DB { return storetest.OpenPostgres(t, dsn) })
	})
}

func migrateAtOnce(t *testing.T, connect func() *sqlx.DB) {
	var stores []*store.DB
	for range 4 {
		stores = append(stores, open(t, connect()))
	}
	errs := make(chan error)
	for _, st := range stores {
		go func() { errs <- jobs.Migrate(context.Background(), st, nil) }()
	}
	for range stores {
		assert.NoError(t, <-errs)
	}
	r := newRunner(t, stores[0], newRecorder(stores[0]), &jobs.Options{SkipMigrations: true})
	start(t, r)
}

func TestRiverTablesOfTheHostAreLeftAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		require.NoError(t, jobs.Migrate(t.Context(), st, nil))
		_, err := db.ExecContext(t.Context(), db.Rebind("INSERT INTO river_queue (name, updated_at) VALUES ('default', ?)"), time.Now())
		require.NoError(t, err)
		_, err = jobs.New(st, jobs.Services{Billing: newRecorder(st)}, nil)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		if st.Postgres() {
			works(t, db, &jobs.Options{Schema: "frontdesk_river"})
		}
	})
}

func TestOptionsThatCannotBeMeant(t *testing.T) {
	st := open(t, storetest.SQLite(t))
	for field, o := range map[string]jobs.Options{
		"workers":         {Workers: -1},
		"poll":            {Poll: time.Microsecond},
		"sweep_every":     {SweepEvery: time.Millisecond},
		"reconcile_every": {ReconcileEvery: time.Millisecond},
		"schema":          {Schema: "x"},

		"transfers":           {Transfers: 101},
		"storage_sweep_every": {StorageSweepEvery: time.Millisecond},
		"lapse_every":         {LapseEvery: time.Millisecond},
		"storage_sweep.grace": {StorageSweep: storage.SweepOptions{Grace: -time.Second}},
	} {
		_, err := jobs.New(st, jobs.Services{Billing: newRecorder(st)}, &o)
		assert.ErrorIs(t, err, frontdesk.Invalid, field)
		assert.Equal(t, field, frontdesk.Fields(err)[0].Name)
	}
	_, err := jobs.New(st, jobs.Services{}, nil)
	assert.ErrorIs(t, err, frontdesk.Invalid, "no services")
	_, err = jobs.New(nil, jobs.Services{Billing: newRecorder(st)}, nil)
	assert.ErrorIs(t, err, frontdesk.Invalid, "no store")
}
