package drive

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Stat implements [storage.DocumentStore].
func (s *Store) Stat(ctx context.Context, id string) (*storage.Object, error) {
	f, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.object(f, id), nil
}

// Get implements [storage.DocumentStore]. When the connection breaks while the body is read, or
// stands still, the body goes on from the last byte over another. All of an object is compared
// with its checksum at its end: Aborted.
func (s *Store) Get(ctx context.Context, id string, r storage.Range) (io.ReadCloser, *storage.Object, error) {
	if err := r.Validate(); err != nil {
		return nil, nil, err
	}
	f, err := s.find(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	o := s.object(f, id)
	if o.Native != "" {
		return nil, nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: a native document must be exported")
	}
	offset, length, err := r.Within(o.Size)
	switch {
	case err != nil:
		return nil, nil, err
	case length == 0:
		return http.NoBody, o, nil
	}
	body, err := s.download(ctx, f.Id, offset, length, o.Size)
	if err != nil {
		return nil, nil, err
	}
	if length == o.Size && o.SHA256 != nil {
		body.sum, body.want = sha256.New(), o.SHA256
	}
	return body, o, nil
}

// download opens a part of a file that is not empty.
func (s *Store) download(ctx context.Context, id string, offset, length, size int64) (*download, error) {
	const name = "files.get media"
	end := offset + length
	return s.open(ctx, name, end-offset, func(ctx context.Context, done int64) (*http.Response, error) {
		get, part := s.api.Files.Get(id).SupportsAllDrives(true).Context(ctx), length-done < size
		if part {
			get.Header().Set("Range", fmt.Sprintf("bytes=%d-%d", offset+done, end-1))
		}
		answer, err := get.Download()
		if err == nil && part && answer.StatusCode != http.StatusPartialContent {
			_ = answer.Body.Close() // it is not the part that was asked for
			return nil, empty(name)
		}
		return answer, err
	})
}

// Export implements [storage.Exporter]. Drive exports at most 10 MB.
func (s *Store) Export(ctx context.Context, id, contentType string) (io.ReadCloser, error) {
	if !strings.Contains(contentType, "/") {
		return nil, frontdesk.InvalidField("content_type", "is not a media type")
	}
	f, err := s.find(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(f.MimeType, nativePrefix):
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: only native documents are exported")
	}
	body, err := s.open(ctx, "files.export", -1, func(ctx context.Context, _ int64) (*http.Response, error) {
		return s.api.Files.Export(f.Id, contentType).Context(ctx).Download()
	})
	switch {
	case frontdesk.CodeOf(err) == frontdesk.Invalid:
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the document cannot be exported so: %w", err)
	case err != nil:
		return nil, err
	}
	return body, nil
}
