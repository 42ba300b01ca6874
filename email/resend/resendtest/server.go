// Package resendtest is a Resend on this machine, for tests and checks of what sends
// through it.
//
// A [Server] answers as Resend's API does: its errors have Resend's names, it limits
// the rate and counts quotas, keeps idempotency keys for 24 hours, sends batches
// strictly or permissively, and drops the attachments of a batch in silence. It fails
// when it is told to. It needs no network: [Server.Transport] is for programs in the
// same process, others are served by net/http.
package resendtest

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Options configures a [Server]. The zero value accepts every key and sender and has
// no limits.
type Options struct {
	Key      string   // the one API key that is good; empty: all are
	SendOnly bool     // the key may send and do nothing else
	Domains  []string // that are verified; nil: all are

	// Limit is how many requests a second are answered; 0: all, and no headers tell
	// of a rate.
	Limit int
	// DailyQuota and MonthlyQuota are how many recipients get mail; 0: all.
	DailyQuota, MonthlyQuota int

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Server is a Resend. It is safe for concurrent use.
type Server struct {
	options Options
	mux     *http.ServeMux
	secret  string

	mu       sync.Mutex
	ahead    time.Duration
	emails   []*Email
	requests []Request
	faults   []Fault
	keys     map[string]*remembered
	window   time.Time // when the current second of the rate limit began
	used     int       // requests in it
	events   int
}

// Request is one that has reached the server.
type Request struct {
	Method, Path string
	Header       http.Header
	At           time.Time
	Status       int // of the answer; 0 when the connection was cut, or there is none yet
}

// NewServer returns a server that holds nothing.
func NewServer(o *Options) *Server {
	if o == nil {
		o = &Options{}
	}
	s := &Server{
		options: *o,
		mux:     http.NewServeMux(),
		secret:  "whsec_" + base64.StdEncoding.EncodeToString([]byte(rand.Text())),
		keys:    map[string]*remembered{},
	}
	if s.options.Clock == nil {
		s.options.Clock = time.Now
	}
	s.mux.HandleFunc("POST /emails", s.send)
	s.mux.HandleFunc("POST /emails/batch", s.sendBatch)
	s.mux.HandleFunc("POST /emails/{id}/cancel", s.full(s.cancel))
	s.mux.HandleFunc("GET /emails/{id}", s.full(s.get))
	s.mux.HandleFunc("GET /emails", s.full(s.list))
	return s
}

// WebhookSecret is what [Server.Webhook] signs with.
func (s *Server) WebhookSecret() frontdesk.Secret { return frontdesk.NewSecret(s.secret) }

// Now is the time on the server's clock, in UTC.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return s.options.Clock().UTC().Add(s.ahead) }

// Advance sets the clock forward.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

// Requests are those that have come, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, fault := s.arrive(r)
	watched := &statusWriter{ResponseWriter: w}
	defer func() { s.leave(n, watched.status) }()
	if fault.wait(r.Context()) != nil || fault.Cut {
		panic(http.ErrAbortHandler)
	}
	if refused := s.admit(watched.Header(), r); refused != nil {
		refused.write(watched)
		return
	}
	if fault.refuses() {
		fault.write(watched)
		return
	}
	if fault.Lose {
		s.route(&lost{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	}
	s.route(watched, r)
}

// arrive notes the request and takes the fault that is meant for it.
func (s *Server) arrive(r *http.Request) (int, Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Header: r.Header.Clone(), At: s.now()})
	n := len(s.requests) - 1
	if len(s.faults) == 0 {
		return n, Fault{}
	}
	f := s.faults[0]
	s.faults = s.faults[1:]
	return n, f
}

func (s *Server) leave(n, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[n].Status = status
}

// admit refuses who has no key, and what comes too fast.
func (s *Server) admit(header http.Header, r *http.Request) *refusal {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !found || key == "":
		return &refusal{http.StatusUnauthorized, "missing_api_key", "Missing API key in the authorization header"}
	case s.options.Key != "" && key != s.options.Key:
		return &refusal{http.StatusForbidden, "invalid_api_key", "API key is invalid"}
	}
	return s.limit(header)
}

// full is a handler for keys that may do everything.
func (s *Server) full(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.options.SendOnly {
			(&refusal{http.StatusUnauthorized, "restricted_api_key", "This API key is restricted to only send emails"}).write(w)
			return
		}
		next(w, r)
	}
}

// route answers what no handler takes as Resend does.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	probe := &lost{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		(&refusal{http.StatusMethodNotAllowed, "method_not_allowed", "Method is not allowed for the requested path"}).write(w)
		return
	}
	(&refusal{http.StatusNotFound, "not_found", "The requested endpoint does not exist"}).write(w)
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// lost is an answer that nobody gets.
type lost struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (w *lost) Header() http.Header { return w.header }

// Write implements [http.ResponseWriter].
func (w *lost) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements [http.ResponseWriter].
func (w *lost) WriteHeader(status int) { w.status = status }
