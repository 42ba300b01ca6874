package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func TestUpkeepRunsOncePerCluster(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		sts := []*store.DB{open(t, db), open(t, db)}
		rec := newRecorder(sts[0])
		began := time.Now()
		for _, st := range sts {
			start(t, newRunner(t, st, rec, &jobs.Options{SweepEvery: time.Second}))
		}
		rec.await(t, "five sweeps", func() bool { return rec.upkept["sweep"] >= 5 })
		rec.await(t, "reconciliation and pruning", func() bool { return rec.upkept["reconcile"] > 0 && rec.upkept["prune"] > 0 })
		seconds := int(time.Since(began)/time.Second) + 2 // whole ones, and the parts of two
		rec.mu.Lock()
		defer rec.mu.Unlock()
		assert.LessOrEqual(t, rec.upkept["sweep"], seconds+len(sts), "one a second, and one at each start")
		assert.Equal(t, 1, rec.upkept["reconcile"])
		assert.Equal(t, 1, rec.upkept["prune"])
		for _, role := range rec.actors {
			assert.Equal(t, string(frontdesk.RoleSystem), role)
		}
		ninety := rec.pruned[0].Add(90 * 24 * time.Hour)
		assert.WithinDuration(t, time.Now(), ninety, time.Minute)
	})
}

func TestTheDailyScheduleSurvivesARestart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		r := newRunner(t, st, rec, nil)
		require.NoError(t, r.Start(t.Context()))
		sleeping := func() int {
			return count(t, db, "SELECT count(*) FROM river_job WHERE kind IN ('billing.reconcile', 'billing.prune') AND state = 'scheduled' AND scheduled_at > ?", tomorrow(st))
		}
		await(t, "both to sleep until tomorrow", func() bool { return sleeping() == 2 })
		stop(t, r)

		start(t, r)
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 1)...))
		lose(t, db) // also the schedules
		stop(t, r)
		require.NoError(t, r.Start(t.Context()))
		await(t, "both to be back", func() bool { return sleeping() == 2 })
		assert.Equal(t, 2, rec.times("reconcile"), "once for each time that it was new")
	})
}

func tomorrow(st *store.DB) any {
	at := time.Now().Add(23 * time.Hour).UTC()
	if st.Postgres() {
		return at
	}
	return at.Format("2006-01-02 15:04:05")
}

func TestASleepingJobFollowsTheOptions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		run := func(o *jobs.Options, until func() bool) {
			r := newRunner(t, st, rec, o)
			require.NoError(t, r.Start(t.Context()))
			rec.await(t, "reconciliation", until)
			stop(t, r)
		}
		run(nil, func() bool { return rec.upkept["reconcile"] == 1 })
		run(&jobs.Options{ReconcileEvery: time.Second}, func() bool { return rec.upkept["reconcile"] >= 3 })
	})
}

func TestDisabledUpkeepDoesNotRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		r := newRunner(t, st, rec, &jobs.Options{ReconcileEvery: time.Second, Retention: time.Hour})
		require.NoError(t, r.Start(t.Context()))
		rec.await(t, "both", func() bool { return rec.upkept["reconcile"] > 0 && rec.upkept["prune"] > 0 })
		stop(t, r)

		before := rec.times("reconcile")
		off := newRunner(t, st, rec, &jobs.Options{ReconcileEvery: -1, Retention: -1})
		start(t, off)
		await(t, "the sleeping job to be canceled", func() bool {
			return count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'billing.reconcile' AND state = 'cancelled'") > 0
		})
		assert.Equal(t, before, rec.times("reconcile"))
	})
}

func TestAFailingReconciliationIsTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		rec := newRecorder(st)
		rec.upkeep = func(_ context.Context, what string) error {
			if what == "reconcile" {
				return frontdesk.Errorf(frontdesk.Unavailable, "the provider is away")
			}
			return nil
		}
		start(t, newRunner(t, st, rec, nil))
		await(t, "another try to be scheduled", func() bool {
			return count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'billing.reconcile' AND state = 'retryable'") == 1
		})
	})
}
