// Package drive is the document store on Google Drive, through drive/v3.
//
// A [Store] makes its calls with google.golang.org/api/drive/v3, and uploads on its own:
// drive/v3 sends a call once, keeps a whole chunk in memory, takes each 308 to mean that
// all of a chunk was stored and forgets a session with its process. Here content is read
// again instead of being kept. Up to [multipartMax] it goes in one request, above that
// in a resumable session, in chunks, from the offset that Drive tells.
//
// # Identity
//
// Every file and folder gets an id from files.generateIds before it is made, so that an
// attempt whose answer was lost is made again without a second file: Drive answers 409,
// and the file is read and compared. Names are never looked up.
//
// # Rate
//
// One limiter per Store holds all its calls: it learns the rate from refusals, cuts it
// when there are some and raises it slowly. Rate limits, lost connections and 5xx are
// tried again; a full storage is not.
//
// # Folders
//
// EnsureFolder asks for the folder below Options.Folder that has the key among its
// appProperties. Within one process a key is looked up and made once. Two processes may
// each make a folder; both then look again, keep the older and trash the other. That
// holds as long as lists by parent do not lag, which Drive does not promise.
// ReserveFolder makes it certain: the caller writes the folder's id down before the folder
// is made. A [storage.Service] does so in its store, with nothing to set up, so that neither
// a crash nor a second process makes another folder.
//
// # Scope
//
// The scope drive.file is enough, and only what this OAuth client made is seen with it.
// Shared drives are supported throughout. A service account owns no storage: [Store.Probe]
// says so and what to do.
//
// # Errors
//
// Errors are [frontdesk.Error]. errors.As reaches the *[Error] with Drive's status and
// reason, and the *googleapi.Error below it. No error shows a token.
//
// List with an empty folder is a search, and Drive's searches lag by minutes. Lists of one
// folder rarely do.
package drive

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/option"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
	"github.com/frontdesk-go/frontdesk/storage"
)

var (
	_ storage.DocumentStore = (*Store)(nil)
	_ storage.Identifier    = (*Store)(nil)
	_ storage.Reserver      = (*Store)(nil)
	_ storage.Copier        = (*Store)(nil)
	_ storage.Sharer        = (*Store)(nil)
	_ storage.Resumer       = (*Store)(nil)
	_ storage.Prober        = (*Store)(nil)
	_ storage.Exporter      = (*Store)(nil)
)

// Scope is the OAuth scope that a Store needs: what the app made itself.
const Scope = drivego.DriveFileScope

const (
	defaultEndpoint = "https://www.googleapis.com/drive/v3/"
	defaultAttempts = 6
	chunkUnit       = 256 << 10
	defaultChunk    = 8 << 20
	// multipartMax is the most that goes in one request
	// (https://developers.google.com/workspace/drive/api/guides/manage-uploads).
	multipartMax = 5_000_000
)

// Options configures a [Store]. The zero value keeps documents in the root of My Drive.
type Options struct {
	// Folder is the id of the folder that all folders of clients are made in: one that the app
	// made or was given, or a shared drive's id. Default: the root of My Drive.
	Folder string

	// Endpoint is another address for Drive's API, for emulators and tests:
	// "http://HOST/drive/v3/". Uploads go to "http://HOST/upload/drive/v3/".
	Endpoint string

	// HTTPClient makes the requests; its Transport and Timeout count. By default there is no
	// timeout for a whole transfer, and one of two minutes for an answer to begin.
	// Redirects are never followed.
	HTTPClient *http.Client

	// ChunkSize is how much of a large file goes in one request, a multiple of 256 KiB;
	// 8 MiB by default. It takes no memory. After a crash at most that much is sent twice.
	ChunkSize int64

	// MaxAttempts is how often a request is tried before it fails; 6 by default.
	MaxAttempts int

	// SpoolDir is where content that can be read only once is kept while it is sent, if it
	// is larger than 1 MiB. Default: the system's folder for temporary files.
	SpoolDir string

	// Subject is the user in whose name a service account acts, with domain-wide
	// delegation. NewFromKey alone heeds it.
	Subject string

	// Logger hears of every attempt that is made again. By default nobody does.
	Logger *slog.Logger

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Store is Google Drive as a [storage.DocumentStore]. It is safe for concurrent use.
type Store struct {
	api      *drivego.Service
	http     *http.Client
	uploads  *url.URL
	root     string
	chunk    int64
	attempts int
	spool    string
	log      *slog.Logger

	limiter *googlecall.Limiter
	tokens  *googlecall.Tokens
	ids     *ids
	folders *folders
	place   *place
}

// New returns a store that acts with the given tokens. It makes no request. It returns
// Invalid when there are no tokens ("tokens"), when Endpoint is no absolute URL that ends
// in /drive/v3/ ("endpoint"), and when ChunkSize is no multiple of 256 KiB ("chunk_size").
func New(source oauth2.TokenSource, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	if source == nil {
		return nil, frontdesk.InvalidField("tokens", "are required")
	}
	if o.ChunkSize < 0 || o.ChunkSize%chunkUnit != 0 {
		return nil, frontdesk.InvalidField("chunk_size", "must be a multiple of %d bytes", chunkUnit)
	}
	base, err := endpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	s := &Store{
		uploads: base.ResolveReference(&url.URL{Path: "/upload/drive/v3/files"}),
		root:    o.Folder, chunk: o.ChunkSize, attempts: o.MaxAttempts, spool: o.SpoolDir, log: o.Logger,
		tokens: googlecall.NewTokens(source), folders: newFolders(), place: &place{},
	}
	s.setDefaults(o)
	s.ids = newIDs(s.generateIDs)
	return s, s.connect(o.HTTPClient, base)
}

func (s *Store) setDefaults(o *Options) {
	if s.root == "" {
		s.root = "root"
	}
	if s.chunk == 0 {
		s.chunk = defaultChunk
	}
	if s.attempts <= 0 {
		s.attempts = defaultAttempts
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	clock := o.Clock
	if clock == nil {
		clock = time.Now
	}
	s.limiter = googlecall.NewLimiter(clock, mostRequests)
}

func (s *Store) connect(c *http.Client, base *url.URL) error {
	s.http = googlecall.Client(c, s.tokens, answerTimeout)
	api, err := drivego.NewService(context.Background(), option.WithHTTPClient(s.http), option.WithEndpoint(base.String()))
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "drive: the client cannot be made: %w", err)
	}
	s.api = api
	return nil
}

// endpoint ends in a slash: drive/v3 resolves relative paths against it.
func endpoint(given string) (*url.URL, error) {
	if given == "" {
		given = defaultEndpoint
	}
	u, err := url.Parse(given)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, frontdesk.InvalidField("endpoint", "must be an absolute http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, frontdesk.InvalidField("endpoint", "must have neither credentials nor a query nor a fragment")
	case strings.TrimSuffix(u.Path, "/") != "/drive/v3":
		return nil, frontdesk.InvalidField("endpoint", "must end in /drive/v3/, the path of the API")
	}
	return u.JoinPath("/"), nil
}

// Name returns "drive".
func (s *Store) Name() string { return "drive" }

// Format writes the store's name, whatever the verb, and no secret.
func (s *Store) Format(f fmt.State, _ rune) { io.WriteString(f, "drive.Store") }
