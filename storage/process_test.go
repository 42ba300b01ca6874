package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func TestProcess(t *testing.T) {
	t.Run("a failure is tried again later, and leaves one object", func(t *testing.T) {
		for name, fail := range map[string]func(*storagetest.Store){
			"unavailable": func(s *storagetest.Store) { s.FailNext(frontdesk.Unavailable) },
			"lost answer": func(s *storagetest.Store) { s.LoseNext() },
			"corrupted":   func(s *storagetest.Store) { s.CorruptNext() },
			"no right":    func(s *storagetest.Store) { s.FailNext(frontdesk.PermissionDenied) },
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				d := w.upload(w.ctx, text("Hello"))
				fail(w.docs)
				w.drain()
				w.state(d.ID, storage.StateQueued)
				require.NotEmpty(t, w.latest(d.ID).Transfer.LastError)
				require.Equal(t, "Hello", w.content(w.ctx, d.ID, nil))
				w.later()
				w.state(d.ID, storage.StateStored)
				require.Equal(t, []string{"Hello"}, w.objects())
			})
		}
	})
	t.Run("a document store that asks for time gets it, and that costs no attempt", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("Hello"))
		w.docs.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: 5 * time.Hour})
		w.drain()
		require.Zero(t, w.latest(d.ID).Transfer.Attempts)
		w.later()
		w.state(d.ID, storage.StateQueued)
		w.docs.Advance(3 * time.Hour)
		w.drain()
		w.state(d.ID, storage.StateStored)
	})
	t.Run("a full document store pauses the client, and no other, until its time or until somebody has made room", func(t *testing.T) {
		w := newWorld(t)
		first, second := w.upload(w.ctx, text("1")), w.upload(w.ctx, text("2"))
		w.docs.FailNext(&frontdesk.Error{Code: frontdesk.QuotaExceeded, RetryAfter: 3 * time.Hour})
		w.drain()
		w.state(first.ID, storage.StateQueued)
		w.state(second.ID, storage.StateQueued)
		u, err := w.svc.Usage(w.admin, "acme")
		require.NoError(t, err)
		require.WithinDuration(t, w.docs.Now().Add(3*time.Hour), u.PausedUntil, time.Minute)
		other := text("3")
		other.Client = "globex"
		third := w.upload(w.ctx, other)
		w.drain()
		w.state(third.ID, storage.StateStored)
		w.refused(w.svc.Resume(w.acme, "acme"), frontdesk.PermissionDenied)
		require.NoError(t, w.svc.Resume(w.admin, "acme"))
		w.drain()
		w.state(first.ID, storage.StateStored)
		w.state(second.ID, storage.StateStored)
		require.Zero(t, w.latest(first.ID).Transfer.LastError)
		require.Equal(t, 1, w.latest(first.ID).Transfer.Attempts)
	})
	t.Run("a client that is paused can delete", func(t *testing.T) {
		w := newWorld(t)
		stored := w.upload(w.ctx, text("1"))
		w.drain()
		w.upload(w.ctx, text("2"))
		w.docs.FailNext(frontdesk.QuotaExceeded)
		w.drain()
		require.NoError(t, w.svc.Delete(w.ctx, stored.ID))
		w.drain()
		require.Empty(t, w.objects())
	})
	t.Run("after too many attempts a version is dead, its content can be read, and it can be retried", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) { o.MaxAttempts = 3 })
		d := w.upload(w.ctx, text("Hello"))
		for range 3 {
			w.state(d.ID, storage.StateQueued)
			w.docs.FailNext(frontdesk.Unavailable)
			w.later()
		}
		w.state(d.ID, storage.StateDead)
		require.Equal(t, []string{"note.txt"}, w.titles(w.admin, storage.Filter{States: []storage.State{storage.StateDead}}))
		require.Equal(t, "Hello", w.content(w.ctx, d.ID, nil))
		id := w.latest(d.ID).ID
		w.refused(w.svc.Retry(w.acme, id), frontdesk.PermissionDenied)
		require.NoError(t, w.svc.Retry(w.admin, id))
		w.later()
		w.state(d.ID, storage.StateStored)
		w.refused(w.svc.Retry(w.admin, id), frontdesk.FailedPrecondition)
	})
	t.Run("what cannot succeed is not tried again", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("Hello"))
		w.docs.FailNext(nil)
		w.docs.FailNext(frontdesk.InvalidField("name", "is not for this store"))
		w.drain()
		w.state(d.ID, storage.StateDead)
	})
	t.Run("a worker that is told to stop leaves the version to another", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("Hello"))
		ctx, cancel := context.WithCancel(w.ctx)
		w.svc = storage.New(stopping{w.docs, cancel}, w.rows, w.options())
		require.NoError(t, w.svc.Process(ctx, w.latest(d.ID).ID))
		require.Zero(t, w.latest(d.ID).Transfer.Attempts)
		w.svc = storage.New(w.docs, w.rows, w.options())
		w.drain()
		w.state(d.ID, storage.StateStored)
	})
	t.Run("a document store that panics ends an attempt, and not the worker", func(t *testing.T) {
		w := newWorldWith(t, func(s *storagetest.Store) storage.DocumentStore { return panicking{s} })
		d := w.upload(w.ctx, text("Hello"))
		w.drain()
		w.state(d.ID, storage.StateQueued)
		require.Contains(t, w.latest(d.ID).Transfer.LastError, "panic")
	})
	t.Run("a folder that is gone is made again", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.rows.SetFolder(w.ctx, "memory", "acme", "dir_999999"))
		d := w.upload(w.ctx, text("Hello"))
		w.drain()
		w.state(d.ID, storage.StateQueued)
		w.later()
		w.state(d.ID, storage.StateStored)
	})
	t.Run("many workers store each document once", func(t *testing.T) {
		w := newWorld(t)
		for range 20 {
			w.upload(w.ctx, text("Hello"))
		}
		errs := make(chan error, 4)
		for range cap(errs) {
			go func() { errs <- w.svc.Drain(w.ctx) }()
		}
		for range cap(errs) {
			require.NoError(t, <-errs)
		}
		require.Len(t, w.objects(), 20)
		require.Zero(t, w.spooled())
	})
}

// stopping stops the worker when it is asked to store something.
type stopping struct {
	storage.DocumentStore
	stop func()
}

func (s stopping) Put(ctx context.Context, _ io.Reader, _ storage.PutOptions) (*storage.Object, error) {
	s.stop()
	return nil, ctx.Err()
}

type panicking struct{ storage.DocumentStore }

func (panicking) Put(context.Context, io.Reader, storage.PutOptions) (*storage.Object, error) {
	panic("on purpose")
}

func TestDelete(t *testing.T) {
	t.Run("a deleted document is not found at once, and its objects and bytes are gone in the end", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("1"))
		w.drain()
		_, err := w.svc.NewVersion(w.ctx, d.ID, text("2"))
		require.NoError(t, err)
		require.NoError(t, w.svc.Delete(w.ctx, d.ID))
		_, err = w.svc.Content(w.ctx, d.ID, nil)
		w.refused(err, frontdesk.NotFound)
		w.refused(w.svc.Delete(w.ctx, d.ID), frontdesk.NotFound)
		w.docs.FailNext(frontdesk.Unavailable)
		w.drain()
		for range 30 {
			w.docs.FailNext(frontdesk.PermissionDenied)
			w.later()
		}
		w.later()
		require.Empty(t, w.objects(), "to remove is never given up")
		require.Zero(t, w.spooled())
		u, err := w.svc.Usage(w.ctx, "acme")
		require.NoError(t, err)
		require.Zero(t, u)
	})
	t.Run("a document that is deleted while it is stored leaves no object", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("1"))
		w.svc = storage.New(&deleting{Store: w.docs, delete: func() { require.NoError(t, w.svc.Delete(w.ctx, d.ID)) }}, w.rows, w.options())
		w.drain()
		require.Empty(t, w.objects())
		require.Zero(t, w.spooled())
	})
}

// deleting deletes the document when its object has been stored.
type deleting struct {
	*storagetest.Store
	delete func()
}

func (d *deleting) PutResumable(ctx context.Context, body io.ReaderAt, o storage.PutOptions, state []byte, save func(context.Context, []byte) error) (*storage.Object, error) {
	object, err := d.Store.PutResumable(ctx, body, o, state, save)
	d.delete()
	return object, err
}

func TestScan(t *testing.T) {
	var verdict storage.Verdict
	var fail error
	scanning := func(o *storage.Options) {
		o.MaxAttempts = 3
		o.Scan = func(_ context.Context, content io.Reader, _ storage.Version) (storage.Verdict, error) {
			_, err := io.ReadAll(content)
			return verdict, errors.Join(err, fail)
		}
	}
	t.Run("a document is held until the scanner answers", func(t *testing.T) {
		w := newWorld(t, scanning)
		d := w.upload(w.acme, text("Hello"))
		verdict, fail = "", errors.New("no connection")
		w.drain()
		w.state(d.ID, storage.StateHeld)
		_, err := w.svc.Content(w.admin, d.ID, nil)
		w.refused(err, frontdesk.FailedPrecondition)
		fail = nil
		w.later() // no answer is no verdict
		w.state(d.ID, storage.StateHeld)
		require.Empty(t, w.objects())
		verdict = storage.Clean
		w.later()
		w.state(d.ID, storage.StateStored)
		require.Equal(t, "Hello", w.content(w.acme, d.ID, nil))
	})
	t.Run("what is infected is never stored nor read, and the version before it still is", func(t *testing.T) {
		w := newWorld(t, scanning)
		verdict, fail = storage.Clean, nil
		d := w.upload(w.acme, text("Hello"))
		w.drain()
		verdict = storage.Infected
		_, err := w.svc.NewVersion(w.acme, d.ID, text("Virus"))
		require.NoError(t, err)
		require.Equal(t, "Hello", w.content(w.acme, d.ID, nil))
		w.drain()
		w.state(d.ID, storage.StateInfected)
		_, err = w.svc.Approve(w.admin, d.ID, 2)
		w.refused(err, frontdesk.FailedPrecondition)
		require.Equal(t, "Hello", w.content(w.acme, d.ID, nil))
		_, err = w.svc.Content(w.acme, d.ID, &storage.ContentOptions{Version: 2})
		w.refused(err, frontdesk.FailedPrecondition)
		_, err = w.svc.Content(w.acme, d.ID, &storage.ContentOptions{Version: 3})
		w.refused(err, frontdesk.NotFound)
		require.Equal(t, []string{"Hello"}, w.objects())
		require.Zero(t, w.spooled())
	})
	t.Run("what was not scanned cannot be read when it is dead, and is scanned when it is retried", func(t *testing.T) {
		w := newWorld(t, scanning)
		d := w.upload(w.acme, text("Hello"))
		fail = errors.New("no connection")
		for range 4 {
			w.later()
		}
		w.state(d.ID, storage.StateDead)
		_, err := w.svc.Content(w.admin, d.ID, nil)
		w.refused(err, frontdesk.FailedPrecondition)
		require.NoError(t, w.svc.Retry(w.admin, w.latest(d.ID).ID))
		w.state(d.ID, storage.StateHeld)
	})
}

// stall is how long nothing may move.
const stall = 3 * time.Minute

// stepping takes one byte at a time, and is then gone.
type stepping struct {
	*storagetest.Store
	states []string
}

func (s *stepping) PutResumable(ctx context.Context, body io.ReaderAt, o storage.PutOptions, state []byte, save func(context.Context, []byte) error) (*storage.Object, error) {
	s.states = append(s.states, string(state))
	done, _ := strconv.Atoi(string(state))
	if int64(done) == o.Size {
		return s.Put(ctx, io.NewSectionReader(body, 0, o.Size), o)
	}
	o.Progress(int64(done + 1))
	return nil, errors.Join(frontdesk.Unavailable, save(ctx, []byte(strconv.Itoa(done+1))))
}

// slow stores a part each minute, until it is told that nothing moves any more.
type slow struct {
	storage.DocumentStore
	parts int // 0: it does nothing for ever
	after func(part int)
}

func (s slow) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	for part := range s.parts {
		time.Sleep(time.Minute)
		o.Progress(int64(part + 1))
		time.Sleep(2 * time.Second)
		s.after(part + 1)
	}
	if s.parts == 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.DocumentStore.Put(ctx, body, o)
}

func TestLongUploads(t *testing.T) {
	t.Run("a long upload keeps its lease and tells how far it is", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			d := w.upload(w.ctx, text(strings.Repeat("a", 10)))
			w.svc = storage.New(slow{w.docs, 10, func(part int) {
				require.EqualValues(t, part, w.latest(d.ID).Done)
				n, err := w.svc.ProcessDue(w.ctx, 10)
				require.NoError(t, err)
				require.Zero(t, n, "nobody else takes it")
			}}, w.rows, w.options())
			w.drain()
			w.state(d.ID, storage.StateStored)
		})
	})
	t.Run("an upload that is quiet for a while keeps its lease", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			d := w.upload(w.ctx, text("Hello"))
			w.svc = storage.New(beforePut{w.docs, func() {
				time.Sleep(stall - time.Second)
				n, err := w.svc.ProcessDue(w.ctx, 10)
				require.NoError(t, err)
				require.Zero(t, n, "nobody else takes it")
			}}, w.rows, w.options())
			w.drain()
			w.state(d.ID, storage.StateStored)
		})
	})
	t.Run("an upload that gets further with each attempt does not die, and goes on where it was", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) { o.MaxAttempts = 2 })
		d := w.upload(w.ctx, text("0123456789"))
		docs := &stepping{Store: w.docs}
		w.svc = storage.New(docs, w.rows, w.options(func(o *storage.Options) { o.MaxAttempts = 2 }))
		for range 11 {
			w.later()
		}
		w.state(d.ID, storage.StateStored)
		require.Equal(t, []string{"", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, docs.states)
		require.Empty(t, w.latest(d.ID).Transfer.Session)
	})
	t.Run("an attempt in which nothing moves is cut off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorldWith(t, func(s *storagetest.Store) storage.DocumentStore { return slow{s, 0, nil} })
			d := w.upload(w.ctx, text("Hello"))
			require.NoError(t, w.svc.Process(w.ctx, w.latest(d.ID).ID))
			w.state(d.ID, storage.StateQueued)
			require.Contains(t, w.latest(d.ID).Transfer.LastError, "nothing has moved")
		})
	})
	t.Run("an upload whose document is deleted is cut off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorldWith(t, func(s *storagetest.Store) storage.DocumentStore { return slow{s, 0, nil} })
			d := w.upload(w.ctx, text("Hello"))
			done := make(chan error)
			go func() { done <- w.svc.Drain(w.ctx) }()
			synctest.Wait()
			require.NoError(t, w.svc.Delete(w.ctx, d.ID))
			require.NoError(t, <-done)
			require.Zero(t, w.spooled())
		})
	})
}

// losing commits, and then loses the answer of the next transaction.
type losing struct {
	storage.Store
	lose *bool
}

func (l losing) InTx(ctx context.Context, fn func(storage.Store) error) error {
	err := l.Store.InTx(ctx, fn)
	if *l.lose {
		*l.lose = false
		return frontdesk.Unavailable
	}
	return err
}

func TestLostAnswersOfTheStore(t *testing.T) {
	t.Run("the bytes of an upload that may be remembered are kept", func(t *testing.T) {
		w, lose := newWorld(t), true
		w.svc = storage.New(w.docs, losing{w.rows, &lose}, w.options())
		_, err := w.svc.Upload(w.ctx, text("Hello"))
		w.refused(err, frontdesk.Unavailable)
		w.drain()
		require.Equal(t, []string{"Hello"}, w.objects())
		w.agree()
	})
	t.Run("a version whose settling was lost is not stored twice", func(t *testing.T) {
		w, lose := newWorld(t), false
		w.svc = storage.New(w.docs, losing{w.rows, &lose}, w.options())
		w.upload(w.ctx, text("Hello"))
		lose = true
		require.Error(t, w.svc.Drain(w.ctx))
		w.later()
		w.sweep()
		w.agree()
	})
}

// TestLostLeases stops a worker for so long that another does its work.
func TestLostLeases(t *testing.T) {
	for _, identifies := range []bool{true, false} {
		t.Run(fmt.Sprintf("a worker that lost its lease leaves no second object (ids: %t)", identifies), func(t *testing.T) {
			w := newWorld(t)
			able := func(s storage.DocumentStore) storage.DocumentStore {
				if identifies {
					return identifying{s, w.docs}
				}
				return s
			}
			other := storage.New(able(bare{w.docs}), w.rows, w.options())
			w.svc = storage.New(able(beforePut{w.docs, func() {
				w.docs.Advance(time.Hour)
				require.NoError(t, other.Drain(w.ctx))
			}}), w.rows, w.options())
			d := w.upload(w.ctx, text("Hello"))
			w.drain()
			w.state(d.ID, storage.StateStored)
			require.Len(t, w.objects(), 1)
			w.agree()
		})
	}
	t.Run("a worker that lost its lease leaves no object of a document that is deleted meanwhile", func(t *testing.T) {
		w := newWorld(t)
		var id string
		other := storage.New(w.docs, w.rows, w.options())
		w.svc = storage.New(beforePut{w.docs, func() {
			require.NoError(t, other.Delete(w.ctx, id))
			w.docs.Advance(time.Hour)
			require.NoError(t, other.Drain(w.ctx))
		}}, w.rows, w.options())
		id = w.upload(w.ctx, text("Hello")).ID
		w.drain()
		require.Empty(t, w.objects())
	})
}

// bare is a document store with no ability but the methods of the interface.
type bare struct{ storage.DocumentStore }

// beforePut has something happen before a put.
type beforePut struct {
	storage.DocumentStore
	happen func()
}

func (b beforePut) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	b.happen()
	return b.DocumentStore.Put(ctx, body, o)
}

// renamed is a document store under another name.
type renamed struct {
	storage.DocumentStore
	name string
}

func (r renamed) Name() string { return r.name }

func TestFormerStores(t *testing.T) {
	t.Run("what is in a former document store is read from there", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("Hello"))
		w.drain()
		now := renamed{storagetest.NewStore(), "other"}
		w.svc = storage.New(now, w.rows, w.options())
		_, err := w.svc.Content(w.ctx, d.ID, nil)
		w.refused(err, frontdesk.FailedPrecondition)
		w.svc = storage.New(now, w.rows, w.options(func(o *storage.Options) { o.Former = []storage.DocumentStore{w.docs} }))
		require.Equal(t, "Hello", w.content(w.ctx, d.ID, nil))
	})
}
