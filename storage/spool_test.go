package storage_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestSpoolDirectory(t *testing.T) {
	ctx := t.Context()
	open := func(t *testing.T) (*storage.SpoolDirectory, string) {
		dir := filepath.Join(t.TempDir(), "made", "when needed")
		s := storage.NewSpool(dir)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s, dir
	}
	names := func(t *testing.T, s *storage.SpoolDirectory) (all []string) {
		for e, err := range s.List(ctx) {
			require.NoError(t, err)
			all = append(all, e.Name)
		}
		return all
	}
	t.Run("content is read at any offset, and is gone when it is removed", func(t *testing.T) {
		s, _ := open(t)
		require.NoError(t, s.Put(ctx, "a1", strings.NewReader("0123456789")))
		f, err := s.Open(ctx, "a1")
		require.NoError(t, err)
		b, err := io.ReadAll(io.NewSectionReader(f, 3, 4))
		require.NoError(t, err)
		require.Equal(t, "3456", string(b))
		require.NoError(t, f.Close())
		require.Equal(t, frontdesk.AlreadyExists, frontdesk.CodeOf(s.Put(ctx, "a1", strings.NewReader("other"))))
		require.Equal(t, []string{"a1"}, names(t, s))
		require.NoError(t, s.Remove(ctx, "a1"))
		require.NoError(t, s.Remove(ctx, "a1"), "twice is no error")
		_, err = s.Open(ctx, "a1")
		require.Equal(t, frontdesk.NotFound, frontdesk.CodeOf(err))
	})
	t.Run("content that breaks off leaves nothing, and its own error comes out", func(t *testing.T) {
		s, _ := open(t)
		broken := errors.New("broken")
		err := s.Put(ctx, "a1", io.MultiReader(strings.NewReader("0123"), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		require.Empty(t, names(t, s))
	})
	t.Run("what a crash left half done is listed, and can be removed", func(t *testing.T) {
		s, dir := open(t)
		require.NoError(t, s.Put(ctx, "a1", strings.NewReader("0123")))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "b2.part"), []byte("half"), 0o600))
		require.Equal(t, []string{"a1", "b2.part"}, names(t, s))
		_, err := s.Open(ctx, "b2.part")
		require.Error(t, err)
		require.NoError(t, s.Remove(ctx, "b2.part"))
		require.Equal(t, []string{"a1"}, names(t, s))
	})
	t.Run("names lead nowhere else", func(t *testing.T) {
		s, _ := open(t)
		for _, name := range []string{"", "../x", "/etc/passwd", "a/b", `a\b`, "A", "a\x00", "..", "a.part.part"} {
			_, err := s.Open(ctx, name)
			require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err), name)
			require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(s.Put(ctx, name, strings.NewReader(""))), name)
			require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(s.Remove(ctx, name)), name)
		}
	})
}
