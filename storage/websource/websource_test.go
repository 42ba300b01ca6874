package websource_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/dialguard"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
	"github.com/frontdesk-go/frontdesk/storage/websource"
)

var local = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func port(t testing.TB, u string) uint16 {
	t.Helper()
	parsed, err := url.Parse(u)
	require.NoError(t, err)
	n, err := strconv.ParseUint(parsed.Port(), 10, 16)
	require.NoError(t, err)
	return uint16(n)
}

// reaching is options that allow the servers on this machine.
func reaching(t testing.TB, servers ...*httptest.Server) websource.Options {
	o := websource.Options{AllowHTTP: true, AllowAddresses: local}
	for _, s := range servers {
		o.AllowPorts = append(o.AllowPorts, port(t, s.URL))
	}
	return o
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func source(t *testing.T, o websource.Options, items ...websource.Item) *websource.Source {
	s := websource.New(list(items), &o)
	t.Cleanup(s.Close)
	return s
}

func list(items []websource.Item) iter.Seq2[websource.Item, error] {
	return func(yield func(websource.Item, error) bool) {
		for _, i := range items {
			if !yield(i, nil) {
				return
			}
		}
	}
}

func at(u string) storage.MigrationItem {
	return storage.MigrationItem{Key: "k", Location: frontdesk.NewSecret(u)}
}

func get(t *testing.T, s *websource.Source, u string) ([]byte, *storage.Original, error) {
	t.Helper()
	body, o, err := s.Open(t.Context(), at(u))
	if err != nil {
		return nil, nil, err
	}
	b, err := io.ReadAll(body)
	return b, o, errors.Join(err, body.Close())
}

func random(n int) []byte {
	source := rand.NewPCG(7, uint64(n))
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, source.Uint64())
	}
	return b[:n:n]
}

func TestMigrateToDrive(t *testing.T) {
	t.Run("files at URLs move to Drive once each, also when a run is stopped, and no token is written down", func(t *testing.T) {
		contents := map[string][]byte{}
		for i := range 12 {
			contents[fmt.Sprintf("/file-%d.txt", i)] = random(1000 + i)
		}
		web := serve(t, func(w http.ResponseWriter, r *http.Request) {
			c, found := contents[r.URL.Path]
			if !found || r.URL.Query().Get("token") != "canary" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("ETag", fmt.Sprintf("%q", r.URL.Path))
			http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(c))
		})
		server := driveserver.NewServer(nil)
		to, err := drive.New(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), &drive.Options{
			Endpoint: "http://drive.test/drive/v3/", HTTPClient: &http.Client{Transport: server.Transport()}, SpoolDir: t.TempDir(),
		})
		require.NoError(t, err)
		var items []websource.Item
		for name := range contents {
			items = append(items, websource.Item{URL: web.URL + name + "?token=canary", Metadata: map[string]string{"row": name}})
		}
		items = append(items, websource.Item{URL: web.URL + "/missing?token=canary"})
		var mu sync.Mutex
		refs := map[string]string{}
		path := filepath.Join(t.TempDir(), "manifest")
		ctx, cancel := context.WithCancel(t.Context())
		m := storage.Migration{
			From: source(t, reaching(t, web), items...), To: to, Manifest: path,
			Rewrite: func(_ context.Context, got storage.Migrated) error {
				mu.Lock()
				defer mu.Unlock()
				if refs[got.Key] = got.To.ID; len(refs) == 4 {
					cancel()
				}
				return nil
			},
		}
		_, err = storage.Migrate(ctx, m)
		require.ErrorIs(t, err, context.Canceled)
		r, err := storage.Migrate(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, 1, r.Failed, r.Failures)
		assert.Equal(t, frontdesk.NotFound, r.Failures[0].Code)
		assert.Equal(t, web.URL+"/missing", r.Failures[0].Key)
		assert.NotContains(t, fmt.Sprint(r.Failures), "canary")
		require.Len(t, server.Files(), 12)
		for _, f := range server.Files() {
			assert.Equal(t, f.ID, refs[web.URL+"/"+f.Name])
			assert.Equal(t, contents["/"+f.Name], f.Content)
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "canary")
		v, err := storage.VerifyManifest(t.Context(), path, to)
		require.NoError(t, err)
		assert.Equal(t, 12, v.Verified)
	})
}

func TestGuard(t *testing.T) {
	web := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("secret of this machine")) })
	refused := func(t *testing.T, err error) {
		t.Helper()
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.Equal(t, "url", frontdesk.Fields(err)[0].Name)
		var guard *dialguard.RefusedError
		require.ErrorAs(t, err, &guard)
	}
	t.Run("addresses that are not public are refused", func(t *testing.T) {
		s := source(t, websource.Options{AllowHTTP: true, AllowPorts: []uint16{port(t, web.URL)}})
		p := strconv.Itoa(int(port(t, web.URL)))
		for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254", "10.0.0.1", "100.64.0.1", "0.0.0.0", "[64:ff9b::7f00:1]"} {
			_, _, err := get(t, s, "http://"+host+":"+p+"/")
			refused(t, err)
			_, err = s.Stat(t.Context(), at("http://"+host+":"+p+"/"))
			refused(t, err)
		}
	})
	t.Run("other ports than 80 and 443 are refused", func(t *testing.T) {
		_, _, err := get(t, source(t, websource.Options{AllowHTTP: true, AllowAddresses: local}), web.URL)
		refused(t, err)
	})
	t.Run("only https is fetched unless http is allowed, and nothing with a user", func(t *testing.T) {
		o := reaching(t, web)
		o.AllowHTTP = false
		s := source(t, o)
		for _, u := range []string{web.URL, "ftp://a.test/", "file:///etc/passwd", "//a.test", "", "https://", "https://u:p@a.test/", "gopher://a.test"} {
			_, _, err := get(t, s, u)
			require.ErrorIs(t, err, frontdesk.Invalid, u)
		}
	})
	t.Run("a redirect to a private address, to another scheme, or without end is refused", func(t *testing.T) {
		for _, to := range []string{"http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "file:///etc/passwd", "http://u:p@127.0.0.1/", "/again"} {
			from := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
			_, _, err := get(t, source(t, reaching(t, from)), from.URL+"/?token=canary")
			require.ErrorIs(t, err, frontdesk.Invalid, to)
			assert.NotContains(t, err.Error(), "canary")
		}
	})
	t.Run("three redirects are followed, and no fourth", func(t *testing.T) {
		from := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/0" {
				_, _ = w.Write([]byte("content"))
				return
			}
			http.Redirect(w, r, map[string]string{"/4": "/3", "/3": "/2", "/2": "/1", "/1": "/0"}[r.URL.Path], http.StatusFound)
		})
		s := source(t, reaching(t, from))
		b, _, err := get(t, s, from.URL+"/3")
		require.NoError(t, err)
		assert.Equal(t, "content", string(b))
		_, _, err = get(t, s, from.URL+"/4")
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("a name that is public first and private then is refused when it is dialled", func(t *testing.T) {
		var answers atomic.Int64
		o := reaching(t, web)
		o.Resolver = resolver(t, func() [4]byte {
			if answers.Add(1) == 1 {
				return [4]byte{127, 0, 0, 1} // here that is the public address
			}
			return [4]byte{127, 0, 0, 2}
		})
		s := source(t, o)
		u := fmt.Sprintf("http://rebinding.test:%d/", port(t, web.URL))
		_, _, err := get(t, s, u)
		require.NoError(t, err)
		s.Close() // the connection that is kept
		_, _, err = get(t, s, u)
		refused(t, err)
		require.EqualValues(t, 2, answers.Load())
	})
}

// resolver asks a DNS server on this machine that answers each question for an IPv4 address with the
// next one.
func resolver(t *testing.T, next func() [4]byte) *net.Resolver {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	go func() {
		for buf := make([]byte, 512); ; {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(dnsAnswer(buf[:n], next), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// dnsAnswer is the answer to a question: one address if it is for IPv4 ones, and none otherwise.
func dnsAnswer(question []byte, next func() [4]byte) []byte {
	end := 12 + bytes.IndexByte(question[12:], 0) + 5
	answer := append([]byte{}, question[:end]...)
	copy(answer[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	if question[end-3] == 1 { // A
		answer[7] = 1
		ip := next()
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		answer = append(answer, ip[:]...)
	}
	return answer
}

func TestRedirect(t *testing.T) {
	t.Run("the Authorization goes to its own host only, and no Referer tells the URL", func(t *testing.T) {
		var seen []http.Header
		note := func(r *http.Request) { seen = append(seen, r.Header.Clone()) }
		other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { note(r); w.Write([]byte("content")) }))
		defer other.Close()
		first := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			note(r)
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		}))
		defer first.Close()
		o := reaching(t, first, other)
		o.AllowHTTP = false
		o.Authorization = map[string]frontdesk.Secret{strings.TrimPrefix(first.URL, "https://"): frontdesk.NewSecret("Bearer canary")}
		s := source(t, o)
		s.Trust(first.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs)
		b, _, err := get(t, s, first.URL+"/?token=canary")
		require.NoError(t, err)
		assert.Equal(t, "content", string(b))
		require.Len(t, seen, 2)
		assert.Equal(t, "Bearer canary", seen[0].Get("Authorization"))
		assert.NotContains(t, fmt.Sprint(seen[1]), "canary")
		assert.Equal(t, "identity", seen[1].Get("Accept-Encoding"))
	})
}

func TestDownload(t *testing.T) {
	content := random(300_000)
	// broken serves a content and cuts the connection after so many bytes of each answer.
	broken := func(t *testing.T, after int, ranges bool, etag func(request int) string) (*httptest.Server, *atomic.Int64) {
		var requests atomic.Int64
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			n := int(requests.Add(1))
			if ranges {
				w.Header().Set("ETag", etag(n))
			} else {
				r.Header.Del("Range")
			}
			http.ServeContent(&cutting{ResponseWriter: w, left: after}, r, "a.bin", time.Time{}, bytes.NewReader(content))
		}), &requests
	}
	same := func(int) string { return `"one"` }
	t.Run("one that breaks off goes on where it was", func(t *testing.T) {
		web, requests := broken(t, 100_000, true, same)
		b, o, err := get(t, source(t, reaching(t, web)), web.URL)
		require.NoError(t, err)
		assert.Equal(t, sha256.Sum256(content), sha256.Sum256(b))
		assert.EqualValues(t, len(content), o.Size)
		assert.Greater(t, requests.Load(), int64(2))
	})
	t.Run("it does not go on in other content, nor without a strong ETag", func(t *testing.T) {
		web, _ := broken(t, 100_000, true, func(n int) string { return fmt.Sprintf("\"%d\"", n) })
		_, _, err := get(t, source(t, reaching(t, web)), web.URL)
		require.ErrorIs(t, err, frontdesk.Aborted)
		for _, weak := range []bool{true, false} {
			web, requests := broken(t, 100_000, weak, func(int) string { return `W/"one"` })
			_, _, err = get(t, source(t, reaching(t, web)), web.URL)
			require.ErrorIs(t, err, frontdesk.Unavailable)
			assert.EqualValues(t, 1, requests.Load())
		}
	})
	t.Run("it gives up when nothing comes any more", func(t *testing.T) {
		var requests atomic.Int64
		web := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"one"`)
			left := 0
			if requests.Add(1) == 1 {
				left = 1000
			}
			http.ServeContent(&cutting{ResponseWriter: w, left: left}, r, "a.bin", time.Time{}, bytes.NewReader(content))
		})
		_, _, err := get(t, source(t, reaching(t, web)), web.URL)
		require.ErrorIs(t, err, frontdesk.Unavailable)
		assert.LessOrEqual(t, requests.Load(), int64(5))
	})
	t.Run("one that is too large is refused, whether the server says so or not", func(t *testing.T) {
		for _, said := range []bool{true, false} {
			web := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if said {
					w.Header().Set("Content-Length", strconv.Itoa(len(content)))
				}
				_, _ = w.Write(content)
			})
			o := reaching(t, web)
			o.MaxSize = int64(len(content)) - 1
			_, _, err := get(t, source(t, o), web.URL)
			require.ErrorIs(t, err, frontdesk.FailedPrecondition)
			o.MaxSize++
			_, _, err = get(t, source(t, o), web.URL)
			require.NoError(t, err)
		}
	})
	t.Run("one that stands still ends", func(t *testing.T) {
		web := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("begun"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		o := reaching(t, web)
		o.IdleTimeout = 20 * time.Millisecond
		_, _, err := get(t, source(t, o), web.URL)
		require.ErrorIs(t, err, frontdesk.Unavailable)
		o.IdleTimeout, o.Timeout = time.Minute, 20*time.Millisecond
		_, _, err = get(t, source(t, o), web.URL)
		require.ErrorIs(t, err, frontdesk.DeadlineExceeded)
	})
	t.Run("compressed content is not taken for the content", func(t *testing.T) {
		web := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("rubbish"))
		})
		_, _, err := get(t, source(t, reaching(t, web)), web.URL)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
	})
}

// cutting cuts the connection when so much was written.
type cutting struct {
	http.ResponseWriter
	left int
}

func (c *cutting) Write(p []byte) (int, error) {
	if c.left <= 0 {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	n, err := c.ResponseWriter.Write(p[:min(len(p), c.left)])
	if c.left -= n; err == nil && n < len(p) {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

func TestStat(t *testing.T) {
	t.Run("servers that refuse HEAD are asked for the first byte", func(t *testing.T) {
		for _, content := range []string{"content", ""} {
			for _, refusal := range []int{http.StatusForbidden, http.StatusMethodNotAllowed} {
				web := serve(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodHead {
						w.WriteHeader(refusal)
						return
					}
					http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader(content))
				})
				o, err := source(t, reaching(t, web)).Stat(t.Context(), at(web.URL+"/folder/a%20b.txt"))
				require.NoError(t, err)
				assert.EqualValues(t, len(content), o.Size)
				assert.Equal(t, "a b.txt", o.Name)
				assert.Equal(t, "text/plain; charset=utf-8", o.ContentType)
			}
		}
	})
	t.Run("statuses have codes, and what they ask to wait", func(t *testing.T) {
		now := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
		for status, want := range map[int]frontdesk.Code{
			404: frontdesk.NotFound, 410: frontdesk.NotFound, 401: frontdesk.PermissionDenied, 403: frontdesk.PermissionDenied,
			429: frontdesk.RateLimited, 500: frontdesk.Unavailable, 503: frontdesk.Unavailable, 408: frontdesk.Unavailable,
			400: frontdesk.FailedPrecondition, 451: frontdesk.FailedPrecondition, 304: frontdesk.FailedPrecondition,
		} {
			for _, after := range []string{"7", now.Add(7 * time.Second).Format(http.TimeFormat)} {
				web := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", after)
					w.WriteHeader(status)
				})
				o := reaching(t, web)
				o.Clock = func() time.Time { return now }
				_, _, err := get(t, source(t, o), web.URL+"/?token=canary")
				require.ErrorIs(t, err, want, status)
				assert.Equal(t, 7*time.Second, frontdesk.RetryAfter(err))
				assert.NotContains(t, fmt.Sprintf("%v %+v", err, err), "canary")
			}
		}
	})
	t.Run("errors tell the host and never the query", func(t *testing.T) {
		web := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		_, _, err := get(t, source(t, reaching(t, web)), web.URL+"/?token=canary")
		require.ErrorIs(t, err, frontdesk.Unavailable)
		assert.Contains(t, err.Error(), "127.0.0.1")
		assert.NotContains(t, err.Error(), "canary")
	})
}
