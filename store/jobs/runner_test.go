package jobs_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func TestCommittedEventsAreProcessedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		start(t, newRunner(t, st, rec, nil))
		for i := range 20 {
			require.NoError(t, st.Billing().AddEvents(t.Context(), events(10*i, 10)...))
		}
		rec.await(t, "200 events", func() bool { return len(rec.done) == 200 })
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 200)...)) // again
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(200, 1)...))
		rec.await(t, "the event after the duplicates", func() bool { return len(rec.done) == 201 })
		again := count(t, db, "SELECT count(*) FROM frontdesk_billing_events WHERE state <> 'done' OR attempts <> 1")
		assert.Zero(t, again, "events that were not taken exactly once")
	})
}

func TestTheWorkStartsPromptly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		start(t, newRunner(t, st, rec, nil))
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		committed := time.Now()
		rec.await(t, "the event", func() bool { return len(rec.done) == 1 })
		assert.Less(t, time.Since(committed), 2*time.Second)
	})
}

func TestARollbackLeavesNeitherRowNorJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		newRunner(t, st, newRecorder(st), nil)
		changedMind := errors.New("changed my mind")
		err := st.InTx(t.Context(), func(tx *store.Tx) error {
			require.NoError(t, tx.Billing().AddEvents(t.Context(), events(0, 3)...))
			return changedMind
		})
		require.ErrorIs(t, err, changedMind)
		assert.Zero(t, count(t, db, "SELECT count(*) FROM frontdesk_billing_events"))
		assert.Zero(t, count(t, db, "SELECT count(*) FROM river_job"))

		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 20)...))
		assert.Equal(t, 20, count(t, db, "SELECT count(*) FROM frontdesk_billing_events"))
		assert.Equal(t, 2, count(t, db, "SELECT count(*) FROM river_job"), "jobs name at most 16 rows")
	})
}

func TestARetryWaitsForItsTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		var nextAt time.Time
		tries := 0
		rec.process = func(ctx context.Context, ids []int64) error {
			rec.mu.Lock()
			tries++
			first := tries == 1
			rec.mu.Unlock()
			if !first {
				return rec.settle(ctx, ids)
			}
			now := time.Now()
			l := billing.Lease{Token: "first", Now: now, Until: now.Add(time.Minute)}
			if _, err := rec.store.TakeEvent(ctx, ids[0], l); err != nil {
				return err
			}
			nextAt = now.Add(1500 * time.Millisecond)
			return rec.store.SettleEvent(ctx, ids[0], billing.Settlement{Lease: l.Token, State: string(billing.EventFailed), Error: "not yet", NextAt: nextAt})
		}
		start(t, newRunner(t, st, rec, nil))
		rec.await(t, "the sweep of the start", func() bool { return rec.upkept["sweep"] >= 1 })
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		rec.await(t, "the second try", func() bool { return len(rec.done) == 1 })
		for _, at := range rec.done {
			assert.False(t, at.Before(nextAt), "tried at %v, not before %v", at, nextAt)
		}
	})
}

func TestTheSweepFindsWhatHasLostItsJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		r := newRunner(t, st, rec, &jobs.Options{SweepEvery: time.Second})
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 5)...))
		lose(t, db)
		start(t, r)
		rec.await(t, "what was lost before the start", func() bool { return len(rec.done) == 5 })

		idle := open(t, db) // its process has no queue, and tells nobody
		require.NoError(t, idle.Billing().AddEvents(t.Context(), events(5, 5)...))
		rec.await(t, "what was lost while running", func() bool { return len(rec.done) == 10 })
	})
}

func lose(t *testing.T, db *sqlx.DB) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), "DELETE FROM river_job")
	require.NoError(t, err)
}

func TestAJobIsTriedAgainWhenTheStoreFailsOrTheServicePanics(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		tries := 0
		rec.process = func(ctx context.Context, ids []int64) error {
			rec.mu.Lock()
			tries++
			n := tries
			rec.mu.Unlock()
			switch n {
			case 1:
				return frontdesk.Errorf(frontdesk.Unavailable, "the database is away")
			case 2:
				panic("boom")
			}
			return rec.settle(ctx, ids)
		}
		start(t, newRunner(t, st, rec, nil))
		rec.await(t, "the sweep of the start", func() bool { return rec.upkept["sweep"] >= 1 })
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		rec.await(t, "the third try", func() bool { return len(rec.done) == 1 })
		assert.Equal(t, 3, tries)
	})
}

func TestTwoRunnersShareTheWork(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/frontdesk.db"
		share(t, func() *sqlx.DB { return storetest.OpenSQLite(t, path) })
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.PostgresDSN(t)
		share(t, func() *sqlx.DB { return storetest.OpenPostgres(t, dsn) })
	})
}

// share has two processes' worth of stores work on one database.
func share(t *testing.T, connect func() *sqlx.DB) {
	stores := []*store.DB{open(t, connect()), open(t, connect())}
	var recs []*recorder
	for _, st := range stores {
		rec := newRecorder(st)
		rec.process = func(ctx context.Context, ids []int64) error {
			err := rec.settle(ctx, ids)
			if rec.total() == 0 {
				return err // the other was quicker with all of them
			}
			await(t, "the other runner to get some", func() bool {
				for _, other := range recs {
					if other.total() == 0 {
						return false
					}
				}
				return true
			})
			return err
		}
		recs = append(recs, rec)
	}
	for i, st := range stores {
		start(t, newRunner(t, st, recs[i], &jobs.Options{Workers: 2}))
	}
	const n = 400
	for i := range n / 20 {
		require.NoError(t, stores[i%2].Billing().AddEvents(t.Context(), events(20*i, 20)...))
	}
	await(t, "all events", func() bool { return recs[0].total()+recs[1].total() >= n })
	seen := map[int64]int{}
	for _, rec := range recs {
		rec.mu.Lock()
		for id := range rec.done {
			seen[id]++
		}
		rec.mu.Unlock()
	}
	require.Len(t, seen, n)
	for id, times := range seen {
		assert.Equal(t, 1, times, "event %d", id)
	}
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		entered, release := make(chan struct{}), make(chan struct{})
		rec.process = func(ctx context.Context, ids []int64) error {
			close(entered)
			<-release
			return rec.settle(ctx, ids)
		}
		r := newRunner(t, st, rec, nil)
		require.NoError(t, r.Start(t.Context()))
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 3)...))
		<-entered
		stopped := make(chan error, 1)
		go func() { stopped <- r.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Fatalf("Stop returned %v while a job was running", err)
		case <-time.After(200 * time.Millisecond):
		}
		close(release)
		require.NoError(t, <-stopped)
		assert.Len(t, rec.done, 3)
		assert.Zero(t, count(t, db, "SELECT count(*) FROM river_job WHERE state = 'running'"))
	})
}

func TestStopCutsOffAfterItsDeadline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		entered := make(chan struct{})
		rec.process = func(ctx context.Context, ids []int64) error {
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		}
		r := newRunner(t, st, rec, nil)
		require.NoError(t, r.Start(t.Context()))
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		<-entered
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, r.Stop(ctx), frontdesk.DeadlineExceeded)

		rec.process = nil
		start(t, r)
		rec.await(t, "the job that was cut off", func() bool { return len(rec.done) == 1 })
	})
}

func TestStopMayBeCalledAgainWhenJobsIgnoreTheirContexts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		entered, release := make(chan struct{}), make(chan struct{})
		rec.process = func(context.Context, []int64) error {
			close(entered)
			<-release
			return nil
		}
		r := newRunner(t, st, rec, nil)
		require.NoError(t, r.Start(t.Context()))
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		<-entered
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		require.ErrorIs(t, r.Stop(ctx), frontdesk.DeadlineExceeded)
		require.ErrorIs(t, r.Start(t.Context()), frontdesk.FailedPrecondition, "it is still running")
		close(release)
		stop(t, r)
		start(t, r)
	})
}

func TestStartAndStopInAnyOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		r := newRunner(t, st, rec, nil)
		stop(t, r) // not started
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Start(ctx))
		cancel() // ends the starting only
		require.ErrorIs(t, r.Start(t.Context()), frontdesk.FailedPrecondition)
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		rec.await(t, "an event after the start's context", func() bool { return len(rec.done) == 1 })
		stop(t, r)
		stop(t, r)
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(1, 1)...))
		start(t, r)
		rec.await(t, "an event after starting again", func() bool { return len(rec.done) == 2 })
	})
}

func TestNothingRunsBeforeStartOrAfterStop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		r := newRunner(t, st, newRecorder(st), nil)
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		assert.Empty(t, ours(), "after New")
		require.NoError(t, r.Start(t.Context()))
		assert.NotEmpty(t, ours(), "after Start")
		stop(t, r)
		await(t, "all goroutines to end", func() bool { return len(ours()) == 0 })
	})
}

// ours lists the goroutines of the package, of River and of pools of ours.
func ours() (found []string) {
	buf := make([]byte, 4<<20)
	for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		for _, of := range []string{"riverqueue", "frontdesk/store/jobs.", "pgxpool"} {
			if strings.Contains(stack, of) {
				found = append(found, stack)
				break
			}
		}
	}
	return found
}

func (r *recorder) total() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.done)
}

// await polls for what cannot announce itself.
func await(t testing.TB, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !cond(); <-tick.C {
		if time.Now().After(deadline) {
			t.Errorf("waited %v in vain for: %s", patience, what)
			return
		}
	}
}
