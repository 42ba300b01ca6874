package drive_test

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

const lag = 5 * time.Minute

// together asks all stores at once for one folder and returns what they got.
func together(t *testing.T, times int, stores ...*drive.Store) map[string]bool {
	t.Helper()
	var mu sync.Mutex
	ids := map[string]bool{}
	var all sync.WaitGroup
	for _, store := range stores {
		for range times {
			all.Go(func() {
				id, err := store.EnsureFolder(t.Context(), "client:7", "O'Brien \\ Sons")
				assert.NoError(t, err)
				mu.Lock()
				defer mu.Unlock()
				ids[id] = true
			})
		}
	}
	all.Wait()
	return ids
}

// ticking is a clock that goes on with each look at it, as it does while requests travel.
func ticking() func() time.Time {
	var ticks atomic.Int64
	begun := time.Now()
	return func() time.Time { return begun.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
}

func inUse(s *driveserver.Server) (there []driveserver.File) {
	for _, f := range s.Files() {
		if !f.Trashed {
			there = append(there, f)
		}
	}
	return there
}

func TestEnsureFolder(t *testing.T) {
	inBubble(t, "20 who ask at once get one folder, though lists lag by five minutes", func(t *testing.T) {
		s, store := local(t, driveserver.Options{SearchLag: lag, ListLag: lag}, drive.Options{})
		assert.Len(t, together(t, 20, store), 1)
		assert.Len(t, s.Files(), 1)
		assert.Equal(t, 1, s.Count(driveserver.Create))
	})
	inBubble(t, "two processes at once end with one folder, though searches lag", func(t *testing.T) {
		s, one := local(t, driveserver.Options{SearchLag: lag, Clock: ticking()}, drive.Options{})
		two := reaching(t, s, drive.Options{})
		assert.Len(t, together(t, 5, one, two), 1)
		assert.Len(t, inUse(s), 1)
	})
	inBubble(t, "a folder whose making seemed to fail is not made twice", func(t *testing.T) {
		s, store := local(t, driveserver.Options{ListLag: lag}, drive.Options{MaxAttempts: 1})
		s.Next(driveserver.Create, driveserver.Fault{Lose: true})
		_, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		requireCode(t, frontdesk.OutcomeUnknown, err)
		_, err = store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		assert.Len(t, s.Files(), 1)
	})
	inBubble(t, "of two folders with one key all take the older", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		folder := driveserver.File{Name: "Seven", MIMEType: "application/vnd.google-apps.folder", Properties: map[string]string{"fd-folder": "client:7"}}
		older := s.Add(folder)
		s.Advance(time.Second)
		s.Add(folder)
		got, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		assert.Equal(t, older, got)
	})
	inBubble(t, "who leads and gives up leaves the search to the next", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		s.Next(driveserver.List, broken)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() { _, _ = store.EnsureFolder(ctx, "client:7", "Seven") })
		all.Go(func() {
			_, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
			assert.NoError(t, err)
		})
		all.Wait()
		assert.Len(t, s.Files(), 1)
	})
	inBubble(t, "a folder that was deleted by hand is FailedPrecondition once, and made again then", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		id, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		s.Trash(id)
		o := options("a.bin", nil)
		o.Folder = id
		_, err = store.Put(t.Context(), bytes.NewReader(nil), o)
		requireCode(t, frontdesk.FailedPrecondition, err)
		again, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		assert.NotEqual(t, id, again)
		assert.Len(t, inUse(s), 1)
	})
}
