package storagehttp

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Options adjusts the handler. The zero value is ready to use.
type Options struct {
	// MaxBody is how many bytes a file may have. Default, and never more than, what the
	// service takes.
	MaxBody int64
	// ReadTimeout is for how long nothing of a body may come, where the server supports
	// read deadlines. Default 30 s.
	ReadTimeout time.Duration
	// MinRate is how many bytes a second of a body must come on average, after the first
	// ReadTimeout. Default 1024.
	MinRate int64
	// WriteTimeout is for how long a reader of a content may take nothing of it. Default 30 s.
	WriteTimeout time.Duration
	// Logger gets what the person who asked cannot mend. Default slog.Default().
	Logger *slog.Logger
}

// NewHandler returns the handler of all routes. Nil options are the zero Options.
func NewHandler(svc *storage.Service, o *Options) http.Handler {
	h := &handler{svc: svc, mux: http.NewServeMux()}
	if o != nil {
		h.Options = *o
	}
	h.fill()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /documents":                h.list,
		"POST /documents":               h.upload,
		"GET /documents/{id}":           h.document,
		"PATCH /documents/{id}":         h.edit,
		"DELETE /documents/{id}":        h.remove,
		"POST /documents/{id}/share":    h.decided(h.share),
		"POST /documents/{id}/unshare":  h.decided(h.unshare),
		"POST /documents/{id}/approve":  h.decided(h.approve),
		"POST /documents/{id}/reject":   h.decided(h.reject),
		"GET /documents/{id}/versions":  h.versions,
		"POST /documents/{id}/versions": h.uploadVersion,
		"GET /documents/{id}/receipts":  h.receipts,
		"GET /documents/{id}/progress":  h.progress,
		"GET /documents/{id}/content":   h.content,
		"POST /uploads":                 h.beginSession,
		"GET /uploads/{id}":             h.session,
		"PUT /uploads/{id}":             h.put,
		"DELETE /uploads/{id}":          h.abandon,
	} {
		h.mux.HandleFunc(pattern, h.serve(serve))
	}
	return h
}

type handler struct {
	Options
	svc *storage.Service
	mux *http.ServeMux
}

func (h *handler) fill() {
	if h.MaxBody <= 0 || h.MaxBody > h.svc.MaxSize() {
		h.MaxBody = h.svc.MaxSize()
	}
	if h.ReadTimeout <= 0 {
		h.ReadTimeout = 30 * time.Second
	}
	if h.MinRate <= 0 {
		h.MinRate = 1024
	}
	if h.WriteTimeout <= 0 {
		h.WriteTimeout = 30 * time.Second
	}
	if h.Logger == nil {
		h.Logger = slog.Default()
	}
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

// serve lets only those in whom the host has named, and answers with errors as problems.
func (h *handler) serve(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, err := frontdesk.ActorFrom(r.Context())
		if err == nil && !plausible(r.PathValue("id")) {
			err = errUnknown
		}
		if err == nil {
			err = serve(w, r)
		}
		if err != nil {
			h.refuse(w, r, err)
		}
	}
}

var errUnknown = frontdesk.Errorf(frontdesk.NotFound, "there is no such document")

// plausible reports whether any store could have the text.
func plausible(text string) bool {
	return len(text) <= 255 && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

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

// ownClient is the client that is meant when none is named: clients mean themselves.
func ownClient(ctx context.Context, named string) string {
	if a, err := frontdesk.ActorFrom(ctx); err == nil && named == "" && a.Role == frontdesk.RoleClient {
		return a.ClientID
	}
	return named
}
