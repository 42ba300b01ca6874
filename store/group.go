package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

const (
	groupEvents = 256              // what comes beyond waits for the next commit
	groupBytes  = 4 << 20          // of payloads
	groupTime   = 15 * time.Second // a commit that takes longer is given up
)

// group lets concurrent calls share commits. A caller that finds a lane free
// commits at once. Those who come while all lanes are busy gather, and when a lane is
// free again the first of them commits for all. Nobody waits for others to come, and
// no goroutine works in the background.
type group struct {
	commit func(context.Context, []billing.Event) error
	lanes  int

	mu      sync.Mutex
	running int
	waiting []*call
}

// call is one caller's events on their way.
type call struct {
	events []billing.Event
	leads  bool          // it has a lane, to commit itself and others; guarded by the group's mutex
	lead   chan struct{} // closed when leads becomes true
	done   chan struct{} // closed when err is known
	err    error
}

func newGroup(commit func(context.Context, []billing.Event) error, lanes int) *group {
	return &group{commit: commit, lanes: lanes}
}

// add returns when the events are committed or have failed. A caller whose context
// ends stops waiting, and its events are withdrawn unless they are being committed.
func (g *group) add(ctx context.Context, events []billing.Event) error {
	if ctx.Err() != nil {
		return withdrawn(ctx)
	}
	c := &call{events: events, lead: make(chan struct{}), done: make(chan struct{})}
	if !g.enter(c) {
		select {
		case <-c.done:
			return c.err
		case <-c.lead:
		case <-ctx.Done():
			if g.leave(c) {
				return withdrawn(ctx)
			}
		}
	}
	g.run(ctx, c)
	return c.err
}

func withdrawn(ctx context.Context) error {
	return frontdesk.Errorf(frontdesk.CodeOf(ctx.Err()), "the events' commit was not waited for: %w", ctx.Err())
}

// enter gives the call a lane or puts it in line.
func (g *group) enter(c *call) (leads bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running < g.lanes {
		g.running++
		c.leads = true
		return true
	}
	g.waiting = append(g.waiting, c)
	return false
}

// leave takes the call out of the line, unless it has a lane, which others wait for.
func (g *group) leave(c *call) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = slices.DeleteFunc(g.waiting, func(w *call) bool { return w == c })
	return !c.leads
}

// run commits the leader's events and those of all who wait, as far as they fit. The
// leader's context does not end the others' commit.
func (g *group) run(ctx context.Context, leader *call) {
	calls := g.gather(leader)
	defer g.pass()
	defer finish(calls)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), groupTime)
	defer cancel()
	g.commitAll(ctx, calls)
}

func (g *group) gather(leader *call) []*call {
	g.mu.Lock()
	defer g.mu.Unlock()
	events, bytes, n := len(leader.events), size(leader.events), 0
	for _, c := range g.waiting {
		events, bytes = events+len(c.events), bytes+size(c.events)
		if events > groupEvents || bytes > groupBytes {
			break
		}
		n++
	}
	calls := append([]*call{leader}, g.waiting[:n]...)
	g.waiting = slices.Delete(g.waiting, 0, n)
	return calls
}

func size(events []billing.Event) (bytes int) {
	for _, e := range events {
		bytes += len(e.Payload)
	}
	return bytes
}

// pass gives the lane to the first in line.
func (g *group) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.running--
		return
	}
	next := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	next.leads = true
	close(next.lead)
}

// commitAll fills in each call's result. A commit that fails because of what is in it
// is split, so that one bad event does not fail the others.
func (g *group) commitAll(ctx context.Context, calls []*call) {
	setAll(calls, errAbandoned) // what stays if the commit panics
	err := g.commit(ctx, together(calls))
	if err == nil || len(calls) == 1 || !blames(err) {
		setAll(calls, err)
		return
	}
	half := len(calls) / 2
	g.commitAll(ctx, calls[:half])
	g.commitAll(ctx, calls[half:])
}

var errAbandoned = frontdesk.Errorf(frontdesk.Internal, "the commit was abandoned")

func setAll(calls []*call, err error) {
	for _, c := range calls {
		c.err = err
	}
}

func finish(calls []*call) {
	for _, c := range calls {
		close(c.done)
	}
}

func together(calls []*call) []billing.Event {
	if len(calls) == 1 {
		return calls[0].events
	}
	var all []billing.Event
	for _, c := range calls {
		all = append(all, c.events...)
	}
	return all
}

// blames reports whether an error may be due to the events rather than the database.
func blames(err error) bool {
	switch frontdesk.CodeOf(err) {
	case frontdesk.Unavailable, frontdesk.OutcomeUnknown, frontdesk.Canceled, frontdesk.DeadlineExceeded:
		return false
	}
	return true
}
