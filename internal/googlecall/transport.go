package googlecall

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// Tokens keeps a token while it is good. A source that keeps tokens on its own may give
// the same one again after Drop; then the refusal stands. It is safe for concurrent use.
type Tokens struct {
	mu     sync.Mutex
	source oauth2.TokenSource
	now    *oauth2.Token
}

// NewTokens returns the tokens of a source.
func NewTokens(source oauth2.TokenSource) *Tokens { return &Tokens{source: source} }

func (t *Tokens) token() (*oauth2.Token, error) {
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

// Drop forgets a token that Google has refused.
func (t *Tokens) Drop() {
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
	tokens *Tokens
}

// Client returns a copy of c, or of one that waits so long for an answer's beginning, that signs
// requests with the tokens. It follows no redirect, which would carry the token to
// another place, and takes 308 as an answer.
func Client(c *http.Client, t *Tokens, wait time.Duration) *http.Client {
	if c == nil {
		c = &http.Client{Transport: patient(wait)}
	}
	own := *c
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Transport = &transport{own.Transport, t}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// idlePerHost connections are kept: all requests of an adapter go to one host.
const idlePerHost = 64

func patient(wait time.Duration) http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := t.Clone()
	own.ResponseHeaderTimeout = wait
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

// NeverSent reports whether a request failed before Google could see it.
func NeverSent(err error) bool {
	var token *tokenError
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &token) || errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}
