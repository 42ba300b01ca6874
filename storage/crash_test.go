package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// life ends after so many steps: then nothing works any more, as after a crash.
type life struct {
	mu    sync.Mutex
	steps int
}

var errDead = errors.New("the process is dead")

// step is before and after everything that outlives the process.
func (l *life) step() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.steps--; l.steps < 0 {
		return errDead
	}
	return nil
}

// alive does something that may be carried out although the process dies.
func alive[T any](l *life, do func() (T, error)) (T, error) {
	var none T
	if err := l.step(); err != nil {
		return none, err
	}
	got, err := do()
	if dead := l.step(); dead != nil {
		return none, dead
	}
	return got, err
}

// mortalRows is a store that the process reaches while it lives.
type mortalRows struct {
	storage.Store
	life *life
}

func (m mortalRows) InTx(ctx context.Context, fn func(storage.Store) error) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Store.InTx(ctx, fn) })
	return err
}

func (m mortalRows) TakeVersion(ctx context.Context, id int64, store string, l storage.Lease) (*storage.Version, error) {
	return alive(m.life, func() (*storage.Version, error) { return m.Store.TakeVersion(ctx, id, store, l) })
}

func (m mortalRows) AdvanceVersion(ctx context.Context, id int64, p storage.Progress) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Store.AdvanceVersion(ctx, id, p) })
	return err
}

func (m mortalRows) SetFolder(ctx context.Context, store, client, id string) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Store.SetFolder(ctx, store, client, id) })
	return err
}

func (m mortalRows) DueVersions(ctx context.Context, store string, now time.Time, limit int) ([]int64, error) {
	return alive(m.life, func() ([]int64, error) { return m.Store.DueVersions(ctx, store, now, limit) })
}

// mortalSpool is a spool that the process reaches while it lives.
type mortalSpool struct {
	storage.Spool
	life *life
}

func (m mortalSpool) Put(ctx context.Context, name string, content io.Reader) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Spool.Put(ctx, name, content) })
	return err
}

func (m mortalSpool) Remove(ctx context.Context, name string) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Spool.Remove(ctx, name) })
	return err
}

// mortalDocs is a document store that the process reaches while it lives.
type mortalDocs struct {
	storage.DocumentStore
	life *life
}

func (m mortalDocs) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	return alive(m.life, func() (*storage.Object, error) { return m.DocumentStore.Put(ctx, body, o) })
}

func (m mortalDocs) Delete(ctx context.Context, id string) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.DocumentStore.Delete(ctx, id) })
	return err
}

func (m mortalDocs) EnsureFolder(ctx context.Context, key, name string) (string, error) {
	return alive(m.life, func() (string, error) { return m.DocumentStore.EnsureFolder(ctx, key, name) })
}

// mortal is a service that dies after so many steps, on a document store that gives ids or not.
func (w *world) mortal(steps int, identifies bool) (*storage.Service, *life) {
	l := &life{steps: steps}
	docs := storage.DocumentStore(mortalDocs{w.docs, l})
	if identifies {
		docs = identifying{docs, w.docs}
	}
	return storage.New(docs, mortalRows{w.rows, l}, w.options(func(o *storage.Options) { o.Spool = mortalSpool{w.spool, l} })), l
}

// agree checks that what is remembered and what is there are the same.
func (w *world) agree() {
	w.Helper()
	stored := map[string]string{}
	for d, err := range w.svc.List(w.ctx, storage.Filter{}) {
		require.NoError(w, err)
		all, err := w.svc.Versions(w.ctx, d.ID)
		require.NoError(w, err)
		for _, v := range all {
			require.Equal(w, storage.StateStored, v.State)
			stored[v.Transfer.ObjectID] = w.content(w.ctx, d.ID, &storage.ContentOptions{Version: v.Number})
		}
	}
	there := map[string]string{}
	for o, err := range w.docs.List(w.ctx, "") {
		require.NoError(w, err)
		body, _, err := w.docs.Get(w.ctx, o.ID, storage.Range{})
		require.NoError(w, err)
		b, err := io.ReadAll(body)
		require.NoError(w, err)
		require.NoError(w, body.Close())
		there[o.ID] = string(b)
	}
	require.Equal(w, there, stored)
	require.Zero(w, w.spooled())
	report, err := w.svc.Sweep(w.ctx, &storage.SweepOptions{Grace: time.Nanosecond})
	require.NoError(w, err)
	require.Empty(w, report.Orphans)
	require.Empty(w, report.Missing)
	require.Empty(w, report.Leftovers)
	for _, state := range []storage.State{storage.StateRemoving, storage.StateQueued} {
		left, err := w.rows.VersionsIn(w.ctx, "memory", state, 0, 100)
		require.NoError(w, err)
		require.Empty(w, left)
	}
}

func (w *world) sweep() *storage.SweepReport {
	w.Helper()
	w.docs.Advance(48 * time.Hour)
	report, err := w.svc.Sweep(w.ctx, &storage.SweepOptions{Delete: true, Grace: time.Hour})
	require.NoError(w, err)
	return report
}

func TestCrashes(t *testing.T) {
	for _, identifies := range []bool{true, false} {
		t.Run(fmt.Sprintf("whatever step a process dies at, rows and objects agree in the end (ids: %t)", identifies), func(t *testing.T) {
			for steps, finished := 0, false; !finished; steps++ {
				w := newWorldWith(t, func(s *storagetest.Store) storage.DocumentStore { return identifying{s, s} })
				kept := w.upload(w.ctx, text("kept"))
				w.drain()
				gone := w.upload(w.ctx, text("gone"))
				w.drain()
				mortal, l := w.mortal(steps, identifies)
				d, _ := mortal.Upload(w.ctx, text("Hello"))
				_ = mortal.Drain(w.ctx)
				_ = mortal.Delete(w.ctx, gone.ID)
				_ = mortal.Drain(w.ctx)
				finished = l.step() == nil
				w.later()
				w.later()
				report := w.sweep()
				if identifies {
					require.Empty(t, report.Orphans, "step %d", steps)
				}
				w.agree()
				require.Equal(t, "kept", w.content(w.ctx, kept.ID, nil))
				if d != nil {
					require.Equal(t, "Hello", w.content(w.ctx, d.ID, nil), "what was taken in is kept")
				}
				require.Less(t, steps, 100)
			}
		})
	}
}

// TestAgreement interleaves uploads, new versions, deletes, workers, crashes and faults at
// random.
func TestAgreement(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprintf("rows and objects agree after everything, seed %d", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t)
			good := w.svc
			var ids []string
			for range 40 {
				w.svc = good
				if r.IntN(3) == 0 {
					w.svc, _ = w.mortal(r.IntN(12), r.IntN(2) == 0)
				}
				ids = w.happen(r, ids)
			}
			w.svc = good
			for range 8 { // all faults come to pass
				w.later()
			}
			w.sweep()
			w.agree()
		})
	}
}

// happen does one thing, which may fail.
func (w *world) happen(r *rand.Rand, ids []string) []string {
	w.Helper()
	w.fault(r)
	some := func() string { return slices.Concat(ids, []string{""})[r.IntN(len(ids)+1)] }
	switch r.IntN(6) {
	case 0, 1:
		u := text(fmt.Sprint("content ", r.IntN(1000)))
		if r.IntN(4) == 0 {
			u.Key = fmt.Sprint("key ", r.IntN(3))
		}
		if d, err := w.svc.Upload(w.ctx, u); err == nil {
			ids = append(ids, d.ID)
		}
	case 2:
		_, _ = w.svc.NewVersion(w.ctx, some(), text(fmt.Sprint("newer ", r.IntN(1000))))
	case 3:
		_ = w.svc.Delete(w.ctx, some())
	default:
		w.docs.Advance(time.Duration(r.IntN(30)) * time.Minute)
		_ = w.svc.Drain(w.ctx)
	}
	return ids
}

func (w *world) fault(r *rand.Rand) {
	switch r.IntN(8) {
	case 0:
		w.docs.FailNext(errors.New("unknown"))
	case 1:
		w.docs.LoseNext()
	case 2:
		w.docs.CorruptNext()
	}
}
