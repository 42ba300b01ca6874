package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	// batchRows is how many rows are taken up at once: enough to share a commit, few
	// enough not to stand in the way of webhooks.
	batchRows = 32

	// gatherTime is how long a lane that was idle waits for more, to share a commit.
	gatherTime = 5 * time.Millisecond

	// A lane that has a backlog, while this process commits more, rests after each batch
	// for some times as long as that took, within a limit: webhooks want an answer, and
	// rows can wait.
	restFactor  = 3
	longestRest = 100 * time.Millisecond

	// afterFailure is how long to wait when the store has failed.
	afterFailure = time.Second

	// inviteEvery is how often a process that cannot keep up asks the others for help.
	inviteEvery = time.Second
)

// local does in this process what this process has committed, at once and in batches.
// A job in River would tell no more, and cost three more commits.
type local struct {
	logger *slog.Logger
	lanes  map[string][]*lane // by kind

	mu      sync.Mutex
	running bool
	quit    context.CancelFunc // ends the taking up of batches
	cut     context.CancelFunc // ends the work on them
	ended   *sync.WaitGroup    // of this start: who waits for an earlier one may not have noticed yet
}

// lane works off rows of one kind, one batch after the other.
type lane struct {
	due    func(ctx context.Context, limit int) (int, error)
	rows   int           // of a batch
	wake   chan struct{} // holds one token while there may be something to do
	invite func(context.Context)
}

func newLocal(logger *slog.Logger, works []work, invite func(service) func(context.Context)) *local {
	l := &local{logger: logger, lanes: make(map[string][]*lane)}
	invites := make(map[service]func(context.Context))
	for _, w := range works {
		if !w.onRows() {
			continue
		}
		if invites[w.service] == nil {
			invites[w.service] = invite(w.service)
		}
		l.lanes[w.kind] = lanesOf(w, invites[w.service])
	}
	return l
}

func lanesOf(w work, invite func(context.Context)) (all []*lane) {
	rows := batchRows
	if w.abreast > 0 {
		rows = 1
	}
	for range max(1, w.abreast) {
		all = append(all, &lane{due: w.due, rows: rows, wake: make(chan struct{}, 1), invite: invite})
	}
	return all
}

// takes reports whether rows of the kind are worked off here.
func (l *local) takes(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running && len(l.lanes[kind]) > 0
}

// wakeAll makes every lane look for what is due, whoever has committed it.
func (l *local) wakeAll() {
	for kind := range l.lanes {
		l.wakeUp(kind)
	}
}

// wakeUp says that rows of the kind have been committed. All lanes look, and those that
// are at work when they have done it.
func (l *local) wakeUp(kind string) {
	for _, lane := range l.lanes[kind] {
		select {
		case lane.wake <- struct{}{}:
		default: // somebody has said so already
		}
	}
}

// start lets the lanes run, which outlive the context. They look at once for what
// an earlier process has left.
func (l *local) start(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx = frontdesk.WithActor(context.WithoutCancel(ctx), frontdesk.System("jobs"))
	work, cut := context.WithCancel(ctx)
	taking, quit := context.WithCancel(work)
	l.running, l.quit, l.cut, l.ended = true, quit, cut, new(sync.WaitGroup)
	for kind, lanes := range l.lanes {
		for _, lane := range lanes {
			l.ended.Go(func() { l.run(taking, work, kind, lane) })
		}
	}
	l.wakeAll()
}

// stop waits for the batches under way. When the context ends first it cuts them off,
// and cutOff is its reason. It fails when they do not end all the same.
func (l *local) stop(ctx context.Context) (cutOff, err error) {
	l.mu.Lock()
	quit, cut, lanes := l.quit, l.cut, l.ended
	l.running = false
	l.mu.Unlock()
	quit()
	ended := make(chan struct{})
	go func() { lanes.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil, nil
	case <-ctx.Done():
		cut()
	}
	limit := time.NewTimer(cutOffTime)
	defer limit.Stop()
	select {
	case <-ended:
		return ctx.Err(), nil
	case <-limit.C:
		return ctx.Err(), context.DeadlineExceeded
	}
}

func (l *local) run(taking, work context.Context, kind string, lane *lane) {
	for {
		select {
		case <-taking.Done():
			return
		case <-lane.wake:
		}
		if !pause(taking, gatherTime) {
			return
		}
		for l.batch(taking, work, kind, lane) {
		}
	}
}

// batch works off one batch and reports whether there is reason to try another.
func (l *local) batch(taking, work context.Context, kind string, lane *lane) (more bool) {
	began := time.Now()
	n, err := rescued(func() (int, error) { return lane.due(work, lane.rows) })
	if taking.Err() != nil {
		return false
	}
	if err != nil {
		l.logger.WarnContext(work, "jobs: the store fails; trying again", "kind", kind, "error", err)
		return pause(taking, afterFailure)
	}
	if n < lane.rows {
		return false
	}
	lane.invite(work)
	if len(lane.wake) == 0 {
		return true
	}
	return pause(taking, min(restFactor*time.Since(began), longestRest))
}

// rescued turns a panic into an error.
func rescued(work func() (int, error)) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work()
}

// pause reports whether the time has passed before the context has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
