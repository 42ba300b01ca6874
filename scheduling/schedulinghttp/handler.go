package schedulinghttp

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// Options adjusts the handler. The zero value is ready to use.
type Options struct {
	// Limit is how much may be asked without sign-in from one address. Default 20 requests a
	// second, 200 at once. The address is that of the request's RemoteAddr: a host behind a proxy that it
	// trusts sets that first.
	Limit Limit
	// MaxAge is for how long anybody may keep what experts offer, slots included. Default 10 s; negative:
	// it is to be asked for each time.
	MaxAge time.Duration
	// Feed writes an expert's feed as iCalendar. Nil: there are no feeds.
	Feed func(w io.Writer, f *scheduling.Feed) error
	// ReadTimeout is how long a body may take to come, where the server supports read
	// deadlines. Default 30 s.
	ReadTimeout time.Duration
	// Clock is the time, for the Limit. Default time.Now.
	Clock func() time.Time
	// Logger gets what the person who asked cannot mend. Default slog.Default().
	Logger *slog.Logger
}

// NewHandler returns the handler of all routes. Nil options are the zero Options.
func NewHandler(svc *scheduling.Service, o *Options) http.Handler {
	h := &handler{svc: svc, mux: http.NewServeMux()}
	if o != nil {
		h.Options = *o
	}
	h.fill()
	h.limiter = newLimiter(h.Limit, h.Clock)
	h.route(h.public, h.forEverybody())
	h.route(h.open, h.forGuests())
	h.route(h.signed, h.forMeetings())
	h.route(h.signed, h.forExperts())
	return h
}

// serve answers a request, or fails before it has begun to.
type serve func(http.ResponseWriter, *http.Request) error

type handler struct {
	Options
	svc     *scheduling.Service
	mux     *http.ServeMux
	limiter *limiter
}

func (h *handler) fill() {
	if h.Limit.Rate == 0 {
		h.Limit.Rate = 20
	}
	if h.Limit.Burst <= 0 {
		h.Limit.Burst = 200
	}
	h.Limit.Burst = max(h.Limit.Burst, writeCost)
	if h.MaxAge == 0 {
		h.MaxAge = 10 * time.Second
	}
	if h.ReadTimeout <= 0 {
		h.ReadTimeout = 30 * time.Second
	}
	if h.Clock == nil {
		h.Clock = time.Now
	}
	if h.Logger == nil {
		h.Logger = slog.Default()
	}
}

// route mounts what passes the gate.
func (h *handler) route(gate func(serve) serve, routes map[string]serve) {
	for pattern, s := range routes {
		pass := gate(s)
		h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := h.possible(r)
			if err == nil {
				err = pass(w, r)
			}
			if err != nil {
				h.refuse(w, r, err)
			}
		})
	}
}

var errUnknown = frontdesk.Errorf(frontdesk.NotFound, "there is no such thing")

func (h *handler) possible(r *http.Request) error {
	if !plausible(r.PathValue("id")) {
		return errUnknown
	}
	return nil
}

// public answers everybody alike: it does not say who asks.
func (h *handler) public(s serve) serve {
	return h.open(func(w http.ResponseWriter, r *http.Request) error {
		return s(w, r.WithContext(frontdesk.WithActor(r.Context(), frontdesk.Actor{})))
	})
}

// open answers guests too.
func (h *handler) open(s serve) serve {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !signedIn(r) {
			if err := h.limit(r); err != nil {
				return err
			}
		}
		return s(w, r)
	}
}

// signed answers only those whom the host has named.
func (h *handler) signed(s serve) serve {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := frontdesk.ActorFrom(r.Context()); err != nil {
			return err
		}
		return s(w, r)
	}
}

func (h *handler) limit(r *http.Request) error {
	cost := writeCost
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		cost = 1
	}
	return h.limiter.take(frontdesk.FromRequest(r).IP, cost)
}

// ServeHTTP answers paths and methods that are not there with problems too.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := h.mux.Handler(r); pattern != "" {
		h.mux.ServeHTTP(w, r)
		return
	}
	answer := &statusOnly{header: http.Header{}}
	h.mux.ServeHTTP(answer, r)
	if allow := answer.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		writeProblem(w, r, http.StatusMethodNotAllowed, problem{Code: frontdesk.Invalid, Detail: "the path does not take this method"})
		return
	}
	writeProblem(w, r, http.StatusNotFound, problem{Code: frontdesk.NotFound, Detail: texts[frontdesk.NotFound]})
}

// statusOnly takes an answer of which only the header is wanted.
type statusOnly struct{ header http.Header }

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
func (s *statusOnly) WriteHeader(int)             {}

// located is the path of what was made, as whoever asked sees it: below the prefix under
// which the handler is mounted.
func located(r *http.Request, path string) string {
	asked, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		return path
	}
	prefix, below := strings.CutSuffix(asked.EscapedPath(), r.URL.EscapedPath())
	if !below || strings.HasPrefix(prefix, "//") {
		return path
	}
	return prefix + path
}

// ownExpert is the expert that is meant when none is named: experts mean themselves.
func ownExpert(r *http.Request, named string) (string, error) {
	if a, err := frontdesk.ActorFrom(r.Context()); err == nil && named == "" && a.Role == frontdesk.RoleExpert {
		named = a.ExpertID
	}
	if named == "" || !plausible(named) {
		return "", frontdesk.InvalidField("expert", "is required")
	}
	return named, nil
}

// queryExpert is the expert that the query names, by default whoever asks.
func queryExpert(r *http.Request) (string, error) {
	q, err := readQuery(r, []string{"expert"})
	if err != nil {
		return "", err
	}
	return ownExpert(r, q.Get("expert"))
}
