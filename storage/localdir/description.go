package localdir

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// description is what object.json says.
type description struct {
	ID          string            `json:"id"`
	Folder      string            `json:"folder,omitempty"`
	Name        string            `json:"name"`
	ContentType string            `json:"content_type"`
	Size        int64             `json:"size"`
	SHA256      []byte            `json:"sha256"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	CreatedAt   time.Time         `json:"created_at"`
}

// parseDescription reads what describe wrote. Anything else is Internal.
func parseDescription(text []byte) (*storage.Object, error) {
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "the description cannot be read: %w", err)
	}
	o := storage.PutOptions{Name: d.Name, ContentType: d.ContentType, SHA256: d.SHA256, Metadata: d.Metadata}
	if err := o.Validate(); err != nil {
		return nil, &frontdesk.Error{Code: frontdesk.Internal, Message: "the description is not valid", Err: err}
	}
	if !isID(d.ID) || (d.Folder != "" && !isID(d.Folder)) || d.Size < 0 || len(d.SHA256) != sha256.Size {
		return nil, frontdesk.Errorf(frontdesk.Internal, "the description is not valid")
	}
	created := d.CreatedAt.UTC()
	return &storage.Object{
		ID: d.ID, Folder: d.Folder, Name: d.Name, ContentType: d.ContentType, Size: d.Size, SHA256: d.SHA256,
		Metadata: d.Metadata, CreatedAt: created, ModifiedAt: created,
	}, nil
}

// describe is the text of object.json.
func describe(o *storage.Object) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(description{
		ID: o.ID, Folder: o.Folder, Name: o.Name, ContentType: o.ContentType, Size: o.Size, SHA256: o.SHA256,
		Metadata: o.Metadata, CreatedAt: o.CreatedAt,
	})
	return b.Bytes(), err
}
