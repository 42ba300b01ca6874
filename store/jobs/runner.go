// Package jobs does in the background what package store has waiting: events are
// processed, effects delivered, mails sent, documents brought to where they are kept, slots
// that nobody has taken in time let go, lost work found again, the mirror compared with the provider and the documents with the
// document store once a day, and what is old deleted.
//
//	st, err := store.Open(ctx, db, nil)
//	pay := billing.New(provider, st.Billing(), nil)
//	mails := email.New(mailer, st.Email(), nil)
//	docs := storage.New(drive, st.Storage(), nil)
//	sched, err := scheduling.New(st.Scheduling(), nil)
//	work, err := jobs.New(st, jobs.Services{Billing: pay, Email: mails, Storage: docs, Scheduling: sched}, nil)
//	err = work.Start(ctx)
//	...
//	err = work.Stop(ctx) // drains
//
// [New] makes River's tables and registers with the store; it starts nothing, and a process that only takes in
// webhooks needs no more. [Runner.Start] starts the workers. Any number of processes may
// do so on one database.
//
// # Who does what
//
// What a running process has committed it works off itself: each commit wakes a lane for
// its kind of rows, which takes up what is due in batches, one after the other. While
// webhooks keep coming in, lanes with a backlog rest between batches, so that the
// answers come first.
//
// Documents have several lanes, [Options.Transfers], each of which carries one at a time,
// however long that takes: a big one holds up neither the small ones nor any other
// service, and its lease is lengthened while it goes on. Their jobs only wake the lanes.
//
// Everything that needs a queue is River's (https://riverqueue.com), on the store's own
// database: rows of processes that run no workers, enqueued in the transaction that
// made them, so that both commit or neither; retries at their time; calls for help, from
// a process with more than it can do to one that is free; and the sweep, the
// reconciliation and the deleting, which recur once per database.
//
// # Nothing is lost
//
// A job only names rows. The rows are the truth: their state, attempts, last error and
// next try are theirs, and a worker takes a lease on a row before it touches it, so
// that a row is in one pair of hands however many jobs name it. When a process dies, its
// leases end after two minutes. A sweep, on each start and then every minute, finds what
// is due and in nobody's hands, whoever has committed it and whatever became of its job.
// A job fails only when the store does; it is then tried again for some minutes, and
// after that left to the sweep.
//
// # Postgres
//
// Workers listen instead of polling, on a small pool of pgx connections beside the
// host's (up to five: one of them listens). Nobody needs to be told a second DSN: the
// pool is made from the configuration of one of the host's connections. That needs
// the driver "pgx", unwrapped. With any other ("postgres", or one that is wrapped for
// tracing) the workers poll through the host's own pool, which is slower to start a job.
// What the host does to connections in hooks of its own (AfterConnect, tokens that
// expire) the second pool does not know.
//
// # SQLite
//
// River's tables are read and written on one more connection to the same file, made with
// the host's driver. It asks SQLite four times a second whether somebody has
// committed. A database in memory has no connection but the host's, and is polled.
// Four jobs run at once, so that work does not stand in the way of webhooks.
//
// # River's tables
//
// Their names begin with "river_". A host that runs River itself must keep the two
// apart with [Options.Schema], because River's leader looks after the jobs of all: New
// refuses tables in which it finds another's queues.
package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/store"
)

// Runner works off the store's jobs between Start and Stop. It is safe for concurrent
// use.
type Runner struct {
	store   *store.DB
	options Options
	works   []work
	local   *local
	name    string // tells it apart from other Runners

	mu     sync.Mutex
	engine *engine // nil when stopped
}

// New makes the store hand its work to a queue in the same database, whose tables it
// brings up to date unless told not to. It starts nothing. Nil options are the zero
// Options.
//
// Call it before the store is used. It fails with Invalid on options that cannot be
// meant, and with FailedPrecondition when River's tables belong to somebody else.
func New(st *store.DB, s Services, o *Options) (*Runner, error) {
	options, err := filled(st, o)
	if err != nil {
		return nil, err
	}
	r := &Runner{store: st, options: options, name: rand.Text()}
	r.works = s.works(options, func(kind string) bool {
		r.local.wakeUp(kind)
		return r.local.takes(kind)
	})
	if len(r.works) == 0 {
		return nil, frontdesk.InvalidField("services", "must have at least one")
	}
	if !options.SkipMigrations {
		ctx, cancel := context.WithTimeout(context.Background(), migrationTime)
		defer cancel()
		if err := Migrate(ctx, st, &options); err != nil {
			return nil, err
		}
	}
	r.local = newLocal(options.Logger, r.works, r.invite)
	q, err := newQueue(st, options, r.works, r.local)
	if err != nil {
		return nil, err
	}
	st.SetEnqueuer(q)
	return r, nil
}

// Start starts the workers and returns. The context is for the starting only: its end
// does not end the work, which goes on until Stop. On a Runner that is running it fails
// with FailedPrecondition. A Runner that was stopped may be started again.
func (r *Runner) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.engine != nil {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the jobs are running already")
	}
	e, err := r.newEngine(ctx)
	if err != nil {
		return unavailable(err, "start the jobs")
	}
	r.engine = e
	r.local.start(ctx)
	if err := e.start(ctx, r.works); err != nil {
		_, ended := r.local.stop(ctx)
		e.close()
		r.engine = nil
		return unavailable(errors.Join(err, ended), "start the jobs")
	}
	return nil
}

// Stop takes no new jobs and waits for those that are running. When the context ends
// before they do, their contexts are canceled; Stop waits some seconds for them to
// notice, and returns the context's error. Rows that they leave behind are taken up
// when their leases have ended.
//
// On a Runner that is not running it does nothing. After it the host may close the
// database. When jobs ignore even the end of their contexts the Runner keeps running
// until another Stop sees them end.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.engine == nil {
		return nil
	}
	cutOff, err := r.stopBoth(ctx)
	if err != nil {
		return frontdesk.Errorf(frontdesk.DeadlineExceeded, "jobs do not end: %w", err)
	}
	r.engine.close()
	r.engine = nil
	if cutOff != nil {
		return frontdesk.Errorf(frontdesk.CodeOf(cutOff), "jobs were cut off: %w", cutOff)
	}
	return nil
}

// stopBoth stops the lanes and River's jobs at the same time, for a transfer may take all
// of the time that there is.
func (r *Runner) stopBoth(ctx context.Context) (cutOff, err error) {
	var lanes sync.WaitGroup
	var cut, failed error
	lanes.Go(func() { cut, failed = r.local.stop(ctx) })
	cutOff, err = r.engine.stop(ctx)
	lanes.Wait()
	return cmp.Or(cutOff, cut), errors.Join(err, failed)
}

// unavailable gives an error a code unless it has one.
func unavailable(err error, doing string) error {
	code := frontdesk.CodeOf(err)
	if code == frontdesk.Unknown {
		code = frontdesk.Unavailable
	}
	return frontdesk.Errorf(code, "%s: %w", doing, err)
}

const (
	migrationTime = time.Minute
	cutOffTime    = 5 * time.Second // how long canceled jobs have to end
)
