package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

// recorder is a billing service that only takes and settles rows, and remembers what
// it was asked to do.
type recorder struct {
	store   billing.Store
	process func(ctx context.Context, ids []int64) error // instead of settling, if set
	upkeep  func(ctx context.Context, what string) error

	mu      sync.Mutex
	named   map[int64]int       // how often jobs named the event
	done    map[int64]time.Time // when it was settled
	upkept  map[string]int
	actors  []string
	pruned  []time.Time
	changed chan struct{} // closed and replaced whenever something was recorded
}

func newRecorder(st *store.DB) *recorder {
	return &recorder{store: st.Billing(), named: map[int64]int{}, done: map[int64]time.Time{}, upkept: map[string]int{}, changed: make(chan struct{})}
}

func (r *recorder) record(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recorder) Process(ctx context.Context, ids ...int64) error {
	r.record(func() {
		for _, id := range ids {
			r.named[id]++
		}
	})
	if r.process != nil {
		return r.process(ctx, ids)
	}
	return r.settle(ctx, ids)
}

func (r *recorder) settle(ctx context.Context, ids []int64) (all error) {
	for _, id := range ids {
		now := time.Now()
		e, err := r.store.TakeEvent(ctx, id, billing.Lease{Token: fmt.Sprint("token", id), Now: now, Until: now.Add(time.Minute)})
		if errors.Is(err, frontdesk.FailedPrecondition) || errors.Is(err, frontdesk.Aborted) || errors.Is(err, frontdesk.NotFound) {
			continue
		}
		if err == nil {
			err = r.store.SettleEvent(ctx, id, billing.Settlement{Lease: e.Lease, State: string(billing.EventDone)})
		}
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		r.record(func() { r.done[id] = now })
	}
	return all
}

func (r *recorder) ProcessDue(ctx context.Context, limit int) (int, error) {
	ids, err := r.store.DueEvents(ctx, time.Now(), limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), r.Process(ctx, ids...)
}

func (r *recorder) Deliver(context.Context, ...int64) error { return nil }

// DeliverDue is only called by sweeps here, and once at the start of each process, for
// there are no effects.
func (r *recorder) DeliverDue(ctx context.Context, _ int) (int, error) {
	return 0, r.keepUp(ctx, "sweep")
}

func (r *recorder) Reconcile(ctx context.Context, _ billing.ReconcileOptions) (*billing.Report, error) {
	return nil, r.keepUp(ctx, "reconcile")
}

func (r *recorder) Prune(ctx context.Context, before time.Time) (int, error) {
	r.record(func() { r.pruned = append(r.pruned, before) })
	return 0, r.keepUp(ctx, "prune")
}

func (r *recorder) keepUp(ctx context.Context, what string) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	r.record(func() { r.upkept[what]++; r.actors = append(r.actors, string(a.Role)) })
	if r.upkeep != nil {
		return r.upkeep(ctx, what)
	}
	return nil
}

// await waits until cond holds of what was recorded.
// times is how often the upkeep was done.
func (r *recorder) times(what string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.upkept[what]
}

func (r *recorder) await(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		r.mu.Lock()
		ok, changed := cond(), r.changed
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waited %v in vain for: %s", patience, what)
		}
	}
}

// patience is how long a test waits for what must happen. It passes only when it does
// not; River looks after retries and schedules every five seconds.
const patience = time.Minute

func open(t testing.TB, db *sqlx.DB) *store.DB {
	t.Helper()
	st, err := store.Open(t.Context(), db, nil)
	require.NoError(t, err)
	return st
}

// quiet is a logger for tests in which things go wrong on purpose.
var quiet = slog.New(slog.DiscardHandler)

func newRunner(t testing.TB, st *store.DB, b jobs.Billing, o *jobs.Options) *jobs.Runner {
	t.Helper()
	if o == nil {
		o = new(jobs.Options)
	}
	if o.Logger == nil {
		o.Logger = quiet
	}
	r, err := jobs.New(st, jobs.Services{Billing: b}, o)
	require.NoError(t, err)
	return r
}

// start starts the runner until the test ends.
func start(t testing.TB, r *jobs.Runner) {
	t.Helper()
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { stop(t, r) })
}

func stop(t testing.TB, r *jobs.Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(t, r.Stop(ctx))
}

func events(from, n int) (all []billing.Event) {
	now := time.Now()
	for i := from; i < from+n; i++ {
		all = append(all, billing.Event{
			Provider: "stripe", ProviderID: fmt.Sprintf("evt_%d", i), Type: "invoice.paid", Created: now,
			State: billing.EventReceived, ReceivedAt: now, NextAt: now, Payload: []byte("{}"),
		})
	}
	return all
}

func count(t testing.TB, db *sqlx.DB, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.Get(&n, db.Rebind(query), args...))
	return n
}
