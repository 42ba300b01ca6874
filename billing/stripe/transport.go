package stripe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxAnswer bounds an answer of Stripe. A page of a hundred invoices with their
// lines stays well below it.
const maxAnswer = 32 << 20

var errTooLarge = errors.New("the answer is too large")

// attempt is what became of one request. The transport fills it in.
type attempt struct {
	method, path string
	started      bool        // the request reached the transport
	dialing      atomic.Bool // the transport began to look for a connection
	connected    atomic.Bool // and found one
	status       int         // 0: no answer, or a broken one
	header       http.Header
	body         []byte
	err          error // stripe-go's
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

// ok reports whether Stripe did what it was asked and said so legibly. What
// stripe-go thinks of the answer does not count: its structs are not used, and
// a write that was carried out must not fail for a field that they dislike.
func (a *attempt) ok() bool { return a.status/100 == 2 && json.Valid(a.body) }

// maySent reports whether Stripe may have seen the request. Only a request that
// got no connection was certainly not seen.
func (a *attempt) maySent() bool {
	if !a.started || a.dialing.Load() && !a.connected.Load() {
		return false
	}
	var dns *net.DNSError
	var op *net.OpError
	return !errors.As(a.err, &dns) && (!errors.As(a.err, &op) || op.Op != "dial")
}

// retryAfter is how long the answer asks us to wait.
func (a *attempt) retryAfter() time.Duration {
	seconds, err := strconv.ParseInt(strings.TrimSpace(a.header.Get("Retry-After")), 10, 32)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// transport signs requests with the key, which stripe-go therefore never holds,
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
	a.started, a.method, a.path = true, r.Method, r.URL.Path
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+t.key.Reveal())
	r.Header.Del("X-Stripe-Client-User-Agent") // it holds the name of this host
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
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxAnswer:
		return nil, errTooLarge
	}
	a.status, a.body = resp.StatusCode, body
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
