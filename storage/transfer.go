package storage

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// transfer is an attempt: it keeps the lease alive, and what is known about the version
// written down.
type transfer struct {
	svc   *Service
	done  atomic.Int64
	moved atomic.Int64 // grows whenever anything moves
	ended State        // how it came to its end; empty: it did not

	mu    sync.Mutex // of what follows
	v     *Version   // also read without it, by the goroutine that works and alone writes it
	saved int64      // of done
	until time.Time  // the lease's end
}

func (s *Service) newTransfer(v *Version) *transfer {
	t := &transfer{svc: s, v: v, saved: v.Done, until: v.Transfer.LeaseUntil}
	t.done.Store(v.Done)
	return t
}

// progress is told by the document store.
func (t *transfer) progress(done int64) {
	t.done.Store(done)
	t.moved.Add(1)
}

// watch notices that the content is read.
func (t *transfer) watch(r io.Reader) io.Reader { return &watched{r, &t.moved} }

type watched struct {
	io.Reader
	moved *atomic.Int64
}

func (w *watched) Read(p []byte) (int, error) {
	w.moved.Add(1)
	return w.Reader.Read(p)
}

// watchAt notices that the content is read at any offset.
func (t *transfer) watchAt(r io.ReaderAt) io.ReaderAt { return &watchedAt{r, &t.moved} }

type watchedAt struct {
	io.ReaderAt
	moved *atomic.Int64
}

func (w *watchedAt) ReadAt(p []byte, offset int64) (int, error) {
	w.moved.Add(1)
	return w.ReaderAt.ReadAt(p, offset)
}

// keep changes what is known about the version.
func (t *transfer) keep(change func(*Version)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(t.v)
}

// save changes what is known about the version, writes it down, and lengthens the
// lease.
func (t *transfer) save(ctx context.Context, change func(*Version)) error {
	t.moved.Add(1)
	t.keep(change)
	return t.write(ctx)
}

func (t *transfer) write(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, done, k := t.svc.now().Add(leaseTime), t.done.Load(), &t.v.Transfer
	err := t.svc.store.AdvanceVersion(ctx, t.v.ID, Progress{
		Lease: k.Lease, Until: until, Done: done, ObjectID: k.ObjectID, Session: k.Session, ScannedAt: k.ScannedAt,
	})
	if err == nil {
		t.until, t.saved = until, done
	}
	return err
}

// beat writes progress down if there is any, or if the lease asks for it.
func (t *transfer) beat(ctx context.Context) error {
	t.mu.Lock()
	moved, left := t.done.Load() != t.saved, t.until.Sub(t.svc.now())
	t.mu.Unlock()
	if !moved && left > leaseTime*2/3 {
		return nil
	}
	err := t.write(ctx)
	if err == nil || notWaiting(err) == nil || left <= 0 {
		return err
	}
	return nil // the Store is away; the lease is ours until it ends
}

// run works under a lease that is kept alive, and stops the work when the lease is lost, when the
// version is to be removed, or when nothing moves any more.
func (t *transfer) run(ctx context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var beating sync.WaitGroup
	beating.Go(func() {
		if err := t.keepAlive(ctx); err != nil {
			cancel(err)
		}
	})
	err := work(ctx)
	cancel(nil)
	beating.Wait()
	if cause := context.Cause(ctx); err != nil && cause != nil && frontdesk.CodeOf(cause) != frontdesk.Canceled {
		return cause
	}
	return err
}

// keepAlive returns nil when ctx ends, and else why the work must stop.
func (t *transfer) keepAlive(ctx context.Context) error {
	ticker := time.NewTicker(beatTime)
	defer ticker.Stop()
	moved, since := t.moved.Load(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if now := t.moved.Load(); now != moved {
			moved, since = now, time.Now()
		}
		if time.Since(since) > stallTime {
			return frontdesk.Errorf(frontdesk.Unavailable, "nothing has moved for %s", stallTime)
		}
		if err := t.beat(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}
