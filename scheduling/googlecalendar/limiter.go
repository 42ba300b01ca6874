package googlecalendar

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	cut      = 0.8                    // of the rate is left after a refusal
	raise    = 0.4                    // requests a second more after each success
	leastRPS = 1.0                    // requests a second
	mostRPS  = 500.0                  // above it there is no limit to be felt
	measured = 500 * time.Millisecond // the time over which the rate is counted
)

// limiter holds all requests of a calendar to a rate that it finds out: each success raises
// it a little, each refusal cuts it by a part. Before the first refusal there is none.
type limiter struct {
	clock func() time.Time

	mu      sync.Mutex
	rate    float64   // requests a second; 0: no limit is known
	next    time.Time // when the next request may be sent
	resumes time.Time // nothing is sent earlier: Google asked for it
	cut     time.Time // when the rate was cut last
	window  time.Time // since when requests are counted
	counted int
	seen    float64 // requests a second in the window before
}

func newLimiter(clock func() time.Time) *limiter { return &limiter{clock: clock} }

// acquire waits until a request may be sent and returns when that was. It does not begin
// to wait when that would take too long, and says so with RateLimited.
func (l *limiter) acquire(ctx context.Context) (time.Time, error) {
	at := l.take()
	wait := at.Sub(l.clock())
	if wait <= 0 {
		return at, ctx.Err()
	}
	if !worthwhile(ctx, wait) {
		return at, &frontdesk.Error{
			Code: frontdesk.RateLimited, RetryAfter: wait,
			Err: &cause{text: "googlecalendar: the rate limit leaves no request for " + wait.Round(time.Millisecond).String()},
		}
	}
	return at, sleep(ctx, wait)
}

// take reserves the time of one request.
func (l *limiter) take() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	at := lastOf(now, l.next, l.resumes)
	if l.rate > 0 {
		l.next = at.Add(time.Duration(float64(time.Second) / l.rate))
	}
	l.count(now)
	return at
}

func lastOf(times ...time.Time) time.Time {
	last := times[0]
	for _, t := range times[1:] {
		if t.After(last) {
			last = t
		}
	}
	return last
}

func (l *limiter) count(now time.Time) {
	if elapsed := now.Sub(l.window); elapsed >= measured {
		l.seen = float64(l.counted) / elapsed.Seconds()
		l.window, l.counted = now, 0
	}
	l.counted++
}

// succeed tells the limiter that Google took a request.
func (l *limiter) succeed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate == 0 {
		return
	}
	if l.rate += raise; l.rate > mostRPS {
		l.rate, l.next = 0, time.Time{}
	}
}

// refuse tells it that Drive refused one that was sent at a time. Those that were under
// way when the rate was cut say nothing of the new one.
func (l *limiter) refuse(sent time.Time, pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	if until := now.Add(pause); pause > 0 && until.After(l.resumes) {
		l.resumes = until
	}
	if !sent.After(l.cut) && !l.cut.IsZero() {
		return
	}
	l.cut = now
	if l.rate == 0 {
		l.rate = l.current(now)
	}
	l.rate = math.Max(leastRPS, l.rate*cut)
}

// current is the rate at which requests were made.
func (l *limiter) current(now time.Time) float64 {
	elapsed := math.Max(now.Sub(l.window).Seconds(), measured.Seconds())
	return math.Max(l.seen, float64(l.counted)/elapsed)
}
