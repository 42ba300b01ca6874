package resend_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

func TestRetries(t *testing.T) {
	inBubble(t, "a reply that is cut after Resend accepted is asked for again with the same key: one mail, the same id", func(t *testing.T) {
		s, m := local(t, nil, resendtest.Lost(2)...)
		r, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		require.Len(t, s.Emails(), 1)
		assert.Equal(t, s.Emails()[0].ID, r.ProviderID)
		require.Len(t, s.Requests(), 3)
		for _, request := range s.Requests() {
			assert.Equal(t, "k1", request.Header.Get("Idempotency-Key"))
		}
	})
	inBubble(t, "a key that is in use is waited for", func(t *testing.T) {
		s, m := local(t, nil, resendtest.Fault{Status: 409, Name: "concurrent_idempotent_requests"})
		require.NoError(t, sends(t.Context(), m))
		assert.Len(t, s.Requests(), 2)
	})
	inBubble(t, "a key with another message is refused after one request", func(t *testing.T) {
		s, m := local(t, nil)
		require.NoError(t, sends(t.Context(), m))
		other := message("k1")
		other.Subject = "Other"
		_, err := m.Send(t.Context(), other)
		requireCode(t, frontdesk.AlreadyExists, err)
		assert.Len(t, s.Requests(), 2)
	})
	inBubble(t, "after a day Resend has forgotten the key, so a caller must look at Remembers", func(t *testing.T) {
		s, m := local(t, nil)
		require.NoError(t, sends(t.Context(), m))
		s.Advance(m.Remembers())
		require.NoError(t, sends(t.Context(), m))
		assert.Len(t, s.Emails(), 2)
	})
	inBubble(t, "each attempt reads the attachments anew", func(t *testing.T) {
		s, m := local(t, nil, resendtest.Fault{Lose: true}, busy)
		msg := message("k1")
		content := bytes.Repeat([]byte("0123456789"), 10_000)
		msg.Attachments = []email.Attachment{file("a.bin", "application/octet-stream", "", content)}
		_, err := m.Send(t.Context(), msg)
		require.NoError(t, err)
		require.Len(t, s.Emails(), 1)
		assert.Equal(t, content, s.Emails()[0].Attachments[0].Content)
	})
	inBubble(t, "an attachment that cannot be read is tried once", func(t *testing.T) {
		_, m := local(t, nil)
		opened := 0
		msg := message("k1")
		msg.Attachments = []email.Attachment{{
			Name: "a.txt", ContentType: "text/plain", Size: 5,
			Open: func() (io.ReadCloser, error) { opened++; return nil, errReset },
		}}
		_, err := m.Send(t.Context(), msg)
		requireCode(t, frontdesk.Unavailable, err)
		assert.Equal(t, 1, opened)
	})
	inBubble(t, "each attempt that is made again is logged", func(t *testing.T) {
		s := resendtest.NewServer(nil)
		s.Next(busy, busy)
		var lines bytes.Buffer
		m, err := resend.New(testKey, &resend.Options{
			HTTPClient: &http.Client{Transport: s.Transport()}, Logger: slog.New(slog.NewTextHandler(&lines, nil)),
		})
		require.NoError(t, err)
		require.NoError(t, sends(t.Context(), m))
		assert.Equal(t, 2, strings.Count(lines.String(), "trying again"))
	})
	inBubble(t, "a Retry-After of minutes is left to the caller", func(t *testing.T) {
		long := limited
		long.RetryAfter = 5 * time.Minute
		s, m := local(t, nil, long)
		start := time.Now()
		err := sends(t.Context(), m)
		requireCode(t, frontdesk.RateLimited, err)
		assert.Equal(t, 5*time.Minute, frontdesk.RetryAfter(err))
		requireCode(t, frontdesk.RateLimited, sends(t.Context(), m))
		assert.Len(t, s.Requests(), 1, "the second call knows")
		assert.Zero(t, time.Since(start))
	})
	inBubble(t, "a wait that would outlast the context does not begin", func(t *testing.T) {
		long := limited
		long.RetryAfter = 20 * time.Second
		_, m := local(t, nil, long)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		requireCode(t, frontdesk.RateLimited, sends(ctx, m))
		assert.Zero(t, time.Since(start))
	})
	inBubble(t, "a rate limit after a lost attempt does not hide that loss", func(t *testing.T) {
		_, m := local(t, nil, resendtest.Fault{Lose: true}, limited, limited)
		requireCode(t, frontdesk.OutcomeUnknown, sends(t.Context(), m))
	})
}

func TestContextEnds(t *testing.T) {
	inBubble(t, "after the request was read, the outcome is unknown", func(t *testing.T) {
		hold := make(chan struct{})
		m := through(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		defer close(hold)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := sends(ctx, m)
		requireCode(t, frontdesk.OutcomeUnknown, err)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	inBubble(t, "before the request was read, it has the context's code", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := through(t, roundTrip(func(r *http.Request) (*http.Response, error) { cancel(); return nil, r.Context().Err() }))
		requireCode(t, frontdesk.Canceled, sends(ctx, m))
	})
	inBubble(t, "while it waits for its turn, it has the context's code", func(t *testing.T) {
		hold := make(chan struct{})
		defer close(hold)
		s, m := local(t, nil, resendtest.Fault{Hold: hold})
		go func() { _ = sends(t.Context(), m) }()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := m.Send(ctx, message("k2"))
		requireCode(t, frontdesk.Canceled, err)
		assert.Len(t, s.Requests(), 1)
	})
}

// TestWaitingEnds is about contexts that end between two attempts.
func TestWaitingEnds(t *testing.T) {
	slow := busy
	slow.RetryAfter = 30 * time.Second
	for rule, c := range map[string]struct {
		faults []resendtest.Fault
		code   frontdesk.Code
	}{
		"after a refusal it has the context's code":      {[]resendtest.Fault{slow}, frontdesk.Canceled},
		"after a lost attempt the outcome stays unknown": {[]resendtest.Fault{{Lose: true}, slow}, frontdesk.OutcomeUnknown},
	} {
		inBubble(t, rule, func(t *testing.T) {
			_, m := local(t, nil, c.faults...)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(10*time.Second, cancel)
			start := time.Now()
			err := sends(ctx, m)
			requireCode(t, c.code, err)
			require.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, 10*time.Second, time.Since(start))
		})
	}
}

// TestCancel is about what a request without a key can know.
func TestCancel(t *testing.T) {
	answers := func(err error) roundTrip {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	inBubble(t, "a refused connection is unavailable", func(t *testing.T) {
		requireCode(t, frontdesk.Unavailable, through(t, answers(errDial)).Cancel(t.Context(), "e1"))
	})
	inBubble(t, "a lost connection has no known outcome", func(t *testing.T) {
		requireCode(t, frontdesk.OutcomeUnknown, through(t, answers(errReset)).Cancel(t.Context(), "e1"))
	})
	inBubble(t, "a refusal after a lost answer may be due to the first attempt", func(t *testing.T) {
		s, m := local(t, nil)
		r, err := m.SendAt(t.Context(), message("k1"), time.Now().Add(time.Hour))
		require.NoError(t, err)
		s.Next(resendtest.Fault{Lose: true})
		requireCode(t, frontdesk.OutcomeUnknown, m.Cancel(t.Context(), r.ProviderID))
		assert.Equal(t, "canceled", s.Emails()[0].LastEvent)
	})
}

// TestRealConnections proves with net/http's own transport what counts as sent.
func TestRealConnections(t *testing.T) {
	mailer := func(t *testing.T, base string) *resend.Mailer {
		m, err := resend.New(testKey, &resend.Options{BaseURL: base, HTTPClient: &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}, MaxAttempts: 1})
		require.NoError(t, err)
		return m
	}
	t.Run("a port that nobody listens on was not reached", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		requireCode(t, frontdesk.Unavailable, sends(t.Context(), mailer(t, "http://"+l.Addr().String())))
	})
	t.Run("a connection that dies in the middle of a large mail sent nothing", func(t *testing.T) {
		front := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 1000)
			panic(http.ErrAbortHandler)
		}))
		defer front.Close()
		_, err := mailer(t, front.URL).Send(t.Context(), withFile(random(fileSize)))
		requireCode(t, frontdesk.Unavailable, err)
	})
	t.Run("an answer that comes before all of a large mail was read counts", func(t *testing.T) {
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"name":"invalid_api_key","message":"no"}`))
		}))
		defer front.Close()
		_, err := mailer(t, front.URL).Send(t.Context(), withFile(random(200<<10)))
		requireCode(t, frontdesk.Unauthenticated, err)
	})
	t.Run("a connection that dies after the mail has no known outcome", func(t *testing.T) {
		front := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}))
		defer front.Close()
		requireCode(t, frontdesk.OutcomeUnknown, sends(t.Context(), mailer(t, front.URL)))
	})
}

func TestRate(t *testing.T) {
	inBubble(t, "after a Retry-After of two seconds none of twenty workers sends earlier", func(t *testing.T) {
		first := limited
		first.RetryAfter = 2 * time.Second
		s, m := local(t, nil, first)
		sendAll(t, m, 20)
		start := s.Requests()[0].At
		for _, r := range s.Requests()[1:] {
			assert.GreaterOrEqual(t, r.At.Sub(start), 2*time.Second)
		}
		assert.Len(t, s.Emails(), 20)
	})
	inBubble(t, "the learnt rate holds for all workers together, without a refusal", func(t *testing.T) {
		s, m := local(t, &resendtest.Options{Limit: 5})
		sendAll(t, m, 52)
		for _, r := range s.Requests() {
			assert.Equal(t, http.StatusOK, r.Status)
		}
		requests := s.Requests()
		took := requests[len(requests)-1].At.Sub(requests[0].At)
		assert.Equal(t, 10*time.Second, took, "52 mails at five a second")
	})
	inBubble(t, "what others use of the limit is left to them", func(t *testing.T) {
		s, m := local(t, &resendtest.Options{Limit: 2})
		stranger := through(t, s.Transport())
		require.NoError(t, sends(t.Context(), stranger))
		require.NoError(t, sends(t.Context(), m))
		start := time.Now()
		require.NoError(t, sends(t.Context(), m))
		assert.Equal(t, time.Second, time.Since(start))
	})
	inBubble(t, "an account that learns of no rate is not slowed down", func(t *testing.T) {
		_, m := local(t, nil)
		start := time.Now()
		sendAll(t, m, 50)
		assert.Zero(t, time.Since(start))
	})
	inBubble(t, "before the first answer one request goes at a time", func(t *testing.T) {
		hold := make(chan struct{})
		s, m := local(t, nil, resendtest.Fault{Hold: hold})
		time.AfterFunc(time.Second, func() {
			assert.Len(t, s.Requests(), 1)
			close(hold)
		})
		sendAll(t, m, 10)
		assert.Len(t, s.Emails(), 10)
	})
	inBubble(t, "a quota parks nobody but who asked", func(t *testing.T) {
		s, m := local(t, &resendtest.Options{DailyQuota: 1})
		require.NoError(t, sends(t.Context(), m))
		_, err := m.Send(t.Context(), message("k2"))
		requireCode(t, frontdesk.QuotaExceeded, err)
		assert.Len(t, s.Requests(), 2)
		s.Advance(24 * time.Hour)
		_, err = m.Send(t.Context(), message("k2"))
		require.NoError(t, err)
	})
	inBubble(t, "a quota that lasts for hours holds up no other request", func(t *testing.T) {
		_, m := local(t, nil, resendtest.Fault{Status: 429, Name: "daily_quota_exceeded", RetryAfter: 5 * time.Hour})
		err := sends(t.Context(), m)
		requireCode(t, frontdesk.QuotaExceeded, err)
		assert.Equal(t, 5*time.Hour, frontdesk.RetryAfter(err))
		require.NoError(t, sends(t.Context(), m))
	})
	for _, odd := range []http.Header{
		{"Ratelimit-Limit": {"many"}, "Ratelimit-Remaining": {"-1"}, "Ratelimit-Reset": {"1e9"}},
		{"Ratelimit-Limit": {"0"}, "Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {"0"}},
		{"Ratelimit-Limit": {"5"}},
		{"Ratelimit-Limit": {"5"}, "Ratelimit-Remaining": {"9"}, "Ratelimit-Reset": {"0"}},
	} {
		inBubble(t, fmt.Sprint("headers that make no sense stop nobody: ", odd), func(t *testing.T) {
			odder := busy
			odder.Header = odd
			_, m := local(t, nil, odder)
			sendAll(t, m, 5)
		})
	}
}

// sendAll sends n mails at once.
func sendAll(t *testing.T, m *resend.Mailer, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			_, err := m.Send(t.Context(), message(fmt.Sprint("k", i)))
			assert.NoError(t, err)
		})
	}
	all.Wait()
}
