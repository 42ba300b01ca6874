package storagehttp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocuments(t *testing.T) {
	titles := func(a *answer) (all []string) {
		for _, d := range a.json(t)["data"].([]any) {
			all = append(all, d.(map[string]any)["title"].(string))
		}
		return all
	}
	t.Run("lists are filtered, and end with a cursor while there is more", func(t *testing.T) {
		h := newHost(t)
		for _, name := range []string{"a", "b", "c"} {
			h.form("acme", "/documents", field{name: "folder", value: "f" + name}, file(name+".txt", name))
			h.docs.Advance(1e9)
		}
		h.form("globex", "/documents", file("g.txt", "g"))
		a := h.status(200, "acme", "GET", "/documents?limit=2", nil)
		require.Equal(t, []string{"c.txt", "b.txt"}, titles(a))
		a = h.status(200, "acme", "GET", "/documents?limit=2&cursor="+a.json(t)["next_cursor"].(string), nil)
		require.Equal(t, []string{"a.txt"}, titles(a))
		require.Nil(t, a.json(t)["next_cursor"])
		require.Len(t, titles(h.status(200, "grace", "GET", "/documents", nil)), 4)
		require.Equal(t, []string{"g.txt"}, titles(h.status(200, "grace", "GET", "/documents?client=globex", nil)))
		require.Equal(t, []string{"b.txt", "a.txt"}, titles(h.status(200, "acme", "GET", "/documents?folder=fa&folder=fb", nil)))
		require.Empty(t, titles(h.status(200, "acme", "GET", "/documents?status=approved&state=queued&visibility=private", nil)))
		for query, field := range map[string]string{
			"limit=x": "limit", "limit=501": "limit", "status=good": "status", "state=gone": "state", "visibility=all": "visibility",
			"order=asc": "order", "client=a&client=b": "client", "cursor=%00": "cursor", "folder=%ff": "folder",
		} {
			h.refused(h.ask("acme", "GET", "/documents?"+query, nil), 400, "invalid", field)
		}
		h.refused(h.ask("acme", "GET", "/documents?client=globex", nil), 403, "permission_denied")
	})
	t.Run("it is read, edited, decided about and deleted", func(t *testing.T) {
		h := newHost(t)
		id := h.made("grace", "a.txt", "one")
		path := "/documents/" + id
		h.refused(h.ask("acme", "GET", path, nil), 404, "not_found")
		require.Equal(t, "shared", h.status(200, "grace", "POST", path+"/share", nil).json(t)["visibility"])
		require.Equal(t, id, h.status(200, "acme", "GET", path, nil).json(t)["id"])
		d := h.status(200, "grace", "PATCH", path, strings.NewReader(`{"title": "Offer", "folder": "2026"}`)).json(t)
		require.Equal(t, []any{"Offer", "2026"}, []any{d["title"], d["folder"]})
		h.refused(h.ask("grace", "PATCH", path, strings.NewReader(`{"title": "", "folder": "a\nb"}`)), 400, "invalid", "title", "folder")
		h.refused(h.ask("grace", "PATCH", path, strings.NewReader(`{"status": "approved"}`)), 400, "invalid", "status")
		h.refused(h.ask("grace", "PATCH", path, strings.NewReader(`{}`)), 400, "invalid")
		h.refused(h.ask("acme", "PATCH", path, strings.NewReader(`{"title": "mine"}`)), 403, "permission_denied")
		h.refused(h.ask("grace", "POST", path+"/approve", nil), 400, "invalid", "version")
		h.refused(h.ask("grace", "POST", path+"/approve", strings.NewReader(`{"version": 2}`)), 409, "aborted")
		h.refused(h.ask("grace", "POST", path+"/approve", strings.NewReader(`{"version": 1, "reason": "x"}`)), 400, "invalid", "reason")
		h.refused(h.ask("grace", "POST", path+"/reject", strings.NewReader(`{"version": 1}`)), 400, "invalid", "reason")
		h.refused(h.ask("grace", "POST", path+"/share", strings.NewReader(`{"version": 1}`)), 400, "invalid")
		h.refused(h.ask("acme", "POST", path+"/approve", strings.NewReader(`{"version": 1}`)), 403, "permission_denied")
		d = h.status(200, "grace", "POST", path+"/reject", strings.NewReader(`{"version": 1, "reason": "blurred"}`)).json(t)
		require.Equal(t, []any{"rejected", "blurred"}, []any{d["status"], d["reason"]})
		require.Equal(t, "approved", h.status(200, "grace", "POST", path+"/approve", strings.NewReader(`{"version": 1}`)).json(t)["status"])
		require.Equal(t, "private", h.status(200, "grace", "POST", path+"/unshare", nil).json(t)["visibility"])
		h.status(204, "grace", "DELETE", path, nil)
		h.refused(h.ask("grace", "GET", path, nil), 404, "not_found")
	})
	t.Run("versions, receipts and progress are told, without who it was", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.txt", "Hello")
		path := "/documents/" + id
		require.JSONEq(t, `{"state": "queued", "done": 0, "size": 5, "version": 1}`, h.status(200, "acme", "GET", path+"/progress", nil).body)
		h.status(200, "grace", "GET", path+"/content", nil)
		require.NoError(t, h.service().Drain(h.staff()))
		require.JSONEq(t, `{"state": "stored", "done": 5, "size": 5, "version": 1}`, h.status(200, "acme", "GET", path+"/progress", nil).body)
		a := h.status(200, "acme", "GET", path+"/versions", nil)
		require.Contains(t, a.body, `"sha256":"`+sum("Hello")+`"`)
		a = h.status(200, "acme", "GET", path+"/receipts", nil)
		require.Contains(t, a.body, `"kind":"download","by":{"role":"admin"}`)
		require.NotContains(t, a.body, "grace")
		h.refused(h.ask("acme", "GET", path+"/receipts?cursor=x", nil), 400, "invalid", "cursor")
	})
	t.Run("a foreign document is as unknown as one that is not there, on every path", func(t *testing.T) {
		h := newHost(t)
		id := h.made("acme", "a.txt", "Hello")
		for _, c := range []struct{ method, path, body string }{
			{"GET", "", ""}, {"PATCH", "", `{"title": "x"}`}, {"DELETE", "", ""}, {"POST", "/share", ""}, {"POST", "/unshare", ""},
			{"POST", "/approve", `{"version": 1}`}, {"POST", "/reject", `{"version": 1, "reason": "x"}`}, {"GET", "/versions", ""},
			{"GET", "/receipts", ""}, {"GET", "/progress", ""}, {"GET", "/content", ""},
		} {
			foreign := h.ask("globex", c.method, "/documents/"+id+c.path, strings.NewReader(c.body))
			h.refused(foreign, 404, "not_found")
			require.Equal(t, foreign.body, h.ask("globex", c.method, "/documents/"+strings.Repeat("0", 26)+c.path, strings.NewReader(c.body)).body)
			h.refused(h.ask("", c.method, "/documents/"+id+c.path, strings.NewReader(c.body)), 401, "unauthenticated")
			h.refused(h.ask("globex", c.method, "/documents/%00"+c.path, strings.NewReader(c.body)), 404, "not_found")
		}
		h.status(200, "acme", "GET", "/documents/"+id, nil)
	})
	t.Run("other paths and methods are problems too", func(t *testing.T) {
		h := newHost(t)
		h.refused(h.ask("acme", "GET", "/nothing", nil), 404, "not_found")
		a := h.ask("acme", "PUT", "/documents", strings.NewReader("x"), "X-HTTP-Method-Override", "POST")
		h.refused(a, 405, "invalid")
		require.Equal(t, "GET, HEAD, POST", a.Header.Get("Allow"))
		h.refused(h.ask("acme", "POST", "/documents/x/content", nil), 405, "invalid")
	})
	t.Run("a problem names the request", func(t *testing.T) {
		h := newHost(t)
		a := h.ask("acme", "GET", "/documents/x", nil, "X-Request-Id", "req-7")
		require.Equal(t, "req-7", a.json(t)["request_id"])
	})
}
