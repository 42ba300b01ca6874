package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

const (
	// JobProcessEvents is the kind of the jobs whose IDs are inbox events, for
	// billing.Service.Process.
	JobProcessEvents = "billing.process"

	// JobDeliverEffects is the kind of the jobs whose IDs are outbox effects.
	JobDeliverEffects = "billing.deliver"

	// JobDeliverMessages is the kind of the jobs whose IDs are messages of package email.
	JobDeliverMessages = "email.deliver"

	// JobStoreVersions is the kind of the jobs whose IDs are versions of documents, for
	// storage.Service.Process.
	JobStoreVersions = "storage.process"

	// JobDeliverChanges is the kind of the jobs whose IDs are effects of package scheduling,
	// for scheduling.Service.Deliver.
	JobDeliverChanges = "scheduling.deliver"
)

// Job names rows that wait for a worker. It is a hint: the rows are the truth, and
// workers find those whose job was lost by looking for due ones.
type Job struct {
	Kind  string
	IDs   []int64   // never empty
	RunAt time.Time // not before; zero: at once
}

// Enqueuer hands jobs to a queue that lives in the same database.
type Enqueuer interface {
	// Enqueue adds the jobs in the transaction that made them necessary, which
	// must commit or roll back both. It must not commit or roll back itself.
	Enqueue(ctx context.Context, tx *sqlx.Tx, jobs ...Job) error
}

// Waker is an Enqueuer that works in this process, and wants to know when there is
// something to do.
type Waker interface {
	Enqueuer
	// Wake says that transactions that enqueued jobs of the kinds have committed. It
	// must not block.
	Wake(kinds ...string)
}

// SetEnqueuer makes db hand work to e. Call it once, before db is used. Without an
// enqueuer rows wait until somebody looks for due ones.
func (db *DB) SetEnqueuer(e Enqueuer) { db.enqueuer = e }

// enqueue hands the rows over, if there are any and somebody takes them.
func (tx *Tx) enqueue(ctx context.Context, kind string, runAt time.Time, ids ...int64) error {
	if tx.db.enqueuer == nil || len(ids) == 0 {
		return nil
	}
	if !slices.Contains(*tx.woken, kind) {
		*tx.woken = append(*tx.woken, kind)
	}
	return tx.db.enqueuer.Enqueue(ctx, tx.Tx, Job{Kind: kind, IDs: ids, RunAt: runAt})
}

// wake tells the enqueuer that what it was given has been committed.
func (db *DB) wake(kinds []string) {
	if w, ok := db.enqueuer.(Waker); ok && len(kinds) > 0 {
		w.Wake(kinds...)
	}
}
