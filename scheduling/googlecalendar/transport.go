package googlecalendar

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

const (
	answerTimeout = 30 * time.Second
	idlePerHost   = 16
)

// tokens keeps a token while it is good. A source that keeps tokens on its own may give
// the same one again after drop; then the refusal stands.
type tokens struct {
	mu     sync.Mutex
	source oauth2.TokenSource
	now    *oauth2.Token
}

func (t *tokens) token() (*oauth2.Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.Valid() {
		return t.now, nil
	}
	fresh, err := t.source.Token()
	if err != nil {
		return nil, &tokenError{err}
	}
	t.now = fresh
	return fresh, nil
}

func (t *tokens) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = nil
}

// tokenError is why there is no token. Nothing was sent to Google.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return "there is no token: " + e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }

// transport signs requests.
type transport struct {
	base   http.RoundTripper
	tokens *tokens
}

// httpClient returns a copy of c that works through a transport. It follows no
// redirect, which would carry the token to another place.
func httpClient(c *http.Client, t *tokens) *http.Client {
	if c == nil {
		c = &http.Client{Transport: ownTransport()}
	}
	own := *c
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Transport = &transport{own.Transport, t}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func ownTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := t.Clone()
	own.ResponseHeaderTimeout = answerTimeout
	own.MaxIdleConnsPerHost = idlePerHost
	return own
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := t.tokens.token()
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as RoundTrippers must
		}
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token.AccessToken)
	return t.base.RoundTrip(r)
}

// neverSent reports whether a request failed before Google could see it.
func neverSent(err error) bool {
	var token *tokenError
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &token) || errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}
