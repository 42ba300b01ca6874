package storage_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestUpload(t *testing.T) {
	t.Run("a document can be read from the spool, and then from the document store", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, storage.Upload{Client: "acme", Name: "brief.pdf", Folder: "2026", Content: bytes.NewReader(pdf), Size: int64(len(pdf))})
		require.Equal(t, "brief.pdf", d.Title)
		require.Equal(t, storage.StatusPending, d.Status)
		require.Equal(t, storage.Private, d.Visibility)
		require.Equal(t, storage.StateQueued, d.Latest.State)
		require.Equal(t, "application/pdf", d.Latest.ContentType)
		sum := sha256.Sum256(pdf)
		require.Equal(t, sum[:], d.Latest.SHA256)
		require.Empty(t, w.objects())
		require.Equal(t, string(pdf), w.content(w.ctx, d.ID, nil))
		w.drain()
		w.state(d.ID, storage.StateStored)
		require.Equal(t, []string{string(pdf)}, w.objects())
		require.Zero(t, w.spooled())
		require.Equal(t, string(pdf), w.content(w.ctx, d.ID, nil))
		require.Equal(t, string(pdf[5:15]), w.content(w.ctx, d.ID, &storage.ContentOptions{Range: storage.Range{Offset: 5, Length: 10}}))
		require.Equal(t, w.latest(d.ID).Size, w.latest(d.ID).Done)
	})
	t.Run("the same key is the same document, once in the store and once in the spool", func(t *testing.T) {
		w := newWorld(t)
		u := text("Hello")
		u.Key = "k"
		first := w.upload(w.ctx, u)
		u.Content = strings.NewReader("Hello")
		require.Equal(t, first.ID, w.upload(w.ctx, u).ID)
		require.Equal(t, 1, w.spooled())
		w.drain()
		u.Content = strings.NewReader("Hello")
		require.Equal(t, first.ID, w.upload(w.ctx, u).ID)
		require.Zero(t, w.spooled())
		u.Content = strings.NewReader("Other")
		_, err := w.svc.Upload(w.ctx, u)
		w.refused(err, frontdesk.AlreadyExists)
		u.Content = strings.NewReader("Hello")
		require.NotEqual(t, first.ID, w.upload(w.acme, u).ID, "a client does not meet a key of staff")
	})
	t.Run("what is wrong is named, and leaves nothing", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) { o.MaxSize = 8000 })
		for name, c := range map[string]struct {
			upload storage.Upload
			fields []string
		}{
			"no client":                 {storage.Upload{Name: "a.txt", Content: strings.NewReader("a")}, []string{"client"}},
			"nothing":                   {storage.Upload{}, []string{"client", "name", "content"}},
			"an extension of a program": {storage.Upload{Client: "a", Name: "a.exe", Content: strings.NewReader("MZ")}, []string{"name"}},
			"another declared type":     {storage.Upload{Client: "a", Name: "a.pdf", ContentType: "image/png", Content: bytes.NewReader(pdf)}, []string{"content_type"}},
			"another content":           {storage.Upload{Client: "a", Name: "a.png", Content: bytes.NewReader(pdf)}, []string{"content"}},
			"a page that says text":     {storage.Upload{Client: "a", Name: "a.txt", Content: strings.NewReader("<html><script>")}, []string{"content"}},
			"too long, and says so":     {storage.Upload{Client: "a", Name: "a.txt", Size: 8001, Content: strings.NewReader("a")}, []string{"content"}},
			"too long, and does not":    {storage.Upload{Client: "a", Name: "a.txt", Content: strings.NewReader(strings.Repeat("a", 8001))}, []string{"content"}},
			"shorter than it says":      {storage.Upload{Client: "a", Name: "a.pdf", Size: int64(len(pdf)) + 1, Content: bytes.NewReader(pdf)}, []string{"size"}},
			"longer than it says":       {storage.Upload{Client: "a", Name: "a.pdf", Size: int64(len(pdf)) - 1, Content: bytes.NewReader(pdf)}, []string{"size"}},
			"a visibility of its own":   {storage.Upload{Client: "a", Name: "a.txt", Visibility: "world", Content: strings.NewReader("a")}, []string{"visibility"}},
		} {
			_, err := w.svc.Upload(w.ctx, c.upload)
			require.Error(t, err, name)
			w.refused(err, frontdesk.Invalid, c.fields...)
		}
		require.Zero(t, w.spooled())
		require.Empty(t, w.titles(w.ctx, storage.Filter{}))
	})
	t.Run("a content that breaks off, or is not that of the checksum, leaves nothing", func(t *testing.T) {
		w := newWorld(t)
		u := text("")
		u.Content = io.MultiReader(strings.NewReader(strings.Repeat("a", 10_000)), iotest.ErrReader(errors.New("gone")))
		_, err := w.svc.Upload(w.ctx, u)
		w.refused(err, frontdesk.Unavailable)
		u = text("Hello")
		u.SHA256 = make([]byte, 32)
		_, err = w.svc.Upload(w.ctx, u)
		w.refused(err, frontdesk.Aborted)
		require.Zero(t, w.spooled())
	})
	t.Run("an empty text is a document", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.ctx, text(""))
		require.Empty(t, w.content(w.ctx, d.ID, nil))
		w.drain()
		w.state(d.ID, storage.StateStored)
		require.Empty(t, w.content(w.ctx, d.ID, nil))
	})
	t.Run("a client has its quota, and what is deleted makes room", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) {
			o.Quota = func(context.Context, string) (int64, error) { return 10, nil }
		})
		d := w.upload(w.acme, text("123456"))
		_, err := w.svc.Upload(w.acme, text("12345"))
		w.refused(err, frontdesk.QuotaExceeded)
		require.Equal(t, 1, w.spooled(), "the refused one leaves no bytes")
		w.upload(w.acme, text("1234"))
		u, err := w.svc.Usage(w.acme, "acme")
		require.NoError(t, err)
		require.Equal(t, storage.Usage{Documents: 2, Bytes: 10, Quota: 10}, u)
		require.NoError(t, w.svc.Delete(w.acme, d.ID))
		w.upload(w.acme, text("12345"))
	})
}
