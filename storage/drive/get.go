package drive

import (
	"context"
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

// Get implements [storage.DocumentStore]. A connection that breaks while the body is read
// is Unavailable.
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
	return body, o, err
}

// download opens a part of a file that is not empty.
func (s *Store) download(ctx context.Context, id string, offset, length, size int64) (io.ReadCloser, error) {
	part := length < size
	return s.open(ctx, "files.get media", length, func(ctx context.Context) (*http.Response, error) {
		get := s.api.Files.Get(id).SupportsAllDrives(true).Context(ctx)
		if part {
			get.Header().Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
		}
		answer, err := get.Download()
		if err == nil && part && answer.StatusCode != http.StatusPartialContent {
			_ = answer.Body.Close() // it is not the part that was asked for
			return nil, empty("files.get media")
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
	body, err := s.open(ctx, "files.export", -1, func(ctx context.Context) (*http.Response, error) {
		return s.api.Files.Export(f.Id, contentType).Context(ctx).Download()
	})
	if frontdesk.CodeOf(err) == frontdesk.Invalid {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the document cannot be exported so: %w", err)
	}
	return body, err
}

// open begins a download. The body of the answer is left for the caller.
func (s *Store) open(ctx context.Context, name string, length int64, send func(context.Context) (*http.Response, error)) (io.ReadCloser, error) {
	var answer *http.Response
	err := s.do(ctx, call{name: name, send: func(ctx context.Context) (err error) {
		answer, err = send(ctx) //nolint:bodyclose // the caller closes it
		return err
	}})
	if err != nil {
		return nil, err
	}
	return &download{answer.Body, call{name: name}, ctx, length}, nil
}

// download is a body whose errors are portable, and which does not end early unnoticed.
type download struct {
	io.ReadCloser
	call call
	ctx  context.Context
	left int64 // below zero: it is not known
}

// Read implements [io.Reader].
func (d *download) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	if d.left >= 0 {
		d.left -= int64(n)
	}
	switch {
	case err == io.EOF && d.left > 0:
		err = io.ErrUnexpectedEOF
	case err == nil || err == io.EOF:
		return n, err
	}
	return n, d.call.failure(d.ctx, err).Error
}
