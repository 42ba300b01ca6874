package resend

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 8 * time.Second
	maxWait    = time.Minute // a longer wait is the caller's
)

// call is one request, however many attempts it takes. All of them are POSTs.
type call struct {
	path  string
	key   string // idempotency key
	body  *body
	batch bool
}

// do attempts c until it succeeds, fails for good or may not be tried again, and
// decodes the answer.
func (m *Mailer) do(ctx context.Context, c call, into any) error {
	lost := false
	for n := 1; ; n++ {
		a := &attempt{call: c}
		failed := m.attempt(ctx, a, into)
		if failed == nil {
			return nil
		}
		lost = lost || failed.Code == frontdesk.OutcomeUnknown
		wait, again := m.backoff(ctx, a, failed, n)
		if !again {
			return settle(c, failed, lost)
		}
		m.log.LogAttrs(ctx, slog.LevelWarn, "resend: trying again",
			slog.Int("attempt", n), slog.Duration("wait", wait), slog.String("request_id", failed.RequestID),
			slog.String("error", failed.Error()))
		if err := sleep(ctx, wait); err != nil {
			return settle(c, interrupted(failed, err), lost)
		}
	}
}

// attempt makes one attempt when the governor lets it.
func (m *Mailer) attempt(ctx context.Context, a *attempt, into any) *frontdesk.Error {
	turn, err := m.governor.acquire(ctx)
	if err != nil {
		return notSent(err)
	}
	m.send(ctx, a)
	if a.ok() {
		m.governor.release(turn, a.header, 0)
		if err := json.Unmarshal(a.body, into); err == nil {
			return nil
		}
		return &frontdesk.Error{
			Code: frontdesk.OutcomeUnknown, RequestID: a.requestID(), Err: a.cause("the answer cannot be read"),
		}
	}
	failed := m.failure(ctx, a)
	m.governor.release(turn, a.header, a.rest(failed))
	return failed
}

// rest is how long nobody may send after the failure. A quota stops nobody here: it is
// for the caller to park.
func (a *attempt) rest(failed *frontdesk.Error) time.Duration {
	if failed.Code == frontdesk.QuotaExceeded {
		return 0
	}
	return a.retryAfter()
}

// send makes the request and leaves in a what became of it.
func (m *Mailer) send(ctx context.Context, a *attempt) {
	r, err := m.api.NewRequest(a.in(ctx), http.MethodPost, a.call.path, nil)
	if err != nil {
		a.err = err
		return
	}
	a.call.prepare(r, a)
	_, a.err = m.api.Perform(r, nil) //nolint:bodyclose // resend-go and the transport have closed it
}

// prepare adds to r what resend-go knows nothing of.
func (c call) prepare(r *http.Request, a *attempt) {
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	if c.batch {
		r.Header.Set("X-Batch-Validation", "permissive")
	}
	if c.body == nil {
		return
	}
	r.Header.Set("Content-Type", contentType)
	r.ContentLength = c.body.size
	r.Body = c.body.open(a)
	r.GetBody = func() (io.ReadCloser, error) { return c.body.open(a), nil }
}

// ok reports whether Resend did what it was asked and said so in JSON.
func (a *attempt) ok() bool { return a.status/100 == 2 && json.Valid(a.body) }

// backoff says whether to make another attempt after the n-th, and when.
func (m *Mailer) backoff(ctx context.Context, a *attempt, failed *frontdesk.Error, n int) (time.Duration, bool) {
	if n >= m.attempts || ctx.Err() != nil || !a.transient(failed.Code) {
		return 0, false
	}
	wait := a.retryAfter() + jitter(n)
	return wait, worthwhile(ctx, wait)
}

// transient reports whether the same request may fare better a moment later.
func (a *attempt) transient(code frontdesk.Code) bool {
	switch {
	case !a.started, a.fileError() != nil:
		return false
	case a.status == 0, a.status/100 == 2, a.status >= 500:
		return true
	}
	return code == frontdesk.Aborted || code == frontdesk.RateLimited
}

// worthwhile reports whether to wait so long.
func worthwhile(ctx context.Context, wait time.Duration) bool {
	deadline, limited := ctx.Deadline()
	return wait <= maxWait && (!limited || time.Until(deadline) > wait)
}

// jitter is a random part of the n-th delay, so that those who failed together
// do not come back together.
func jitter(n int) time.Duration {
	return rand.N(min(firstDelay<<min(n-1, 8), maxDelay)) + 1
}

// sleep waits, or fails with the context's error as soon as it ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle keeps in mind that an earlier attempt may have been carried out: answers
// that Resend gives before it looks at the key say nothing of that attempt, and
// without a key none does.
func settle(c call, failed *frontdesk.Error, lost bool) error {
	if !lost {
		return failed
	}
	switch failed.Code {
	case frontdesk.Unavailable, frontdesk.RateLimited, frontdesk.QuotaExceeded, frontdesk.Aborted,
		frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.Canceled, frontdesk.DeadlineExceeded:
		failed.Code = frontdesk.OutcomeUnknown
	default:
		if c.key == "" {
			failed.Code = frontdesk.OutcomeUnknown
		}
	}
	return failed
}
