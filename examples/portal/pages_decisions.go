package main

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// decision is what a form decides about the document in the path; it leads on to the address that do
// returns.
func (p *portal) decision(who roles, do func(r *http.Request, id string) (next string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		err := who.allow(r)
		var id, next string
		if err == nil {
			id, err = pathID(r)
		}
		if err == nil {
			next, err = do(r, id)
		}
		if err != nil {
			p.refusePage(w, r, err)
			return
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
}

func documentDone(id, what string) string {
	return documentsAt + "/" + url.PathEscape(id) + "?done=" + what
}

func (p *portal) shareDocument(r *http.Request, id string) (string, error) {
	_, err := p.docs.Share(r.Context(), id)
	return documentDone(id, "shared"), err
}

func (p *portal) unshareDocument(r *http.Request, id string) (string, error) {
	_, err := p.docs.Unshare(r.Context(), id)
	return documentDone(id, "unshared"), err
}

// approveDocument approves the version that the page has shown.
func (p *portal) approveDocument(r *http.Request, id string) (string, error) {
	version, err := shownVersion(r)
	if err == nil {
		_, err = p.docs.Approve(r.Context(), id, version)
	}
	return documentDone(id, "approved"), err
}

func (p *portal) rejectDocument(r *http.Request, id string) (string, error) {
	version, err := shownVersion(r)
	if err == nil {
		_, err = p.docs.Reject(r.Context(), id, version, strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("reason"), "\r\n", "\n")))
	}
	return documentDone(id, "rejected"), err
}

func shownVersion(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil || n < 1 {
		return 0, frontdesk.InvalidField("version", "is not that of the page")
	}
	return n, nil
}

func (p *portal) removeDocument(r *http.Request, id string) (string, error) {
	found, err := p.docs.Document(r.Context(), id)
	if err == nil {
		err = p.docs.Delete(r.Context(), id)
	}
	if err != nil {
		return "", err
	}
	a, err := frontdesk.ActorFrom(r.Context())
	next := documentsAt + "?done=removed"
	if a.Role == frontdesk.RoleAdmin {
		next += "&client=" + url.QueryEscape(found.Client)
	}
	return next, err
}
