package store_test

import (
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// attic is a document store of another name.
type attic struct{ *storagetest.Store }

func (attic) Name() string { return "attic" }

func TestDocumentsMoveToAnotherStore(t *testing.T) {
	inTwoArchives(t, func(t *testing.T, processes [2]storage.Store) {
		before, after := storagetest.NewStore(), attic{storagetest.NewStore()}
		spool := storage.NewSpool(t.TempDir())
		t.Cleanup(func() { require.NoError(t, spool.Close()) })
		ctx := frontdesk.WithActor(t.Context(), frontdesk.System("test"))
		o := storage.Options{Spool: spool, Logger: slog.New(slog.DiscardHandler), Former: []storage.DocumentStore{before}}
		old, moving := storage.New(before, processes[0], &o), storage.New(after, processes[1], &o)
		var ids []string
		for _, content := range []string{"one", "two", "three"} {
			d, err := old.Upload(ctx, storage.Upload{Client: "acme", Name: "note.txt", Content: strings.NewReader(content)})
			require.NoError(t, err)
			ids = append(ids, d.ID)
		}
		require.NoError(t, old.Drain(ctx))
		read := func(id string) string {
			c, err := moving.Content(ctx, id, nil)
			require.NoError(t, err)
			defer c.Body.Close()
			b, err := io.ReadAll(c.Body)
			require.NoError(t, err)
			return string(b)
		}
		manifest := filepath.Join(t.TempDir(), "manifest")
		r, err := moving.Migrate(ctx, before, &storage.MigrateOptions{Manifest: manifest, RemoveOriginals: true, Progress: func(storage.MigrationProgress) {
			assert.Equal(t, "two", read(ids[1]), "it is read all the while")
		}})
		require.NoError(t, err)
		assert.True(t, r.Complete())
		assert.Equal(t, 3, r.Rewritten)
		assert.Equal(t, 3, r.Removed)
		assert.Equal(t, "three", read(ids[2]))
		left, err := processes[0].VersionsIn(ctx, "memory", storage.StateStored, 0, 10)
		require.NoError(t, err)
		assert.Empty(t, left)
		swept, err := moving.Sweep(ctx, nil)
		require.NoError(t, err)
		assert.Equal(t, 3, swept.Versions)
		assert.Empty(t, swept.Missing)
		v, err := storage.VerifyManifest(ctx, manifest, after)
		require.NoError(t, err)
		assert.Equal(t, 3, v.Verified)
		assert.Empty(t, v.Failures)
	})
}
