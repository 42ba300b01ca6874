package jobs

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// help is the kind of jobs that ask other processes for help.
func (s service) help() string { return string(s) + ".help" }

// invite returns what a lane of the service calls when it has more to do than it can: a
// job for whichever process is free, of which there is one at a time. On SQLite there is
// one writer, so nobody could help.
func (r *Runner) invite(s service) func(context.Context) {
	var next atomic.Int64
	return func(ctx context.Context) {
		now := time.Now().UnixNano()
		due := next.Load()
		if !r.store.Postgres() || now < due || !next.CompareAndSwap(due, now+int64(inviteEvery)) {
			return
		}
		if _, err := r.engine.Insert(ctx, args{kind: s.help(), From: r.name}, &river.InsertOpts{
			Queue: s.upkeep(), MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: unfinished},
		}); err != nil {
			r.options.Logger.WarnContext(ctx, "jobs: nobody could be asked for help", "error", err)
		}
	}
}

var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}
