package driveserver_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// client is drive/v3 as anybody uses it.
func client(t *testing.T, s *driveserver.Server) *drive.Service {
	t.Helper()
	c := &http.Client{Transport: &oauth2.Transport{
		Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "any"}), Base: s.Transport(),
	}}
	api, err := drive.NewService(context.Background(), option.WithHTTPClient(c), option.WithEndpoint("http://drive.test/drive/v3/"))
	require.NoError(t, err)
	return api
}

func requireReason(t *testing.T, status int, reason string, err error) {
	t.Helper()
	var e *googleapi.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, status, e.Code)
	require.NotEmpty(t, e.Errors)
	assert.Equal(t, reason, e.Errors[0].Reason)
}

func names(t *testing.T, call *drive.FilesListCall) (all []string) {
	t.Helper()
	require.NoError(t, call.Pages(t.Context(), func(page *drive.FileList) error {
		for _, f := range page.Files {
			all = append(all, f.Name)
		}
		return nil
	}))
	return all
}

func TestServer(t *testing.T) {
	t.Run("drive/v3 uploads in one request and in chunks, and reads it back", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		api := client(t, s)
		for _, size := range []int{0, 1000, 3<<20 + 1} {
			content := bytes.Repeat([]byte("x"), size)
			f, err := api.Files.Create(&drive.File{Name: "a"}).Media(bytes.NewReader(content), googleapi.ChunkSize(1<<20)).Fields("id,size").Do()
			require.NoError(t, err)
			assert.EqualValues(t, size, f.Size)
			answer, err := api.Files.Get(f.Id).Download()
			require.NoError(t, err)
			got, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			assert.Equal(t, content, got)
		}
		assert.Equal(t, 1, s.Count(driveserver.Start))
		assert.Equal(t, 4, s.Count(driveserver.Chunk))
	})
	t.Run("only the fields that were asked for are told", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		id := s.Add(driveserver.File{Name: "a", Content: []byte("x")})
		f, err := client(t, s).Files.Get(id).Do()
		require.NoError(t, err)
		assert.Empty(t, f.Sha256Checksum)
		f, err = client(t, s).Files.Get(id).Fields("sha256Checksum").Do()
		require.NoError(t, err)
		assert.NotEmpty(t, f.Sha256Checksum)
		assert.Empty(t, f.Name)
	})
	t.Run("an item of a shared drive is a 404 for who does not support them", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		api := client(t, s)
		id := s.Add(driveserver.File{Name: "a", Parent: s.AddDrive("Clients")})
		_, err := api.Files.Get(id).Do()
		requireReason(t, 404, "notFound", err)
		_, err = api.Files.Get(id).SupportsAllDrives(true).Do()
		require.NoError(t, err)
		assert.Empty(t, names(t, api.Files.List()))
		assert.Equal(t, []string{"a"}, names(t, api.Files.List().SupportsAllDrives(true).IncludeItemsFromAllDrives(true)))
	})
	t.Run("a service account creates folders and no files in My Drive", func(t *testing.T) {
		s := driveserver.NewServer(&driveserver.Options{User: "a@b.iam.gserviceaccount.com"})
		api := client(t, s)
		_, err := api.Files.Create(&drive.File{MimeType: driveserver.FolderType}).Do()
		require.NoError(t, err)
		_, err = api.Files.Create(&drive.File{}).Media(strings.NewReader("x")).Do()
		requireReason(t, 403, "storageQuotaExceeded", err)
	})
	t.Run("names may be the same, and a search by name lags while one by id does not", func(t *testing.T) {
		s := driveserver.NewServer(&driveserver.Options{SearchLag: time.Minute})
		api := client(t, s)
		id := s.Add(driveserver.File{Name: "a"})
		s.Add(driveserver.File{Name: "a"})
		_, err := api.Files.Get(id).Do()
		require.NoError(t, err)
		assert.Empty(t, names(t, api.Files.List().Q("name = 'a'")))
		assert.Len(t, names(t, api.Files.List().Q("'root' in parents and name = 'a'")), 2)
		s.Advance(time.Minute)
		assert.Len(t, names(t, api.Files.List().Q("name = 'a'").PageSize(1)), 2)
	})
	t.Run("an id must have been generated, and is used once", func(t *testing.T) {
		api := client(t, driveserver.NewServer(nil))
		_, err := api.Files.Create(&drive.File{Id: "made-up"}).Do()
		requireReason(t, 400, "invalid", err)
		ids, err := api.Files.GenerateIds().Count(1).Do()
		require.NoError(t, err)
		_, err = api.Files.Create(&drive.File{Id: ids.Ids[0]}).Do()
		require.NoError(t, err)
		_, err = api.Files.Create(&drive.File{Id: ids.Ids[0]}).Do()
		requireReason(t, 409, "fileIdInUse", err)
	})
	t.Run("what lies in the trash is listed unless that is refused, and can be read", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		api := client(t, s)
		id := s.Add(driveserver.File{Name: "a", Trashed: true})
		f, err := api.Files.Get(id).Fields("trashed").Do()
		require.NoError(t, err)
		assert.True(t, f.Trashed)
		assert.Len(t, names(t, api.Files.List()), 1)
		assert.Empty(t, names(t, api.Files.List().Q("trashed = false")))
	})
	t.Run("a bucket refuses what comes too fast", func(t *testing.T) {
		now := time.Now()
		s := driveserver.NewServer(&driveserver.Options{Rate: 1, Burst: 2, Clock: func() time.Time { return now }})
		api := client(t, s)
		for range 2 {
			_, err := api.Files.List().Do()
			require.NoError(t, err)
		}
		_, err := api.Files.List().Do()
		requireReason(t, 403, "userRateLimitExceeded", err)
		now = now.Add(time.Second)
		_, err = api.Files.List().Do()
		require.NoError(t, err)
	})
	t.Run("a file that the app never saw is a 404", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		_, err := client(t, s).Files.Get(s.Add(driveserver.File{Hidden: true})).Do()
		requireReason(t, 404, "notFound", err)
	})
}
