package drive_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// reserving returns a function that asks for the folder of the client 7 with ids from rows.
func reserving(rows *storagetest.Rows) func(context.Context, *drive.Store) (string, error) {
	return func(ctx context.Context, s *drive.Store) (string, error) {
		return s.ReserveFolder(ctx, "client:7", "O'Brien \\ Sons", func(ctx context.Context, id, gone string) (string, error) {
			return rows.ReserveFolder(ctx, "drive", "7", id, gone)
		})
	}
}

func TestReserveFolder(t *testing.T) {
	lagging := driveserver.Options{SearchLag: lag, ListLag: lag}
	inBubble(t, "processes that ask at once make one folder, though all lists lag and answers are lost", func(t *testing.T) {
		ensure := reserving(storagetest.NewRows())
		s, one := local(t, lagging, drive.Options{})
		stores := []*drive.Store{one, reaching(t, s, drive.Options{}), reaching(t, s, drive.Options{})}
		s.Next(driveserver.Create, driveserver.Fault{Lose: true}, after(broken), broken, after(tooFast))
		var all sync.WaitGroup
		var ids sync.Map
		for i := range 15 {
			all.Go(func() {
				id, err := ensure(t.Context(), stores[i%len(stores)])
				assert.NoError(t, err)
				ids.Store(id, true)
			})
		}
		all.Wait()
		require.Len(t, s.Files(), 1)
		ids.Range(func(id, _ any) bool { return assert.Equal(t, s.Files()[0].ID, id) })
	})
	inBubble(t, "a process that starts after a crash finds the folder that another has begun", func(t *testing.T) {
		ensure := reserving(storagetest.NewRows())
		s, one := local(t, lagging, drive.Options{MaxAttempts: 1})
		s.Next(driveserver.Create, driveserver.Fault{Lose: true})
		_, err := ensure(t.Context(), one)
		requireCode(t, frontdesk.OutcomeUnknown, err)
		id, err := ensure(t.Context(), reaching(t, s, drive.Options{}))
		require.NoError(t, err)
		require.Len(t, s.Files(), 1)
		assert.Equal(t, s.Files()[0].ID, id)
	})
	inBubble(t, "a folder in the trash is replaced by one, whoever notices", func(t *testing.T) {
		ensure := reserving(storagetest.NewRows())
		s, one := local(t, lagging, drive.Options{})
		id, err := ensure(t.Context(), one)
		require.NoError(t, err)
		s.Trash(id)
		second, err := ensure(t.Context(), reaching(t, s, drive.Options{}))
		require.NoError(t, err)
		third, err := ensure(t.Context(), reaching(t, s, drive.Options{}))
		require.NoError(t, err)
		assert.NotEqual(t, id, second)
		assert.Equal(t, second, third)
		assert.Len(t, inUse(s), 1)
	})
	inBubble(t, "an id that Drive does not give out again is replaced", func(t *testing.T) {
		ensure := reserving(storagetest.NewRows())
		s, store := local(t, lagging, drive.Options{})
		s.Next(driveserver.Create, driveserver.Fault{Status: http.StatusConflict, Reason: "fileIdInUse", Message: "A file already exists with the provided ID."})
		id, err := ensure(t.Context(), store)
		require.NoError(t, err)
		require.Len(t, s.Files(), 1)
		assert.Equal(t, s.Files()[0].ID, id)
	})
	inBubble(t, "without a reservation nothing is made, and its error comes out", func(t *testing.T) {
		s, store := local(t, lagging, drive.Options{})
		cause := errors.New("the database is gone")
		_, err := store.ReserveFolder(t.Context(), "client:7", "Seven", func(context.Context, string, string) (string, error) { return "", cause })
		require.ErrorIs(t, err, cause)
		assert.Empty(t, s.Files())
	})
	inBubble(t, "who panics while it reserves keeps nobody waiting", func(t *testing.T) {
		s, store := local(t, lagging, drive.Options{})
		assert.Panics(t, func() {
			_, _ = store.ReserveFolder(t.Context(), "client:7", "Seven", func(context.Context, string, string) (string, error) { panic("a fault of the rows") })
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		id, err := reserving(storagetest.NewRows())(ctx, store)
		require.NoError(t, err)
		require.Len(t, s.Files(), 1)
		assert.Equal(t, s.Files()[0].ID, id)
	})
	inBubble(t, "a key or name that is wrong is refused before anything is reserved", func(t *testing.T) {
		_, store := local(t, lagging, drive.Options{})
		for field, c := range map[string]struct{ key, name string }{"key": {"", "Seven"}, "name": {"client:7", strings.Repeat("x", 300)}} {
			_, err := store.ReserveFolder(t.Context(), c.key, c.name, func(context.Context, string, string) (string, error) { panic("reserved") })
			requireCode(t, frontdesk.Invalid, err)
			assert.Equal(t, field, frontdesk.Fields(err)[0].Name)
		}
	})
}
