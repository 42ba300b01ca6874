package drive_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

func list(t *testing.T, s *drive.Store, folder string) (ids []string) {
	t.Helper()
	for o, err := range s.List(t.Context(), folder) {
		require.NoError(t, err)
		ids = append(ids, o.ID)
	}
	return ids
}

func TestObjects(t *testing.T) {
	inBubble(t, "names that look like queries are stored as they are and select nothing", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		trashed := s.Add(driveserver.File{Name: "old", Trashed: true})
		for _, name := range []string{`O'Brien \`, "🗂️ 契約.pdf", `' or trashed = true or name = '`} {
			folder, err := store.EnsureFolder(t.Context(), "client:7", name)
			require.NoError(t, err)
			o := options(name, nil)
			o.Folder = folder
			stored, err := store.Put(t.Context(), bytes.NewReader(nil), o)
			require.NoError(t, err)
			assert.Equal(t, name, stored.Name)
			assert.NotContains(t, list(t, store, folder), trashed)
		}
	})
	inBubble(t, "two documents of one name in one folder are two, and deleting one keeps the other", func(t *testing.T) {
		_, store := local(t, driveserver.Options{}, drive.Options{})
		one, err := put(t.Context(), store, content(10))
		require.NoError(t, err)
		two, err := put(t.Context(), store, content(20))
		require.NoError(t, err)
		assert.Equal(t, content(10), read(t, store, one.ID))
		require.NoError(t, store.Delete(t.Context(), one.ID))
		assert.Equal(t, content(20), read(t, store, two.ID))
	})
	inBubble(t, "what lies in the trash, or in a folder there, is not found and not listed", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		folder, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		o := options("a.bin", nil)
		o.Folder = folder
		within, err := store.Put(t.Context(), bytes.NewReader(nil), o)
		require.NoError(t, err)
		s.Trash(folder)
		_, err = store.Stat(t.Context(), within.ID)
		requireCode(t, frontdesk.NotFound, err)
		_, _, err = store.Get(t.Context(), within.ID, storage.Range{})
		requireCode(t, frontdesk.NotFound, err)
		assert.Empty(t, list(t, store, ""))
		assert.Empty(t, list(t, store, folder))
	})
	inBubble(t, "a native document is not downloaded but exported, up to 10 MB", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		doc := driveserver.File{Name: "Notes", MIMEType: driveserver.DocumentType, Export: []byte("notes")}
		id := s.Add(doc)
		_, _, err := store.Get(t.Context(), id, storage.Range{})
		requireCode(t, frontdesk.FailedPrecondition, err)
		o, err := store.Stat(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, driveserver.DocumentType, o.Native)
		assert.Nil(t, o.SHA256)
		body, err := store.Export(t.Context(), id, "text/plain")
		require.NoError(t, err)
		text, err := io.ReadAll(body)
		require.NoError(t, err)
		assert.Equal(t, "notes", string(text))
		_, err = store.Export(t.Context(), id, "video/mp4")
		requireCode(t, frontdesk.FailedPrecondition, err)
		doc.Export = make([]byte, 10<<20+1)
		_, err = store.Export(t.Context(), s.Add(doc), "text/plain")
		requireCode(t, frontdesk.FailedPrecondition, err)
		assert.Equal(t, "exportSizeLimitExceeded", reason(err))
	})
	inBubble(t, "a shortcut is followed once, and deleting it leaves its target", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		target, err := put(t.Context(), store, content(10))
		require.NoError(t, err)
		short := s.Add(driveserver.File{Name: "short", MIMEType: driveserver.ShortcutType, Target: target.ID})
		assert.Equal(t, content(10), read(t, store, short))
		twice := s.Add(driveserver.File{Name: "twice", MIMEType: driveserver.ShortcutType, Target: short})
		_, err = store.Stat(t.Context(), twice)
		requireCode(t, frontdesk.FailedPrecondition, err)
		require.NoError(t, store.Delete(t.Context(), short))
		assert.Equal(t, content(10), read(t, store, target.ID))
	})
	inBubble(t, "a folder is not deleted as a document", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		id, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		requireCode(t, frontdesk.FailedPrecondition, store.Delete(t.Context(), id))
		assert.Len(t, s.Files(), 1)
	})
	inBubble(t, "who may not delete for good moves to the trash", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		o, err := put(t.Context(), store, content(10))
		require.NoError(t, err)
		s.Next(driveserver.Delete, driveserver.Fault{Status: 403, Reason: "insufficientFilePermissions"})
		require.NoError(t, store.Delete(t.Context(), o.ID))
		_, err = store.Stat(t.Context(), o.ID)
		requireCode(t, frontdesk.NotFound, err)
	})
	inBubble(t, "a copy has the metadata it is given and none of the original's", func(t *testing.T) {
		_, store := local(t, driveserver.Options{}, drive.Options{})
		o := options("a.bin", nil)
		o.Metadata = map[string]string{"old": "1", "both": "1"}
		from, err := store.Put(t.Context(), bytes.NewReader(nil), o)
		require.NoError(t, err)
		o.Metadata = map[string]string{"both": "2"}
		to, err := store.Copy(t.Context(), from.ID, o)
		require.NoError(t, err)
		assert.Equal(t, o.Metadata, to.Metadata)
	})
	inBubble(t, "ids that would reach another endpoint are Invalid before anything is asked", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		for _, id := range []string{"", "../about", "a/permissions", "a?alt=media", "é"} {
			_, err := store.Stat(t.Context(), id)
			requireCode(t, frontdesk.Invalid, err)
			requireCode(t, frontdesk.Invalid, store.Delete(t.Context(), id))
		}
		assert.Zero(t, s.Requests())
	})
}

func TestShare(t *testing.T) {
	inBubble(t, "a link is made on request alone, and search engines do not find it", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		o, err := put(t.Context(), store, content(10))
		require.NoError(t, err)
		assert.False(t, s.Files()[0].Public)
		_, err = store.Share(t.Context(), o.ID)
		require.NoError(t, err)
		assert.True(t, s.Files()[0].Public)
		assert.False(t, s.Files()[0].Searchable)
		require.NoError(t, store.Unshare(t.Context(), o.ID))
		assert.False(t, s.Files()[0].Public)
	})
	inBubble(t, "a link that the domain's policy refuses is PermissionDenied", func(t *testing.T) {
		_, store := local(t, driveserver.Options{Domain: true}, drive.Options{})
		o, err := put(t.Context(), store, content(10))
		require.NoError(t, err)
		_, err = store.Share(t.Context(), o.ID)
		requireCode(t, frontdesk.PermissionDenied, err)
		assert.Equal(t, "publishOutNotPermitted", reason(err))
	})
	inBubble(t, "the limit on sharing is told for later, while uploads go on", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		o, err := put(t.Context(), store, content(10))
		require.NoError(t, err)
		s.Next(driveserver.Permissions, driveserver.Fault{Status: 403, Reason: "sharingRateLimitExceeded"})
		begun := s.Now()
		_, err = store.Share(t.Context(), o.ID)
		requireCode(t, frontdesk.RateLimited, err)
		assert.Positive(t, frontdesk.RetryAfter(err))
		_, err = put(t.Context(), store, content(10))
		require.NoError(t, err)
		assert.Equal(t, begun, s.Now())
	})
}

func TestSharedDrives(t *testing.T) {
	inBubble(t, "everything asks for shared drives, so nothing there is a 404", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		id := s.AddDrive("Clients")
		store := reaching(t, s, drive.Options{Folder: id})
		s.Add(driveserver.File{Name: "in My Drive"})
		require.NoError(t, store.Probe(t.Context()))
		folder, err := store.EnsureFolder(t.Context(), "client:7", "Seven")
		require.NoError(t, err)
		o := options("a.bin", content(6*miB))
		o.Folder = folder
		stored, err := store.Put(t.Context(), bytes.NewReader(content(6*miB)), o)
		require.NoError(t, err)
		copied, err := store.Copy(t.Context(), stored.ID, o)
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{stored.ID, copied.ID}, list(t, store, ""))
		_, err = store.Share(t.Context(), stored.ID)
		require.NoError(t, err)
		require.NoError(t, store.Unshare(t.Context(), stored.ID))
		require.NoError(t, store.Delete(t.Context(), stored.ID))
		assert.Equal(t, []string{copied.ID}, list(t, store, folder))
		assert.Zero(t, s.Count(driveserver.Drives))
	})
}
