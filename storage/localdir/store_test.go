package localdir_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
)

func TestNew(t *testing.T) {
	t.Run("the directory is made, and its parent is not", func(t *testing.T) {
		dir := t.TempDir()
		open(t, filepath.Join(dir, "store"), nil)
		_, err := localdir.New(filepath.Join(dir, "no", "store"), nil)
		require.ErrorIs(t, err, frontdesk.NotFound)
		_, err = localdir.New("", nil)
		requireField(t, err, "dir")
	})
	t.Run("a file is no directory", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		_, err := localdir.New(file, nil)
		require.Error(t, err)
	})
	t.Run("what was stored is there when the directory is opened again", func(t *testing.T) {
		dir := t.TempDir()
		first := open(t, dir, nil)
		folder, err := first.EnsureFolder(t.Context(), "client:7", "Client 7")
		require.NoError(t, err)
		stored := put(t, first, storage.PutOptions{Folder: folder, Metadata: map[string]string{"a": "b"}})
		second := open(t, dir, nil)
		again, err := second.Stat(t.Context(), stored.ID)
		require.NoError(t, err)
		require.Equal(t, stored, again)
		require.Equal(t, "hello", read(t, second, stored.ID))
	})
	t.Run("times are those of the clock, in UTC", func(t *testing.T) {
		now := time.Date(2026, 11, 22, 4, 0, 0, 123, time.FixedZone("", 3600))
		s := open(t, t.TempDir(), &localdir.Options{Clock: func() time.Time { return now }})
		require.Equal(t, now.UTC(), put(t, s, storage.PutOptions{}).CreatedAt)
	})
}

// TestShared is about one directory in several stores, as several processes have it.
func TestShared(t *testing.T) {
	t.Run("an id that was deleted and is put into another folder is in that one alone", func(t *testing.T) {
		s := open(t, t.TempDir(), nil)
		var folders []string
		for _, key := range []string{"client:7", "client:8"} {
			folder, err := s.EnsureFolder(t.Context(), key, key)
			require.NoError(t, err)
			folders = append(folders, folder)
		}
		first := put(t, s, storage.PutOptions{Folder: folders[0]})
		require.NoError(t, s.Delete(t.Context(), first.ID))
		put(t, s, storage.PutOptions{ID: first.ID, Folder: folders[1]})
		require.Empty(t, listed(t, s, folders[0]))
		require.Equal(t, []string{first.ID}, listed(t, s, folders[1]))
		_, err := s.Sweep(t.Context(), 0)
		require.NoError(t, err)
		require.Equal(t, []string{first.ID}, listed(t, s, folders[1]))
	})
	t.Run("all make the same folder", func(t *testing.T) {
		dir := t.TempDir()
		var ids sync.Map
		var all sync.WaitGroup
		for range 20 {
			s := open(t, dir, nil)
			all.Go(func() {
				id, err := s.EnsureFolder(context.Background(), "client:7", "Client 7")
				if err != nil {
					t.Error(err)
				}
				ids.Store(id, true)
			})
		}
		all.Wait()
		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		require.Equal(t, 1, n)
	})
	t.Run("of different contents under one id one wins, whole, and the others are AlreadyExists", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir, nil)
		for range 20 {
			id, err := s.NewID(t.Context())
			require.NoError(t, err)
			won := make(chan string, 4)
			var all sync.WaitGroup
			for _, content := range []string{"one", "two", "three", "four"} {
				other := open(t, dir, nil)
				all.Go(func() {
					_, err := other.Put(context.Background(), strings.NewReader(content), storage.PutOptions{ID: id, Name: "a", ContentType: "text/plain", Size: -1})
					switch {
					case err == nil:
						won <- content
					case !errors.Is(err, frontdesk.AlreadyExists):
						t.Error(err)
					}
				})
			}
			all.Wait()
			require.Len(t, won, 1)
			require.Equal(t, <-won, read(t, s, id))
		}
		require.Empty(t, unfinished(t, dir), "who has lost leaves nothing")
	})
	t.Run("of two that take up one state, each stores its own whole object or both the same", func(t *testing.T) {
		dir := t.TempDir()
		content := strings.NewReader(strings.Repeat("x", 5*part))
		o := storage.PutOptions{Name: "a", ContentType: "text/plain", Size: 5 * part}
		saves, state := 0, []byte(nil)
		stop := errors.New("stop")
		_, err := open(t, dir, &localdir.Options{Part: part}).PutResumable(t.Context(), content, o, nil, func(_ context.Context, saved []byte) error {
			if saves, state = saves+1, saved; saves == 3 {
				return stop
			}
			return nil
		})
		require.ErrorIs(t, err, stop)
		var all sync.WaitGroup
		for range 2 {
			s := open(t, dir, &localdir.Options{Part: part})
			all.Go(func() {
				stored, err := s.PutResumable(context.Background(), content, o, state, func(context.Context, []byte) error { return nil })
				if err != nil || stored.Size != 5*part {
					t.Error(stored, err)
				}
			})
		}
		all.Wait()
		require.Empty(t, unfinished(t, dir))
	})
}

func listed(t *testing.T, s *localdir.Store, folder string) []string {
	t.Helper()
	var ids []string
	for o, err := range s.List(t.Context(), folder) {
		require.NoError(t, err)
		ids = append(ids, o.ID)
	}
	return ids
}

// unfinished are the names of what is in the making.
func unfinished(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	require.NoError(t, err)
	return left
}

func TestFailures(t *testing.T) {
	t.Run("a put that fails leaves no file", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir, nil)
		_, err := s.Put(t.Context(), iotest.ErrReader(errors.New("broken")), storage.PutOptions{Name: "a", ContentType: "text/plain", Size: -1})
		require.ErrorIs(t, err, frontdesk.Unavailable)
		require.Empty(t, unfinished(t, dir))
	})
	t.Run("a directory that may not be written to is PermissionDenied, and its probe says so", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may write everywhere")
		}
		dir := t.TempDir()
		s := open(t, dir, nil)
		require.NoError(t, os.Chmod(filepath.Join(dir, "tmp"), 0o500))
		_, err := s.Put(t.Context(), strings.NewReader(""), storage.PutOptions{Name: "a", ContentType: "text/plain"})
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		require.ErrorIs(t, s.Probe(t.Context()), frontdesk.PermissionDenied)
	})
	t.Run("the probe fails without enough room", func(t *testing.T) {
		s := open(t, t.TempDir(), &localdir.Options{MinFree: math.MaxInt64})
		require.ErrorIs(t, s.Probe(t.Context()), frontdesk.QuotaExceeded)
	})
	t.Run("a copy shares the bytes on the disk", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir, nil)
		stored := put(t, s, storage.PutOptions{})
		content := filepath.Join(dir, "objects", stored.ID[:2], stored.ID, "content")
		require.NoError(t, os.WriteFile(content, []byte("HELLO"), 0o600))
		copied, err := s.Copy(t.Context(), stored.ID, storage.PutOptions{Name: "b", ContentType: "text/plain"})
		require.NoError(t, err)
		require.Equal(t, "HELLO", read(t, s, copied.ID))
	})
}

func TestSweep(t *testing.T) {
	t.Run("only what nobody has written to for so long is removed", func(t *testing.T) {
		now := time.Now()
		dir := t.TempDir()
		s := open(t, dir, &localdir.Options{Part: part, Clock: func() time.Time { return now }})
		stop := errors.New("stop")
		var state []byte
		o := storage.PutOptions{Name: "a", ContentType: "text/plain", Size: 3}
		_, err := s.PutResumable(t.Context(), strings.NewReader("abc"), o, nil, func(_ context.Context, saved []byte) error {
			state = saved
			return stop
		})
		require.ErrorIs(t, err, stop)
		stored := put(t, s, storage.PutOptions{})

		swept, err := s.Sweep(t.Context(), time.Hour)
		require.NoError(t, err)
		require.Zero(t, swept)
		require.Len(t, unfinished(t, dir), 1)

		now = now.Add(2 * time.Hour)
		swept, err = s.Sweep(t.Context(), time.Hour)
		require.NoError(t, err)
		require.Equal(t, 1, swept)
		require.Empty(t, unfinished(t, dir))
		require.Equal(t, "hello", read(t, s, stored.ID))
		again, err := s.PutResumable(t.Context(), strings.NewReader("abc"), o, state, func(context.Context, []byte) error { return nil })
		require.NoError(t, err, "a state that is gone starts anew")
		require.Equal(t, "abc", read(t, s, again.ID))
	})
	t.Run("notes of deleted objects go, and those of others stay", func(t *testing.T) {
		now := time.Now()
		dir := t.TempDir()
		s := open(t, dir, &localdir.Options{Clock: func() time.Time { return now }})
		folder, err := s.EnsureFolder(t.Context(), "client:7", "Client 7")
		require.NoError(t, err)
		gone, there := put(t, s, storage.PutOptions{Folder: folder}), put(t, s, storage.PutOptions{Folder: folder})
		require.NoError(t, s.Delete(t.Context(), gone.ID))
		now = now.Add(2 * time.Hour)
		_, err = s.Sweep(t.Context(), time.Hour)
		require.NoError(t, err)
		notes, err := os.ReadDir(filepath.Join(dir, "folders", folder, "in"))
		require.NoError(t, err)
		require.Len(t, notes, 1)
		require.Equal(t, there.ID, notes[0].Name())
	})
}
