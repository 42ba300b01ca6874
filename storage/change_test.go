package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestChanges(t *testing.T) {
	t.Run("staff shares a document, and takes it back", func(t *testing.T) {
		w := newWorld(t)
		id := w.upload(w.admin, text("1")).ID
		_, err := w.svc.Document(w.acme, id)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Share(w.admin, id)
		require.NoError(t, err)
		_, err = w.svc.Document(w.acme, id)
		require.NoError(t, err)
		_, err = w.svc.Rename(w.acme, id, "mine")
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Unshare(w.admin, id)
		require.NoError(t, err)
		_, err = w.svc.Document(w.acme, id)
		w.refused(err, frontdesk.NotFound)
		require.Equal(t, []string{
			"grace storage.Upload ok", "acme storage.Document denied", "grace storage.Share ok", "acme storage.Rename denied",
			"grace storage.Unshare ok", "acme storage.Document denied",
		}, w.audited())
	})
	t.Run("a document moves to another folder", func(t *testing.T) {
		w := newWorld(t)
		id := w.upload(w.acme, text("1")).ID
		_, err := w.svc.Move(w.acme, id, "2026/contracts")
		require.NoError(t, err)
		require.Len(t, w.titles(w.acme, storage.Filter{Folders: []string{"2026/contracts"}}), 1)
		require.Empty(t, w.titles(w.acme, storage.Filter{Folders: []string{""}}))
	})
	t.Run("a decision is read by the client, with its reason", func(t *testing.T) {
		w := newWorld(t)
		id := w.upload(w.acme, text("1")).ID
		_, err := w.svc.Reject(w.admin, id, 1, "The signature is missing")
		require.NoError(t, err)
		d, err := w.svc.Document(w.acme, id)
		require.NoError(t, err)
		require.Equal(t, storage.StatusRejected, d.Status)
		require.Equal(t, "The signature is missing", d.Reason)
		require.Equal(t, "grace", d.DecidedBy.ID)
	})
	t.Run("what is wrong is named", func(t *testing.T) {
		w, long := newWorld(t), strings.Repeat("a", 3000)
		id := w.upload(w.admin, text("1")).ID
		call := func(_ any, err error) error { return err }
		for field, errs := range map[string][]error{
			"title":  {call(w.svc.Rename(w.admin, id, "")), call(w.svc.Rename(w.admin, id, long)), call(w.svc.Rename(w.admin, id, "a\nb"))},
			"folder": {call(w.svc.Move(w.admin, id, long)), call(w.svc.Move(w.admin, id, "\xff"))},
			"reason": {call(w.svc.Reject(w.admin, id, 1, "")), call(w.svc.Reject(w.admin, id, 1, long)), call(w.svc.Reject(w.admin, id, 1, "\x00"))},
			"for":    {call(w.svc.Content(w.admin, id, &storage.ContentOptions{For: "fun"}))},
			"client": {call(w.svc.Upload(w.admin, storage.Upload{Client: long, Name: "a.txt", Content: strings.NewReader("")}))},
			"key":    {call(w.svc.Upload(w.admin, storage.Upload{Client: "a", Key: long, Name: "a.txt", Content: strings.NewReader("")}))},
		} {
			for _, err := range errs {
				w.refused(err, frontdesk.Invalid, field)
			}
		}
	})
}

func TestList(t *testing.T) {
	t.Run("all pages come, newest first, until the limit or until the caller has enough", func(t *testing.T) {
		w := newWorld(t)
		for n := range 205 {
			d := storage.Document{ID: fmt.Sprintf("d%03d", n), Client: "acme", Title: fmt.Sprint(n), Visibility: storage.Shared}
			_, _, err := w.rows.AddDocument(w.ctx, d, storage.Version{State: storage.StateStored}, 0)
			require.NoError(t, err)
		}
		all := w.titles(w.acme, storage.Filter{})
		require.Len(t, all, 205)
		require.Equal(t, "204", all[0])
		require.Equal(t, all[:150], w.titles(w.acme, storage.Filter{Limit: 150}))
		require.Equal(t, all[3:6], w.titles(w.acme, storage.Filter{Before: "d202", Limit: 3}))
		for d, err := range w.svc.List(w.acme, storage.Filter{}) {
			require.NoError(t, err)
			require.Equal(t, "204", d.Title)
			break
		}
		for _, err := range w.svc.List(w.acme, storage.Filter{Limit: -1}) {
			w.refused(err, frontdesk.Invalid, "limit")
		}
	})
}

func TestIn(t *testing.T) {
	t.Run("an upload falls with the host's transaction, and leaves only bytes to be swept", func(t *testing.T) {
		w, back := newWorld(t), errors.New("the host changes its mind")
		err := w.rows.InTx(w.ctx, func(tx storage.Store) error {
			_, err := w.svc.In(tx).Upload(w.ctx, text("Hello"))
			require.NoError(t, err)
			return back
		})
		require.ErrorIs(t, err, back)
		require.Empty(t, w.titles(w.ctx, storage.Filter{}))
		require.Equal(t, 1, w.spooled())
		require.Len(t, w.sweep().Leftovers, 1)
		w.agree()
	})
}

func TestLostSpool(t *testing.T) {
	t.Run("a version whose bytes are lost dies, and the sweep reports it", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) { o.MaxAttempts = 2 })
		d := w.upload(w.ctx, text("Hello"))
		require.NoError(t, w.spool.Remove(w.ctx, w.latest(d.ID).Transfer.Spool))
		_, err := w.svc.Content(w.ctx, d.ID, nil)
		w.refused(err, frontdesk.Unavailable)
		w.drain()
		w.state(d.ID, storage.StateQueued)
		w.later()
		w.state(d.ID, storage.StateDead)
		report, err := w.svc.Sweep(w.ctx, nil)
		require.NoError(t, err)
		require.Len(t, report.Dead, 1)
		require.Contains(t, report.Dead[0].Transfer.LastError, "not in the spool")
	})
}
