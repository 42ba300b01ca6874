package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

const (
	// fetchCooldown bounds how often jobs are fetched, and so, times the workers, the jobs
	// per second. River's default would let four workers do 40.
	fetchCooldown = river.FetchCooldownMin

	// announceEvery bounds how often a process announces new jobs. It is as short as
	// River allows, for a job that is not announced waits for the next poll.
	announceEvery = river.FetchCooldownMin

	never = 1000 * day

	upkeepWorkers = 3
	upkeepPoll    = time.Second

	// ensureEvery is how often the leader makes sure that the jobs are there that sleep.
	ensureEvery = time.Hour

	// Finished jobs are of no use: our own rows tell what became of the work. They
	// are kept for long enough that a sweep is not enqueued twice in its minute.
	keepFinished = 2 * time.Minute
	keepFailed   = 7 * day

	// A job that runs for longer than rowsTime is one whose process has died.
	rescueAfter = rowsTime + time.Minute
)

// client is a river.Client, whatever its transactions are.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// engine is a client that works, and what it stands on.
type engine struct {
	client
	close func() // after the client has stopped, or has not started
}

func (r *Runner) newEngine(ctx context.Context) (*engine, error) {
	if r.store.Postgres() {
		return r.onPostgres(ctx)
	}
	return r.onSQLite(ctx)
}

// engineOn makes a client over the driver.
func engineOn[Tx any](driver riverdriver.Driver[Tx], config *river.Config, release func()) (*engine, error) {
	c, err := river.NewClient(driver, config)
	if err != nil {
		release()
		return nil, err
	}
	return &engine{client: c, close: release}, nil
}

// start starts the client, which outlives the context, and sweeps.
func (e *engine) start(ctx context.Context, works []work) error {
	if err := e.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	for _, w := range works {
		if w.every == 0 {
			continue
		}
		args, opts := w.upkeep()
		if _, err := e.Insert(ctx, args, opts); err != nil {
			_, ended := e.stop(ctx)
			return errors.Join(err, ended)
		}
	}
	return nil
}

// stop waits for the running jobs. When the context ends first it is cutOff's reason.
// It fails when the client could not be brought to an end.
func (e *engine) stop(ctx context.Context) (cutOff, err error) {
	if cutOff = e.Stop(ctx); cutOff == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutOffTime)
	defer cancel()
	return cutOff, e.StopAndCancel(ctx)
}

// config is how the client works.
func (r *Runner) config() *river.Config {
	return &river.Config{
		Logger:                      r.options.log(),
		Schema:                      r.options.Schema,
		Workers:                     r.workers(),
		Queues:                      r.queues(),
		PeriodicJobs:                r.periodic(),
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           r.options.Poll,
		JobTimeout:                  rowsTime,
		RescueStuckJobsAfter:        rescueAfter,
		CompletedJobRetentionPeriod: keepFinished,
		CancelledJobRetentionPeriod: keepFinished,
		DiscardedJobRetentionPeriod: keepFailed,
	}
}

func (r *Runner) workers() *river.Workers {
	all := river.NewWorkers()
	for _, w := range r.works {
		river.AddWorkerArgs(all, args{kind: w.kind}, worker{work: w, runner: r.name})
	}
	return all
}

func (r *Runner) queues() map[string]river.QueueConfig {
	all := make(map[string]river.QueueConfig)
	for _, w := range r.works {
		if w.onRows() {
			all[w.queue()] = river.QueueConfig{MaxWorkers: r.options.Workers}
		} else {
			all[w.queue()] = river.QueueConfig{MaxWorkers: upkeepWorkers, FetchPollInterval: max(upkeepPoll, r.options.Poll)}
		}
	}
	return all
}

// rowQueues lists the queues of jobs that the store enqueues.
func (r *Runner) rowQueues() (names []string) {
	for _, w := range r.works {
		if w.onRows() && !slices.Contains(names, w.queue()) {
			names = append(names, w.queue())
		}
	}
	return names
}

// periodic lists what the leader inserts by itself.
func (r *Runner) periodic() (all []*river.PeriodicJob) {
	for _, w := range r.works {
		every := w.every
		if w.sleeps > 0 {
			every = ensureEvery
		}
		if every > 0 {
			all = append(all, river.NewPeriodicJob(multiples(every), w.upkeep, &river.PeriodicJobOpts{ID: w.kind, RunOnStart: true}))
		}
	}
	return all
}

// multiples is a schedule of absolute times, which do not depend on when a leader was
// elected.
type multiples time.Duration

// Next is the first multiple after now.
func (m multiples) Next(now time.Time) time.Time {
	return now.UTC().Truncate(time.Duration(m)).Add(time.Duration(m))
}
