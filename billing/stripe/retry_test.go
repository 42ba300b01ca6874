package stripe_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

func TestRetries(t *testing.T) {
	busy := refuses(503, `"type": "api_error"`)
	inBubble(t, "all attempts of a call share the key, the body and the account", func(t *testing.T) {
		s, p := scripted(t, breaks(errReset), says(502, "<html>"), answers)
		require.NoError(t, creates(t.Context(), p))
		require.Equal(t, 3, s.attempts())
		for i, r := range s.requests {
			assert.Equal(t, "op_1", r.Header.Get("Idempotency-Key"))
			assert.Equal(t, s.bodies[0], s.bodies[i])
			assert.NotEmpty(t, s.bodies[i])
		}
	})
	inBubble(t, "no more attempts are made than allowed", func(t *testing.T) {
		s := &script{answers: []answer{busy}}
		p, err := stripe.New(testKey, &stripe.Options{
			WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
			HTTPClient:     &http.Client{Transport: s},
			MaxAttempts:    1,
		})
		require.NoError(t, err)
		require.ErrorIs(t, reads(t.Context(), p), frontdesk.Unavailable)
		assert.Equal(t, 1, s.attempts())
	})
	inBubble(t, "a call waits at least as long as Retry-After asks", func(t *testing.T) {
		start := time.Now()
		_, p := scripted(t, refuses(429, `"code": "rate_limit"`, "Retry-After", "7"), answers)
		require.NoError(t, creates(t.Context(), p))
		assert.GreaterOrEqual(t, time.Since(start), 7*time.Second)
		assert.LessOrEqual(t, time.Since(start), 8*time.Second)
	})
	inBubble(t, "a call waits a random part of a doubling delay otherwise", func(t *testing.T) {
		start := time.Now()
		_, p := scripted(t, busy)
		require.Error(t, reads(t.Context(), p))
		assert.Positive(t, time.Since(start))
		assert.LessOrEqual(t, time.Since(start), 1500*time.Millisecond)
	})
	inBubble(t, "each attempt that is made again is logged", func(t *testing.T) {
		var lines bytes.Buffer
		p, err := stripe.New(testKey, &stripe.Options{
			WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
			HTTPClient:     &http.Client{Transport: &script{answers: []answer{busy}}},
			Logger:         slog.New(slog.NewTextHandler(&lines, nil)),
		})
		require.NoError(t, err)
		require.Error(t, reads(t.Context(), p))
		assert.Equal(t, 2, strings.Count(lines.String(), "request_id=req_test"))
	})
	inBubble(t, "a Retry-After of minutes is left to the caller", func(t *testing.T) {
		start := time.Now()
		s, p := scripted(t, refuses(429, `"code": "rate_limit"`, "Retry-After", "300"))
		require.Equal(t, 5*time.Minute, frontdesk.RetryAfter(creates(t.Context(), p)))
		assert.Equal(t, 1, s.attempts())
		assert.Zero(t, time.Since(start))
	})
	inBubble(t, "a wait that would outlast the context does not begin", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		_, p := scripted(t, refuses(429, `"code": "rate_limit"`, "Retry-After", "20"))
		require.ErrorIs(t, reads(ctx, p), frontdesk.RateLimited)
		assert.Zero(t, time.Since(start))
	})
}

func TestOutcomes(t *testing.T) {
	limited := refuses(429, `"code": "rate_limit"`)
	inBubble(t, "a rate limit after a lost attempt does not hide that loss", func(t *testing.T) {
		_, p := scripted(t, breaks(errReset), limited)
		err := creates(t.Context(), p)
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String())
	})
	inBubble(t, "a refused connection after a lost attempt does not hide that loss", func(t *testing.T) {
		_, p := scripted(t, says(502, "<html>"), breaks(errDial))
		err := creates(t.Context(), p)
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String())
	})
	inBubble(t, "a decline after a lost attempt is the outcome", func(t *testing.T) {
		_, p := scripted(t, breaks(errReset), refuses(402, `"type": "card_error"`))
		require.ErrorIs(t, creates(t.Context(), p), frontdesk.Declined)
	})
	inBubble(t, "a write that was carried out succeeds although stripe-go dislikes a field", func(t *testing.T) {
		_, p := scripted(t, says(200, `{"id": "cus_1", "object": "customer", "next_invoice_sequence": "many"}`))
		require.NoError(t, creates(t.Context(), p))
	})
}

func TestContextEnds(t *testing.T) {
	inBubble(t, "a write that was sent has no known outcome, and the context's error stays reachable", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s, p := scripted(t, hangs)
		err := creates(ctx, p)
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 1, s.attempts())
	})
	inBubble(t, "a read keeps the context's code", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, p := scripted(t, hangs)
		err := reads(ctx, p)
		assert.Equal(t, frontdesk.DeadlineExceeded.String(), frontdesk.CodeOf(err).String())
	})
	inBubble(t, "a write that was never sent keeps the context's code", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s, p := scripted(t, breaks(errDial))
		s.answers[0] = func(*http.Request) (*http.Response, error) { cancel(); return nil, errDial }
		err := creates(ctx, p)
		assert.Equal(t, frontdesk.Canceled.String(), frontdesk.CodeOf(err).String())
	})
	inBubble(t, "the client's own timeout of a write leaves no known outcome", func(t *testing.T) {
		s := &script{answers: []answer{hangs}}
		p, err := stripe.New(testKey, &stripe.Options{
			WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
			HTTPClient:     &http.Client{Transport: s, Timeout: time.Second},
		})
		require.NoError(t, err)
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(creates(t.Context(), p)).String())
		assert.Equal(t, frontdesk.Unavailable.String(), frontdesk.CodeOf(reads(t.Context(), p)).String())
		assert.Equal(t, 6, s.attempts())
	})
	for _, c := range []struct {
		rule  string
		call  operation
		first answer
		code  frontdesk.Code
	}{
		{"a cancellation ends the waiting of a read at once", reads, refuses(503, `"type": "api_error"`, "Retry-After", "30"), frontdesk.Canceled},
		{"a cancellation ends the waiting of a refused write at once", creates, refuses(429, `"code": "rate_limit"`, "Retry-After", "30"), frontdesk.Canceled},
		{"a cancellation while a lost write waits leaves no known outcome", creates, refuses(503, `"type": "api_error"`, "Retry-After", "30"), frontdesk.OutcomeUnknown},
	} {
		inBubble(t, c.rule, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(2*time.Second, cancel)
			start := time.Now()
			s, p := scripted(t, c.first)
			err := c.call(ctx, p)
			assert.Equal(t, c.code.String(), frontdesk.CodeOf(err).String())
			require.ErrorIs(t, err, context.Canceled)
			requireNoSecret(t, err)
			assert.Equal(t, 2*time.Second, time.Since(start))
			assert.Equal(t, 1, s.attempts())
		})
	}
}

// inBubble runs a subtest in which time is fake and passes when all wait.
func inBubble(t *testing.T, rule string, f func(*testing.T)) {
	t.Helper()
	t.Run(rule, func(t *testing.T) { synctest.Test(t, f) })
}

// TestRealConnections proves with net/http's own transport what counts as sent.
func TestRealConnections(t *testing.T) {
	provider := func(t *testing.T, base string) *stripe.Provider {
		p, err := stripe.New(testKey, &stripe.Options{
			WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
			APIBase:        base,
			HTTPClient:     &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second},
			MaxAttempts:    1,
		})
		require.NoError(t, err)
		return p
	}
	t.Run("a port that nobody listens on was not reached", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		err = creates(t.Context(), provider(t, "http://"+l.Addr().String()))
		assert.Equal(t, frontdesk.Unavailable.String(), frontdesk.CodeOf(err).String(), "%v", err)
	})
	t.Run("a handshake that fails sent nothing", func(t *testing.T) {
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.StartTLS()
		defer srv.Close()
		err := creates(t.Context(), provider(t, srv.URL))
		assert.Equal(t, frontdesk.Unavailable.String(), frontdesk.CodeOf(err).String(), "%v", err)
	})
	t.Run("a connection that dies after the request leaves no known outcome", func(t *testing.T) {
		srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		defer srv.Close()
		err := creates(t.Context(), provider(t, srv.URL))
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String(), "%v", err)
	})
	t.Run("an answer that is cut short leaves no known outcome", func(t *testing.T) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(customer))
		}))
		defer srv.Close()
		err := creates(t.Context(), provider(t, srv.URL))
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String(), "%v", err)
	})
}
