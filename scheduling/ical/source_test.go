package ical

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const secretPath = "/private-53cr3t/basic.ics"

// serve returns a Source of one calendar at a server with the handler.
func serve(t *testing.T, o Options, h http.HandlerFunc) *Source {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	o.Client = server.Client()
	return NewSource(find(server.URL+secretPath), &o)
}

func find(url string) func(context.Context, string) (*Feed, error) {
	return func(context.Context, string) (*Feed, error) { return &Feed{URL: frontdesk.NewSecret(url)}, nil }
}

func june(t testing.TB) scheduling.Span {
	t.Helper()
	return span(t, "2027-06-01T00:00Z", "2027-07-01T00:00Z")
}

var meeting = calendarOf("DTSTART:20270601T100000Z", "DURATION:PT1H")

func TestSource(t *testing.T) {
	t.Run("A calendar is asked for anew, and read again only when it changed", func(t *testing.T) {
		var whole, asked atomic.Int32
		s := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			whole.Add(1)
			fmt.Fprint(w, meeting)
		})
		for range 3 {
			busy, err := s.Busy(t.Context(), []string{"a"}, june(t), nil)
			require.NoError(t, err)
			assert.Equal(t, "06-01T10:00Z/06-01T11:00Z e", lines(busy["a"]))
		}
		assert.EqualValues(t, 3, asked.Load())
		assert.EqualValues(t, 1, whole.Load())
	})
	t.Run("Each calendar has its own entry, an empty one too", func(t *testing.T) {
		s := serve(t, Options{Keep: 2}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT")
			fmt.Fprint(w, "BEGIN:VCALENDAR\nEND:VCALENDAR")
		})
		busy, err := s.Busy(t.Context(), strings.Split("abcdefghij", ""), june(t), nil)
		require.NoError(t, err)
		assert.Len(t, busy, 10)
		assert.NotNil(t, busy["j"])
		assert.Len(t, s.kept, 2)
	})
	t.Run("Nobody is asked about no time", func(t *testing.T) {
		s := NewSource(func(context.Context, string) (*Feed, error) { return nil, errors.New("was asked") }, nil)
		busy, err := s.Busy(t.Context(), []string{"a"}, scheduling.Span{}, nil)
		require.NoError(t, err)
		assert.Empty(t, busy["a"])
	})
}

func TestSourceErrors(t *testing.T) {
	for status, code := range map[int]frontdesk.Code{
		401: frontdesk.Unauthenticated, 403: frontdesk.Unauthenticated, 404: frontdesk.NotFound, 410: frontdesk.NotFound,
		429: frontdesk.RateLimited, 500: frontdesk.Unavailable, 204: frontdesk.Unavailable, 304: frontdesk.Unavailable,
	} {
		t.Run(fmt.Sprintf("%d is %v", status, code), func(t *testing.T) {
			s := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "120")
				w.WriteHeader(status)
			})
			busy, err := s.Busy(t.Context(), []string{"a"}, june(t), nil)
			assert.Nil(t, busy)
			assert.Equal(t, code, frontdesk.CodeOf(err))
			assert.Equal(t, 2*time.Minute, frontdesk.RetryAfter(err))
		})
	}
	for rule, handler := range map[string]http.HandlerFunc{
		"too large": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Replace(meeting, "UID:e", "UID:e\nSUMMARY:"+strings.Repeat("x", 4096), 1))
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "999")
			fmt.Fprint(w, meeting)
		},
		"sent elsewhere forever": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
		"sent to http": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+r.Host+secretPath, http.StatusFound)
		},
		"late": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"never ending": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "BEGIN:")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run("A calendar that is "+rule+" is not known, and its address is not told", func(t *testing.T) {
			s := serve(t, Options{MaxSize: 2048, Timeout: 200 * time.Millisecond}, handler)
			_, err := s.Busy(t.Context(), []string{"a"}, june(t), nil)
			assert.Equal(t, frontdesk.Unavailable, frontdesk.CodeOf(err), "%v", err)
			assert.NotContains(t, fmt.Sprintf("%+v", err), "53cr3t")
		})
	}
	t.Run("A caller that goes away is told so", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, Options{}, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := s.Busy(ctx, []string{"a"}, june(t), nil)
		assert.Equal(t, frontdesk.Canceled, frontdesk.CodeOf(err))
	})
	t.Run("A calendar that is not known makes the others unknown too", func(t *testing.T) {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/b" {
				w.WriteHeader(http.StatusBadGateway)
			}
			fmt.Fprint(w, meeting)
		}))
		defer server.Close()
		s := NewSource(func(_ context.Context, id string) (*Feed, error) {
			return &Feed{URL: frontdesk.NewSecret(server.URL + "/" + id)}, nil
		}, &Options{Client: server.Client()})
		busy, err := s.Busy(t.Context(), []string{"a", "b", "c"}, june(t), nil)
		assert.Nil(t, busy)
		assert.Equal(t, frontdesk.Unavailable, frontdesk.CodeOf(err))
	})
	t.Run("The host's own error comes back", func(t *testing.T) {
		own := errors.New("the host's own")
		s := NewSource(func(context.Context, string) (*Feed, error) { return nil, own }, nil)
		_, err := s.Busy(t.Context(), []string{"a"}, june(t), nil)
		assert.ErrorIs(t, err, own)
	})
	t.Run("A calendar that the host does not have is not found", func(t *testing.T) {
		s := NewSource(func(context.Context, string) (*Feed, error) { return nil, nil }, nil)
		_, err := s.Busy(t.Context(), []string{"a"}, june(t), nil)
		assert.Equal(t, frontdesk.NotFound, frontdesk.CodeOf(err))
	})
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "/etc/passwd", "file:///etc/passwd", "http://example.com/a.ics", "gopher://example.com", "https://", "https://exa mple.com", "\x00"} {
		t.Run(fmt.Sprintf("%q is no address of a calendar", address), func(t *testing.T) {
			_, err := NewSource(find(address), nil).Busy(t.Context(), []string{"a"}, june(t), nil)
			assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
		})
	}
	t.Run("webcal means https", func(t *testing.T) {
		address, err := NewSource(nil, nil).address(" webcal://example.com/a.ics ")
		require.NoError(t, err)
		assert.Equal(t, "https://example.com/a.ics", address)
	})
	for _, address := range []string{"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
		"255.255.255.255", "224.0.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"} {
		t.Run("The default client does not connect to "+address, func(t *testing.T) {
			_, err := NewSource(find("https://"+address+"/"), nil).Busy(t.Context(), []string{"a"}, june(t), nil)
			assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err), "%v", err)
		})
	}
}
