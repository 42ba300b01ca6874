package storage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestSweep(t *testing.T) {
	// broken has one document stored, one whose object is gone, an orphan, bytes that nobody
	// needs, and an object of somebody else.
	broken := func(t *testing.T) (w *world, lost string) {
		w = newWorld(t)
		w.upload(w.ctx, text("kept"))
		lost = w.upload(w.ctx, text("lost")).ID
		w.drain()
		require.NoError(t, w.docs.Delete(w.ctx, w.latest(lost).Transfer.ObjectID))
		for namespace, content := range map[string]string{"frontdesk": "orphan", "other": "foreign"} {
			_, err := w.docs.Put(w.ctx, strings.NewReader(content), storage.PutOptions{
				Name: "a.txt", ContentType: "text/plain", Size: -1,
				Metadata: map[string]string{"frontdesk_namespace": namespace, "frontdesk_document": "x", "frontdesk_version": "1"},
			})
			require.NoError(t, err)
		}
		require.NoError(t, w.spool.Put(w.ctx, "nobodys", strings.NewReader("bytes")))
		return w, lost
	}
	t.Run("what is young may be on its way", func(t *testing.T) {
		w, _ := broken(t)
		r, err := w.svc.Sweep(w.ctx, &storage.SweepOptions{Delete: true})
		require.NoError(t, err)
		require.Empty(t, r.Orphans)
		require.Empty(t, r.Leftovers)
		require.Len(t, r.Missing, 1)
		require.Zero(t, r.Deleted)
	})
	t.Run("it reports, and deletes only when it is asked to, and only what is ours", func(t *testing.T) {
		w, lost := broken(t)
		w.docs.Advance(25 * time.Hour)
		for _, remove := range []bool{false, true} {
			r, err := w.svc.Sweep(w.admin, &storage.SweepOptions{Delete: remove})
			require.NoError(t, err)
			require.Equal(t, 2, r.Objects)
			require.Equal(t, 2, r.Versions)
			require.Len(t, r.Orphans, 1)
			require.Len(t, r.Leftovers, 1)
			require.Len(t, r.Missing, 1)
			require.Equal(t, lost, r.Missing[0].Document)
		}
		require.ElementsMatch(t, []string{"kept", "foreign"}, w.objects())
		require.Zero(t, w.spooled())
		r, err := w.svc.Sweep(w.admin, nil)
		require.NoError(t, err)
		require.Empty(t, r.Orphans)
		require.Empty(t, r.Leftovers)
	})
	t.Run("what waits for a worker is no leftover, however old", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text("Hello"))
		w.docs.Advance(100 * time.Hour)
		r, err := w.svc.Sweep(w.ctx, &storage.SweepOptions{Delete: true})
		require.NoError(t, err)
		require.Empty(t, r.Leftovers)
		w.drain()
		w.state(d.ID, storage.StateStored)
	})
	t.Run("it is not for clients", func(t *testing.T) {
		w := newWorld(t)
		_, err := w.svc.Sweep(w.acme, nil)
		w.refused(err, frontdesk.PermissionDenied)
	})
}
