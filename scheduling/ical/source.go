package ical

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var _ scheduling.FreeBusy = (*Source)(nil)

const (
	sourceName           = "ical"
	defaultTimeout       = 10 * time.Second
	defaultMaxSize       = 8 << 20
	defaultMaxComponents = 50_000
	defaultMaxEntries    = 10_000
	defaultKeep          = 64
	// maxSteps bounds the work for one calendar in one call to about a quarter of a second.
	maxSteps = 5_000_000
	// parallel is how many calendars of one call are read at a time.
	parallel = 4
)

// Feed is where a calendar is published.
type Feed struct {
	// URL is its address: https, or webcal, which means the same. It often is a secret.
	URL frontdesk.Secret
	// Zone is the IANA zone of whole days and of times without a zone, for calendars that name
	// none themselves. Without it, one that needs it is not known.
	Zone string
	// Owner is whose it is: what that address declined is free. It may be empty.
	Owner string
}

// Options configures a [Source]. The zero value is safe for addresses that users enter.
type Options struct {
	// Client makes the requests. By default one that connects to public addresses only, on
	// every redirect too. With another, who enters an address reaches what it reaches.
	// It follows at most three redirects, and only to https.
	Client *http.Client

	// Insecure allows http. Only in tests.
	Insecure bool

	// Timeout is how long one calendar may take to arrive; 10 seconds by default.
	Timeout time.Duration

	// MaxSize is the most bytes that a calendar may have; 8 MiB by default.
	MaxSize int64

	// MaxComponents is the most events, zones and other parts that it may have; 50,000 by default.
	MaxComponents int

	// MaxEntries is the most busy times in the time asked about; 10,000 by default.
	MaxEntries int

	// Keep is how many calendars stay in memory, so that their servers need answer only whether they
	// changed; 64 by default.
	Keep int

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Source tells when people are busy by the calendars they publish. It is safe for concurrent use.
type Source struct {
	find func(ctx context.Context, calendar string) (*Feed, error)
	o    Options

	mu   sync.Mutex
	kept map[string]*copied
}

// NewSource returns a Source. find tells where a calendar is, by the id that the host gave it; its
// errors are returned as they are.
func NewSource(find func(ctx context.Context, calendar string) (*Feed, error), o *Options) *Source {
	s := &Source{find: find, kept: map[string]*copied{}}
	if o != nil {
		s.o = *o
	}
	client := publicClient()
	if s.o.Client != nil {
		given := *s.o.Client
		client = &given
	}
	s.o.Client = client
	client.CheckRedirect = s.redirect
	s.o.Timeout = orDefault(s.o.Timeout, defaultTimeout)
	s.o.MaxSize = orDefault(s.o.MaxSize, defaultMaxSize)
	s.o.MaxComponents = orDefault(s.o.MaxComponents, defaultMaxComponents)
	s.o.MaxEntries = orDefault(s.o.MaxEntries, defaultMaxEntries)
	s.o.Keep = orDefault(s.o.Keep, defaultKeep)
	if s.o.Clock == nil {
		s.o.Clock = time.Now
	}
	return s
}

func orDefault[T int | int64 | time.Duration](value, otherwise T) T {
	if value <= 0 {
		return otherwise
	}
	return value
}

// Busy implements [scheduling.FreeBusy]. Each calendar is asked for anew, and answered from
// memory when its server says that it has not changed. Besides Unavailable and Unauthenticated
// it fails with NotFound, where a calendar has been taken down, RateLimited, and Invalid for an
// address that is none of the web.
func (s *Source) Busy(ctx context.Context, calendars []string, in scheduling.Span, except func(uid string) bool) (map[string][]scheduling.Busy, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	busy := map[string][]scheduling.Busy{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	places := make(chan struct{}, parallel)
	for _, calendar := range calendars {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			found, err := s.one(ctx, calendar, in, except)
			if err != nil {
				cancel(err)
			}
			mu.Lock()
			defer mu.Unlock()
			busy[calendar] = found
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, frontdesk.Wrap("ical.Busy", err)
	}
	return busy, nil
}

func (s *Source) one(ctx context.Context, calendar string, in scheduling.Span, except func(uid string) bool) ([]scheduling.Busy, error) {
	if in.Empty() || ctx.Err() != nil {
		return []scheduling.Busy{}, ctx.Err()
	}
	feed, err := s.find(ctx, calendar)
	if err != nil {
		return nil, err
	}
	if feed == nil {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such calendar")
	}
	cal, err := s.fetch(ctx, calendar, feed)
	if err != nil {
		return nil, err
	}
	v := &view{calendar: cal, feed: feed, in: in, most: s.o.MaxEntries, budget: &budget{ctx: ctx, left: maxSteps}}
	return v.read(except)
}
