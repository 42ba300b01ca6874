package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const racers = 50

// race runs fn from so many goroutines at once.
func race(fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range racers {
		all.Go(func() { <-start; fn(i) })
	}
	close(start)
	all.Wait()
}

// inTwoProcesses gives a test two stores that share nothing but the database.
func inTwoProcesses(t *testing.T, test func(t *testing.T, processes [2]billing.Store)) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "shared.db")
		test(t, [2]billing.Store{open(t, plainSQLite(t, path)).Billing(), open(t, storetest.OpenSQLite(t, path)).Billing()})
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.PostgresDSN(t)
		connect := func() *sqlx.DB {
			db := storetest.OpenPostgres(t, dsn)
			db.SetMaxOpenConns(20)
			return db
		}
		test(t, [2]billing.Store{open(t, connect()).Billing(), open(t, connect()).Billing()})
	})
}

func TestOneEventFromManyDeliveriesIsOneRow(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, processes [2]billing.Store) {
		e := webhook()
		race(func(i int) { assert.NoError(t, processes[i%2].AddEvents(t.Context(), e)) })
		events, err := processes[0].Events(t.Context(), everyEvent)
		require.NoError(t, err)
		assert.Len(t, events, 1)
	})
}

func TestTwoProcessesDoNotDeadlockOnTheSameEvents(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, processes [2]billing.Store) {
		batch := make([]billing.Event, 100)
		backwards := make([]billing.Event, len(batch))
		for i := range batch {
			batch[i] = webhook()
			backwards[len(batch)-1-i] = batch[i]
		}
		race(func(i int) {
			events := batch
			if i%2 == 0 {
				events = backwards
			}
			assert.NoError(t, processes[i%2].AddEvents(t.Context(), events...))
		})
		events, err := processes[0].Events(t.Context(), everyEvent)
		require.NoError(t, err)
		assert.Len(t, events, len(batch))
	})
}

func TestOneProcessWins(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, processes [2]billing.Store) {
		require.NoError(t, processes[0].AddEvents(t.Context(), webhook()))
		due, err := processes[1].DueEvents(t.Context(), arrived, 1)
		require.NoError(t, err)
		var took, locked atomic.Int64
		wins := func(n *atomic.Int64, err error) {
			if err == nil {
				n.Add(1)
				return
			}
			assert.ErrorIs(t, err, frontdesk.Aborted)
		}
		var mu sync.Mutex
		operations := map[string]bool{}
		race(func(i int) {
			l := billing.Lease{Token: fmt.Sprint(i), Now: arrived, Until: arrived.Add(1e9)}
			_, err := processes[i%2].TakeEvent(t.Context(), due[0], l)
			wins(&took, err)
			wins(&locked, processes[i%2].Lock(t.Context(), "subscription:sub_1", l))
			op, err := processes[i%2].BeginOperation(t.Context(), billing.Operation{Name: "billing.Test", Intent: "one", Params: []byte("{}")})
			assert.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			operations[op.ID] = true
		})
		assert.EqualValues(t, 1, took.Load(), "an event is taken once")
		assert.EqualValues(t, 1, locked.Load(), "a lock is held once")
		assert.Len(t, operations, 1, "an intent is one operation")
	})
}

func TestOperationsThatEndBesideOthersThatBegin(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, processes [2]billing.Store) {
		race(func(i int) {
			op, err := processes[i%2].BeginOperation(t.Context(), billing.Operation{Name: "billing.Test", Intent: "one"})
			assert.NoError(t, err)
			assert.Equal(t, billing.OperationPending, op.State)
			assert.NoError(t, processes[i%2].FinishOperation(t.Context(), op.ID, billing.OperationDone, "x"))
		})
	})
}

// TestBusyNeverLeaks: one process has a DSN with nothing in it, so that its driver
// begins transactions as readers and does not wait for locks by itself.
func TestBusyNeverLeaks(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, processes [2]billing.Store) {
		var written atomic.Int64
		race(func(i int) {
			st := processes[i%2]
			for n := range 10 {
				assert.NoError(t, st.AddEvents(t.Context(), webhook()))
				written.Add(1)
				_, err := st.Events(t.Context(), billing.EventFilter{Limit: 5})
				assert.NoError(t, err)
				assert.NoError(t, st.InTx(t.Context(), func(tx billing.Store) error {
					if _, err := tx.Events(t.Context(), billing.EventFilter{Limit: 5}); err != nil {
						return err // reading first is what makes SQLite refuse the write after it
					}
					_, err := tx.LinkCustomer(t.Context(), billing.Ref{ID: fmt.Sprint(i, " ", n)}, "acme")
					return err
				}))
				if err := st.Lock(t.Context(), "one", billing.Lease{Token: fmt.Sprint(i), Now: arrived, Until: arrived}); err != nil {
					assert.ErrorIs(t, err, frontdesk.Aborted)
				}
			}
		})
		linked, err := processes[0].CustomersOf(t.Context(), "", "acme")
		require.NoError(t, err)
		assert.EqualValues(t, written.Load(), len(linked))
	})
}

func TestOneBadEventInACommitDoesNotFailTheOthersOnARealDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db).Billing()
		refusal := "ALTER TABLE frontdesk_billing_events ADD CHECK (event_id <> 'evt_bad')"
		if db.DriverName() == "sqlite" {
			refusal = `CREATE TRIGGER refusal BEFORE INSERT ON frontdesk_billing_events WHEN NEW.event_id = 'evt_bad'
				BEGIN SELECT RAISE(ABORT, 'refused'); END`
		}
		_, err := db.Exec(refusal)
		require.NoError(t, err)
		bad := webhook()
		bad.ProviderID = "evt_bad"
		race(func(i int) {
			if i == 7 {
				assert.Error(t, st.AddEvents(t.Context(), bad))
				return
			}
			assert.NoError(t, st.AddEvents(t.Context(), webhook()))
		})
		events, err := st.Events(t.Context(), everyEvent)
		require.NoError(t, err)
		assert.Len(t, events, racers-1)
	})
}

func TestWritingWhileTheHostHoldsTheWriteLock(t *testing.T) {
	db := storetest.SQLite(t)
	st := open(t, db)
	tx, err := db.Beginx() // _txlock=immediate: it has the lock
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- st.Billing().AddEvents(t.Context(), webhook()) }()
	_, err = tx.Exec("CREATE TABLE hosts_own (id INTEGER)")
	require.NoError(t, errors.Join(err, tx.Commit()))
	assert.NoError(t, <-done)
}
