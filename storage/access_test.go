package storage_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestAccess(t *testing.T) {
	t.Run("a client sees what is shared with it and what it uploaded, and nothing else", func(t *testing.T) {
		w := newWorld(t)
		private, shared, own, foreign := text("1"), text("2"), text("3"), text("4")
		private.Title, shared.Title, own.Title, foreign.Title = "private", "shared", "own", "foreign"
		shared.Visibility, foreign.Visibility, foreign.Client = storage.Shared, storage.Shared, "evil"
		hidden := []*storage.Document{w.upload(w.admin, private), w.upload(w.admin, foreign)}
		seen := w.upload(w.admin, shared)
		mine := w.upload(w.acme, own)
		require.Equal(t, []string{"own", "shared"}, w.titles(w.acme, storage.Filter{}))
		require.Len(t, w.titles(w.admin, storage.Filter{}), 4)
		require.Equal(t, "2", w.content(w.acme, seen.ID, nil))
		require.Equal(t, "3", w.content(w.acme, mine.ID, nil))
		_, unknown := w.svc.Document(w.acme, "nothing")
		before := len(w.audited())
		for _, d := range hidden {
			_, err := w.svc.Document(w.acme, d.ID)
			require.EqualError(t, err, unknown.Error(), "hidden is like unknown")
			for _, err := range w.everything(w.acme, d.ID) {
				w.refused(err, frontdesk.NotFound)
			}
		}
		require.Len(t, w.audited(), before+2*12)
		for _, line := range w.audited()[before:] {
			require.Contains(t, line, " denied")
		}
		_, err := w.svc.Usage(w.acme, "evil")
		w.refused(err, frontdesk.PermissionDenied)
		for _, err := range w.svc.List(w.acme, storage.Filter{Client: "evil"}) {
			w.refused(err, frontdesk.PermissionDenied)
		}
	})
	t.Run("a client decides nothing, and changes what it uploaded until it is approved", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("1"))
		for _, call := range []func() (*storage.Document, error){
			func() (*storage.Document, error) { return w.svc.Approve(w.acme, d.ID, 1) },
			func() (*storage.Document, error) { return w.svc.Share(w.acme, d.ID) },
		} {
			_, err := call()
			w.refused(err, frontdesk.PermissionDenied)
		}
		d, err := w.svc.Rename(w.acme, d.ID, "better")
		require.NoError(t, err)
		require.Equal(t, "better", d.Title)
		_, err = w.svc.NewVersion(w.acme, d.ID, text("2"))
		require.NoError(t, err)
		_, err = w.svc.Approve(w.admin, d.ID, 1)
		w.refused(err, frontdesk.Aborted)
		_, err = w.svc.Approve(w.admin, d.ID, 2)
		require.NoError(t, err)
		w.refused(w.svc.Delete(w.acme, d.ID), frontdesk.FailedPrecondition)
		_, err = w.svc.Reject(w.admin, d.ID, 2, "The signature\nis missing")
		require.NoError(t, err)
		d, err = w.svc.NewVersion(w.acme, d.ID, text("3"))
		require.NoError(t, err)
		require.Equal(t, storage.StatusPending, d.Status, "a new version is a new decision")
		require.Empty(t, d.Reason)
		require.NoError(t, w.svc.Delete(w.acme, d.ID))
	})
	t.Run("who acts on behalf of a client reads, leaves no receipt in its name, and changes nothing", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("1"))
		behalf := frontdesk.Client("acme", frontdesk.Origin{})
		behalf.OnBehalfOf = "grace"
		ctx := as(t.Context(), behalf)
		require.Equal(t, "1", w.content(ctx, d.ID, nil))
		receipts, err := w.svc.Receipts(w.admin, d.ID, 0)
		require.NoError(t, err)
		require.Empty(t, receipts)
		require.Contains(t, w.audited(), "acme storage.Content ok")
		w.refused(w.svc.Delete(ctx, d.ID), frontdesk.PermissionDenied)
		_, err = w.svc.Upload(ctx, text("2"))
		w.refused(err, frontdesk.PermissionDenied)
	})
	t.Run("both sides see who got the content, once for each person and way", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("0123456789"))
		for _, offset := range []int64{0, 3, 6} {
			w.content(w.admin, d.ID, &storage.ContentOptions{For: storage.View, Range: storage.Range{Offset: offset}})
		}
		w.content(w.acme, d.ID, nil)
		_, err := w.svc.Content(w.acme, d.ID, &storage.ContentOptions{Range: storage.Range{Offset: 99}})
		w.refused(err, frontdesk.Invalid, "range")
		receipts, err := w.svc.Receipts(w.acme, d.ID, 0)
		require.NoError(t, err)
		require.Len(t, receipts, 2)
		require.Equal(t, storage.Download, receipts[0].Kind)
		require.Equal(t, storage.By{ID: "acme", Role: frontdesk.RoleClient}, receipts[0].By)
		require.Equal(t, storage.View, receipts[1].Kind)
		require.Equal(t, "grace", receipts[1].By.ID)
	})
	t.Run("experts, strangers and nobody get nothing", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("1"))
		_, err := w.svc.Document(as(t.Context(), frontdesk.Expert("eve", frontdesk.Origin{})), d.ID)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Upload(as(t.Context(), frontdesk.Expert("eve", frontdesk.Origin{})), text("2"))
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Document(t.Context(), d.ID)
		w.refused(err, frontdesk.Unauthenticated)
	})
	t.Run("a client learns nothing of the document store", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("1"))
		require.Zero(t, d.Latest.Transfer)
		w.drain()
		all, err := w.svc.Versions(w.acme, d.ID)
		require.NoError(t, err)
		require.Zero(t, all[0].Transfer)
		c, err := w.svc.Content(w.acme, d.ID, nil)
		require.NoError(t, err)
		require.NoError(t, c.Body.Close())
		require.Zero(t, c.Version.Transfer)
		require.Zero(t, c.Document.Latest.Transfer)
	})
}

// everything tries all that can be done with a document.
func (w *world) everything(ctx context.Context, id string) (errs []error) {
	add := func(_ any, err error) { errs = append(errs, err) }
	add(w.svc.Content(ctx, id, nil))
	add(w.svc.Versions(ctx, id))
	add(w.svc.Receipts(ctx, id, 0))
	add(w.svc.Rename(ctx, id, "a"))
	add(w.svc.Move(ctx, id, "a"))
	add(w.svc.Share(ctx, id))
	add(w.svc.Unshare(ctx, id))
	add(w.svc.Approve(ctx, id, 1))
	add(w.svc.Reject(ctx, id, 1, "no"))
	add(w.svc.NewVersion(ctx, id, text("x")))
	add(nil, w.svc.Delete(ctx, id))
	return errs
}
