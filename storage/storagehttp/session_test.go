package storagehttp_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUploadInParts(t *testing.T) {
	content := strings.Repeat("Hello, ", 1000)
	size := len(content)
	part := func(first, last int) (string, string) {
		return fmt.Sprintf("bytes %d-%d/%d", first, last-1, size), content[first:last]
	}
	t.Run("parts become a document, over a crash between them", func(t *testing.T) {
		h := newHost(t)
		a := h.status(201, "acme", "POST", "/uploads", strings.NewReader(fmt.Sprintf(
			`{"name": "a.txt", "size": %d, "content_type": "text/plain", "title": "Offer", "folder": "2026", "sha256": %q}`, size, sum(content))))
		id := a.json(t)["id"].(string)
		require.Equal(t, prefix+"/uploads/"+id, a.Header.Get("Location"))
		require.Equal(t, 0.0, a.json(t)["done"])
		require.EqualValues(t, size, a.json(t)["size"])
		require.NotEmpty(t, a.json(t)["expires_at"])
		asks := fmt.Sprintf("bytes */%d", size)
		require.Empty(t, h.put("acme", id, asks, "").Header.Get("Range"))
		r, b := part(0, 3000)
		a = h.put("acme", id, r, b)
		require.Equal(t, 200, a.StatusCode, a.body)
		require.Equal(t, "bytes=0-2999", a.Header.Get("Range"))
		h.restart()
		for _, a := range []*answer{h.put("acme", id, asks, ""), h.status(200, "acme", "GET", "/uploads/"+id, nil)} {
			require.Equal(t, 3000.0, a.json(t)["done"])
			require.Equal(t, "bytes=0-2999", a.Header.Get("Range"))
		}
		r, b = part(3000, size)
		a = h.put("acme", id, r, b)
		require.Equal(t, 201, a.StatusCode, a.body)
		d := a.json(t)
		require.Equal(t, sum(content), d["sha256"])
		require.Equal(t, "Offer", d["title"])
		require.Equal(t, prefix+"/documents/"+d["id"].(string), a.Header.Get("Location"))
		h.restart()
		again := h.put("acme", id, asks, "") // the answer was lost
		require.Equal(t, 201, again.StatusCode)
		require.Equal(t, d["id"], again.json(t)["id"])
		require.Equal(t, d["id"], h.status(200, "acme", "GET", "/uploads/"+id, nil).json(t)["document"])
		lost := h.put("acme", id, r, b)
		h.refused(lost, 409, "failed_precondition")
		require.Equal(t, d["id"], lost.json(t)["document"])
		require.Equal(t, content, h.status(200, "acme", "GET", "/documents/"+d["id"].(string)+"/content", nil).body)
	})
	t.Run("a wrong offset is 409 with how far it is", func(t *testing.T) {
		h := newHost(t)
		id := h.begun("acme", "a.txt", size)
		r, b := part(0, 100)
		h.put("acme", id, r, b)
		for _, first := range []int{0, 99, 101} {
			r, b := part(first, first+10)
			a := h.put("acme", id, r, b)
			h.refused(a, 409, "aborted")
			require.Equal(t, 100.0, a.json(t)["done"])
			require.Equal(t, id, a.json(t)["id"])
		}
	})
	t.Run("two tabs cannot send at once", func(t *testing.T) {
		h := newHost(t)
		id := h.begun("acme", "a.txt", size)
		r, b := part(0, size)
		body, sender := io.Pipe()
		first := make(chan int)
		go func() {
			q, _ := http.NewRequestWithContext(t.Context(), "PUT", h.url+"/uploads/"+id, body)
			q.Header.Set("Actor", "acme")
			q.Header.Set("Content-Range", r)
			q.Header.Set("First", "1")
			resp, err := http.DefaultTransport.RoundTrip(q)
			if err != nil {
				first <- 0
				return
			}
			_ = resp.Body.Close()
			first <- resp.StatusCode
		}()
		_, err := io.WriteString(sender, b[:2000])
		require.NoError(t, err)
		<-h.first
		a := h.put("acme", id, r, b)
		h.refused(a, 409, "aborted")
		require.Equal(t, 0.0, a.json(t)["done"])
		h.refused(h.ask("acme", "DELETE", "/uploads/"+id, nil), 409, "aborted")
		_, err = io.WriteString(sender, b[2000:])
		require.NoError(t, err)
		require.NoError(t, sender.Close())
		require.Equal(t, 201, <-first)
	})
	t.Run("to others it does not exist", func(t *testing.T) {
		h := newHost(t)
		id := h.begun("acme", "a.txt", size)
		r, b := part(0, size)
		for _, who := range []string{"globex", "grace"} {
			h.refused(h.ask(who, "GET", "/uploads/"+id, nil), 404, "not_found")
			h.refused(h.put(who, id, r, b), 404, "not_found")
			h.refused(h.ask(who, "DELETE", "/uploads/"+id, nil), 404, "not_found")
		}
		require.Equal(t, h.ask("globex", "GET", "/uploads/"+id, nil).body, h.ask("globex", "GET", "/uploads/x", nil).body)
		h.refused(h.ask("", "GET", "/uploads/"+id, nil), 401, "unauthenticated")
		h.status(204, "acme", "DELETE", "/uploads/"+id, nil)
		h.refused(h.ask("acme", "GET", "/uploads/"+id, nil), 404, "not_found")
	})
	t.Run("what is wrong is named", func(t *testing.T) {
		h := newHost(t)
		for body, field := range map[string]string{
			`{"name": "a.txt"}`:                                         "size",
			`{"name": "a.txt", "size": -1}`:                             "size",
			`{"name": "a.txt", "size": "1"}`:                            "size",
			`{"size": 1}`:                                               "name",
			`{"name": "a.exe", "size": 1}`:                              "name",
			`{"name": "a.txt", "size": 1, "sha256": "zz"}`:              "sha256",
			`{"name": "a.txt", "size": 1, "content_type": "text/x"}`:    "content_type",
			`{"name": "a.txt", "size": 1, "visibility": "world"}`:       "visibility",
			`{"name": "a.txt", "size": 1, "role": "admin"}`:             "role",
			`{"name": "a.txt", "size": 1, "Name": "b.txt"}`:             "name",
			`{"document": "x", "name": "a.txt", "size": 1, "key": "k"}`: "key",
		} {
			h.refused(h.ask("acme", "POST", "/uploads", strings.NewReader(body)), 400, "invalid", field)
		}
		for _, body := range []string{"[]", "{", `{"name": "a.txt"} x`, "null"} {
			h.refused(h.ask("acme", "POST", "/uploads", strings.NewReader(body)), 400, "invalid")
		}
		h.refused(h.ask("acme", "POST", "/uploads", strings.NewReader(`{"client": "globex", "name": "a.txt", "size": 1}`)), 403, "permission_denied")
		id := h.begun("acme", "a.txt", 10)
		for _, r := range []string{"", "bytes", "bytes 0-4", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-4/11", "bytes */11", "bytes -1-4/10", "items 0-4/10", "bytes 0-4/*"} {
			h.refused(h.put("acme", id, r, "Hello"), 400, "invalid", "content_range")
		}
		h.refused(h.put("acme", id, "bytes 0-9/10", "Hello"), 400, "invalid", "content_range")
		h.refused(h.put("acme", id, "bytes */10", "Hello"), 400, "invalid", "content_range")
		chunked := func(r string) *answer {
			return h.ask("acme", "PUT", "/uploads/"+id, io.MultiReader(strings.NewReader("Hello")), "Content-Range", r)
		}
		h.refused(chunked("bytes 0-3/10"), 400, "invalid", "content")
		require.Equal(t, 0.0, h.status(200, "acme", "GET", "/uploads/"+id, nil).json(t)["done"])
		h.refused(chunked("bytes 0-9/10"), 400, "invalid", "content")
		require.Equal(t, 5.0, h.status(200, "acme", "GET", "/uploads/"+id, nil).json(t)["done"], "what came is kept")
		h.refused(h.put("acme", h.begun("acme", "a.png", 5), "bytes 0-4/5", "Hello"), 400, "invalid", "content")
	})
	t.Run("a version comes in parts too, and an empty file in none", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.txt", "one")
		in := h.status(201, "acme", "POST", "/uploads", strings.NewReader(`{"document": "`+id+`", "name": "b.txt", "size": 3}`)).json(t)["id"].(string)
		a := h.put("acme", in, "bytes 0-2/3", "two")
		require.Equal(t, 201, a.StatusCode, a.body)
		require.Equal(t, id, a.json(t)["id"])
		require.Equal(t, 2.0, a.json(t)["version"])
		h.refused(h.ask("globex", "POST", "/uploads", strings.NewReader(`{"document": "`+id+`", "name": "b.txt", "size": 3}`)), 404, "not_found")
		a = h.put("acme", h.begun("acme", "e.txt", 0), "bytes */0", "")
		require.Equal(t, 201, a.StatusCode, a.body)
	})
	t.Run("content of another checksum ends the upload", func(t *testing.T) {
		h := newHost(t)
		in := h.status(201, "acme", "POST", "/uploads", strings.NewReader(`{"name": "b.txt", "size": 3, "sha256": "`+sum("one")+`"}`)).json(t)["id"].(string)
		a := h.put("acme", in, "bytes 0-2/3", "two")
		h.refused(a, 409, "aborted")
		require.NotContains(t, a.body, `"done"`, "there is nothing to go on with")
		h.refused(h.ask("acme", "GET", "/uploads/"+in, nil), 404, "not_found")
		h.nothing()
	})
}
