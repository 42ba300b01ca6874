package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/frontdesk-go/frontdesk"
)

// service is the name of one whose work is done, in its queues and its kinds of jobs.
type service string

const (
	billingService service = "billing"
	emailService   service = "email"
	storageService service = "storage"

	schedulingService service = "scheduling"

	queuePrefix = "frontdesk_"
)

// queue is where jobs wait that name rows.
func (s service) queue() string { return queuePrefix + string(s) }

// upkeep is where the other jobs wait, apart, so that neither wait for the other.
func (s service) upkeep() string { return queuePrefix + string(s) + "_upkeep" }

const (
	// rowsTime is longer than a lease, so that a job is not cut off before its row
	// would be. What it has not come to by then is done by the next attempt.
	rowsTime   = 5 * time.Minute
	upkeepTime = 2 * time.Hour

	maxAttempts = 10
	firstRetry  = time.Second
	lastRetry   = time.Minute
	upkeepRetry = 5 * time.Minute
)

// work is a kind of job.
type work struct {
	kind    string
	service service
	timeout time.Duration
	run     func(ctx context.Context, ids ...int64) error

	// due works off rows that nobody needs to name, in the process that committed them.
	due func(ctx context.Context, limit int) (int, error)

	// abreast is how many lanes there are, each of which takes up one row at a time,
	// because a row may take long. 0: one lane, which takes up batches.
	abreast int

	// every is how often the leader inserts such a job. Times are its multiples, so that
	// a change of leaders skips none.
	every time.Duration

	// sleeps is how long the job sleeps after each run. It is never completed: the row
	// that waits is the schedule, and survives restarts. Negative: it is not to run.
	sleeps time.Duration
}

// onRows reports whether jobs of the kind name rows.
func (w work) onRows() bool { return w.due != nil }

// queue is where jobs of the kind wait.
func (w work) queue() string {
	if w.onRows() {
		return w.service.queue()
	}
	return w.service.upkeep()
}

// args are what River stores of a job.
type args struct {
	kind  string
	IDs   []int64       `json:"ids,omitempty"`
	Every time.Duration `json:"every,omitempty"`          // of a job that sleeps, when it was inserted
	From  string        `json:"from,omitempty" river:"-"` // the Runner that asks for help
}

// Kind is the kind of job.
func (a args) Kind() string { return a.kind }

// upkeep returns the job that recurs, and what keeps it from being there twice.
func (w work) upkeep() (river.JobArgs, *river.InsertOpts) {
	opts := &river.InsertOpts{Queue: w.queue(), MaxAttempts: maxAttempts}
	if w.every > 0 {
		opts.UniqueOpts = river.UniqueOpts{ByPeriod: w.every}
	} else {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true}
	}
	return args{kind: w.kind, Every: w.sleeps}, opts
}

// worker runs a work for River, which takes a panic for a failure.
type worker struct {
	river.WorkerDefaults[args]
	work
	runner string
}

// Work runs a job.
func (w worker) Work(ctx context.Context, job *river.Job[args]) error {
	if job.Args.Every != w.sleeps {
		return river.JobCancel(errSuperseded)
	}
	if job.Args.From == w.runner {
		return nil // nobody helps himself
	}
	ctx = frontdesk.WithActor(ctx, frontdesk.System("jobs"))
	if err := w.run(ctx, job.Args.IDs...); err != nil {
		return err
	}
	if w.sleeps > 0 {
		return river.JobSnooze(w.sleeps)
	}
	return nil
}

var errSuperseded = errors.New("the options have another schedule by now")

// Timeout is how long a job may run.
func (w worker) Timeout(*river.Job[args]) time.Duration { return w.timeout }

// NextRetry is when to try a job again that has failed, or that died with its process.
func (w worker) NextRetry(job *river.Job[args]) time.Time {
	wait := min(firstRetry<<min(job.Attempt-1, 16), lastRetry)
	if w.sleeps > 0 {
		wait = upkeepRetry
	}
	return lastEnd(job.JobRow).Add(wait)
}

// lastEnd is when the last attempt failed, as far as River knows.
func lastEnd(job *rivertype.JobRow) time.Time {
	if job.AttemptedAt == nil {
		return job.ScheduledAt
	}
	return *job.AttemptedAt
}
