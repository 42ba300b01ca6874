package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// driveKey is a service account's key, whose tokens a server on this machine gives out.
func driveKey(t *testing.T, token string) string {
	t.Helper()
	server := newServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, err := fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, token)
		assert.NoError(t, err)
	}))
	key, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "desk@project.iam.gserviceaccount.com", "token_uri": server,
		"private_key": privateKey(),
	})
	require.NoError(t, err)
	return string(key)
}

// privateKey is one for all tests: making it takes a while.
var privateKey = sync.OnceValue(func() string {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
})

// onDrive keeps documents as the environment says.
func onDrive(t *testing.T, env ...string) func(*config) {
	t.Helper()
	c, err := read(nil, env...)
	require.NoError(t, err)
	c.documents.seeded = false
	return func(to *config) { to.documents = c.documents }
}

// inDrive are the contents of the files there.
func inDrive(s *driveserver.Server) (all []string) {
	for _, f := range s.Files() {
		if f.MIMEType != driveserver.FolderType && !f.Trashed {
			all = append(all, string(f.Content))
		}
	}
	return all
}

func TestDrive(t *testing.T) {
	db := sqliteFile(t)
	server := driveserver.NewServer(&driveserver.Options{Token: "ya29.canary", User: "desk@project.iam.gserviceaccount.com"})
	base, key := newServer(t, server), driveKey(t, "ya29.canary")
	content := strings.Repeat("drive ", 20)
	local := start(t, on(db)).uploaded(t, "client:acme", "before.txt", "before")
	server.Next(driveserver.Upload, driveserver.Fault{Lose: true}, driveserver.Fault{Status: http.StatusServiceUnavailable})
	r := start(t, on(db), onDrive(t, "GOOGLE_SERVICE_ACCOUNT_KEY="+key, "GOOGLE_DRIVE_FOLDER_ID="+server.AddDrive("Clients"), "DRIVE_API_BASE="+base))
	d := r.uploaded(t, "client:acme", "drive.txt", content)
	r.stored(t, "client:acme", d.ID)
	t.Run("a document is in Drive once, although an answer was lost", func(t *testing.T) {
		assert.Equal(t, []string{content}, inDrive(server))
		assert.Equal(t, content, string(r.ask(t, "admin:root", "GET", documentsPath+"/"+d.ID+"/content", "").Body))
		assert.Equal(t, "drive", string(r.ask(t, "admin:root", "GET", documentsPath+"/"+d.ID+"/content", "", "Range", "bytes=0-4").Body))
	})
	t.Run("what was kept in the directory before is still read", func(t *testing.T) {
		assert.Equal(t, "before", string(r.ask(t, "client:acme", "GET", documentsPath+"/"+local.ID+"/content", "").Body))
	})
	t.Run("what is deleted leaves Drive", func(t *testing.T) {
		assert.Equal(t, http.StatusNoContent, r.ask(t, "admin:root", "DELETE", documentsPath+"/"+d.ID, "").Status)
		eventually(t, "deleted", func() bool { return len(inDrive(server)) == 0 })
	})
	t.Run("no log shows a token or a key", func(t *testing.T) {
		assert.NotContains(t, r.log.String(), "canary")
		assert.NotContains(t, r.log.String(), "PRIVATE")
	})
}

func TestDriveEmulator(t *testing.T) {
	open := func(t *testing.T, env ...string) (*portal, error) {
		c, err := read(nil, env...)
		require.NoError(t, err)
		c.appURL, c.database = "http://127.0.0.1", sqliteFile(t)
		return openPortal(t.Context(), c, slog.New(slog.DiscardHandler))
	}
	t.Run("an emulator needs no key", func(t *testing.T) {
		p, err := open(t, "DRIVE_API_BASE="+newServer(t, driveserver.NewServer(nil))+"/drive/v3")
		require.NoError(t, err)
		require.NoError(t, p.close())
	})
	t.Run("a service account without a shared drive is refused at the start, with the ways out", func(t *testing.T) {
		base := newServer(t, driveserver.NewServer(&driveserver.Options{User: "desk@project.iam.gserviceaccount.com"}))
		_, err := open(t, "GOOGLE_SERVICE_ACCOUNT_KEY="+driveKey(t, "ya29.canary"), "DRIVE_API_BASE="+base)
		require.Error(t, err)
		assert.Equal(t, frontdesk.FailedPrecondition, frontdesk.CodeOf(err))
		for _, word := range []string{"GOOGLE_DRIVE_FOLDER_ID", "GOOGLE_DRIVE_SUBJECT", "shared drive"} {
			assert.Contains(t, err.Error(), word)
		}
		assert.NotContains(t, err.Error(), "canary")
	})
	t.Run("a key that is none is refused without being shown", func(t *testing.T) {
		_, err := open(t, `GOOGLE_SERVICE_ACCOUNT_KEY={"private_key":"canary"`)
		require.Error(t, err)
		assert.Contains(t, err.Error(), "GOOGLE_SERVICE_ACCOUNT_KEY")
		assert.NotContains(t, err.Error(), "canary")
	})
}

func TestDocumentsConfig(t *testing.T) {
	t.Run("nothing set is a directory beside the SQLite file", func(t *testing.T) {
		c, err := read([]string{"-db", "sqlite:data/desk.db"})
		require.NoError(t, err)
		assert.True(t, c.documents.local())
		assert.True(t, c.documents.seeded)
		assert.Equal(t, "data/desk.db-files", c.filesDir())
		assert.True(t, c.documentsSweep().Delete, "nobody else's")
	})
	t.Run("with Postgres it is one in the working directory, in which nothing is deleted unasked", func(t *testing.T) {
		c, err := read([]string{"-db", "postgres://h/d"})
		require.NoError(t, err)
		assert.Equal(t, "portal-files", c.filesDir())
		assert.False(t, c.documentsSweep().Delete)
	})
	t.Run("-data names another", func(t *testing.T) {
		c, err := read([]string{"-data", "elsewhere"})
		require.NoError(t, err)
		assert.Equal(t, "elsewhere", c.filesDir())
	})
	t.Run("a directory that cannot be made is named", func(t *testing.T) {
		c, err := read(nil)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		c.appURL, c.database, c.documents.dir = "http://127.0.0.1", sqliteFile(t), filepath.Join(file, "files")
		_, err = openPortal(t.Context(), c, slog.New(slog.DiscardHandler))
		require.Error(t, err)
		assert.Contains(t, err.Error(), "-data")
	})
	t.Run("a key is JSON or the path of its file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "key.json")
		require.NoError(t, os.WriteFile(file, []byte(`{"canary":1}`), 0o600))
		for _, value := range []string{file, `{"canary":1}`} {
			c, err := read(nil, "GOOGLE_SERVICE_ACCOUNT_KEY="+value, "GOOGLE_DRIVE_FOLDER_ID=0Aabc", "GOOGLE_DRIVE_SUBJECT=ada@studio.example")
			require.NoError(t, err)
			assert.Equal(t, `{"canary":1}`, c.documents.key.Reveal())
			assert.False(t, c.documents.local())
			assert.False(t, c.documents.seeded, "no demo documents in a real Drive")
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), "canary")
		}
	})
	t.Run("an API address is an origin, with or without the path of the API", func(t *testing.T) {
		for _, base := range []string{"http://127.0.0.1:9", "http://127.0.0.1:9/", "http://127.0.0.1:9/drive/v3", "http://127.0.0.1:9/drive/v3/"} {
			c, err := read(nil, "DRIVE_API_BASE="+base)
			require.NoError(t, err)
			assert.Equal(t, "http://127.0.0.1:9/drive/v3/", c.documents.apiBase)
		}
	})
}
