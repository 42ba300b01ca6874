package storagehttp

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk/storage"
)

// upload makes a document of the body.
func (h *handler) upload(w http.ResponseWriter, r *http.Request) error {
	u, err := h.readUpload(w, r, "title", "folder", "client", "visibility", "key", "sha256")
	if err != nil {
		return err
	}
	u.Client = ownClient(r.Context(), u.Client)
	d, err := h.svc.Upload(r.Context(), u)
	if err != nil {
		return err
	}
	return writeCreated(w, r, d)
}

// uploadVersion makes a version of the body.
func (h *handler) uploadVersion(w http.ResponseWriter, r *http.Request) error {
	u, err := h.readUpload(w, r, "sha256")
	if err != nil {
		return err
	}
	d, err := h.svc.NewVersion(r.Context(), r.PathValue("id"), u)
	if err != nil {
		return err
	}
	return writeCreated(w, r, d)
}

func writeCreated(w http.ResponseWriter, r *http.Request, d *storage.Document) error {
	w.Header().Set("Location", located(r, "/documents/"+d.ID))
	return writeJSON(w, http.StatusCreated, newDocumentRecord(d))
}

// readUpload reads what comes before the content, which the Upload then reads from the
// connection.
func (h *handler) readUpload(w http.ResponseWriter, r *http.Request, fields ...string) (storage.Upload, error) {
	if r.ContentLength > h.MaxBody+maxFields {
		return storage.Upload{}, tooLarge(h.MaxBody)
	}
	if isForm(r) {
		return h.readForm(w, r, fields)
	}
	return h.readRaw(w, r, fields)
}

// readRaw takes the body as the content, and the query for what is said about it.
func (h *handler) readRaw(w http.ResponseWriter, r *http.Request, fields []string) (storage.Upload, error) {
	if r.ContentLength > h.MaxBody {
		return storage.Upload{}, tooLarge(h.MaxBody)
	}
	q, err := readQuery(r, append(fields, "name"))
	if err != nil {
		return storage.Upload{}, err
	}
	f := form{known: fields, said: map[string]string{}}
	for _, name := range fields {
		f.said[name] = q.Get(name)
	}
	u, err := f.upload()
	u.Name, u.ContentType = lastElement(q.Get("name")), r.Header.Get("Content-Type")
	if u.Name == "" {
		u.Name = fileName(r.Header.Get("Content-Disposition"))
	}
	u.Size, u.Content = max(r.ContentLength, 0), h.body(w, r, h.MaxBody, tooLarge(h.MaxBody))
	return u, err
}
