package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// hook hears of changes.
type hook struct {
	mu   sync.Mutex
	told map[string]int
	fail int // how often it fails first
}

func newHook() *hook { return &hook{told: map[string]int{}} }

func (h *hook) hear(_ context.Context, c scheduling.Change) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail > 0 {
		h.fail--
		return frontdesk.Errorf(frontdesk.Unavailable, "not now")
	}
	h.told[c.Key]++
	return nil
}

// heard are the changes that were told, each once.
func (h *hook) heard(t testing.TB) int {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, times := range h.told {
		require.Equal(t, 1, times, key)
	}
	return len(h.told)
}

func (h *hook) service(t testing.TB, st *store.DB) *scheduling.Service {
	t.Helper()
	s, err := scheduling.New(st.Scheduling(), &scheduling.Options{OnChange: h.hear, Logger: quiet})
	require.NoError(t, err)
	return s
}

// announce commits changes that are to be told at the time.
func announce(t testing.TB, st *store.DB, from, n int, at time.Time) {
	t.Helper()
	for i := from; i < from+n; i++ {
		c := scheduling.Change{Kind: scheduling.MeetingBooked, Key: fmt.Sprint("change-", i), At: at}
		payload, err := json.Marshal(c)
		require.NoError(t, err)
		_, err = st.Scheduling().AddEffect(t.Context(), scheduling.Effect{
			Key: c.Key, Kind: scheduling.EffectTell, Payload: payload, State: scheduling.EffectPending, CreatedAt: at, NextAt: at,
		})
		require.NoError(t, err)
	}
}

func newMeetingRunner(t testing.TB, st *store.DB, s jobs.Scheduling, o jobs.Options) *jobs.Runner {
	t.Helper()
	o.Logger = quiet
	r, err := jobs.New(st, jobs.Services{Scheduling: s}, &o)
	require.NoError(t, err)
	return r
}

func TestChangesAreToldOnceInTheBackground(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, h := open(t, db), newHook()
		r := newMeetingRunner(t, st, h.service(t, st), jobs.Options{SweepEvery: time.Hour})
		announce(t, st, 0, 20, time.Now()) // as a process without workers, these are jobs
		assert.Positive(t, count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'scheduling.deliver' AND queue = 'frontdesk_scheduling'"))
		start(t, r)
		announce(t, st, 20, 20, time.Now())
		await(t, "40 changes to be told", func() bool { return h.heard(t) == 40 })
		await(t, "the outbox to be done", func() bool {
			return count(t, db, "SELECT count(*) FROM frontdesk_scheduling_effects WHERE state <> 'done'") == 0
		})
		assert.Equal(t, 40, h.heard(t))
	})
}

func TestAChangeIsToldAtItsTimeAndAgainWhenTheHookFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, h := open(t, db), newHook()
		h.fail = 1
		start(t, newMeetingRunner(t, st, h.service(t, st), jobs.Options{SweepEvery: time.Hour}))
		later := time.Now().Add(2 * time.Second)
		announce(t, st, 0, 1, later)
		await(t, "it to be told", func() bool { return h.heard(t) == 1 })
		assert.False(t, time.Now().Before(later))
	})
}

// desk is a service without meetings that remembers what it was told to do.
type desk struct {
	mu     sync.Mutex
	left   int // holds that have lapsed
	lapses int
	ended  int // meetings that were over
	pruned []time.Time
	err    error
}

func (d *desk) Deliver(context.Context, ...int64) error      { return nil }
func (d *desk) DeliverDue(context.Context, int) (int, error) { return 0, nil }

func (d *desk) Lapse(ctx context.Context, limit int) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a, err := frontdesk.ActorFrom(ctx); err != nil || a.Role != frontdesk.RoleSystem {
		d.err = frontdesk.Errorf(frontdesk.PermissionDenied, "upkeep is the system's")
		return 0, d.err
	}
	n := min(d.left, limit)
	d.left -= n
	d.lapses++
	return n, nil
}

func (d *desk) Finish(context.Context, int) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended++
	return 0, nil
}

func (d *desk) Prune(_ context.Context, before time.Time) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pruned = append(d.pruned, before)
	return 0, nil
}

func (d *desk) look(fn func() bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fn()
}

func TestHoldsLapseRegularlyAndOncePerCluster(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, d := open(t, db), &desk{left: 120}
		began := time.Now()
		for range 2 {
			start(t, newMeetingRunner(t, st, d, jobs.Options{LapseEvery: time.Second, ChangeRetention: 24 * time.Hour}))
		}
		await(t, "all to lapse, and four more looks", func() bool { return d.look(func() bool { return d.left == 0 && d.lapses >= 7 && d.ended > 0 }) })
		seconds := int(time.Since(began)/time.Second) + 2
		await(t, "the outbox to be pruned", func() bool { return d.look(func() bool { return len(d.pruned) == 1 }) })
		d.mu.Lock()
		defer d.mu.Unlock()
		require.NoError(t, d.err)
		assert.LessOrEqual(t, d.lapses, 2+seconds+2+2, "two for what one call leaves, one a second, and one at each start")
		assert.WithinDuration(t, time.Now().Add(-24*time.Hour), d.pruned[0], time.Minute)
	})
}
