// Package driveserver is a Google Drive on this machine, for tests and checks of what
// works with Drive's API v3.
//
// A [Server] behaves as Drive does where that bites: names are not keys, searches lag,
// shared drives are hidden from who does not ask for them, service accounts have no
// room, the trash stays readable, an upload that was refused may have been stored, and a
// resumable session keeps what it likes of a chunk. Its errors have Drive's reasons, and
// only the fields that were asked for are told. It fails when it is told to.
//
// It needs no network: [Server.Transport] is for programs in the same process, others
// are served by net/http. Any bearer token is good unless Options.Token is set.
package driveserver

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

const maxExport = 10 << 20

// Options configures a [Server]. The zero value is a person's Drive without limits.
type Options struct {
	Token string // the one bearer token that is good; empty: all are

	// User is the address of who asks. One that ends in gserviceaccount.com is a
	// service account and has no storage of its own. Default "desk@example.com".
	User string
	// Quota is how many bytes fit into My Drive; 0: any number.
	Quota int64
	// Domain refuses links to anyone, as a Workspace policy may.
	Domain bool

	// SearchLag is how long lists that do not ask by parent miss a new file, and
	// ListLag is the same for those that do. Reading by id never lags.
	SearchLag, ListLag time.Duration

	// Rate is how many requests a second are answered, after a first Burst; 0: all.
	Rate, Burst float64

	// Discard keeps sizes and checksums and forgets contents, for measurements.
	Discard bool

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Server is a Drive. It is safe for concurrent use.
type Server struct {
	options Options
	mux     *http.ServeMux

	mu       sync.Mutex
	ahead    time.Duration
	items    []*item // in the order in which they were made
	made     int
	byID     map[string]*item
	issued   map[string]bool // ids that were generated
	sessions map[string]*session
	faults   map[Kind][]Fault
	rhythms  map[Kind]rhythm
	counts   map[Kind]int
	bytes    int64
	bucket   bucket
}

// NewServer returns a server whose My Drive is empty.
func NewServer(o *Options) *Server {
	if o == nil {
		o = &Options{}
	}
	s := &Server{
		options: *o, mux: http.NewServeMux(), byID: map[string]*item{}, issued: map[string]bool{},
		sessions: map[string]*session{}, faults: map[Kind][]Fault{}, rhythms: map[Kind]rhythm{}, counts: map[Kind]int{},
	}
	if s.options.Clock == nil {
		s.options.Clock = time.Now
	}
	if s.options.User == "" {
		s.options.User = "desk@example.com"
	}
	s.routes()
	s.add(&item{id: "my-drive-root", name: "My Drive", mimeType: FolderType, root: true})
	return s
}

func (s *Server) routes() {
	s.handle("POST /drive/v3/files", Create, s.create)
	s.handle("GET /drive/v3/files", List, s.list)
	s.handle("GET /drive/v3/files/generateIds", GenerateIDs, s.generateIDs)
	s.handle("GET /drive/v3/files/{id}", Get, s.get)
	s.handle("PATCH /drive/v3/files/{id}", Update, s.update)
	s.handle("DELETE /drive/v3/files/{id}", Delete, s.remove)
	s.handle("POST /drive/v3/files/{id}/copy", Copy, s.copy)
	s.handle("GET /drive/v3/files/{id}/export", Export, s.export)
	s.handle("GET /drive/v3/files/{id}/permissions", Permissions, s.listPermissions)
	s.handle("POST /drive/v3/files/{id}/permissions", Permissions, s.createPermission)
	s.handle("DELETE /drive/v3/files/{id}/permissions/{permission}", Permissions, s.deletePermission)
	s.handle("GET /drive/v3/about", About, s.about)
	s.handle("GET /drive/v3/drives/{id}", Drives, s.drive)
	s.handle("POST /upload/drive/v3/files", Upload, s.upload)
	s.handle("PUT /upload/drive/v3/files", Chunk, s.chunk)
	s.handle("DELETE /upload/drive/v3/files", Cancel, s.cancel)
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
		(&refusal{http.StatusNotFound, "notFound", "Not Found"}).write(w)
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

func newID() string { return "1" + rand.Text() }
