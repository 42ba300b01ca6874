package localdir_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
)

// secret is a file outside of the store.
const secret = "outside"

// outside makes a store in a directory beside a secret.
func outside(t *testing.T) (*localdir.Store, string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, secret), []byte("secret"), 0o600))
	return open(t, filepath.Join(dir, "store"), nil), dir
}

func put(t *testing.T, s *localdir.Store, o storage.PutOptions) *storage.Object {
	t.Helper()
	o.Name, o.ContentType, o.Size = "a", "text/plain", -1
	stored, err := s.Put(t.Context(), strings.NewReader("hello"), o)
	require.NoError(t, err)
	return stored
}

func requireField(t *testing.T, err error, field string) {
	t.Helper()
	require.ErrorIs(t, err, frontdesk.Invalid)
	require.Equal(t, field, frontdesk.Fields(err)[0].Name)
}

func TestEscape(t *testing.T) {
	t.Run("ids that are paths are refused everywhere", func(t *testing.T) {
		s, _ := outside(t)
		for _, id := range []string{"../" + secret, "../../" + secret, "..", ".", "/etc/passwd", `..\x`, "CON", strings.Repeat("A", 32), strings.Repeat("0", 31) + "/"} {
			_, err := s.Stat(t.Context(), id)
			requireField(t, err, "id")
			_, _, err = s.Get(t.Context(), id, storage.Range{})
			requireField(t, err, "id")
			requireField(t, s.Delete(t.Context(), id), "id")
			o := storage.PutOptions{ID: id, Name: "a", ContentType: "text/plain"}
			_, err = s.Put(t.Context(), strings.NewReader(""), o)
			requireField(t, err, "id")
			_, err = s.Copy(t.Context(), id, storage.PutOptions{Name: "a", ContentType: "text/plain"})
			requireField(t, err, "id")
			o.ID, o.Folder = "", id
			_, err = s.Put(t.Context(), strings.NewReader(""), o)
			requireField(t, err, "folder")
			for _, err := range s.List(t.Context(), id) {
				requireField(t, err, "folder")
			}
		}
	})
	t.Run("a content that is a link out of the directory is refused", func(t *testing.T) {
		for _, target := range []string{filepath.Join("..", "..", "..", "..", secret), "absolute"} {
			s, dir := outside(t)
			stored := put(t, s, storage.PutOptions{})
			if target == "absolute" {
				target = filepath.Join(dir, secret)
			}
			content := filepath.Join(dir, "store", "objects", stored.ID[:2], stored.ID, "content")
			require.NoError(t, os.Remove(content))
			require.NoError(t, os.Symlink(target, content))
			_, err := os.ReadFile(content)
			require.NoError(t, err, "the link leads to the secret")
			_, _, err = s.Get(t.Context(), stored.ID, storage.Range{})
			require.ErrorIs(t, err, frontdesk.Invalid)
		}
	})
	t.Run("an object that is a link out of the directory is refused", func(t *testing.T) {
		s, dir := outside(t)
		stored := put(t, s, storage.PutOptions{})
		object := filepath.Join(dir, "store", "objects", stored.ID[:2], stored.ID)
		away := filepath.Join(dir, "away")
		require.NoError(t, os.Rename(object, away))
		require.NoError(t, os.Symlink(away, object))
		_, err := s.Stat(t.Context(), stored.ID)
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.NoError(t, s.Delete(t.Context(), stored.ID))
		require.FileExists(t, filepath.Join(away, "content"), "the link is deleted, not what it leads to")
	})
	t.Run("nothing is written through a link out of the directory", func(t *testing.T) {
		s, dir := outside(t)
		tmp, away := filepath.Join(dir, "store", "tmp"), filepath.Join(dir, "away")
		require.NoError(t, os.Mkdir(away, 0o700))
		require.NoError(t, os.Remove(tmp))
		require.NoError(t, os.Symlink(away, tmp))
		_, err := s.Put(t.Context(), strings.NewReader(""), storage.PutOptions{Name: "a", ContentType: "text/plain"})
		require.ErrorIs(t, err, frontdesk.Invalid)
		left, err := os.ReadDir(away)
		require.NoError(t, err)
		require.Empty(t, left)
	})
	t.Run("no file and no directory is open to others", func(t *testing.T) {
		s, dir := outside(t)
		put(t, s, storage.PutOptions{})
		require.NoError(t, filepath.Walk(filepath.Join(dir, "store"), func(path string, info os.FileInfo, err error) error {
			require.Zero(t, info.Mode().Perm()&0o077, path)
			return err
		}))
	})
	t.Run("a content that was cut off on the disk is Internal", func(t *testing.T) {
		s, dir := outside(t)
		stored := put(t, s, storage.PutOptions{})
		require.NoError(t, os.Truncate(filepath.Join(dir, "store", "objects", stored.ID[:2], stored.ID, "content"), 2))
		_, _, err := s.Get(t.Context(), stored.ID, storage.Range{})
		require.ErrorIs(t, err, frontdesk.Internal)
	})
	t.Run("files of others in the directory harm nothing", func(t *testing.T) {
		s, dir := outside(t)
		stored := put(t, s, storage.PutOptions{})
		for _, name := range []string{"objects/.DS_Store", "objects/" + stored.ID[:2] + "/Thumbs.db", "folders/desktop.ini"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "store", name), nil, 0o600))
		}
		require.Equal(t, []string{stored.ID}, listed(t, s, ""))
		_, err := s.Sweep(t.Context(), 0)
		require.NoError(t, err)
	})
}

func read(t *testing.T, s *localdir.Store, id string) string {
	t.Helper()
	body, _, err := s.Get(t.Context(), id, storage.Range{})
	require.NoError(t, err)
	defer body.Close()
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	return string(got)
}
