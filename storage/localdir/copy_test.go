package localdir

import (
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// TestDuplicate is about file systems that have no links.
func TestDuplicate(t *testing.T) {
	dir := t.TempDir()
	s, err := New(dir, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	o := storage.PutOptions{Name: "a", ContentType: "text/plain", Size: -1}
	from, err := s.Put(t.Context(), strings.NewReader("hello"), o)
	require.NoError(t, err)

	t.Run("the bytes are written once more", func(t *testing.T) {
		copied, err := s.duplicate(t.Context(), from, o)
		require.NoError(t, err)
		require.Equal(t, from.SHA256, copied.SHA256)
		require.NotEqual(t, from.ID, copied.ID)
	})
	t.Run("content that has changed on the disk is not copied", func(t *testing.T) {
		require.NoError(t, os.WriteFile(path.Join(dir, objectDir(from.ID), contentFile), []byte("HELLO"), fileMode))
		_, err := s.duplicate(t.Context(), from, o)
		require.Equal(t, frontdesk.Internal, frontdesk.CodeOf(err))
	})
}
