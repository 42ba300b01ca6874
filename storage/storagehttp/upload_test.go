package storagehttp_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

func TestUpload(t *testing.T) {
	t.Run("a form becomes a document, whatever the order of its fields", func(t *testing.T) {
		h := newHost(t)
		a := h.form("acme", "/documents",
			field{name: "sha256", value: sum("Hello")}, field{name: "folder", value: "2026"}, field{name: "title", value: "Greeting"},
			field{name: "key", value: "k"}, field{"file", "Hello", "note.txt", "text/plain"})
		require.Equal(t, 201, a.StatusCode, a.body)
		d := a.json(t)
		require.Equal(t, prefix+"/documents/"+d["id"].(string), a.Header.Get("Location"))
		require.Equal(t, "application/json", a.Header.Get("Content-Type"))
		for name, want := range map[string]any{
			"client": "acme", "name": "note.txt", "title": "Greeting", "folder": "2026", "size": 5.0, "content_type": "text/plain; charset=utf-8",
			"sha256": sum("Hello"), "status": "pending", "reason": "", "visibility": "private", "state": "queued", "version": 1.0,
			"uploaded_by": map[string]any{"role": "client"},
		} {
			require.Equal(t, want, d[name], name)
		}
		require.NotEmpty(t, d["created_at"])
		again := h.form("acme", "/documents", field{name: "key", value: "k"}, file("note.txt", "Hello"))
		require.Equal(t, d["id"], again.json(t)["id"])
	})
	t.Run("a body that is no form is the file", func(t *testing.T) {
		h := newHost(t)
		a := h.status(201, "grace", "POST", "/documents?client=acme&visibility=shared&title=Offer", strings.NewReader("Hello"),
			"Content-Type", "text/plain", "Content-Disposition", `attachment; filename="x.txt"; filename*=UTF-8''Angebot%20%E2%82%AC.txt`)
		require.Equal(t, "Angebot €.txt", a.json(t)["name"])
		require.Equal(t, "Offer", a.json(t)["title"])
		require.Equal(t, "shared", a.json(t)["visibility"])
		a = h.status(201, "acme", "POST", "/documents?name=n.txt", io.MultiReader(strings.NewReader("no length")))
		require.Equal(t, "n.txt", a.json(t)["name"])
	})
	t.Run("names lose their folders", func(t *testing.T) {
		h := newHost(t)
		for sent, kept := range map[string]string{
			"../../etc/passwd.txt": "passwd.txt", `C:\\users\\me\\a.txt`: "a.txt", "/a.txt": "a.txt", "ünï😀.txt": "ünï😀.txt",
		} {
			a := h.form("acme", "/documents", file(sent, "Hello"))
			require.Equal(t, 201, a.StatusCode, a.body)
			require.Equal(t, kept, a.json(t)["name"])
		}
		h.refused(h.form("acme", "/documents", file("..", "Hello")), 400, "invalid", "name")
		h.refused(h.ask("acme", "POST", "/documents?name=a%0Ab.txt", strings.NewReader("x")), 400, "invalid", "name")
		h.refused(h.ask("acme", "POST", "/documents", strings.NewReader("x"), "Content-Disposition", `attachment; filename*=UTF-8''a%0D%0Ab.txt`), 400, "invalid", "name")
	})
	t.Run("what is wrong is named, and leaves nothing", func(t *testing.T) {
		h := newHost(t)
		value := func(name, v string) field { return field{name: name, value: v} }
		for name, c := range map[string]struct {
			fields []field
			names  []string
		}{
			"no file":                       {[]field{value("title", "a")}, []string{"file"}},
			"two files":                     {[]field{file("a.txt", "a"), file("b.txt", "b")}, []string{"file"}},
			"a field after the file":        {[]field{file("a.txt", "a"), value("title", "a")}, []string{"title"}},
			"a field that is not known":     {[]field{value("status", "approved"), file("a.txt", "a")}, []string{"status"}},
			"a field twice":                 {[]field{value("title", "a"), value("title", "b"), file("a.txt", "a")}, []string{"title"}},
			"half a checksum":               {[]field{value("sha256", "abcd"), file("a.txt", "a")}, []string{"sha256"}},
			"a long title":                  {[]field{value("title", strings.Repeat("a", 300)), file("a.txt", "a")}, []string{"title"}},
			"a visibility of its own":       {[]field{value("visibility", "world"), file("a.txt", "a")}, []string{"visibility"}},
			"an extension that is no type":  {[]field{file("a.exe", "MZ")}, []string{"name"}},
			"another declared type":         {[]field{{"file", "a", "a.txt", "image/png"}}, []string{"content_type"}},
			"content that looks otherwise":  {[]field{file("a.png", "Hello")}, []string{"content"}},
			"a file without a name":         {[]field{value("file", "Hello")}, []string{"name"}},
			"a page that is called a photo": {[]field{{"file", "<html><script>", "a.png", "image/png"}}, []string{"content"}},
		} {
			t.Run(name, func(*testing.T) { h.refused(h.form("acme", "/documents", c.fields...), 400, "invalid", c.names...) })
		}
		h.refused(h.form("acme", "/documents", value("title", strings.Repeat("a", 70<<10)), file("a.txt", "a")), 413, "invalid")
		h.refused(h.form("acme", "/documents", value("sha256", sum("b")), file("a.txt", "a")), 409, "aborted")
		h.refused(h.form("acme", "/documents?client=acme", file("a.txt", "a")), 400, "invalid", "client")
		h.refused(h.ask("acme", "POST", "/documents?name=a.txt&role=admin", strings.NewReader("a")), 400, "invalid", "role")
		h.refused(h.ask("acme", "POST", "/documents", strings.NewReader("--x\r\nbroken"), "Content-Type", "multipart/form-data; boundary=x"), 400, "invalid")
		h.refused(h.ask("acme", "POST", "/documents", strings.NewReader(""), "Content-Type", "multipart/form-data"), 400, "invalid")
		h.nothing()
	})
	t.Run("who asks is the host's to say", func(t *testing.T) {
		h := newHost(t)
		h.refused(h.form("", "/documents", file("a.txt", "a")), 401, "unauthenticated")
		h.refused(h.form("globex", "/documents", field{name: "client", value: "acme"}, file("a.txt", "a")), 403, "permission_denied")
		h.refused(h.form("grace", "/documents", file("a.txt", "a")), 400, "invalid", "client")
		h.nothing()
	})
	t.Run("too large is 413, by its length and while it comes", func(t *testing.T) {
		h := newHost(t, func(h *host) { h.max = 100 << 10 })
		big := strings.Repeat("a", 100<<10+1)
		h.refused(h.ask("acme", "POST", "/documents?name=a.txt", strings.NewReader(big)), 413, "invalid", "content")
		h.refused(h.ask("acme", "POST", "/documents?name=a.txt", io.MultiReader(strings.NewReader(big))), 413, "invalid", "content")
		h.refused(h.form("acme", "/documents", file("a.txt", big)), 413, "invalid", "content")
		h.refused(h.form("acme", "/documents", file("a.txt", big+big)), 413, "invalid", "content")
		h.refused(h.ask("acme", "POST", "/uploads", strings.NewReader(`{"name": "a.txt", "size": 102401}`)), 413, "invalid", "content")
		h.refused(h.ask("acme", "POST", "/uploads", strings.NewReader(`{"name": "`+strings.Repeat("a", 65<<10)+`"}`)), 413, "invalid")
		h.nothing()
		require.Equal(t, 201, h.form("acme", "/documents", file("a.txt", big[1:])).StatusCode)
	})
	t.Run("a client without room is told so by code", func(t *testing.T) {
		h := newHost(t, func(h *host) { h.quota = 4 })
		h.refused(h.form("acme", "/documents", file("a.txt", "Hello")), 429, "quota_exceeded")
		h.refused(h.ask("acme", "POST", "/uploads", strings.NewReader(`{"name": "a.txt", "size": 5}`)), 429, "quota_exceeded")
		h.nothing()
	})
	t.Run("a new version takes a file and nothing else", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.txt", "one")
		a := h.form("acme", "/documents/"+id+"/versions", field{name: "sha256", value: sum("two")}, file("b.txt", "two"))
		require.Equal(t, 201, a.StatusCode, a.body)
		require.Equal(t, prefix+"/documents/"+id, a.Header.Get("Location"))
		require.Equal(t, 2.0, a.json(t)["version"])
		h.refused(h.form("acme", "/documents/"+id+"/versions", field{name: "title", value: "x"}, file("b.txt", "two")), 400, "invalid", "title")
		h.refused(h.form("globex", "/documents/"+id+"/versions", file("b.txt", "two")), 404, "not_found")
	})
}

// slow sends a head and then nothing.
func slow(t *testing.T, h *host, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(h.url, "http://"), prefix))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	b, err := io.ReadAll(conn)
	require.NoError(t, err)
	return string(b)
}

func TestSlowBodies(t *testing.T) {
	t.Run("a body that stops is 408, and what came of a part is kept", func(t *testing.T) {
		h := newHost(t, func(h *host) { h.set.ReadTimeout = 50 * time.Millisecond })
		const head = " HTTP/1.1\r\nHost: x\r\nActor: acme\r\nConnection: close\r\nContent-Length: 100\r\n"
		for _, request := range []string{
			"POST " + prefix + "/documents?name=a.txt" + head + "\r\nHel",
			"POST " + prefix + "/documents" + head + "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disp",
			"POST " + prefix + "/uploads" + head + "\r\n{",
		} {
			require.Contains(t, slow(t, h, request), "HTTP/1.1 408 ", request)
		}
		id := h.begun("acme", "a.txt", 100)
		got := slow(t, h, "PUT "+prefix+"/uploads/"+id+head+"Content-Range: bytes 0-99/100\r\n\r\nHello")
		require.Contains(t, got, "HTTP/1.1 408 ")
		require.Contains(t, got, `"done":5`)
		require.Equal(t, 5.0, h.status(200, "acme", "GET", "/uploads/"+id, nil).json(t)["done"])
	})
	t.Run("a body that comes too slowly ends too", func(t *testing.T) {
		h := newHost(t, func(h *host) { h.set.ReadTimeout, h.set.MinRate = 100*time.Millisecond, 1<<30 })
		body, sender := io.Pipe()
		defer body.Close()
		go func() { // never still for as long as the timeout
			for {
				if _, err := sender.Write([]byte("a")); err != nil {
					return
				}
			}
		}()
		r, err := http.NewRequestWithContext(t.Context(), "POST", h.url+"/documents?name=a.txt", body)
		require.NoError(t, err)
		r.Header.Set("Actor", "acme")
		began := time.Now()
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil { // else the connection was cut while the body was sent
			require.Equal(t, 408, resp.StatusCode)
			require.NoError(t, resp.Body.Close())
		}
		require.Less(t, time.Since(began), 10*time.Second)
		h.nothing()
	})
}

// zeros gives so many bytes of text without having them.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	for i := range p[:n] {
		p[i] = 'a'
	}
	z.left -= n
	return int(n), nil
}

// peak is the most heap that is in use until it is stopped.
func peak(t *testing.T) (stop func() uint64) {
	var most atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	look := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before := look()
	go func() {
		defer close(ended)
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
				most.Store(max(most.Load(), look()))
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		t.Logf("heap before %d KiB, at most %d KiB", before>>10, most.Load()>>10)
		return most.Load() - min(before, most.Load())
	}
}

func TestMemory(t *testing.T) {
	const size, bound = 64 << 20, 8 << 20
	h := newHost(t, func(h *host) { h.max = size })
	ways := map[string]func(t *testing.T) string{
		"a raw body": func(t *testing.T) string {
			return h.status(201, "acme", "POST", "/documents?name=a.txt", &zeros{size}).json(t)["id"].(string)
		},
		"a form": func(t *testing.T) string {
			const head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
			body := io.MultiReader(strings.NewReader(head), &zeros{size}, strings.NewReader("\r\n--x--\r\n"))
			return h.status(201, "acme", "POST", "/documents", body, "Content-Type", "multipart/form-data; boundary=x").json(t)["id"].(string)
		},
		"one part": func(t *testing.T) string {
			id := h.begun("acme", "a.txt", size)
			contentRange := "bytes 0-" + strconv.Itoa(size-1) + "/" + strconv.Itoa(size)
			return h.status(201, "acme", "PUT", "/uploads/"+id, &zeros{size}, "Content-Range", contentRange).json(t)["id"].(string)
		},
	}
	for name, upload := range ways {
		t.Run(name+" of 64 MiB goes in and out in a few MiB of memory", func(t *testing.T) {
			stop := peak(t)
			id := upload(t)
			r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/documents/"+id+"/content", nil)
			require.NoError(t, err)
			r.Header.Set("Actor", "acme")
			resp, err := http.DefaultTransport.RoundTrip(r)
			require.NoError(t, err)
			n, err := io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.EqualValues(t, size, n)
			require.Less(t, stop(), uint64(bound))
		})
	}
}

func TestFormTrailer(t *testing.T) {
	t.Run("what follows the file is not kept in memory, however long it is", func(t *testing.T) {
		h := newHost(t, func(h *host) { h.max = 64 << 20 })
		const head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nHello\r\n--x\r\nX-Long: "
		body := io.MultiReader(strings.NewReader(head), &zeros{8 << 20}, strings.NewReader("\r\n\r\n\r\n--x--\r\n"))
		stop := peak(t)
		h.refused(h.ask("acme", "POST", "/documents", body, "Content-Type", "multipart/form-data; boundary=x"), 413, "invalid")
		require.Less(t, stop(), uint64(4<<20))
		h.nothing()
	})
}

func TestFormBoundaryInContent(t *testing.T) {
	t.Run("content that looks like a boundary is content", func(t *testing.T) {
		h := newHost(t)
		content := "a\r\n--x\n--y--\r\n" + strings.Repeat("--", 5000)
		id := h.made("acme", "a.txt", content)
		a := h.status(200, "acme", "GET", "/documents/"+id+"/content", nil)
		require.True(t, bytes.Equal([]byte(content), []byte(a.body)))
	})
}
