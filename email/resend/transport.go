package resend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxAnswer bounds an answer of Resend. One to a batch of a hundred is 5 KB.
const maxAnswer = 4 << 20

var errTooLarge = errors.New("the answer is too large")

// attempt is what became of one request. The transport and the body fill it in.
type attempt struct {
	call       call
	started    bool                  // the request reached the transport
	dialing    atomic.Bool           // the transport began to look for a connection
	connected  atomic.Bool           // and found one
	written    atomic.Bool           // all of the body was read
	unreadable atomic.Pointer[error] // an attachment could not be read
	status     int                   // 0: no answer, or a broken one
	header     http.Header
	body       []byte
	err        error // net/http's, or resend-go's
}

type attemptKey struct{}

// in returns ctx with the attempt, for the transport to find.
func (a *attempt) in(ctx context.Context) context.Context {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { a.dialing.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { a.connected.Store(true) },
	})
	return context.WithValue(ctx, attemptKey{}, a)
}

// maySent reports whether Resend may have the whole request. net/http may have tried
// several connections, so the last one's error says nothing of a body that was read.
func (a *attempt) maySent() bool {
	switch {
	case !a.started:
		return false
	case a.call.body != nil:
		return a.written.Load()
	case a.dialing.Load() && !a.connected.Load():
		return false
	}
	var dns *net.DNSError
	var op *net.OpError
	return !errors.As(a.err, &dns) && (!errors.As(a.err, &op) || op.Op != "dial")
}

// fileError is why an attachment could not be read, or nil.
func (a *attempt) fileError() error {
	if err := a.unreadable.Load(); err != nil {
		return *err
	}
	return nil
}

// retryAfter is how long the answer asks us to wait.
func (a *attempt) retryAfter() time.Duration {
	seconds, _ := number(a.header, "Retry-After")
	return time.Duration(seconds) * time.Second
}

// requestID is the name that Resend, or the network before it, gave the request.
func (a *attempt) requestID() string {
	if id := a.header.Get("X-Request-Id"); id != "" {
		return id
	}
	return a.header.Get("Cf-Ray")
}

// transport signs requests with the key, which resend-go therefore never holds,
// and notes what becomes of them.
type transport struct {
	base http.RoundTripper
	key  frontdesk.Secret
}

// httpClient returns a copy of c that works through a transport. It follows no
// redirect, which would carry the key to another place.
func httpClient(c *http.Client, key frontdesk.Secret) *http.Client {
	if c == nil {
		c = &http.Client{Timeout: defaultTimeout}
	}
	own := *c
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Transport = &transport{own.Transport, key}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	a := r.Context().Value(attemptKey{}).(*attempt)
	a.started = true
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+t.key.Reveal())
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	return a.take(resp)
}

// take reads the answer to its end, so that a broken one is noticed here.
func (a *attempt) take(resp *http.Response) (*http.Response, error) {
	defer resp.Body.Close()
	a.header = resp.Header
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(answer) > maxAnswer:
		return nil, errTooLarge
	}
	a.status, a.body = resp.StatusCode, answer
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, nil
}
