package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// uploading is the form for a new document, or for a new version of one.
type uploading struct {
	Action   string
	Person   string // whose uploads a browser remembers
	Client   string // whom staff uploads for
	Document string // of which it is a version
	MaxBytes int64
	Button   string
	Primary  bool // it is what the page is for
}

// Staff reports whether it asks who is to see the document.
func (u uploading) Staff() bool { return u.Client != "" && u.Document == "" }

// uploadForm takes a file from a page. It is the API's form, and the API's handler reads it.
func (p *portal) uploadForm(w http.ResponseWriter, r *http.Request) {
	if a, ok := p.owner(w, r); ok {
		p.takeForm(w, r, "/documents", func(wrong problem) { p.showDocuments(w, r, a, &wrong) })
	}
}

func (p *portal) versionForm(w http.ResponseWriter, r *http.Request) {
	a, ok := p.owner(w, r)
	if !ok {
		return
	}
	id, err := pathID(r)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	p.takeForm(w, r, "/documents/"+url.PathEscape(id)+"/versions", func(wrong problem) {
		if wrong.Code == frontdesk.NotFound {
			p.refusePage(w, r, frontdesk.Errorf(frontdesk.NotFound, "%s", wrong.Detail))
			return
		}
		p.showDocument(w, r, a, &wrong)
	})
}

// takeForm hands the form to the API, and leads on to the document that it has made.
func (p *portal) takeForm(w http.ResponseWriter, r *http.Request, path string, refused func(problem)) {
	to := r.Clone(r.Context())
	to.URL = &url.URL{Path: path}
	to.RequestURI = path
	got := &captured{ResponseWriter: w, header: http.Header{}}
	unhurried(p.docsHTTP).ServeHTTP(got, to)
	if got.status != http.StatusCreated {
		wrong := problem{Status: http.StatusInternalServerError, Detail: internalText}
		_ = json.Unmarshal(got.body.Bytes(), &wrong) // what is no problem is a fault of ours
		refused(wrong)
		return
	}
	http.Redirect(w, r, documentsAt+strings.TrimPrefix(got.header.Get("Location"), "/documents")+"?done=uploaded", http.StatusSeeOther)
}

// captured is an answer that a page is made of. The connection is still that of the request, so that its
// deadlines can be set.
type captured struct {
	http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
}

// Unwrap is for http.ResponseController.
func (c *captured) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Header is that of the answer.
func (c *captured) Header() http.Header { return c.header }

// WriteHeader keeps the status.
func (c *captured) WriteHeader(status int) { c.status = status }

// Write keeps the body.
func (c *captured) Write(b []byte) (int, error) { return c.body.Write(b) }
