package googlecall

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	cut      = 0.8                    // of the rate is left after a refusal
	raise    = 0.4                    // requests a second more after each success
	leastRPS = 1.0                    // requests a second
	measured = 500 * time.Millisecond // the time over which the rate is counted
	glance   = 20 * time.Millisecond  // and the least that says anything of it
)

// Limiter holds all requests of an adapter to a rate that it finds out: each success raises
// it a little, each refusal cuts it by a part. Before the first refusal there is none. It is
// safe for concurrent use.
type Limiter struct {
	clock func() time.Time
	most  float64 // requests a second above which there is no limit to be felt

	mu      sync.Mutex
	rate    float64   // requests a second; 0: no limit is known
	next    time.Time // when the next request may be sent
	resumes time.Time // nothing is sent earlier: Google asked for it
	cut     time.Time // when the rate was cut last
	window  time.Time // since when requests are counted
	counted int
	seen    float64 // requests a second in the window before
}

// NewLimiter returns a limiter that has felt no limit. Above most requests a second it feels
// none.
func NewLimiter(clock func() time.Time, most float64) *Limiter {
	return &Limiter{clock: clock, most: most}
}

// Acquire waits until a request may be sent and returns when that was. It does not begin
// to wait when that would take too long, and says so with RateLimited.
func (l *Limiter) Acquire(ctx context.Context) (time.Time, error) {
	at := l.take()
	wait := at.Sub(l.clock())
	if wait <= 0 {
		return at, ctx.Err()
	}
	if !Worthwhile(ctx, wait) {
		return at, &frontdesk.Error{
			Code: frontdesk.RateLimited, RetryAfter: wait,
			Err: fmt.Errorf("the rate limit leaves no request for %v", wait.Round(time.Millisecond)),
		}
	}
	return at, Sleep(ctx, wait)
}

// take reserves the time of one request.
func (l *Limiter) take() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	at := latest(now, l.next, l.resumes)
	if l.rate > 0 {
		l.next = at.Add(time.Duration(float64(time.Second) / l.rate))
	}
	l.count(now)
	return at
}

func latest(times ...time.Time) time.Time {
	last := times[0]
	for _, t := range times[1:] {
		if t.After(last) {
			last = t
		}
	}
	return last
}

func (l *Limiter) count(now time.Time) {
	if elapsed := now.Sub(l.window); elapsed >= measured {
		l.seen = float64(l.counted) / elapsed.Seconds()
		l.window, l.counted = now, 0
	}
	l.counted++
}

// Succeed tells the limiter that a request was taken.
func (l *Limiter) Succeed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate == 0 {
		return
	}
	if l.rate += raise; l.rate > l.most {
		l.rate, l.next = 0, time.Time{}
	}
}

// Refuse tells it that one that was sent at a time was refused, until after the pause if there is one. Those that
// were under way when the rate was cut say nothing of the new one.
func (l *Limiter) Refuse(sent time.Time, pause time.Duration) {
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
func (l *Limiter) current(now time.Time) float64 {
	elapsed := math.Max(now.Sub(l.window).Seconds(), glance.Seconds())
	return math.Max(l.seen, float64(l.counted)/elapsed)
}
