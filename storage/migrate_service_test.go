package storage_test

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// removal is a world whose documents move to another store.
type removal struct {
	*world
	to   *storagetest.Store
	next *storage.Service
	path string
}

// second has another name than the first.
type second struct{ *storagetest.Store }

func (second) Name() string { return "second" }

func newRemoval(t *testing.T) *removal {
	w := &removal{world: newWorld(t), to: storagetest.NewStore(), path: filepath.Join(t.TempDir(), "manifest")}
	w.next = storage.New(second{w.to}, w.rows, w.options(func(o *storage.Options) { o.Former = []storage.DocumentStore{w.docs} }))
	return w
}

func (w *removal) migrate(change ...func(*storage.MigrateOptions)) *storage.MigrationReport {
	w.Helper()
	o := &storage.MigrateOptions{Manifest: w.path, Workers: 1}
	for _, c := range change {
		c(o)
	}
	r, err := w.next.Migrate(w.admin, w.docs, o)
	require.NoError(w, err)
	return r
}

// reads is what the new service reads.
func (w *removal) reads(id string) string {
	w.Helper()
	c, err := w.next.Content(w.ctx, id, nil)
	require.NoError(w, err)
	defer c.Body.Close()
	b, err := io.ReadAll(c.Body)
	require.NoError(w, err)
	return string(b)
}

func TestServiceMigrate(t *testing.T) {
	t.Run("documents move with their marks, are read all the while, and a sweep knows them", func(t *testing.T) {
		w := newRemoval(t)
		one, two := w.upload(w.ctx, text("one")), w.upload(w.ctx, text("two"))
		w.drain()
		waiting := w.upload(w.ctx, text("waiting"))
		require.Equal(t, "one", w.reads(one.ID))
		dry := w.migrate(func(o *storage.MigrateOptions) { o.DryRun = true })
		require.Equal(t, 2, dry.Ready)
		require.Empty(t, objectsOf(t, w.to))
		r := w.migrate(func(o *storage.MigrateOptions) {
			o.Progress = func(storage.MigrationProgress) {
				require.Equal(t, "one", w.reads(one.ID))
				require.Equal(t, "two", w.reads(two.ID))
			}
		})
		require.True(t, r.Complete())
		require.Equal(t, 2, r.Rewritten)
		for id, content := range map[string]string{one.ID: "one", two.ID: "two"} {
			v := w.latest(id)
			require.Equal(t, "second", v.Transfer.Store)
			require.Equal(t, content, w.reads(id))
			o, err := w.to.Stat(w.ctx, v.Transfer.ObjectID)
			require.NoError(t, err)
			require.Equal(t, id, o.Metadata["frontdesk_document"])
			require.Equal(t, "frontdesk", o.Metadata["frontdesk_namespace"])
			folder, err := w.rows.Folder(w.ctx, "second", "acme")
			require.NoError(t, err)
			require.Equal(t, folder, o.Folder)
		}
		require.Len(t, objectsOf(t, w.docs), 2, "originals stay")
		w.docs.Advance(48 * time.Hour)
		swept, err := w.next.Sweep(w.ctx, &storage.SweepOptions{Grace: time.Hour})
		require.NoError(t, err)
		require.Equal(t, 2, swept.Objects)
		require.Empty(t, swept.Orphans)
		require.Empty(t, swept.Missing)

		w.drain() // a service over the former store brings the rest there
		r = w.migrate(func(o *storage.MigrateOptions) { o.RemoveOriginals = true })
		require.Equal(t, 1, r.Rewritten)
		require.Equal(t, 3, r.Removed)
		require.Empty(t, objectsOf(t, w.docs))
		require.Equal(t, "waiting", w.reads(waiting.ID))
		report, err := storage.VerifyManifest(w.ctx, w.path, second{w.to})
		require.NoError(t, err)
		require.Equal(t, 3, report.Verified)
		require.Contains(t, w.audited(), "grace storage.Migrate.begin ok")
		require.Contains(t, w.audited(), "grace storage.Migrate ok")
	})
	t.Run("killed twice at whatever steps, rows and objects agree in the end", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for steps, finished := 0, false; !finished; steps++ {
				w := newRemoval(t)
				one, two := w.upload(w.ctx, text("one")), w.upload(w.ctx, text("two"))
				w.drain()
				finished = !w.live(steps)
				w.live(steps * 5 % 23)
				require.True(t, w.migrate(func(o *storage.MigrateOptions) { o.RemoveOriginals = true }).Complete())
				require.Equal(t, "one", w.reads(one.ID))
				require.Equal(t, "two", w.reads(two.ID))
				require.Len(t, objectsOf(t, w.to), 2, "step %d", steps)
				require.Empty(t, objectsOf(t, w.docs), "step %d", steps)
				report, err := storage.VerifyManifest(w.ctx, w.path, second{w.to})
				require.NoError(t, err)
				require.Empty(t, report.Failures, "step %d", steps)
			}
		})
	})
	t.Run("a document that is deleted meanwhile leaves no copy", func(t *testing.T) {
		w := newRemoval(t)
		d := w.upload(w.ctx, text("gone"))
		w.drain()
		w.next = storage.New(deletingMeanwhile{second{w.to}, func() { require.NoError(t, w.svc.Delete(w.ctx, d.ID)) }}, w.rows, w.options())
		r := w.migrate()
		require.Equal(t, 1, r.Dropped)
		require.True(t, r.Complete())
		require.Empty(t, objectsOf(t, w.to))
		w.drain()
		require.Empty(t, objectsOf(t, w.docs), "a service over the former store removes the original")
	})
	t.Run("it is for administrators and the system, and for two stores of different names", func(t *testing.T) {
		w := newRemoval(t)
		for _, a := range []frontdesk.Actor{frontdesk.Client("acme", frontdesk.Origin{}), {}} {
			_, err := w.next.Migrate(as(t.Context(), a), w.docs, &storage.MigrateOptions{Manifest: w.path})
			require.Error(t, err)
		}
		_, err := w.next.Migrate(w.acme, w.docs, nil)
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Migrate(w.admin, w.docs, &storage.MigrateOptions{Manifest: w.path})
		w.refused(err, frontdesk.Invalid, "from")
		_, err = w.next.Migrate(w.admin, nil, nil)
		w.refused(err, frontdesk.Invalid, "from")
		_, err = w.next.Migrate(w.admin, w.docs, nil)
		w.refused(err, frontdesk.Invalid, "manifest")
		require.NoFileExists(t, w.path)
	})
}

// deletingMeanwhile calls a function when a copy was stored.
type deletingMeanwhile struct {
	second
	stored func()
}

func (d deletingMeanwhile) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	object, err := d.second.Put(ctx, body, o)
	d.stored()
	return object, err
}

// doomedRows is a store of rows that the process reaches while it lives.
type doomedRows struct {
	storage.Store
	*doom
}

func (r doomedRows) MoveVersion(ctx context.Context, id int64, from, to storage.ObjectRef) error {
	_, err := doomed(r.doom, func() (any, error) { return nil, r.Store.MoveVersion(ctx, id, from, to) })
	return err
}

func (r doomedRows) VersionsIn(ctx context.Context, store string, state storage.State, after int64, limit int) ([]storage.Version, error) {
	return doomed(r.doom, func() ([]storage.Version, error) { return r.Store.VersionsIn(ctx, store, state, after, limit) })
}

func (r doomedRows) SetFolder(ctx context.Context, store, client, id string) error {
	_, err := doomed(r.doom, func() (any, error) { return nil, r.Store.SetFolder(ctx, store, client, id) })
	return err
}

// doomedSecond is the second store, which the process reaches while it lives.
type doomedSecond struct{ doomedStore }

func (doomedSecond) Name() string { return "second" }

// live migrates in a process that dies after so many steps, and reports whether it did.
func (w *removal) live(steps int) bool {
	w.Helper()
	d := &doom{steps: steps, path: w.path}
	mortal := storage.New(doomedSecond{doomedStore{w.to, d}}, doomedRows{w.rows, d}, w.options())
	_, _ = mortal.Migrate(w.ctx, doomedStore{w.docs, d}, &storage.MigrateOptions{Manifest: w.path, Workers: 1, RemoveOriginals: true})
	d.bury(w.T)
	return d.dead
}
