package storagehttp

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	defaultLimit = 50
	maxLimit     = 500
)

func (h *handler) list(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"client", "visibility", "cursor", "limit"}, "folder", "status", "state")
	if err != nil {
		return err
	}
	limit, err := number(q, "limit", defaultLimit, maxLimit)
	if err != nil {
		return err
	}
	f, err := filter(q)
	if err != nil {
		return err
	}
	f.Limit = max(limit, 1) + 1 // one more tells whether there is more
	var all []*storage.Document
	for d, err := range h.svc.List(r.Context(), f) {
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	more := len(all) == f.Limit
	all = all[:min(len(all), f.Limit-1)]
	p := newPage(all, newDocumentRecord)
	if more {
		p.NextCursor = &all[len(all)-1].ID
	}
	return writeJSON(w, http.StatusOK, p)
}

func filter(q url.Values) (storage.Filter, error) {
	f := storage.Filter{Client: q.Get("client"), Folders: q["folder"], Before: q.Get("cursor")}
	var err error
	if f.Statuses, err = oneOf(q, "status", storage.StatusPending, storage.StatusApproved, storage.StatusRejected); err != nil {
		return f, err
	}
	if f.States, err = oneOf(q, "state", storage.StateHeld, storage.StateQueued, storage.StateStored, storage.StateInfected, storage.StateDead); err != nil {
		return f, err
	}
	visibility, err := oneOf(q, "visibility", storage.Private, storage.Shared)
	if len(visibility) > 0 {
		f.Visibility = visibility[0]
	}
	return f, err
}

// oneOf reads a parameter of which each value is a known one.
func oneOf[T ~string](q url.Values, name string, known ...T) (all []T, err error) {
	for _, value := range q[name] {
		if !slices.Contains(known, T(value)) {
			return nil, frontdesk.InvalidField(name, "must be one of %v", known)
		}
		all = append(all, T(value))
	}
	return all, nil
}

func (h *handler) document(w http.ResponseWriter, r *http.Request) error {
	d, err := h.svc.Document(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newDocumentRecord(d))
}

func (h *handler) edit(w http.ResponseWriter, r *http.Request) error {
	var asked struct{ Title, Folder *string }
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	if asked.Title == nil && asked.Folder == nil {
		return frontdesk.Errorf(frontdesk.Invalid, "give a title, a folder or both")
	}
	d, err := h.svc.Edit(r.Context(), r.PathValue("id"), storage.Edit{Title: asked.Title, Folder: asked.Folder})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newDocumentRecord(d))
}

func (h *handler) remove(w http.ResponseWriter, r *http.Request) error {
	if err := h.svc.Delete(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// decision is what staff says about a document.
type decision struct {
	Version int
	Reason  string
}

// decided answers with the document as a decision has left it.
func (h *handler) decided(decide func(context.Context, string, decision) (*storage.Document, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var asked decision
		if err := h.readJSON(w, r, &asked); err != nil {
			return err
		}
		d, err := decide(r.Context(), r.PathValue("id"), asked)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, newDocumentRecord(d))
	}
}

func (h *handler) share(ctx context.Context, id string, asked decision) (*storage.Document, error) {
	if err := asked.isEmpty(); err != nil {
		return nil, err
	}
	return h.svc.Share(ctx, id)
}

func (h *handler) unshare(ctx context.Context, id string, asked decision) (*storage.Document, error) {
	if err := asked.isEmpty(); err != nil {
		return nil, err
	}
	return h.svc.Unshare(ctx, id)
}

func (h *handler) approve(ctx context.Context, id string, asked decision) (*storage.Document, error) {
	if asked.Reason != "" {
		return nil, frontdesk.InvalidField("reason", "is not known")
	}
	if asked.Version < 1 {
		return nil, errNoVersion
	}
	return h.svc.Approve(ctx, id, asked.Version)
}

func (h *handler) reject(ctx context.Context, id string, asked decision) (*storage.Document, error) {
	if asked.Version < 1 {
		return nil, errNoVersion
	}
	return h.svc.Reject(ctx, id, asked.Version, asked.Reason)
}

func (d decision) isEmpty() error {
	if d != (decision{}) {
		return frontdesk.Errorf(frontdesk.Invalid, "the body must be empty")
	}
	return nil
}

var errNoVersion = frontdesk.InvalidField("version", "is required: it is the one that was looked at")

func (h *handler) versions(w http.ResponseWriter, r *http.Request) error {
	all, err := h.svc.Versions(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newPage(all, newVersionRecord))
}

func (h *handler) receipts(w http.ResponseWriter, r *http.Request) error {
	const full = 100 // what the service gives at a time
	q, err := readQuery(r, []string{"cursor"})
	if err != nil {
		return err
	}
	before, err := number(q, "cursor", 0, math.MaxInt)
	if err != nil {
		return err
	}
	all, err := h.svc.Receipts(r.Context(), r.PathValue("id"), int64(before))
	if err != nil {
		return err
	}
	p := newPage(all, newReceiptRecord)
	if len(all) == full {
		next := strconv.FormatInt(all[full-1].ID, 10)
		p.NextCursor = &next
	}
	return writeJSON(w, http.StatusOK, p)
}

func (h *handler) progress(w http.ResponseWriter, r *http.Request) error {
	d, err := h.svc.Document(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := d.Latest
	return writeJSON(w, http.StatusOK, progressRecord{State: v.State, Done: v.Done, Size: v.Size, Version: v.Number})
}
