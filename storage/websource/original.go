package websource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const maxETag = 200

// Stat asks for the head of the answer. Servers that do not give it, as those that sign one method
// only, are asked for the first byte.
func (s *Source) Stat(ctx context.Context, i storage.MigrationItem) (*storage.Original, error) {
	u, err := s.locate(i)
	if err != nil {
		return nil, err
	}
	resp, err := s.request(ctx, http.MethodHead, u, nil) //nolint:bodyclose // it is closed below, whichever it is
	if code := frontdesk.CodeOf(err); code == frontdesk.PermissionDenied || code == frontdesk.FailedPrecondition {
		resp, err = s.request(ctx, http.MethodGet, u, http.Header{"Range": {"bytes=0-0"}}) //nolint:bodyclose // as above
	}
	if frontdesk.CodeOf(err) == frontdesk.Aborted { // an empty content has no first byte
		resp, err = s.request(ctx, http.MethodGet, u, nil)
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return s.original(u, resp)
}

// original is what an answer says about the content.
func (s *Source) original(u *url.URL, resp *http.Response) (*storage.Original, error) {
	o := &storage.Original{
		Name: nameOf(u), ContentType: "application/octet-stream", Size: resp.ContentLength, Version: strongETag(resp.Header),
	}
	if media := resp.Header.Get("Content-Type"); validMedia(media) {
		o.ContentType = media
	}
	if resp.StatusCode == http.StatusPartialContent {
		_, o.Size = contentRange(resp.Header)
	}
	if o.Size > s.options.MaxSize {
		return nil, s.tooLarge()
	}
	return o, nil
}

func (s *Source) tooLarge() error {
	return frontdesk.Errorf(frontdesk.FailedPrecondition, "the content has more than %d bytes", s.options.MaxSize)
}

func validMedia(media string) bool {
	_, _, err := mime.ParseMediaType(media)
	return err == nil && len(media) <= storage.MaxContentType
}

// strongETag is one that is the same only for the same bytes.
func strongETag(h http.Header) string {
	tag := h.Get("ETag")
	if len(tag) < 2 || len(tag) > maxETag || tag[0] != '"' {
		return ""
	}
	return tag
}

// contentRange is where a part begins, and how large the whole is; below zero: not known.
func contentRange(h http.Header) (first, size int64) {
	var last int64
	var total string
	if _, err := fmt.Sscanf(h.Get("Content-Range"), "bytes %d-%d/%s", &first, &last, &total); err != nil {
		return -1, -1
	}
	size, err := strconv.ParseInt(total, 10, 64)
	if err != nil || first < 0 || last < first || last >= size {
		return first, -1
	}
	return first, size
}

// Open opens the content.
func (s *Source) Open(ctx context.Context, i storage.MigrationItem) (io.ReadCloser, *storage.Original, error) {
	u, err := s.locate(i)
	if err != nil {
		return nil, nil, err
	}
	d := &download{source: s, url: u}
	d.ctx, d.stop = context.WithTimeoutCause(ctx, s.options.Timeout, errSlow)
	resp, err := d.fetch(nil) //nolint:bodyclose,contextcheck // Close does it; d.ctx is made of ctx
	if err != nil {
		d.stop()
		return nil, nil, err
	}
	o, err := s.original(u, resp)
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	d.size, d.tag = o.Size, o.Version
	d.ranges = o.Version != "" && strings.EqualFold(resp.Header.Get("Accept-Ranges"), "bytes")
	return d, o, nil
}
