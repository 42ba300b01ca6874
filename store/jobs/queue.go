package jobs

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/frontdesk-go/frontdesk/store"
)

// rowsPerJob bounds how many rows one worker does one after the other. A group of
// events that were committed together is split, for others to help.
const rowsPerJob = 16

// queue inserts jobs in the store's transactions, unless this process will see to them
// as soon as they have committed.
type queue struct {
	local  *local
	client *river.Client[*sql.Tx]
	queues map[string]string // of the kinds
	clock  func() time.Time
}

func newQueue(st *store.DB, o Options, works []work, here *local) (*queue, error) {
	config := &river.Config{Logger: o.log(), Schema: o.Schema, FetchCooldown: announceEvery}
	if !st.Postgres() {
		config.FetchCooldown, config.FetchPollInterval = never, never // see watching
	}
	client, err := river.NewClient(inserter(st), config)
	if err != nil {
		return nil, unavailable(err, "make the queue")
	}
	q := &queue{local: here, client: client, queues: make(map[string]string), clock: o.Clock}
	for _, w := range works {
		q.queues[w.kind] = w.queue()
	}
	return q, nil
}

// inserter is a driver without a pool: it works in the transactions it is given.
func inserter(st *store.DB) riverdriver.Driver[*sql.Tx] {
	if st.Postgres() {
		return riverdatabasesql.New(nil)
	}
	return riversqlite.New(nil)
}

// Enqueue adds the jobs in the transaction. Rows of a kind that none of the services
// works on are left to wait.
func (q *queue) Enqueue(ctx context.Context, tx *sqlx.Tx, jobs ...store.Job) error {
	var all []river.InsertManyParams
	for _, j := range jobs {
		name, known := q.queues[j.Kind]
		later := q.later(j.RunAt)
		if !known || later.IsZero() && q.local.takes(j.Kind) {
			continue
		}
		for ids := range slices.Chunk(j.IDs, rowsPerJob) {
			all = append(all, river.InsertManyParams{
				Args:       args{kind: j.Kind, IDs: ids},
				InsertOpts: &river.InsertOpts{Queue: name, MaxAttempts: maxAttempts, ScheduledAt: later},
			})
		}
	}
	if len(all) == 0 {
		return nil
	}
	_, err := q.client.InsertManyFastTx(ctx, tx.Tx, all)
	return err
}

// Wake makes this process see to what has been committed.
func (q *queue) Wake(kinds ...string) {
	for _, kind := range kinds {
		q.local.wakeUp(kind)
	}
}

// later is t if it is yet to come, and otherwise zero: River looks at jobs that have a
// time only every few seconds.
func (q *queue) later(t time.Time) time.Time {
	if t.After(q.clock()) {
		return t
	}
	return time.Time{}
}
