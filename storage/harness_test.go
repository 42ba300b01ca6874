package storage_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// world is a service between documents and rows in memory, with a spool on disk.
type world struct {
	*testing.T
	ctx   context.Context // of the system
	admin context.Context
	acme  context.Context // of the client acme
	docs  *storagetest.Store
	rows  *storagetest.Rows
	spool *storage.SpoolDirectory
	dir   string
	svc   *storage.Service
}

func newWorld(t *testing.T, change ...func(*storage.Options)) *world {
	return newWorldWith(t, func(s *storagetest.Store) storage.DocumentStore { return s }, change...)
}

// newWorldWith has what the function makes of the document store.
func newWorldWith(t *testing.T, docs func(*storagetest.Store) storage.DocumentStore, change ...func(*storage.Options)) *world {
	w := &world{T: t, docs: storagetest.NewStore(), rows: storagetest.NewRows(), dir: t.TempDir()}
	w.spool = storage.NewSpool(w.dir)
	t.Cleanup(func() { require.NoError(t, w.spool.Close()) })
	w.ctx = as(t.Context(), frontdesk.System("test"))
	w.admin = as(t.Context(), frontdesk.Admin("grace", frontdesk.Origin{}))
	w.acme = as(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
	w.svc = storage.New(docs(w.docs), w.rows, w.options(change...))
	return w
}

func (w *world) options(change ...func(*storage.Options)) *storage.Options {
	o := &storage.Options{Spool: w.spool, Clock: w.docs.Now, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(o)
	}
	return o
}

func as(ctx context.Context, a frontdesk.Actor) context.Context { return frontdesk.WithActor(ctx, a) }

// identifying is one that gives ids, and cannot resume.
type identifying struct {
	storage.DocumentStore
	storage.Identifier
}

func text(content string) storage.Upload {
	return storage.Upload{Client: "acme", Name: "note.txt", Content: strings.NewReader(content)}
}

// upload brings a text.
func (w *world) upload(ctx context.Context, u storage.Upload) *storage.Document {
	w.Helper()
	d, err := w.svc.Upload(ctx, u)
	require.NoError(w, err)
	return d
}

func (w *world) drain() {
	w.Helper()
	require.NoError(w, w.svc.Drain(w.ctx))
}

// later lets retries come due, and makes them.
func (w *world) later() {
	w.Helper()
	w.docs.Advance(2 * time.Hour)
	w.drain()
}

func (w *world) latest(id string) storage.Version {
	w.Helper()
	d, err := w.svc.Document(w.ctx, id)
	require.NoError(w, err)
	return d.Latest
}

func (w *world) state(id string, want storage.State) {
	w.Helper()
	require.Equal(w, want, w.latest(id).State, w.latest(id).Transfer.LastError)
}

func (w *world) content(ctx context.Context, id string, o *storage.ContentOptions) string {
	w.Helper()
	c, err := w.svc.Content(ctx, id, o)
	require.NoError(w, err)
	defer c.Body.Close()
	b, err := io.ReadAll(c.Body)
	require.NoError(w, err)
	require.EqualValues(w, len(b), c.Length)
	return string(b)
}

// objects are the contents in the document store.
func (w *world) objects() (all []string) {
	w.Helper()
	for o, err := range w.docs.List(w.ctx, "") {
		require.NoError(w, err)
		body, _, err := w.docs.Get(w.ctx, o.ID, storage.Range{})
		require.NoError(w, err)
		b, err := io.ReadAll(body)
		require.NoError(w, err)
		require.NoError(w, body.Close())
		all = append(all, string(b))
	}
	return all
}

// spooled is how many files are in the spool.
func (w *world) spooled() (n int) {
	w.Helper()
	for _, err := range w.spool.List(w.ctx) {
		require.NoError(w, err)
		n++
	}
	return n
}

func (w *world) titles(ctx context.Context, f storage.Filter) (all []string) {
	w.Helper()
	for d, err := range w.svc.List(ctx, f) {
		require.NoError(w, err)
		all = append(all, d.Title)
	}
	return all
}

// audited are the actions in the audit log, with their outcomes.
func (w *world) audited() (all []string) {
	w.Helper()
	log, err := w.rows.AuditLog(w.ctx)
	require.NoError(w, err)
	for _, e := range log {
		all = append(all, fmt.Sprintf("%s %s %s", e.Actor.ID, e.Action, e.Outcome))
	}
	return all
}

func (w *world) refused(err error, code frontdesk.Code, fields ...string) {
	w.Helper()
	require.Error(w, err)
	require.Equal(w, code, frontdesk.CodeOf(err), err)
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	require.Equal(w, fields, names)
}

var pdf = append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("brief "), 1000)...)
