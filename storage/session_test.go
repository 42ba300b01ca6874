package storage_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// part is the upload of a content in parts.
func inParts(content []byte) storage.Upload {
	return storage.Upload{Client: "acme", Name: "brief.pdf", Size: int64(len(content))}
}

func (w *world) begin(ctx context.Context, u storage.Upload) *storage.Session {
	w.Helper()
	in, err := w.svc.Begin(ctx, u)
	require.NoError(w, err)
	return in
}

func (w *world) append(ctx context.Context, id string, offset int, part []byte) *storage.Session {
	w.Helper()
	in, err := w.svc.Append(ctx, id, int64(offset), bytes.NewReader(part))
	require.NoError(w, err)
	require.EqualValues(w, offset+len(part), in.Done)
	return in
}

func (w *world) finish(ctx context.Context, id string) *storage.Document {
	w.Helper()
	d, err := w.svc.Finish(ctx, id)
	require.NoError(w, err)
	return d
}

// restart is the service after a crash: over the same rows and the same directory.
func (w *world) restart(change ...func(*storage.Options)) {
	w.Helper()
	w.spool = storage.NewSpool(w.dir)
	w.Cleanup(func() { require.NoError(w, w.spool.Close()) })
	w.svc = storage.New(w.docs, w.rows, w.options(change...))
}

// partials is how many uploads in parts there are.
func (w *world) partials() (n int) {
	w.Helper()
	for _, err := range w.spool.Partials(w.ctx, "") {
		require.NoError(w, err)
		n++
	}
	return n
}

func TestSession(t *testing.T) {
	t.Run("parts become a document, across a crash, and finishing it twice gives the same one", func(t *testing.T) {
		w := newWorld(t)
		u := inParts(pdf)
		sum := sha256.Sum256(pdf)
		u.SHA256, u.Title, u.Folder = sum[:], "Brief", "2026"
		in := w.begin(w.acme, u)
		require.Zero(t, in.Done)
		w.append(w.acme, in.ID, 0, pdf[:1000])
		w.restart()
		now, err := w.svc.Session(w.acme, in.ID)
		require.NoError(t, err)
		require.EqualValues(t, 1000, now.Done)
		require.Equal(t, in.CreatedAt, now.CreatedAt)
		_, err = w.svc.Finish(w.acme, in.ID)
		w.refused(err, frontdesk.FailedPrecondition)
		w.append(w.acme, in.ID, 1000, pdf[1000:])
		d := w.finish(w.acme, in.ID)
		require.Equal(t, "Brief", d.Title)
		require.Equal(t, "2026", d.Folder)
		require.Equal(t, "application/pdf", d.Latest.ContentType)
		require.Equal(t, sum[:], d.Latest.SHA256)
		require.Empty(t, d.Latest.Transfer, "clients are not told")
		w.restart()
		require.Equal(t, d.ID, w.finish(w.acme, in.ID).ID)
		require.Equal(t, string(pdf), w.content(w.acme, d.ID, nil))
		w.drain()
		require.Zero(t, w.spooled())
		require.Equal(t, []string{string(pdf)}, w.objects())
		require.Equal(t, d.ID, w.finish(w.acme, in.ID).ID)
		require.Len(t, w.titles(w.ctx, storage.Filter{}), 1)
		now, err = w.svc.Session(w.acme, in.ID)
		require.NoError(t, err)
		require.Equal(t, d.ID, now.Document)
		_, err = w.svc.Append(w.acme, in.ID, now.Done, strings.NewReader("more"))
		w.refused(err, frontdesk.FailedPrecondition)
	})
	t.Run("a part that breaks off is kept as far as it came", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		broken := io.MultiReader(bytes.NewReader(pdf[:700]), iotest.ErrReader(errors.New("gone")))
		now, err := w.svc.Append(w.acme, in.ID, 0, broken)
		w.refused(err, frontdesk.Unavailable)
		require.EqualValues(t, 700, now.Done)
		w.append(w.acme, in.ID, 700, pdf[700:])
		require.Equal(t, string(pdf), w.content(w.acme, w.finish(w.acme, in.ID).ID, nil))
	})
	t.Run("a wrong offset is told the right one, and one writer excludes another, in other processes too", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		w.append(w.acme, in.ID, 0, pdf[:100])
		for _, offset := range []int64{0, 99, 101, -1} {
			now, err := w.svc.Append(w.acme, in.ID, offset, strings.NewReader("x"))
			w.refused(err, frontdesk.Aborted)
			require.EqualValues(t, 100, now.Done)
		}
		first := w.svc
		body, sender := io.Pipe()
		done := make(chan error, 1)
		go func() {
			_, err := first.Append(w.acme, in.ID, 100, body)
			done <- err
		}()
		_, err := sender.Write(pdf[100:200]) // the first is at it
		require.NoError(t, err)
		for _, again := range []func(){func() {}, func() { w.restart() }} {
			again()
			now, err := w.svc.Append(w.acme, in.ID, 100, bytes.NewReader(pdf[100:]))
			w.refused(err, frontdesk.Aborted)
			require.EqualValues(t, 100, now.Done)
			w.refused(w.svc.Abandon(w.acme, in.ID), frontdesk.Aborted)
		}
		require.NoError(t, sender.Close())
		require.NoError(t, <-done)
		w.append(w.acme, in.ID, 200, pdf[200:])
		require.Equal(t, string(pdf), w.content(w.acme, w.finish(w.acme, in.ID).ID, nil))
	})
	t.Run("what a crash has left behind the last durable byte does not count", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		w.append(w.acme, in.ID, 0, pdf[:5000])
		file := filepath.Join(w.dir, "partials", in.ID, "content")
		require.NoError(t, os.WriteFile(file, append(bytes.Clone(pdf[:5000]), make([]byte, 1234)...), 0o600))
		w.restart()
		w.append(w.acme, in.ID, 5000, pdf[5000:])
		require.Equal(t, string(pdf), w.content(w.acme, w.finish(w.acme, in.ID).ID, nil))
	})
	t.Run("to everybody else it does not exist", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		viewing := frontdesk.Client("acme", frontdesk.Origin{})
		viewing.OnBehalfOf = "acme"
		colleague := frontdesk.Client("acme", frontdesk.Origin{})
		colleague.ID = "bob of acme"
		for _, a := range []frontdesk.Actor{
			frontdesk.Client("globex", frontdesk.Origin{}), frontdesk.Admin("grace", frontdesk.Origin{}),
			frontdesk.Admin("acme", frontdesk.Origin{}), frontdesk.System("test"), viewing, colleague,
		} {
			w.unknown(as(t.Context(), a), in.ID)
		}
		for _, id := range []string{"", "x", strings.ToUpper(in.ID), in.ID + "0", in.ID[:len(in.ID)-1], in.ID[:16] + "/../" + in.ID, "../x"} {
			w.unknown(w.acme, id)
		}
		_, err := w.svc.Session(t.Context(), in.ID)
		w.refused(err, frontdesk.Unauthenticated)
		require.NoError(t, w.svc.Abandon(w.acme, in.ID))
		require.Zero(t, w.partials())
		w.unknown(w.acme, in.ID)
	})
	t.Run("what is wrong is refused before a byte is taken", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) {
			o.MaxSize = 8000
			o.Quota = func(context.Context, string) (int64, error) { return 100, nil }
		})
		for name, c := range map[string]struct {
			change func(*storage.Upload)
			fields []string
		}{
			"the content":           {func(u *storage.Upload) { u.Content = strings.NewReader("") }, []string{"content"}},
			"a size below zero":     {func(u *storage.Upload) { u.Size = -1 }, []string{"size"}},
			"too long":              {func(u *storage.Upload) { u.Size = 8001 }, []string{"content"}},
			"an extension":          {func(u *storage.Upload) { u.Name = "a.exe" }, []string{"name"}},
			"another declared type": {func(u *storage.Upload) { u.ContentType = "image/png" }, []string{"content_type"}},
			"half a checksum":       {func(u *storage.Upload) { u.SHA256 = []byte("half") }, []string{"sha256"}},
			"a title of two lines":  {func(u *storage.Upload) { u.Title = "a\nb" }, []string{"title"}},
		} {
			u := inParts(nil)
			c.change(&u)
			_, err := w.svc.Begin(w.ctx, u)
			require.Error(t, err, name)
			w.refused(err, frontdesk.Invalid, c.fields...)
		}
		_, err := w.svc.Begin(w.acme, inParts(make([]byte, 101)))
		w.refused(err, frontdesk.QuotaExceeded)
		u := inParts(nil)
		u.Client = "globex"
		_, err = w.svc.Begin(w.acme, u)
		w.refused(err, frontdesk.PermissionDenied)
		require.Zero(t, w.partials())
	})
	t.Run("content that is another ends the session, as soon as it shows", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, storage.Upload{Client: "acme", Name: "a.png", Size: int64(len(pdf))})
		_, err := w.svc.Append(w.acme, in.ID, 0, bytes.NewReader(pdf[:4000]))
		w.refused(err, frontdesk.Invalid, "content")
		u := inParts(pdf)
		u.SHA256 = make([]byte, 32)
		in = w.begin(w.acme, u)
		w.append(w.acme, in.ID, 0, pdf)
		_, err = w.svc.Finish(w.acme, in.ID)
		w.refused(err, frontdesk.Aborted)
		require.Zero(t, w.partials())
		require.Zero(t, w.spooled())
	})
	t.Run("what is beyond the size is refused, and what is not is kept", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		now, err := w.svc.Append(w.acme, in.ID, 0, io.MultiReader(bytes.NewReader(pdf), strings.NewReader("x")))
		w.refused(err, frontdesk.Invalid, "content")
		require.EqualValues(t, len(pdf), now.Done)
		require.Equal(t, string(pdf), w.content(w.acme, w.finish(w.acme, in.ID).ID, nil))
	})
	t.Run("an empty content needs no part", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, storage.Upload{Client: "acme", Name: "a.txt"})
		require.Empty(t, w.content(w.acme, w.finish(w.acme, in.ID).ID, nil))
	})
	t.Run("the quota counts in the end, and whoever makes room can finish", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) {
			o.Quota = func(context.Context, string) (int64, error) { return int64(len(pdf)) + 10, nil }
		})
		in := w.begin(w.acme, inParts(pdf))
		w.append(w.acme, in.ID, 0, pdf)
		other := w.upload(w.acme, text("more than ten bytes"))
		_, err := w.svc.Finish(w.acme, in.ID)
		w.refused(err, frontdesk.QuotaExceeded)
		require.Equal(t, 1, w.spooled(), "the refused one leaves no bytes in the spool")
		require.NoError(t, w.svc.Delete(w.acme, other.ID))
		require.Equal(t, string(pdf), w.content(w.acme, w.finish(w.acme, in.ID).ID, nil))
	})
	t.Run("many that are finished at once have one quota", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) {
			o.Quota = func(context.Context, string) (int64, error) { return int64(len(pdf)), nil }
		})
		var ids [8]string
		for i := range ids {
			ids[i] = w.begin(w.acme, inParts(pdf)).ID
			w.append(w.acme, ids[i], 0, pdf)
		}
		var all sync.WaitGroup
		var made atomic.Int64
		for _, id := range ids {
			all.Go(func() {
				if _, err := w.svc.Finish(w.acme, id); err == nil {
					made.Add(1)
				} else if code := frontdesk.CodeOf(err); code != frontdesk.QuotaExceeded {
					t.Errorf("it fails with %v", err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, made.Load())
		require.Equal(t, 1, w.spooled())
	})
	t.Run("a person has so many, and finished ones do not count", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) { o.MaxSessions = 2 })
		first := w.begin(w.acme, storage.Upload{Client: "acme", Name: "a.txt"})
		w.begin(w.acme, inParts(pdf))
		_, err := w.svc.Begin(w.acme, inParts(pdf))
		w.refused(err, frontdesk.QuotaExceeded)
		require.Equal(t, 2, w.partials())
		w.begin(w.admin, inParts(pdf))
		w.finish(w.acme, first.ID)
		w.begin(w.acme, inParts(pdf))
	})
	t.Run("a spool without parts takes none", func(t *testing.T) {
		w := newWorld(t)
		w.svc = storage.New(w.docs, w.rows, w.options(func(o *storage.Options) { o.Spool = struct{ storage.Spool }{w.spool} }))
		_, err := w.svc.Begin(w.acme, inParts(pdf))
		w.refused(err, frontdesk.Unimplemented)
		_, err = w.svc.Session(w.acme, "x")
		w.refused(err, frontdesk.Unimplemented)
		_, err = w.svc.Sweep(w.ctx, nil)
		require.NoError(t, err)
	})
	t.Run("no name and no id is printed", func(t *testing.T) {
		in := &storage.Session{ID: "canary", Name: "canary", Document: "canary"}
		require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", in, *in, *in, in.LogValue()), "canary")
	})
}

// unknown checks that every operation says so.
func (w *world) unknown(ctx context.Context, id string) {
	w.Helper()
	_, err := w.svc.Session(ctx, id)
	w.refused(err, frontdesk.NotFound)
	in, err := w.svc.Append(ctx, id, 0, strings.NewReader("x"))
	w.refused(err, frontdesk.NotFound)
	require.Nil(w, in)
	_, err = w.svc.Finish(ctx, id)
	w.refused(err, frontdesk.NotFound)
	w.refused(w.svc.Abandon(ctx, id), frontdesk.NotFound)
}

func TestSessionOfAVersion(t *testing.T) {
	t.Run("parts become the next version, once", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("Hello"))
		_, err := w.svc.Approve(w.ctx, d.ID, 1)
		require.NoError(t, err)
		_, err = w.svc.BeginVersion(w.acme, d.ID, inParts(pdf))
		w.refused(err, frontdesk.FailedPrecondition)
		_, err = w.svc.BeginVersion(as(t.Context(), frontdesk.Client("globex", frontdesk.Origin{})), d.ID, inParts(pdf))
		w.refused(err, frontdesk.NotFound)
		in, err := w.svc.BeginVersion(w.admin, d.ID, inParts(pdf))
		require.NoError(t, err)
		w.append(w.admin, in.ID, 0, pdf)
		after := w.finish(w.admin, in.ID)
		require.Equal(t, d.ID, after.ID)
		require.Equal(t, 2, after.Latest.Number)
		require.Equal(t, storage.StatusPending, after.Status)
		require.Equal(t, 2, w.finish(w.admin, in.ID).Latest.Number)
		require.Equal(t, string(pdf), w.content(w.acme, d.ID, nil))
	})
	t.Run("a document that is deleted meanwhile gets none", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("Hello"))
		in, err := w.svc.BeginVersion(w.acme, d.ID, inParts(pdf))
		require.NoError(t, err)
		w.append(w.acme, in.ID, 0, pdf)
		require.NoError(t, w.svc.Delete(w.acme, d.ID))
		_, err = w.svc.Finish(w.acme, in.ID)
		w.refused(err, frontdesk.NotFound)
		require.NoError(t, w.svc.Abandon(w.acme, in.ID))
		w.drain()
		require.Zero(t, w.spooled())
	})
}

// mortalParts is a spool with partials that the process reaches while it lives.
type mortalParts struct {
	storage.Parts
	life *life
}

func (m mortalParts) HoldPartial(ctx context.Context, id string) (storage.HeldPartial, error) {
	h, err := m.Parts.HoldPartial(ctx, id)
	return mortalHeld{h, m.life}, err
}

type mortalHeld struct {
	storage.HeldPartial
	life *life
}

func (m mortalHeld) do(fn func() error) error {
	_, err := alive(m.life, func() (any, error) { return nil, fn() })
	return err
}

func (m mortalHeld) SetRecord(ctx context.Context, record []byte) error {
	return m.do(func() error { return m.HeldPartial.SetRecord(ctx, record) })
}

func (m mortalHeld) Place(ctx context.Context, name string) error {
	return m.do(func() error { return m.HeldPartial.Place(ctx, name) })
}

func (m mortalHeld) Clear(ctx context.Context) error {
	return m.do(func() error { return m.HeldPartial.Clear(ctx) })
}

func TestFinishCrashes(t *testing.T) {
	for _, version := range []bool{false, true} {
		t.Run(fmt.Sprintf("whatever step a process dies at, finishing again makes one document (a version: %t)", version), func(t *testing.T) {
			for steps, finished := 0, false; !finished; steps++ {
				w := newWorld(t)
				begin, want := w.svc.Begin, 1
				if version {
					d := w.upload(w.acme, text("Hello"))
					begin = func(ctx context.Context, u storage.Upload) (*storage.Session, error) {
						return w.svc.BeginVersion(ctx, d.ID, u)
					}
					want = 2
				}
				in, err := begin(w.acme, inParts(pdf))
				require.NoError(t, err)
				w.append(w.acme, in.ID, 0, pdf)
				l := &life{steps: steps}
				mortal := storage.New(w.docs, mortalRows{w.rows, l}, w.options(func(o *storage.Options) { o.Spool = mortalParts{w.spool, l} }))
				_, err = mortal.Finish(w.acme, in.ID)
				finished = err == nil
				w.drain() // what was added may be stored before it is finished again
				w.restart()
				d := w.finish(w.acme, in.ID)
				require.Equal(t, want, d.Latest.Number)
				require.Equal(t, string(pdf), w.content(w.acme, d.ID, nil))
				require.Len(t, w.titles(w.ctx, storage.Filter{}), 1)
				w.drain()
				w.sweep()
				require.Zero(t, w.partials())
				w.agree()
				require.Less(t, steps, 50)
			}
		})
	}
}

func TestSweepSessions(t *testing.T) {
	sweep := func(w *world, o *storage.SweepOptions) *storage.SweepReport {
		report, err := w.svc.Sweep(w.ctx, o)
		require.NoError(w, err)
		return report
	}
	t.Run("what nobody continued for its life is removed, and nothing younger", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) { o.SessionLife = 24 * time.Hour })
		in := w.begin(w.acme, inParts(pdf))
		w.append(w.acme, in.ID, 0, pdf[:100])
		w.docs.Advance(23 * time.Hour)
		require.Zero(t, sweep(w, &storage.SweepOptions{Grace: time.Nanosecond, Delete: true}).Sessions)
		require.Equal(t, 1, w.partials())
		w.docs.Advance(2 * time.Hour)
		require.Equal(t, 1, sweep(w, nil).Sessions)
		require.Equal(t, 1, w.partials(), "a sweep that deletes nothing only reports")
		report := sweep(w, &storage.SweepOptions{Delete: true})
		require.Equal(t, 1, report.Sessions)
		require.Equal(t, 1, report.Deleted)
		require.Zero(t, w.partials())
		w.unknown(w.acme, in.ID)
	})
	t.Run("one that somebody is sending stays", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		held, err := w.spool.HoldPartial(w.ctx, in.ID)
		require.NoError(t, err)
		w.docs.Advance(48 * time.Hour)
		require.Zero(t, sweep(w, &storage.SweepOptions{Delete: true}).Sessions)
		require.NoError(t, held.Close())
		require.Equal(t, 1, sweep(w, &storage.SweepOptions{Delete: true}).Sessions)
	})
	t.Run("one that a crash left without a record goes too", func(t *testing.T) {
		w := newWorld(t)
		in := w.begin(w.acme, inParts(pdf))
		require.NoError(t, os.Remove(filepath.Join(w.dir, "partials", in.ID, "record")))
		require.NoError(t, os.MkdirAll(filepath.Join(w.dir, "partials", "empty"), 0o700))
		w.unknown(w.acme, in.ID)
		w.docs.Advance(48 * time.Hour)
		require.Equal(t, 2, sweep(w, &storage.SweepOptions{Delete: true}).Sessions)
		require.Zero(t, w.partials())
	})
}

func TestEdit(t *testing.T) {
	t.Run("the title and the folder change at once, or neither does", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("Hello"))
		title, folder, empty, wrong := "Offer", "2026", "", "a\nb"
		for _, c := range []struct {
			e     storage.Edit
			field string
		}{
			{storage.Edit{Title: &title, Folder: &wrong}, "folder"}, {storage.Edit{Title: &empty, Folder: &folder}, "title"},
		} {
			_, err := w.svc.Edit(w.acme, d.ID, c.e)
			w.refused(err, frontdesk.Invalid, c.field)
		}
		after, err := w.svc.Edit(w.acme, d.ID, storage.Edit{Folder: &folder})
		require.NoError(t, err)
		require.Equal(t, []string{"note.txt", "2026"}, []string{after.Title, after.Folder})
		after, err = w.svc.Edit(w.acme, d.ID, storage.Edit{Title: &title})
		require.NoError(t, err)
		require.Equal(t, []string{"Offer", "2026"}, []string{after.Title, after.Folder})
		_, err = w.svc.Edit(as(t.Context(), frontdesk.Client("globex", frontdesk.Origin{})), d.ID, storage.Edit{Title: &title})
		w.refused(err, frontdesk.NotFound)
	})
}

func TestReadable(t *testing.T) {
	t.Run("it is the version that would be read, and leaves no receipt", func(t *testing.T) {
		w := newWorld(t)
		d := w.upload(w.acme, text("Hello"))
		v, err := w.svc.Readable(w.acme, d.ID, 0)
		require.NoError(t, err)
		require.EqualValues(t, 5, v.Size)
		_, err = w.svc.Readable(w.acme, d.ID, 2)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Readable(as(t.Context(), frontdesk.Client("globex", frontdesk.Origin{})), d.ID, 0)
		w.refused(err, frontdesk.NotFound)
		receipts, err := w.svc.Receipts(w.acme, d.ID, 0)
		require.NoError(t, err)
		require.Empty(t, receipts)
	})
}
