package googlecall

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstDelay = 500 * time.Millisecond
	maxWait    = time.Minute // a longer wait is the caller's
)

// Worthwhile reports whether to wait so long for the next attempt: not beyond a minute, and not
// beyond the context's deadline.
func Worthwhile(ctx context.Context, wait time.Duration) bool {
	deadline, limited := ctx.Deadline()
	return wait <= maxWait && (!limited || time.Until(deadline) > wait)
}

// Jitter is a random part of the n-th delay, which doubles up to most, so that those who
// failed together do not come back together.
func Jitter(n int, most time.Duration) time.Duration {
	return rand.N(min(firstDelay<<min(n-1, 8), most)) + 1
}

// Sleep waits, or fails with the context's error as soon as it ends.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
