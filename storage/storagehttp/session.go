package storagehttp

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// begun is what is said about an upload in parts.
type begun struct {
	Name        string `json:"name"`
	Size        *int64 `json:"size"`
	ContentType string `json:"content_type"`
	Title       string `json:"title"`
	Folder      string `json:"folder"`
	Client      string `json:"client"`
	Visibility  string `json:"visibility"`
	Key         string `json:"key"`
	SHA256      string `json:"sha256"`
	Document    string `json:"document"` // of which it is a new version
}

func (h *handler) beginSession(w http.ResponseWriter, r *http.Request) error {
	var asked begun
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	in, err := h.begin(r.Context(), asked)
	if err != nil {
		return err
	}
	w.Header().Set("Location", located(r, "/uploads/"+in.ID))
	return writeJSON(w, http.StatusCreated, newSessionRecord(in))
}

func (h *handler) begin(ctx context.Context, asked begun) (*storage.Session, error) {
	sum, err := checksum(asked.SHA256)
	if asked.Size == nil {
		err = errors.Join(err, frontdesk.InvalidField("size", "is required"))
	}
	if err != nil {
		return nil, err
	}
	if *asked.Size > h.MaxBody {
		return nil, tooLarge(h.MaxBody)
	}
	u := storage.Upload{
		Name: lastElement(asked.Name), Size: *asked.Size, ContentType: asked.ContentType, SHA256: sum, Title: asked.Title,
		Folder: asked.Folder, Client: asked.Client, Visibility: storage.Visibility(asked.Visibility), Key: asked.Key,
	}
	if asked.Document == "" {
		u.Client = ownClient(ctx, u.Client)
		return h.svc.Begin(ctx, u)
	}
	if err := asked.ofVersion(); err != nil {
		return nil, err
	}
	return h.svc.BeginVersion(ctx, asked.Document, u)
}

// ofVersion refuses what only a new document has.
func (b begun) ofVersion() error {
	if !plausible(b.Document) {
		return errUnknown
	}
	var errs []error
	for name, value := range map[string]string{
		"title": b.Title, "folder": b.Folder, "client": b.Client, "visibility": b.Visibility, "key": b.Key,
	} {
		if value != "" {
			errs = append(errs, frontdesk.InvalidField(name, "is the document's: a version has none"))
		}
	}
	return errors.Join(errs...)
}

func (h *handler) session(w http.ResponseWriter, r *http.Request) error {
	in, err := h.svc.Session(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeSession(w, in)
}

func writeSession(w http.ResponseWriter, in *storage.Session) error {
	if in.Done > 0 {
		w.Header().Set("Range", "bytes=0-"+strconv.FormatInt(in.Done-1, 10))
	}
	return writeJSON(w, http.StatusOK, newSessionRecord(in))
}

// put takes a part, or is asked how far the upload has come. When all of it is there, the
// document is made.
func (h *handler) put(w http.ResponseWriter, r *http.Request) error {
	in, err := h.takePart(w, r)
	if err != nil {
		return withSession(in, err)
	}
	if in.Done < in.Size {
		return writeSession(w, in)
	}
	d, err := h.svc.Finish(r.Context(), in.ID)
	if err != nil {
		return h.unfinished(r.Context(), in.ID, err)
	}
	return writeCreated(w, r, d)
}

func (h *handler) takePart(w http.ResponseWriter, r *http.Request) (*storage.Session, error) {
	part, err := parsePartRange(r.Header.Get("Content-Range"))
	if err != nil {
		return nil, err
	}
	in, err := h.svc.Session(r.Context(), r.PathValue("id"))
	switch {
	case err != nil:
		return nil, err
	case part.total != in.Size:
		return nil, frontdesk.InvalidField("content_range", "is of %d bytes, and the upload has %d", part.total, in.Size)
	case part.asks && r.ContentLength != 0:
		return nil, frontdesk.InvalidField("content_range", "asks, and there is a body")
	case part.asks:
		return in, nil
	case r.ContentLength >= 0 && r.ContentLength != part.length:
		return nil, frontdesk.InvalidField("content_range", "is %d bytes long, and the body %d", part.length, r.ContentLength)
	}
	over := frontdesk.InvalidField("content", "is longer than the content_range says")
	in, err = h.svc.Append(r.Context(), in.ID, part.first, h.body(w, r, part.length, over))
	if err == nil && in.Done < part.first+part.length {
		err = frontdesk.InvalidField("content", "is shorter than the content_range says")
	}
	return in, err
}

// unfinished adds how far it has come to an error of finishing, if it is still there.
func (h *handler) unfinished(ctx context.Context, id string, cause error) error {
	in, err := h.svc.Session(ctx, id)
	if err != nil {
		return cause
	}
	return withSession(in, cause)
}

// sessionError tells beside the error how far the upload has come.
type sessionError struct {
	error
	session sessionRecord
}

func (e *sessionError) Unwrap() error { return e.error }

func withSession(in *storage.Session, err error) error {
	if in == nil {
		return err
	}
	return &sessionError{err, newSessionRecord(in)}
}

func (h *handler) abandon(w http.ResponseWriter, r *http.Request) error {
	if err := h.svc.Abandon(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
