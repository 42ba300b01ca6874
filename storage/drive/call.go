package drive

import (
	"context"
	"log/slog"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

const (
	mostRequests  = 2000 // a second; above it there is no limit to be felt
	maxDelay      = 32 * time.Second
	answerTimeout = 2 * time.Minute
)

// call is one request, however many attempts it takes. All calls of this package may be
// repeated: what they make has an id already.
type call struct {
	name  string
	write bool
	send  func(ctx context.Context) error // makes an attempt
}

// do attempts c until it succeeds, fails for good or may not be tried again.
func (s *Store) do(ctx context.Context, c call) error {
	lost := false
	for n := 1; ; n++ {
		failed := s.attempt(ctx, c)
		if failed == nil {
			return nil
		}
		lost = lost || failed.Code == frontdesk.OutcomeUnknown
		if !s.again(ctx, failed, n) {
			return settle(failed, lost)
		}
	}
}

// attempt makes one attempt when the limiter lets it.
func (s *Store) attempt(ctx context.Context, c call) *failure {
	sent, err := s.limiter.Acquire(ctx)
	if err != nil {
		return notSent(err)
	}
	if err := c.send(ctx); err != nil {
		return s.failed(ctx, c, sent, err)
	}
	s.limiter.Succeed()
	return nil
}

// failed reads what went wrong and tells the limiter and the tokens.
func (s *Store) failed(ctx context.Context, c call, sent time.Time, err error) *failure {
	f := c.failure(ctx, err)
	if f.slow {
		s.limiter.Refuse(sent, f.RetryAfter)
	}
	if f.stale {
		s.tokens.Drop()
	}
	return f
}

// again waits for the next attempt after the n-th, and reports whether to make it.
func (s *Store) again(ctx context.Context, f *failure, n int) bool {
	if n >= s.attempts || f.stale && n > 1 || !f.transient || ctx.Err() != nil {
		return false
	}
	wait := f.RetryAfter + googlecall.Jitter(n, maxDelay)
	if !googlecall.Worthwhile(ctx, wait) {
		return false
	}
	s.log.LogAttrs(ctx, slog.LevelWarn, "drive: trying again",
		slog.Int("attempt", n), slog.Duration("wait", wait), slog.String("error", f.Error.Error()))
	return googlecall.Sleep(ctx, wait) == nil
}

// settle keeps in mind that an earlier attempt may have been carried out.
func settle(f *failure, lost bool) error {
	if !lost {
		return f.Error
	}
	switch f.Code {
	case frontdesk.Unavailable, frontdesk.RateLimited, frontdesk.QuotaExceeded, frontdesk.Unauthenticated,
		frontdesk.PermissionDenied, frontdesk.Canceled, frontdesk.DeadlineExceeded:
		f.Code = frontdesk.OutcomeUnknown
	}
	return f.Error
}
