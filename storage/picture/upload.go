package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/frontdesk-go/frontdesk/storage"
)

// Uploader takes documents in: a *storage.Service.
type Uploader interface {
	Upload(ctx context.Context, u storage.Upload) (*storage.Document, error)
}

// Upload squares the picture and stores it as a document of the client, which the client
// sees, whoever brings it. The host keeps the document's ID with the person. The same picture
// again is the same document. It fails as [Square] and the Uploader do.
func Upload(ctx context.Context, to Uploader, client string, r io.Reader, o *Options) (*storage.Document, error) {
	p, err := Square(r, o)
	if err != nil {
		return nil, err
	}
	o, sum := o.filled(), sha256.Sum256(p.Content)
	return to.Upload(ctx, storage.Upload{
		Client: client, Name: p.Name(), Title: o.Title, Folder: o.Folder,
		Content: bytes.NewReader(p.Content), Size: int64(len(p.Content)), ContentType: p.ContentType, SHA256: sum[:],
		Visibility: storage.Shared, Key: "picture/" + hex.EncodeToString(sum[:]),
	})
}
