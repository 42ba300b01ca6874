package googlecalendar

import (
	"context"
	"log/slog"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

const (
	mostRequests  = 500 // a second; above it there is no limit to be felt
	maxDelay      = 16 * time.Second
	answerTimeout = 30 * time.Second
)

// call is one request, however many attempts it takes. All calls of this package may be
// repeated: what they make has an id already, and what they change has an etag.
type call struct {
	name  string
	write bool
	send  func(ctx context.Context) error // makes an attempt
}

// do attempts q until it succeeds, fails for good or may not be tried again.
func (c *Calendar) do(ctx context.Context, q call) error {
	lost := false
	for n := 1; ; n++ {
		failed := c.attempt(ctx, q)
		if failed == nil {
			return nil
		}
		lost = lost || failed.Code == frontdesk.OutcomeUnknown
		if !c.again(ctx, failed, n) {
			if lost {
				return unsure(failed.Error)
			}
			return failed.Error
		}
	}
}

// attempt makes one attempt when the limiter lets it.
func (c *Calendar) attempt(ctx context.Context, q call) *failure {
	sent, err := c.limiter.Acquire(ctx)
	if err != nil {
		return notSent(err)
	}
	if err := q.send(ctx); err != nil {
		return c.failed(ctx, q, sent, err)
	}
	c.limiter.Succeed()
	return nil
}

// failed reads what went wrong and tells the limiter and the tokens.
func (c *Calendar) failed(ctx context.Context, q call, sent time.Time, err error) *failure {
	f := q.failure(ctx, err)
	if f.slow {
		c.limiter.Refuse(sent, f.RetryAfter)
	}
	if f.stale {
		c.tokens.Drop()
	}
	return f
}

// again waits for the next attempt after the n-th, and reports whether to make it.
func (c *Calendar) again(ctx context.Context, f *failure, n int) bool {
	if n >= c.attempts || f.stale && n > 1 || !f.transient || ctx.Err() != nil {
		return false
	}
	wait := f.RetryAfter + googlecall.Jitter(n, maxDelay)
	if !googlecall.Worthwhile(ctx, wait) {
		return false
	}
	c.log.LogAttrs(ctx, slog.LevelWarn, "googlecalendar: trying again",
		slog.Int("attempt", n), slog.Duration("wait", wait), slog.String("error", f.Error.Error()))
	return googlecall.Sleep(ctx, wait) == nil
}

// unsure is err when something may have been written before it.
func unsure(err error) error {
	switch code := frontdesk.CodeOf(err); code {
	case frontdesk.Unavailable, frontdesk.RateLimited, frontdesk.QuotaExceeded, frontdesk.Unauthenticated,
		frontdesk.PermissionDenied, frontdesk.Canceled, frontdesk.DeadlineExceeded:
		return &frontdesk.Error{Code: frontdesk.OutcomeUnknown, RetryAfter: frontdesk.RetryAfter(err), Err: err}
	}
	return err
}
