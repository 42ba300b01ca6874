package scheduling

import (
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	leaseTime = 2 * time.Minute  // after it the effect of a dead process is free
	workTime  = 90 * time.Second // an attempt is cut off well before its lease ends
	closeTime = 3 * time.Second  // for writing down what was done

	firstRetry = 2 * time.Second
	lastRetry  = time.Hour
	maxPause   = 24 * time.Hour // a provider that asks for more is asked again sooner
	maxError   = 500            // bytes of an error that are kept
)

func (s *Service) lease() Lease {
	now := s.now()
	return Lease{Token: rand.Text(), Now: now, Until: now.Add(leaseTime)}
}

// closing is a context in which work that was done is written down, also when
// ctx has ended meanwhile.
func closing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), closeTime)
}

// backoff is how long to wait after the attempt with that number: never less than the
// provider asks for, within a day.
func backoff(attempt int, cause error) time.Duration {
	wait := min(firstRetry<<min(max(attempt-1, 0), 20), lastRetry)
	return max(wait/2+mrand.N(wait/2), min(frontdesk.RetryAfter(cause), maxPause))
}

func bounded(text string) string {
	if len(text) <= maxError {
		return text
	}
	return strings.ToValidUTF8(text[:maxError], "")
}
