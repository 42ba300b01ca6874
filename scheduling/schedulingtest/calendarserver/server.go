// Package calendarserver is a Google Calendar on this machine, for tests and checks of what
// works with the Calendar API v3.
//
// A [Server] behaves as Google does where that bites: an id is used up for ever, deleted
// events stay as cancelled ones, etags and sequences are checked, video calls take their time,
// sync tokens come on the last page and are forgotten, free/busy answers have errors inside
// of them, at most 50 calendars and about 90 days are told at once, whole days are those of the
// calendar's zone, and recurring events (DAILY and WEEKLY) are expanded into instances. Its errors
// have Google's reasons, and only the fields that were asked for are told. It fails when
// it is told to.
//
// It needs no network: [Server.Transport] is for programs in the same process, others
// are served by net/http. Any bearer token is good unless Options.Token is set.
//
// It knows the methods insert, get, list, update, patch and delete of events, and freebusy.query.
// It sends no mail, knows no groups, and shows an event in its own calendar only.
package calendarserver

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options configures a [Server]. The zero value is a person's Google Calendar without limits.
type Options struct {
	Token string // the one bearer token that is good; empty: all are

	// User is the address of who asks, and the id of the calendar "primary". One that
	// ends in gserviceaccount.com is a service account, which may invite nobody. Default "desk@example.com".
	User string
	// Zone is that of the calendar "primary". Default UTC.
	Zone string

	// ConferenceDelay is how long it takes to make a video call.
	ConferenceDelay time.Duration
	// TokenLife is how long a sync token is good; 0: until Server.ForgetTokens.
	TokenLife time.Duration
	// PageSize is the most events on a page. Default 2500.
	PageSize int
	// Latency passes before each answer.
	Latency time.Duration

	// Rate is how many requests a second are answered, after a first Burst; 0: all.
	Rate, Burst float64

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Server is a Google Calendar. It is safe for concurrent use.
type Server struct {
	options Options
	mux     *http.ServeMux

	mu        sync.Mutex
	ahead     time.Duration
	calendars map[string]*calendar
	version   int64 // rises with each change
	faults    map[Kind][]Fault
	rhythms   map[Kind]rhythm
	counts    map[Kind]int
	bucket    bucket
	calls     []*pendingCall
	failCalls bool
}

// NewServer returns a server whose calendar "primary" is empty.
func NewServer(o *Options) *Server {
	if o == nil {
		o = &Options{}
	}
	s := &Server{
		options: *o, mux: http.NewServeMux(), calendars: map[string]*calendar{},
		faults: map[Kind][]Fault{}, rhythms: map[Kind]rhythm{}, counts: map[Kind]int{},
	}
	if s.options.Clock == nil {
		s.options.Clock = time.Now
	}
	s.options.User = or(s.options.User, "desk@example.com")
	if s.options.PageSize <= 0 {
		s.options.PageSize = maxPage
	}
	s.routes()
	s.AddCalendar(Calendar{ID: s.options.User, Zone: s.options.Zone})
	return s
}

func (s *Server) routes() {
	const events = "/calendar/v3/calendars/{calendar}/events"
	s.handle("POST "+events, Insert, s.insert)
	s.handle("GET "+events, List, s.list)
	s.handle("GET "+events+"/{id}", Get, s.get)
	s.handle("PUT "+events+"/{id}", Update, s.update)
	s.handle("PATCH "+events+"/{id}", Patch, s.patch)
	s.handle("DELETE "+events+"/{id}", Delete, s.remove)
	s.handle("POST /calendar/v3/freeBusy", FreeBusy, s.freeBusy)
}

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

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		notFound.write(w)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// admit refuses who has no token, and what comes too fast. The lock is held.
func (s *Server) admit(r *http.Request) *refusal {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found || token == "" || s.options.Token != "" && token != s.options.Token {
		return &refusal{http.StatusUnauthorized, "authError", "Invalid Credentials"}
	}
	if !s.bucket.take(s.now(), s.options.Rate, s.options.Burst) {
		return &refusal{http.StatusForbidden, "userRateLimitExceeded", "User Rate Limit Exceeded"}
	}
	return nil
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
