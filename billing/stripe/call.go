package stripe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 8 * time.Second
	maxWait    = time.Minute // a longer Retry-After is the caller's to wait for
	maxKey     = 255         // Stripe's limit for idempotency keys
)

// decoder reads an object of Stripe's that the account holds.
type decoder[T any] func(raw []byte, account string) (*T, error)

// call sends params to an endpoint and decodes what it answers.
func call[P stripego.ParamsContainer, R, T any](ctx context.Context, p *Provider, params P,
	send func(P) (R, error), decode decoder[T],
) (*T, error) {
	return do(ctx, p, request{}, params, send, decode)
}

// callOn is call on the object with that id. An empty id would reach another
// endpoint: stripe-go turns the update of customer "" into a new customer.
func callOn[P stripego.ParamsContainer, R, T any](ctx context.Context, p *Provider, id string, params P,
	send func(string, P) (R, error), decode decoder[T],
) (*T, error) {
	if err := checkID("id", id); err != nil {
		return nil, err
	}
	onID := func(params P) (R, error) { return send(id, params) }
	return do(ctx, p, request{onObject: true}, params, onID, decode)
}

func do[P stripego.ParamsContainer, R, T any](ctx context.Context, p *Provider, r request, params P,
	send func(P) (R, error), decode decoder[T],
) (*T, error) {
	common := params.GetParams()
	if err := checkKey(common.IdempotencyKey); err != nil {
		return nil, err
	}
	r.write = common.IdempotencyKey != nil
	r.send = func(ctx context.Context) error {
		common.Context = ctx
		_, err := send(params)
		return err
	}
	raw, err := p.request(ctx, r)
	if err != nil {
		return nil, err
	}
	object, err := decode(raw, stripego.StringValue(common.StripeAccount))
	if err != nil {
		return nil, unreadable(r, err)
	}
	return object, nil
}

// writing are the parameters that all writes have.
func writing(w billing.Write) stripego.Params {
	return stripego.Params{IdempotencyKey: &w.IdempotencyKey, StripeAccount: optional(w.Account)}
}

// ownWriting are those of a write that is the platform's own, whatever account it
// is about.
func ownWriting(w billing.Write) stripego.Params {
	return stripego.Params{IdempotencyKey: &w.IdempotencyKey}
}

// reading are the parameters that all reads of one object have.
func reading(account string) stripego.Params {
	return stripego.Params{StripeAccount: optional(account)}
}

// optional is a parameter that is left out when it is zero.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func checkID(field, id string) error {
	if strings.TrimSpace(id) == "" {
		return frontdesk.InvalidField(field, "must not be empty")
	}
	return nil
}

// checkKey checks the idempotency key of a write; reads have none.
func checkKey(key *string) error {
	switch {
	case key == nil:
		return nil
	case strings.TrimSpace(*key) == "":
		return frontdesk.InvalidField("idempotency_key", "must not be empty")
	case len(*key) > maxKey:
		return frontdesk.InvalidField("idempotency_key", "must not be longer than %d characters", maxKey)
	}
	return nil
}

// derivedKey is the key of one request among several that one write takes.
func derivedKey(key, part string) string {
	derived := key + ":" + part
	if len(derived) <= maxKey {
		return derived
	}
	sum := sha256.Sum256([]byte(derived))
	return hex.EncodeToString(sum[:])
}

// request is one call, however many attempts it takes. send makes an attempt.
type request struct {
	write    bool // it has an idempotency key
	onObject bool // it is about an object that exists
	send     func(context.Context) error
}

// request attempts r until it succeeds, fails for good or may not be tried
// again, and returns the body of the answer.
func (p *Provider) request(ctx context.Context, r request) ([]byte, error) {
	lost := false
	for n := 1; ; n++ {
		a := &attempt{}
		a.err = r.send(a.in(ctx))
		if a.ok() {
			return a.body, nil
		}
		failed := p.failure(ctx, a, r)
		lost = lost || failed.Code == frontdesk.OutcomeUnknown
		wait, again := p.backoff(ctx, a, r, n)
		if !again {
			return nil, settle(failed, lost)
		}
		p.log.LogAttrs(ctx, slog.LevelWarn, "stripe: trying again",
			slog.Int("attempt", n), slog.Duration("wait", wait), slog.String("request_id", failed.RequestID),
			slog.String("error", failed.Error()))
		if err := sleep(ctx, wait); err != nil {
			return nil, settle(interrupted(failed, err), lost)
		}
	}
}

// backoff says whether to make another attempt after the n-th, and when.
func (p *Provider) backoff(ctx context.Context, a *attempt, r request, n int) (time.Duration, bool) {
	wait := a.retryAfter() + jitter(n)
	if n >= p.attempts || wait > maxWait || ctx.Err() != nil || !a.transient(r.write) {
		return 0, false
	}
	deadline, limited := ctx.Deadline()
	return wait, !limited || time.Until(deadline) > wait
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

// transient reports whether the same request may fare better a moment later.
func (a *attempt) transient(write bool) bool {
	switch a.header.Get("Stripe-Should-Retry") {
	case "true":
		return true
	case "false":
		return false
	}
	switch a.status {
	case 0:
		return a.started
	case 409, 429, 502, 503, 504:
		return true
	}
	return a.status/100 == 2 || a.status >= 500 && !write
}

// settle keeps in mind that an earlier attempt may have been carried out:
// answers that Stripe gives before it looks at the idempotency key say nothing
// of that attempt.
func settle(failed *frontdesk.Error, lost bool) error {
	if !lost {
		return failed
	}
	switch failed.Code {
	case frontdesk.Unavailable, frontdesk.RateLimited, frontdesk.Aborted, frontdesk.Unauthenticated,
		frontdesk.PermissionDenied, frontdesk.Canceled, frontdesk.DeadlineExceeded:
		failed.Code = frontdesk.OutcomeUnknown
	}
	return failed
}

// interrupted is what failed becomes when the context ends before the next attempt.
func interrupted(failed *frontdesk.Error, err error) *frontdesk.Error {
	return &frontdesk.Error{
		Code:       frontdesk.CodeOf(err),
		RequestID:  failed.RequestID,
		RetryAfter: failed.RetryAfter,
		Err:        &cause{err.Error() + ", after " + failed.Error(), []error{err, failed}},
	}
}
