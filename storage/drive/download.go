package drive

import (
	"bytes"
	"context"
	"errors"
	"hash"
	"io"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// download is a body whose errors are portable, which does not end early unnoticed, and which
// goes on after its connection has broken.
type download struct {
	store  *Store
	ctx    context.Context
	call   call
	send   func(ctx context.Context, done int64) (*http.Response, error)
	length int64 // below zero: it is not known, and there is no going on
	done   int64

	body   io.ReadCloser
	cancel context.CancelCauseFunc // of the connection
	timer  *time.Timer             // runs while something is awaited
	tries  int                     // since anything came

	sum  hash.Hash // nil: nothing to compare
	want []byte
}

// open begins a download, which the caller closes.
func (s *Store) open(ctx context.Context, name string, length int64,
	send func(ctx context.Context, done int64) (*http.Response, error),
) (*download, error) {
	d := &download{store: s, ctx: ctx, call: call{name: name}, send: send, length: length}
	if err := d.connect(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// connect asks for all that has not come yet.
func (d *download) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	asked := d.call
	asked.send = func(context.Context) error {
		answer, err := d.send(ctx, d.done) //nolint:bodyclose // Close closes it
		if err == nil {
			d.body = answer.Body
		}
		return err
	}
	if err := d.store.do(ctx, asked); err != nil {
		cancel(nil)
		return err
	}
	d.cancel = cancel
	d.timer = time.AfterFunc(stallTimeout, func() { cancel(errStalled) })
	d.timer.Stop()
	return nil
}

// Read implements [io.Reader].
func (d *download) Read(p []byte) (int, error) {
	for {
		n, err := d.receive(p)
		switch {
		case d.length >= 0 && d.done > d.length:
			return 0, frontdesk.Errorf(frontdesk.Internal, "drive: %s: the answer is longer than the object", d.call.name)
		case n > 0 || err == nil:
			return n, nil
		case errors.Is(err, io.EOF) && (d.length < 0 || d.done == d.length):
			return 0, d.compare()
		case errors.Is(err, io.EOF):
			err = io.ErrUnexpectedEOF
		}
		if err := d.again(d.call.failure(d.ctx, err)); err != nil {
			return 0, err
		}
	}
}

// receive reads what comes, unless nothing comes for too long.
func (d *download) receive(p []byte) (int, error) {
	if d.length >= 0 {
		p = p[:min(int64(len(p)), d.length-d.done+1)]
	}
	d.timer.Reset(stallTimeout)
	n, err := d.body.Read(p)
	if !d.timer.Stop() {
		err = errStalled
	}
	if n > 0 {
		d.done, d.tries = d.done+int64(n), 0
	}
	if d.sum != nil {
		d.sum.Write(p[:n])
	}
	return n, err
}

// again goes on over another connection, if that may help.
func (d *download) again(failed *failure) error {
	d.tries++
	if d.length < 0 || d.done >= d.length || !d.store.again(d.ctx, failed, d.tries) {
		return failed.Error
	}
	if err := d.Close(); err != nil {
		d.store.log.DebugContext(d.ctx, "drive: a broken download", "error", err)
	}
	return d.connect(d.ctx)
}

// compare ends a body, and says whether it was the object.
func (d *download) compare() error {
	if d.sum != nil && !bytes.Equal(d.sum.Sum(nil), d.want) {
		return frontdesk.Errorf(frontdesk.Aborted, "drive: the content changed on its way")
	}
	return io.EOF
}

// Close implements [io.Closer].
func (d *download) Close() error {
	d.timer.Stop()
	d.cancel(nil)
	return d.body.Close()
}
