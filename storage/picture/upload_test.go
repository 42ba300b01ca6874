package picture_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/picture"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

var _ picture.Uploader = (*storage.Service)(nil)

// failing is an Uploader that takes nothing.
type failing struct{ err error }

// Upload implements [picture.Uploader].
func (f failing) Upload(context.Context, storage.Upload) (*storage.Document, error) {
	return nil, f.err
}

func TestUpload(t *testing.T) {
	spool := storage.NewSpool(t.TempDir())
	t.Cleanup(func() { require.NoError(t, spool.Close()) })
	svc := storage.New(storagetest.NewStore(), storagetest.NewRows(), &storage.Options{Spool: spool})
	admin := frontdesk.WithActor(t.Context(), frontdesk.Admin("grace", frontdesk.Origin{}))
	client := frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
	content := pngOf(t, quarters(600, 600))

	t.Run("a client sees the picture that staff brings", func(t *testing.T) {
		d, err := picture.Upload(admin, svc, "acme", bytes.NewReader(content), &picture.Options{Title: "Profilbild", Folder: "Profil"})
		require.NoError(t, err)
		assert.Equal(t, []string{"acme", "Profilbild", "Profil", "picture.jpg"}, []string{d.Client, d.Title, d.Folder, d.Latest.Name})
		_, err = svc.Document(client, d.ID)
		require.NoError(t, err)
	})
	t.Run("the same picture again is the same document, and another is another", func(t *testing.T) {
		first, err := picture.Upload(client, svc, "acme", bytes.NewReader(content), nil)
		require.NoError(t, err)
		again, err := picture.Upload(client, svc, "acme", bytes.NewReader(content), nil)
		require.NoError(t, err)
		assert.Equal(t, first.ID, again.ID)
		other, err := picture.Upload(client, svc, "acme", bytes.NewReader(pngOf(t, quarters(300, 300))), nil)
		require.NoError(t, err)
		assert.NotEqual(t, first.ID, other.ID)
	})
	t.Run("what is no picture does not reach the service", func(t *testing.T) {
		_, err := picture.Upload(client, failing{errors.New("it was called")}, "acme", bytes.NewReader(pngHeader(50_000, 50_000)), nil)
		requireRefused(t, err)
	})
	t.Run("the service's refusal comes out", func(t *testing.T) {
		_, err := picture.Upload(client, svc, "globex", bytes.NewReader(content), nil)
		assert.Equal(t, frontdesk.PermissionDenied, frontdesk.CodeOf(err))
	})
}
