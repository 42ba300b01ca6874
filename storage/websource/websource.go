// Package websource is the web as the source of a migration: items with URLs, such as those that a
// blob service has given.
//
//	source := websource.New(func(yield func(websource.Item, error) bool) { ... }, nil)
//	report, err := storage.Migrate(ctx, storage.Migration{From: source, To: drive, ... })
//
// # What it fetches
//
// URLs may come from users, so only https is fetched unless [Options.AllowHTTP] is set, and every connection,
// also of a redirect, is checked when it is made: it leads to a public address, on port 443
// or 80, or it is not made. No proxy of the environment is heeded. At most three redirects are
// followed; the Authorization of a host goes to that host and to no other, and no Referer is sent.
// Nothing is decompressed, so that sizes and checksums are those of the bytes.
//
// A download that breaks off goes on where it was when the server takes ranges and its ETag says that the
// content is the same. One that stands still or exceeds [Options.MaxSize] ends.
//
// # Secrets
//
// A URL may be a key to its content. Errors and the manifest show the host and never the query;
// unless an item has an ID, its key is the URL without query, user and fragment. Whoever has a URL
// whose path is a secret gives an ID.
package websource

import (
	"context"
	"iter"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/dialguard"
	"github.com/frontdesk-go/frontdesk/storage"
)

var _ storage.MigrationSource = (*Source)(nil)

// Item is content at a URL.
type Item struct {
	// URL is where the content is. Not its query, but what stands before it, is the Key of the item unless
	// there is an ID.
	URL string
	// ID is the item's key in the manifest, such as the id of the host's row.
	ID string

	Folder      storage.MigrationFolder
	Name        string // default the last part of the URL's path
	ContentType string // default what the server says
	Size        int64  // that the content must have; 0 or below: not known
	SHA256      []byte // that the content must have, if it is known
	Metadata    map[string]string
}

// Options adjusts a Source. The zero value is ready to use.
type Options struct {
	// Name of the source in manifests. Default "web".
	Name string
	// Authorization is the value of that header for a host ("blob.example.com", with the port if
	// the URL has one), such as "Bearer …". It goes over https only.
	Authorization map[string]frontdesk.Secret

	// AllowHTTP also fetches over http.
	AllowHTTP bool
	// AllowAddresses may be connected to although they are not public.
	AllowAddresses []netip.Prefix
	// AllowPorts may be connected to beside 80 and 443.
	AllowPorts []uint16
	// Resolver resolves names. Default net.DefaultResolver.
	Resolver *net.Resolver

	// MaxSize is how many bytes a content may have. Default 5 GiB.
	MaxSize int64
	// HeaderTimeout is how long an answer may take to begin. Default 30 seconds.
	HeaderTimeout time.Duration
	// IdleTimeout is how long a download may stand still. Default one minute.
	IdleTimeout time.Duration
	// Timeout is how long the download of one content may take. Default one hour.
	Timeout time.Duration
	// Clock is the time, for servers that say until when to wait. Default time.Now.
	Clock func() time.Time
}

// Source is a [storage.MigrationSource] of URLs. It is safe for concurrent use.
type Source struct {
	items   iter.Seq2[Item, error]
	options Options
	http    *http.Client
}

// New returns a source of the items. Nil options are the zero Options. It makes no request.
func New(items iter.Seq2[Item, error], o *Options) *Source {
	s := &Source{items: items}
	if o != nil {
		s.options = *o
	}
	s.options.fill()
	guard := &dialguard.Guard{Addresses: s.options.AllowAddresses, Ports: s.options.AllowPorts, Resolver: s.options.Resolver}
	transport := guard.Transport()
	transport.ResponseHeaderTimeout = s.options.HeaderTimeout
	s.http = &http.Client{Transport: transport, CheckRedirect: s.redirect}
	return s
}

func (o *Options) fill() {
	if o.Name == "" {
		o.Name = "web"
	}
	if o.MaxSize <= 0 {
		o.MaxSize = 5 << 30
	}
	if o.HeaderTimeout <= 0 {
		o.HeaderTimeout = 30 * time.Second
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = time.Minute
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Hour
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
}

// Close closes the connections that are kept for further requests.
func (s *Source) Close() { s.http.CloseIdleConnections() }

// Name is Options.Name.
func (s *Source) Name() string { return s.options.Name }

// Items yields the items. What is wrong with a URL is its item's failure, when it is opened.
func (s *Source) Items(context.Context) iter.Seq2[storage.MigrationItem, error] {
	return func(yield func(storage.MigrationItem, error) bool) {
		s.items(func(i Item, err error) bool { return yield(i.migration(), err) })
	}
}

func (i *Item) migration() storage.MigrationItem {
	m := storage.MigrationItem{
		Key: i.ID, Location: frontdesk.NewSecret(i.URL), Folder: i.Folder,
		Name: i.Name, ContentType: i.ContentType, Size: i.Size, SHA256: i.SHA256, Metadata: i.Metadata,
	}
	if m.Key == "" {
		m.Key = public(i.URL)
	}
	return m
}

// public is what of a URL may be written down.
func public(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

// locate is the URL of an item.
func (s *Source) locate(i storage.MigrationItem) (*url.URL, error) {
	u, err := url.Parse(i.Location.Reveal())
	if err != nil {
		return nil, frontdesk.InvalidField("url", "cannot be read")
	}
	return u, s.fetchable(u)
}

// fetchable passes URLs that are fetched, as far as they tell.
func (s *Source) fetchable(u *url.URL) error {
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !s.options.AllowHTTP):
		return frontdesk.InvalidField("url", "is not one of https")
	case u.Hostname() == "":
		return frontdesk.InvalidField("url", "has no host")
	case u.User != nil:
		return frontdesk.InvalidField("url", "has a user")
	}
	return nil
}

// nameOf is the last part of a path, if it is one.
func nameOf(u *url.URL) string {
	if name := path.Base(u.Path); name != "." && name != "/" {
		return name
	}
	return u.Hostname()
}
