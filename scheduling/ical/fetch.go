package ical

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const maxRedirects = 3

// copied is a calendar as it was read last.
type copied struct {
	url          string
	etag         string
	lastModified string
	calendar     *calendar
	used         time.Time
}

// fetch reads a calendar, unless its server says that it is as it was.
func (s *Source) fetch(ctx context.Context, calendar string, feed *Feed) (*calendar, error) {
	address, err := s.address(feed.URL.Reveal())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, badAddress()
	}
	request.Header.Set("Accept", "text/calendar, */*;q=0.1")
	last := s.last(calendar, address)
	last.ask(request.Header)
	answer, err := s.o.Client.Do(request)
	if err != nil {
		return nil, silent(err)
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotModified && last != nil:
		return last.calendar, nil
	case answer.StatusCode != http.StatusOK:
		return nil, refused(answer, s.o.Clock())
	}
	return s.take(calendar, address, answer)
}

// take reads an answer, and keeps it if it can be asked about again.
func (s *Source) take(calendar, address string, answer *http.Response) (*calendar, error) {
	body, err := io.ReadAll(io.LimitReader(answer.Body, s.o.MaxSize+1))
	switch {
	case err != nil:
		return nil, silent(err)
	case int64(len(body)) > s.o.MaxSize:
		return nil, unknown("it is larger than %d bytes", s.o.MaxSize)
	}
	read, err := readCalendar(body, s.o.MaxComponents)
	if err != nil {
		return nil, err
	}
	s.keep(calendar, &copied{
		url: address, etag: answer.Header.Get("ETag"), lastModified: answer.Header.Get("Last-Modified"),
		calendar: read, used: s.o.Clock(),
	})
	return read, nil
}

// ask makes the request conditional (RFC 9110, 13.1).
func (c *copied) ask(h http.Header) {
	if c == nil {
		return
	}
	if c.etag != "" {
		h.Set("If-None-Match", c.etag)
	}
	if c.lastModified != "" {
		h.Set("If-Modified-Since", c.lastModified)
	}
}

func (s *Source) last(calendar, address string) *copied {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.kept[calendar]
	if c == nil || c.url != address {
		return nil
	}
	c.used = s.o.Clock()
	return c
}

func (s *Source) keep(calendar string, c *copied) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, calendar)
	if c.etag == "" && c.lastModified == "" {
		return
	}
	if len(s.kept) >= s.o.Keep {
		oldest := ""
		for id, k := range s.kept {
			if oldest == "" || k.used.Before(s.kept[oldest].used) {
				oldest = id
			}
		}
		delete(s.kept, oldest)
	}
	s.kept[calendar] = c
}

// address is the URL to ask for.
func (s *Source) address(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return "", badAddress()
	}
	if strings.EqualFold(u.Scheme, "webcal") || strings.EqualFold(u.Scheme, "webcals") {
		u.Scheme = "https"
	}
	if u.Host == "" || !s.secure(u) {
		return "", badAddress()
	}
	return u.String(), nil
}

func (s *Source) secure(u *url.URL) bool {
	return u.Scheme == "https" || s.o.Insecure && u.Scheme == "http"
}

func (s *Source) redirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects || !s.secure(next.URL) {
		return unknown("its server sends elsewhere too often, or to an address that is not https")
	}
	return nil
}

func badAddress() error {
	return frontdesk.InvalidField("url", "is not the https address of a calendar")
}
