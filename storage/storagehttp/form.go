package storagehttp

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// maxFields is how many bytes of a form may not be the file.
const maxFields = 64 << 10

const formType = "multipart/form-data"

func isForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == formType
}

// form is what a form says before the file.
type form struct {
	body  *body
	known []string
	said  map[string]string
}

// readForm reads up to the file. What comes after it is refused when the file is read to its
// end: by then, no document is made.
func (h *handler) readForm(w http.ResponseWriter, r *http.Request, fields []string) (storage.Upload, error) {
	if _, err := readQuery(r, nil); err != nil {
		return storage.Upload{}, err
	}
	b := h.body(w, r, maxFields, tooLong(maxFields))
	r.Body = b
	parts, err := r.MultipartReader()
	if err != nil {
		return storage.Upload{}, frontdesk.Errorf(frontdesk.Invalid, "the form cannot be read: %w", err)
	}
	f := form{body: b, known: fields, said: map[string]string{}}
	file, err := f.read(parts)
	if err != nil {
		return storage.Upload{}, err
	}
	b.limit += h.MaxBody
	u, err := f.upload()
	u.Name, u.ContentType = fileName(file.Header.Get("Content-Disposition")), file.Header.Get("Content-Type")
	u.Content = &formFile{body: b, part: file, parts: parts, left: h.MaxBody, limit: h.MaxBody}
	return u, err
}

// read returns the part that is the file.
func (f *form) read(parts *multipart.Reader) (*multipart.Part, error) {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, frontdesk.InvalidField("file", "is required")
		}
		if err != nil {
			return nil, f.body.broken(err)
		}
		name := part.FormName()
		if name == "file" {
			return part, nil
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, f.body.broken(err)
		}
		if err := f.set(name, string(value)); err != nil {
			return nil, err
		}
	}
}

func (f *form) set(name, value string) error {
	_, twice := f.said[name]
	switch {
	case !slices.Contains(f.known, name):
		return frontdesk.InvalidField(name, "is not known")
	case twice:
		return frontdesk.InvalidField(name, "is there twice")
	}
	f.said[name] = value
	return nil
}

func (f *form) upload() (storage.Upload, error) {
	sum, err := checksum(f.said["sha256"])
	return storage.Upload{
		Client: f.said["client"], Title: f.said["title"], Folder: f.said["folder"], Key: f.said["key"],
		Visibility: storage.Visibility(f.said["visibility"]), SHA256: sum,
	}, err
}

// broken is what the form failed with: the body's failure, or its own.
func (b *body) broken(err error) error {
	if b.failed != nil {
		return b.failed
	}
	return frontdesk.Errorf(frontdesk.Invalid, "the form is broken: %w", err)
}

// formFile is the file of a form. It ends only if nothing follows.
type formFile struct {
	body  *body
	part  *multipart.Part
	parts *multipart.Reader
	left  int64
	limit int64
}

func (f *formFile) Read(p []byte) (int, error) {
	n, err := f.part.Read(p)
	f.left -= int64(n)
	switch {
	case f.left < 0:
		return 0, tooLarge(f.limit)
	case errors.Is(err, io.EOF):
		return n, f.end()
	case err != nil:
		return n, f.body.broken(err)
	}
	return n, nil
}

// end reads what follows, which a part's header would keep in memory.
func (f *formFile) end() error {
	f.body.limit = min(f.body.limit, f.body.read+maxFields)
	part, err := f.parts.NextPart()
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return f.body.broken(err)
	case part.FormName() == "file":
		return frontdesk.InvalidField("file", "is there twice: it is one document at a time")
	}
	return frontdesk.InvalidField(part.FormName(), "must come before the file")
}
