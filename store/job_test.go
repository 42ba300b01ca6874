package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// queue is a table of jobs, and an Enqueuer that can be made to fail.
type queue struct {
	mu   sync.Mutex
	jobs []store.Job
	err  error
}

func (q *queue) Enqueue(ctx context.Context, tx *sqlx.Tx, jobs ...store.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, jobs...)
	for _, j := range jobs {
		if _, err := tx.ExecContext(ctx, tx.Rebind("INSERT INTO queue (kind) VALUES (?)"), j.Kind); err != nil {
			return err
		}
	}
	return q.err
}

// take returns the jobs since the last time, and checks that each was committed.
func (q *queue) take(t *testing.T, st *store.DB) []store.Job {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.jobs
	q.jobs = nil
	committed := 0
	require.NoError(t, st.SQL().Get(&committed, "SELECT count(*) FROM queue"))
	assert.Equal(t, len(jobs), committed)
	_, err := st.SQL().Exec("DELETE FROM queue")
	require.NoError(t, err)
	return jobs
}

func withQueue(t *testing.T, test func(t *testing.T, st *store.DB, q *queue)) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, q := open(t, db), new(queue)
		st.SetEnqueuer(q)
		_, err := db.Exec("CREATE TABLE queue (kind TEXT)")
		require.NoError(t, err)
		test(t, st, q)
	})
}

func TestReceivedEventsAreHandedToTheWorkersInOneJob(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		known, ignored := webhook(), webhook()
		require.NoError(t, st.Billing().AddEvents(t.Context(), known))
		assert.Len(t, q.take(t, st), 1)
		ignored.State = billing.EventIgnored
		require.NoError(t, st.Billing().AddEvents(t.Context(), known, webhook(), ignored, webhook()))
		jobs := q.take(t, st)
		require.Len(t, jobs, 1)
		assert.Equal(t, store.JobProcessEvents, jobs[0].Kind)
		due, err := st.Billing().DueEvents(t.Context(), arrived, 10)
		require.NoError(t, err)
		assert.Equal(t, due[1:], jobs[0].IDs, "the known and the ignored one need no worker")
		require.NoError(t, st.Billing().AddEvents(t.Context(), known))
		assert.Empty(t, q.take(t, st))
	})
}

func TestEventsThatCannotBeHandedOverAreNotStored(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		q.err = errOnPurpose
		assert.ErrorIs(t, st.Billing().AddEvents(t.Context(), webhook()), errOnPurpose)
		events, err := st.Billing().Events(t.Context(), everyEvent)
		require.NoError(t, err)
		assert.Empty(t, events)
	})
}

func TestEventsThatWaitAgainAreHandedOver(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		s, ctx, later := st.Billing(), t.Context(), arrived.Add(time.Hour)
		require.NoError(t, s.AddEvents(ctx, webhook()))
		id := q.take(t, st)[0].IDs[0]
		settle := func(out billing.Settlement) {
			l := billing.Lease{Token: "t", Now: later, Until: later.Add(time.Minute)}
			_, err := s.TakeEvent(ctx, id, l)
			require.NoError(t, err)
			out.Lease = l.Token
			require.NoError(t, s.SettleEvent(ctx, id, out))
		}
		settle(billing.Settlement{State: string(billing.EventFailed), NextAt: later})
		assert.Equal(t, []store.Job{{Kind: store.JobProcessEvents, IDs: []int64{id}, RunAt: later}}, q.take(t, st), "failed")
		settle(billing.Settlement{State: string(billing.EventUnmatched), Awaits: "customer:cus_1"})
		assert.Empty(t, q.take(t, st), "unmatched")
		require.NoError(t, s.WakeEvents(ctx, "customer:cus_1", later))
		assert.Equal(t, []store.Job{{Kind: store.JobProcessEvents, IDs: []int64{id}, RunAt: later}}, q.take(t, st), "woken")
		settle(billing.Settlement{State: string(billing.EventDone)})
		assert.Empty(t, q.take(t, st), "done")
		require.NoError(t, s.ReplayEvent(ctx, id, later))
		assert.Equal(t, []store.Job{{Kind: store.JobProcessEvents, IDs: []int64{id}, RunAt: later}}, q.take(t, st), "replayed")
	})
}

func TestEffectsAreHandedOver(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		s, ctx, later := st.Billing(), t.Context(), arrived.Add(time.Hour)
		e := billing.Effect{Name: "invoice.paid", Milestone: "paid", State: billing.EffectPending, NextAt: arrived}
		for range 2 {
			_, err := s.AddEffect(ctx, e)
			require.NoError(t, err)
		}
		jobs := q.take(t, st)
		require.Len(t, jobs, 1, "an effect that is there is handed over once")
		assert.Equal(t, store.JobDeliverEffects, jobs[0].Kind)
		_, err := s.TakeEffect(ctx, jobs[0].IDs[0], billing.Lease{Token: "t", Now: arrived, Until: later})
		require.NoError(t, err)
		require.NoError(t, s.SettleEffect(ctx, jobs[0].IDs[0], billing.Settlement{Lease: "t", State: string(billing.EffectFailed), NextAt: later}))
		assert.Equal(t, []store.Job{{Kind: store.JobDeliverEffects, IDs: jobs[0].IDs, RunAt: later}}, q.take(t, st))
	})
}
