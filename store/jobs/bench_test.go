package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func each(b *testing.B, bench func(b *testing.B, db *sqlx.DB)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, storetest.Postgres(b)) })
}

// counter is a service that does nothing, to measure the queue alone.
type counter struct {
	*recorder
	mu    sync.Mutex
	seen  int
	want  int
	all   chan struct{}
	times map[int64]time.Time
}

func (c *counter) Process(_ context.Context, ids ...int64) error {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if _, again := c.times[id]; again {
			continue
		}
		c.times[id] = now
		if c.seen++; c.seen == c.want {
			close(c.all)
		}
	}
	return nil
}

func (c *counter) Drain(context.Context) error { return nil }

func (c *counter) expect(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen, c.want, c.all, c.times = 0, n, make(chan struct{}), map[int64]time.Time{}
}

// BenchmarkDrain measures events that wait, one or 64 in a transaction, until a worker
// has been handed all of them; settle: until the worker has leased and settled their rows.
func BenchmarkDrain(b *testing.B) {
	each(b, func(b *testing.B, db *sqlx.DB) {
		st := open(b, db)
		c := &counter{recorder: newRecorder(st)}
		r := newRunner(b, st, c, nil)
		from := 0
		for _, group := range []int{1, 64} {
			b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
				n := 4096
				for b.Loop() {
					c.expect(n)
					for range n / group {
						require.NoError(b, st.Billing().AddEvents(b.Context(), events(from, group)...))
						from += group
					}
					began := time.Now()
					require.NoError(b, r.Start(b.Context()))
					<-c.all
					b.ReportMetric(float64(n)/time.Since(began).Seconds(), "events/s")
					stop(b, r)
				}
			})
		}
		b.Run("settle", func(b *testing.B) {
			for b.Loop() {
				rec := newRecorder(st)
				r := newRunner(b, st, rec, nil)
				n := 4096
				for range n / 64 {
					require.NoError(b, st.Billing().AddEvents(b.Context(), events(from, 64)...))
					from += 64
				}
				began := time.Now()
				require.NoError(b, r.Start(b.Context()))
				rec.await(b, "all", func() bool { return len(rec.done) >= n })
				b.ReportMetric(float64(n)/time.Since(began).Seconds(), "events/s")
				stop(b, r)
			}
		})
	})
}

// BenchmarkLatency measures the time from a commit to the start of the work, with an
// event every 20 ms, and with 8 senders who add one event after the other.
func BenchmarkLatency(b *testing.B) {
	each(b, func(b *testing.B, db *sqlx.DB) {
		st := open(b, db)
		c := &counter{recorder: newRecorder(st)}
		r := newRunner(b, st, c, nil)
		require.NoError(b, r.Start(b.Context()))
		defer stop(b, r)
		from := 0
		for _, senders := range []int{1, 8} {
			b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
				for b.Loop() {
					per := 800 / senders
					c.expect(per * senders)
					committed := make([]time.Time, per*senders)
					base := from
					began := time.Now()
					var wg sync.WaitGroup
					for s := range senders {
						wg.Go(func() {
							for i := range per {
								at := s*per + i
								if err := st.Billing().AddEvents(b.Context(), events(base+at, 1)...); err != nil {
									b.Error(err)
								}
								committed[at] = time.Now()
								if senders == 1 {
									<-time.After(20 * time.Millisecond)
								}
							}
						})
					}
					wg.Wait()
					rate := float64(per*senders) / time.Since(began).Seconds()
					from += per * senders
					<-c.all
					report(b, c, st.Billing(), base, committed)
					b.ReportMetric(rate, "in/s")
				}
			})
		}
	})
}

// BenchmarkIngest measures what 32 senders commit, and how long each waits, while
// nothing else happens, and while workers lease and settle the rows.
func BenchmarkIngest(b *testing.B) {
	each(b, func(b *testing.B, db *sqlx.DB) {
		from := 0
		for _, working := range []bool{false, true} {
			b.Run(fmt.Sprintf("working=%v", working), func(b *testing.B) {
				st := open(b, db)
				rec := newRecorder(st)
				r := newRunner(b, st, rec, nil)
				if working {
					require.NoError(b, r.Start(b.Context()))
					defer stop(b, r)
				}
				for b.Loop() {
					const senders, per = 32, 200
					waited := make([]time.Duration, senders*per)
					began := time.Now()
					var wg sync.WaitGroup
					for s := range senders {
						wg.Go(func() {
							for i := range per {
								at := s*per + i
								asked := time.Now()
								if err := st.Billing().AddEvents(b.Context(), events(from+at, 1)...); err != nil {
									b.Error(err)
								}
								waited[at] = time.Since(asked)
							}
						})
					}
					wg.Wait()
					from += senders * per
					b.ReportMetric(senders*per/time.Since(began).Seconds(), "in/s")
					percentiles(b, waited)
				}
			})
		}
	})
}

func percentiles(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

func report(b *testing.B, c *counter, st billing.Store, base int, committed []time.Time) {
	var took []time.Duration
	for before := int64(0); ; {
		page, err := st.Events(b.Context(), billing.EventFilter{Limit: 500, Before: before})
		require.NoError(b, err)
		for _, e := range page {
			before = e.ID
			var i int
			fmt.Sscanf(e.ProviderID, "evt_%d", &i)
			if i -= base; i >= 0 && i < len(committed) {
				took = append(took, max(0, c.times[e.ID].Sub(committed[i])))
			}
		}
		if len(page) < 500 {
			break
		}
	}
	percentiles(b, took)
}

var _ jobs.Billing = (*counter)(nil)
