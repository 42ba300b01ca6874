package storage_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestPartials(t *testing.T) {
	ctx := t.Context()
	open := func(t *testing.T, dir string) *storage.SpoolDirectory {
		s := storage.NewSpool(dir)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	ids := func(t *testing.T, s *storage.SpoolDirectory, prefix string) (all []string) {
		for p, err := range s.Partials(ctx, prefix) {
			require.NoError(t, err)
			all = append(all, p.ID)
		}
		return all
	}
	t.Run("they are found by how their ids begin, and are none of the spool's contents", func(t *testing.T) {
		s := open(t, t.TempDir())
		require.Empty(t, ids(t, s, ""))
		for _, id := range []string{"a1", "a2", "b1"} {
			require.NoError(t, s.BeginPartial(ctx, id, []byte(id)))
		}
		require.Equal(t, frontdesk.AlreadyExists, frontdesk.CodeOf(s.BeginPartial(ctx, "a1", []byte("other"))))
		require.Equal(t, []string{"a1", "a2"}, ids(t, s, "a"))
		p, err := s.Partial(ctx, "a1")
		require.NoError(t, err)
		require.Equal(t, "a1", string(p.Record))
		for _, err := range s.List(ctx) {
			require.NoError(t, err)
			t.Error("a partial is listed as a content")
		}
	})
	t.Run("one holds it at a time, also over another opening of the directory, and letting go twice frees nobody else's", func(t *testing.T) {
		dir := t.TempDir()
		s, other := open(t, dir), open(t, dir)
		require.NoError(t, s.BeginPartial(ctx, "a1", []byte("r")))
		first, err := s.HoldPartial(ctx, "a1")
		require.NoError(t, err)
		for _, from := range []*storage.SpoolDirectory{s, other} {
			_, err = from.HoldPartial(ctx, "a1")
			require.Equal(t, frontdesk.Aborted, frontdesk.CodeOf(err))
		}
		require.NoError(t, first.Close())
		second, err := s.HoldPartial(ctx, "a1")
		require.NoError(t, err)
		require.NoError(t, first.Close())
		_, err = s.HoldPartial(ctx, "a1")
		require.Equal(t, frontdesk.Aborted, frontdesk.CodeOf(err))
		require.NoError(t, second.Close())
	})
	t.Run("a content that is placed outlives the partial, and no part is added to one that is cleared", func(t *testing.T) {
		s := open(t, t.TempDir())
		require.NoError(t, s.BeginPartial(ctx, "a1", []byte("r")))
		h, err := s.HoldPartial(ctx, "a1")
		require.NoError(t, err)
		done, err := h.Append(ctx, strings.NewReader("Hello"))
		require.NoError(t, err)
		require.EqualValues(t, 5, done)
		require.NoError(t, h.Place(ctx, "c1"))
		require.Error(t, h.Place(ctx, "../c1"))
		require.NoError(t, h.Clear(ctx))
		require.NoError(t, h.Close())
		h, err = s.HoldPartial(ctx, "a1")
		require.NoError(t, err)
		require.True(t, h.State().Cleared)
		_, err = h.Append(ctx, strings.NewReader("more"))
		require.Equal(t, frontdesk.FailedPrecondition, frontdesk.CodeOf(err))
		require.NoError(t, h.Remove(ctx))
		require.NoError(t, h.Close())
		_, err = s.HoldPartial(ctx, "a1")
		require.Equal(t, frontdesk.NotFound, frontdesk.CodeOf(err))
		f, err := s.Open(ctx, "c1")
		require.NoError(t, err)
		defer f.Close()
		b, err := io.ReadAll(io.NewSectionReader(f, 0, 99))
		require.NoError(t, err)
		require.Equal(t, "Hello", string(b))
	})
	t.Run("what others have put into the directory is none of its, and stays", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir)
		require.NoError(t, s.BeginPartial(ctx, "a1", []byte("r")))
		for _, name := range []string{".DS_Store", "Thumbs.db", "partials/.DS_Store", "partials/file"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), nil, 0o600))
		}
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "lost+found", "x"), 0o700))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "partials", "lost+found"), 0o700))
		require.Equal(t, []string{"a1"}, ids(t, s, ""))
		for e, err := range s.List(ctx) {
			require.NoError(t, err)
			t.Errorf("%s is listed as a content", e.Name)
		}
	})
	t.Run("ids lead nowhere else", func(t *testing.T) {
		s := open(t, t.TempDir())
		for _, id := range []string{"", "..", "../x", "a/b", "A", "a.b", "a\x00"} {
			require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(s.BeginPartial(ctx, id, nil)), id)
			_, err := s.Partial(ctx, id)
			require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err), id)
			_, err = s.HoldPartial(ctx, id)
			require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err), id)
		}
	})
}
