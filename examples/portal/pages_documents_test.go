package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// postedForm sends a form of a page, with fields in pairs.
func (r *running) postedForm(t *testing.T, who, path string, fields ...string) answer {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return r.ask(t, who, "POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// page reads a page, which must be one.
func (r *running) page(t *testing.T, who, path string, status int) string {
	t.Helper()
	a := r.ask(t, who, "GET", path, "")
	require.Equal(t, status, a.Status, "%s", a.Body)
	require.Equal(t, "text/html; charset=utf-8", a.Header.Get("Content-Type"))
	require.Contains(t, a.Header.Get("Content-Security-Policy"), "default-src 'none'")
	return string(a.Body)
}

func TestDocumentPages(t *testing.T) {
	r := start(t, withDemoDocuments)
	t.Run("what they show", func(t *testing.T) { documentPagesShow(t, r) })
	t.Run("what their forms do", func(t *testing.T) { documentFormsDo(t, r) })
}

func documentPagesShow(t *testing.T, r *running) {
	t.Run("a client sees what is theirs or shared, with the reason of what was rejected", func(t *testing.T) {
		page := r.page(t, "client:acme", documentsAt, http.StatusOK)
		for _, there := range []string{"Logo", "Brand guidelines", "Price list", "The prices of last year", `type="file"`, `enctype="multipart/form-data"`} {
			assert.Contains(t, page, there)
		}
		for _, hidden := range []string{"Launch plan", "Service agreement", "Globex", "visibility", "Approve"} {
			assert.NotContains(t, page, hidden)
		}
		assert.Contains(t, r.page(t, "client:globex", documentsAt+"?status=rejected", http.StatusOK), "No document is rejected.")
	})
	t.Run("an admin sees everybody's, and uploads for the client that is chosen", func(t *testing.T) {
		all := r.page(t, "admin:root", documentsAt, http.StatusOK)
		assert.Contains(t, all, "Service agreement")
		assert.NotContains(t, all, `type="file"`)
		acme := r.page(t, "admin:root", documentsAt+"?client=acme", http.StatusOK)
		assert.Contains(t, acme, `name="client" value="acme"`)
		assert.Contains(t, acme, "The client has 4 documents")
		assert.NotContains(t, acme, "Service agreement")
		r.page(t, "admin:root", documentsAt+"?client=nobody", http.StatusNotFound)
	})
	t.Run("the script comes from the portal, and nothing is inline", func(t *testing.T) {
		a := r.ask(t, "client:acme", "GET", documentsAt, "")
		assert.Equal(t, scriptPolicy, a.Header.Get("Content-Security-Policy"))
		assert.Contains(t, string(a.Body), `<script type="module" src="/portal/documents.js"></script>`)
		assert.NotRegexp(t, regexp.MustCompile(` (style|on\w+)="`), string(a.Body))
		script := r.ask(t, "", "GET", "/portal/documents.js", "")
		assert.Equal(t, http.StatusOK, script.Status)
		assert.Contains(t, script.Header.Get("Content-Type"), "text/javascript")
	})
	t.Run("without a session it leads to signing in, and it is not for experts", func(t *testing.T) {
		a := r.ask(t, "", "GET", documentsAt, "")
		assert.Equal(t, "/", a.Header.Get("Location"))
		assert.Equal(t, http.StatusSeeOther, a.Status)
		r.page(t, "expert:nina", documentsAt, http.StatusForbidden)
	})
}

func documentFormsDo(t *testing.T, r *running) {
	var at string // the document's page
	t.Run("a file is uploaded without a script, and leads to its page", func(t *testing.T) {
		a := r.postFile(t, "client:acme", documentsAt, "notes.txt", "notes", "title", `<b>Notes</b> & {{.}}`)
		require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
		next, done, found := strings.Cut(a.Header.Get("Location"), "?")
		require.True(t, found)
		assert.Equal(t, "done=uploaded", done)
		at = next
		page := r.page(t, "client:acme", a.Header.Get("Location"), http.StatusOK)
		assert.Contains(t, page, "It is uploaded.")
		assert.Contains(t, page, "&lt;b&gt;Notes&lt;/b&gt; &amp; {{.}}")
		assert.Contains(t, page, "Nobody yet.")
	})
	t.Run("a file that is refused leaves the page, with the reason", func(t *testing.T) {
		a := r.postFile(t, "client:acme", documentsAt, "setup.exe", "MZ")
		assert.Equal(t, http.StatusBadRequest, a.Status)
		assert.Contains(t, string(a.Body), "The name has an extension that is not taken.")
		assert.Contains(t, string(a.Body), `type="file"`)
		a = r.postFile(t, "client:acme", at+"/versions", "setup.exe", "MZ")
		assert.Equal(t, http.StatusBadRequest, a.Status)
		assert.Contains(t, string(a.Body), "The name has an extension that is not taken.")
	})
	t.Run("an admin rejects and approves the version that was looked at, and uploads for a client", func(t *testing.T) {
		a := r.postedForm(t, "admin:root", at+"/reject", "version", "1", "reason", "Too short.\r\nMore, please.")
		require.Equal(t, at+"?done=rejected", a.Header.Get("Location"), "%s", a.Body)
		page := r.page(t, "client:acme", at, http.StatusOK)
		assert.Contains(t, page, "Too short.\nMore, please.")
		require.Equal(t, at+"?done=uploaded", r.postFile(t, "client:acme", at+"/versions", "notes.txt", "longer notes").Header.Get("Location"))
		assert.Equal(t, http.StatusConflict, r.postedForm(t, "admin:root", at+"/approve", "version", "1").Status)
		assert.Equal(t, at+"?done=approved", r.postedForm(t, "admin:root", at+"/approve", "version", "2").Header.Get("Location"))
		a = r.postFile(t, "admin:root", documentsAt+"?client=globex", "offer.txt", "offer", "client", "globex", "visibility", "private")
		require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
		offer, _, _ := strings.Cut(a.Header.Get("Location"), "?")
		r.page(t, "client:globex", offer, http.StatusNotFound)
		assert.Equal(t, offer+"?done=shared", r.postedForm(t, "admin:root", offer+"/share").Header.Get("Location"))
		r.page(t, "client:globex", offer, http.StatusOK)
		r.page(t, "client:acme", offer, http.StatusNotFound)
		assert.Equal(t, offer+"?done=unshared", r.postedForm(t, "admin:root", offer+"/unshare").Header.Get("Location"))
		assert.Equal(t, documentsAt+"?done=removed&client=globex", r.postedForm(t, "admin:root", offer+"/remove").Header.Get("Location"))
	})
	t.Run("a client decides nothing, and who has opened a document is told to both sides", func(t *testing.T) {
		assert.Equal(t, http.StatusForbidden, r.postedForm(t, "client:acme", at+"/approve", "version", "2").Status)
		assert.Equal(t, http.StatusNotFound, r.postedForm(t, "client:globex", at+"/remove").Status)
		assert.Equal(t, http.StatusOK, r.ask(t, "admin:root", "GET", strings.Replace(at, documentsAt, documentsPath, 1)+"/content", "").Status)
		assert.Regexp(t, `Frontdesk <span class="fine">downloaded version 2`, r.page(t, "client:acme", at, http.StatusOK))
		assert.Regexp(t, `you <span class="fine">downloaded version 2`, r.page(t, "admin:root", at, http.StatusOK))
	})
}
