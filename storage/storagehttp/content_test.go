package storagehttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
)

const pixel = "\x89PNG\r\n\x1a\n picture"

// kinds are the kinds of the receipts of a document.
func (h *host) kinds(id string) (all []string) {
	h.Helper()
	var list struct{ Data []struct{ Kind string } }
	require.NoError(h, json.Unmarshal([]byte(h.status(200, "grace", "GET", "/documents/"+id+"/receipts", nil).body), &list))
	for _, r := range list.Data {
		all = append(all, r.Kind)
	}
	return all
}

func TestContent(t *testing.T) {
	t.Run("a download has headers that keep it harmless, before and after the document store has it", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "page.html", "<html><script>alert(1)</script>")
		for range 2 {
			a := h.status(200, "acme", "GET", "/documents/"+id+"/content?view=1", nil)
			require.Equal(t, "<html><script>alert(1)</script>", a.body)
			for name, want := range map[string]string{
				"Content-Type": "text/html; charset=utf-8", "Content-Length": "31", "Accept-Ranges": "bytes", "ETag": `"` + sum(a.body) + `"`,
				"Content-Disposition":    `attachment; filename="page.html"; filename*=UTF-8''page.html`,
				"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
				"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer",
			} {
				require.Equal(t, want, a.Header.Get(name), name)
			}
			require.NoError(t, h.service().Drain(h.staff()))
		}
		require.Equal(t, []string{"download"}, h.kinds(id), "what is not shown counts as a download")
	})
	t.Run("only what is safe is shown, and only if that is asked for", func(t *testing.T) {
		h := newHost(t)
		for name, c := range map[string]struct{ content, query, want string }{
			"a.png": {pixel, "?view=1", "inline"}, "b.png": {pixel, "", "attachment"}, "c.png": {pixel, "?view=0", "attachment"},
			"a.txt": {"Hello", "?view=1", "inline"}, "a.pdf": {"%PDF-1.7 a", "?view=1", "inline"},
			"a.svg":  {"<?xml version=\"1.0\"?><svg/>", "?view=1", "attachment"},
			"a.html": {"<html>", "?view=1", "attachment"}, "a.csv": {"a,b", "?view=1", "attachment"},
		} {
			a := h.status(200, "acme", "GET", "/documents/"+h.made("acme", name, c.content)+"/content"+c.query, nil)
			kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
			require.NoError(t, err)
			require.Equal(t, c.want, kind, name)
		}
	})
	t.Run("HEAD tells all of it and leaves no receipt", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.png", pixel)
		a := h.status(200, "acme", "HEAD", "/documents/"+id+"/content?view=1", nil, "Range", "bytes=0-1")
		require.Equal(t, "16", a.Header.Get("Content-Length"))
		require.Equal(t, "image/png", a.Header.Get("Content-Type"))
		require.Contains(t, a.Header.Get("Content-Disposition"), "inline")
		require.Empty(t, a.body)
		require.Empty(t, h.kinds(id))
		h.status(200, "acme", "GET", "/documents/"+id+"/content?view=1", nil)
		require.Equal(t, []string{"view"}, h.kinds(id))
		require.Equal(t, 404, h.ask("globex", "HEAD", "/documents/"+id+"/content", nil).StatusCode)
	})
	t.Run("ranges", func(t *testing.T) {
		h := newHost(t)
		const content = "0123456789"
		id, empty := h.made("acme", "a.txt", content), h.made("acme", "e.txt", "")
		path, tag := "/documents/"+id+"/content", `"`+sum(content)+`"`
		for name, c := range map[string]struct {
			headers     []string
			status      int
			body, where string
		}{
			"a part":                                    {[]string{"Range", "bytes=2-4"}, 206, "234", "bytes 2-4/10"},
			"one byte":                                  {[]string{"Range", "bytes=0-0"}, 206, "0", "bytes 0-0/10"},
			"to the end":                                {[]string{"Range", "bytes=7-"}, 206, "789", "bytes 7-9/10"},
			"beyond the end":                            {[]string{"Range", "bytes=7-99999999999999999999"}, 206, "789", "bytes 7-9/10"},
			"from the end":                              {[]string{"Range", "bytes=-3"}, 206, "789", "bytes 7-9/10"},
			"more than all from the end":                {[]string{"Range", "bytes=-99"}, 206, content, "bytes 0-9/10"},
			"behind the end":                            {[]string{"Range", "bytes=10-"}, 416, "", "bytes */10"},
			"nothing from the end":                      {[]string{"Range", "bytes=-0"}, 416, "", "bytes */10"},
			"several are ignored":                       {[]string{"Range", "bytes=0-1,3-4"}, 200, content, ""},
			"another unit is ignored":                   {[]string{"Range", "lines=0-1"}, 200, content, ""},
			"backwards is ignored":                      {[]string{"Range", "bytes=4-2"}, 200, content, ""},
			"no numbers are ignored":                    {[]string{"Range", "bytes=a-b"}, 200, content, ""},
			"a sign is ignored":                         {[]string{"Range", "bytes=+1-2"}, 200, content, ""},
			"of the same content":                       {[]string{"Range", "bytes=2-4", "If-Range", tag}, 206, "234", "bytes 2-4/10"},
			"of another content":                        {[]string{"Range", "bytes=2-4", "If-Range", `"other"`}, 200, content, ""},
			"weakly the same is not the same":           {[]string{"Range", "bytes=2-4", "If-Range", "W/" + tag}, 200, content, ""},
			"of a date, which nobody is told":           {[]string{"Range", "bytes=2-4", "If-Range", "Sat, 29 Oct 2022 19:43:31 GMT"}, 200, content, ""},
			"behind the end of what was another before": {[]string{"Range", "bytes=10-", "If-Range", `"other"`}, 200, content, ""},
		} {
			for range 2 { // from the spool, from the document store
				a := h.status(c.status, "acme", "GET", path, nil, c.headers...)
				require.Equal(t, c.where, a.Header.Get("Content-Range"), name)
				if c.status != 416 {
					require.Equal(t, c.body, a.body, name)
					require.EqualValues(t, len(c.body), a.ContentLength, name)
				}
				require.NoError(t, h.service().Drain(h.staff()))
			}
		}
		require.Equal(t, "", h.status(200, "acme", "GET", "/documents/"+empty+"/content", nil).body)
		h.status(416, "acme", "GET", "/documents/"+empty+"/content", nil, "Range", "bytes=0-")
	})
	t.Run("who has it already gets nothing, and no receipt", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.txt", "Hello")
		for _, tag := range []string{`"` + sum("Hello") + `"`, `W/"` + sum("Hello") + `"`, `"x", "` + sum("Hello") + `"`, "*"} {
			require.Empty(t, h.status(304, "acme", "GET", "/documents/"+id+"/content", nil, "If-None-Match", tag).body)
		}
		require.Empty(t, h.kinds(id))
		h.status(200, "acme", "GET", "/documents/"+id+"/content", nil, "If-None-Match", `"x"`)
	})
	t.Run("an older version is asked for by its number", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.txt", "one")
		h.form("acme", "/documents/"+id+"/versions", file("b.txt", "two"))
		require.Equal(t, "one", h.status(200, "acme", "GET", "/documents/"+id+"/content?version=1", nil).body)
		require.Equal(t, "two", h.status(200, "acme", "GET", "/documents/"+id+"/content", nil).body)
		h.refused(h.ask("acme", "GET", "/documents/"+id+"/content?version=3", nil), 404, "not_found")
		h.refused(h.ask("acme", "GET", "/documents/"+id+"/content?version=-1", nil), 400, "invalid", "version")
		h.refused(h.ask("acme", "GET", "/documents/"+id+"/content?token=x", nil), 400, "invalid", "token")
	})
	t.Run("a read that fails midway breaks the connection off, and never ends as a whole", func(t *testing.T) {
		for name, tail := range map[string]io.Reader{"an error": iotest.ErrReader(errors.New("gone")), "too little": strings.NewReader("")} {
			h := newHost(t)
			id := h.made("acme", "a.txt", strings.Repeat("a", 100_000))
			require.NoError(t, h.service().Drain(h.staff()))
			h.mu.Lock()
			h.svc = storage.New(breaking{h.docs, tail}, h.rows, &storage.Options{Spool: storage.NewSpool(h.dir), Logger: h.set.Logger})
			h.mu.Unlock()
			r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/documents/"+id+"/content", nil)
			require.NoError(t, err)
			r.Header.Set("Actor", "acme")
			resp, err := http.DefaultTransport.RoundTrip(r)
			require.NoError(t, err)
			b, err := io.ReadAll(resp.Body)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
			require.Less(t, len(b), 100_000, name)
			require.NoError(t, resp.Body.Close())
		}
	})
}

// breaking is a document store that gives half of a content, and then the tail.
type breaking struct {
	storage.DocumentStore
	tail io.Reader
}

func (b breaking) Get(ctx context.Context, id string, r storage.Range) (io.ReadCloser, *storage.Object, error) {
	body, object, err := b.DocumentStore.Get(ctx, id, r)
	if err != nil {
		return nil, nil, err
	}
	defer body.Close()
	half := new(bytes.Buffer)
	_, err = io.CopyN(half, body, object.Size/2)
	return io.NopCloser(io.MultiReader(half, b.tail)), object, err
}

func TestDispositionOfDownloads(t *testing.T) {
	t.Run("whatever a file is called, its name stays one parameter", func(t *testing.T) {
		h := newHost(t)
		for name, want := range map[string]string{
			`quote".txt`:                `attachment; filename="quote_.txt"; filename*=UTF-8''quote%22.txt`,
			"smile 😀.txt":               `attachment; filename="smile _.txt"; filename*=UTF-8''smile%20%F0%9F%98%80.txt`,
			"invoice\u202etxt.exe.txt":  `attachment; filename="invoicetxt.exe.txt"; filename*=UTF-8''invoicetxt.exe.txt`,
			"zero\u200bwidth\ufeff.txt": `attachment; filename="zerowidth.txt"; filename*=UTF-8''zerowidth.txt`,
			"a;b=c, %41'.txt":           `attachment; filename="a;b=c, _41'.txt"; filename*=UTF-8''a%3Bb%3Dc%2C%20%2541%27.txt`,
			"line\u2028end.txt":         `attachment; filename="lineend.txt"; filename*=UTF-8''lineend.txt`,
			"Grüße.txt":                 `attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`,
		} {
			d, err := h.service().Upload(h.staff(), storage.Upload{Client: "acme", Name: name, Content: strings.NewReader("Hello")})
			require.NoError(t, err)
			a := h.status(200, "grace", "GET", "/documents/"+d.ID+"/content", nil)
			require.Equal(t, want, a.Header.Get("Content-Disposition"))
		}
		d, err := h.service().Upload(h.staff(), storage.Upload{Client: "acme", Name: "../../x/..\\y.txt", Content: strings.NewReader("Hello")})
		require.NoError(t, err)
		a := h.status(200, "grace", "GET", "/documents/"+d.ID+"/content", nil)
		require.NotContains(t, a.Header.Get("Content-Disposition"), "/")
		require.NotContains(t, a.Header.Get("Content-Disposition"), `\`)
	})
}
