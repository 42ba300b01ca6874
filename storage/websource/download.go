package websource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxResumes is how often a download goes on without a byte in between.
const maxResumes = 3

var (
	errIdle = errors.New("the download stands still")
	errSlow = frontdesk.Errorf(frontdesk.DeadlineExceeded, "the download takes too long")
)

// download reads a content, in as many requests as it takes.
type download struct {
	source *Source
	url    *url.URL
	ctx    context.Context
	stop   context.CancelFunc // ends ctx
	size   int64              // below zero: not known
	tag    string             // of the content
	ranges bool               // it may go on in another request

	body   io.ReadCloser
	req    context.Context         // of the request
	cancel context.CancelCauseFunc // ends it
	idle   *time.Timer
	done   int64 // bytes
	vain   int   // requests that gave none
	err    error
}

// fetch makes a request whose body is the download's from now on.
func (d *download) fetch(header http.Header) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(d.ctx)
	resp, err := d.source.request(ctx, http.MethodGet, d.url, header)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	d.body, d.req, d.cancel = resp.Body, ctx, cancel
	d.idle = time.AfterFunc(d.source.options.IdleTimeout, func() { cancel(errIdle) })
	d.idle.Stop()
	return resp, nil
}

// end ends the request.
func (d *download) end() {
	defer d.body.Close()
	d.idle.Stop()
	d.cancel(nil)
}

// Read reads the content.
func (d *download) Read(p []byte) (int, error) {
	for d.err == nil {
		n, err := d.read(p)
		if d.done += int64(n); n > 0 {
			d.vain = 0
		}
		switch {
		case d.done > d.source.options.MaxSize:
			d.err = d.source.tooLarge()
			return 0, d.err
		case errors.Is(err, io.EOF):
			d.err = err
		case err != nil:
			d.err = d.resume(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, d.err
}

func (d *download) read(p []byte) (int, error) {
	d.idle.Reset(d.source.options.IdleTimeout)
	defer d.idle.Stop()
	n, err := d.body.Read(p)
	if err != nil && errors.Is(context.Cause(d.req), errIdle) {
		err = errIdle
	}
	return n, err
}

// resume goes on where the download broke off, if it is certain that the content is still the same.
func (d *download) resume(broken error) error {
	d.end()
	d.vain++
	switch {
	case d.ctx.Err() != nil:
		return context.Cause(d.ctx)
	case !d.ranges || d.vain > maxResumes || d.done == d.size:
		return failure(d.url, broken)
	}
	resp, err := d.fetch(http.Header{"Range": {fmt.Sprintf("bytes=%d-", d.done)}, "If-Range": {d.tag}}) //nolint:bodyclose // end does it
	if err != nil {
		return err
	}
	first, size := contentRange(resp.Header)
	if resp.StatusCode != http.StatusPartialContent || first != d.done || strongETag(resp.Header) != d.tag || d.size >= 0 && size != d.size {
		d.end()
		return frontdesk.Errorf(frontdesk.Aborted, "the content has changed while it was read")
	}
	return nil
}

// Close ends the download.
func (d *download) Close() error {
	d.end()
	d.stop()
	if d.err == nil {
		d.err = frontdesk.Errorf(frontdesk.FailedPrecondition, "the download is closed")
	}
	return nil
}
