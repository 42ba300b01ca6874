package drive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

const endpoint = "http://drive.test/drive/v3/"

func tokens() oauth2.TokenSource {
	return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "secret-token"})
}

// reaching is a store that works with the server, in this process.
func reaching(t *testing.T, s *driveserver.Server, o drive.Options) *drive.Store {
	t.Helper()
	o.Endpoint, o.HTTPClient = endpoint, &http.Client{Transport: s.Transport()}
	o.SpoolDir = t.TempDir()
	store, err := drive.New(tokens(), &o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// inBubble is a subtest in which waiting takes no time.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// local is a server that holds nothing and a store that works with it.
func local(t *testing.T, so driveserver.Options, o drive.Options) (*driveserver.Server, *drive.Store) {
	t.Helper()
	s := driveserver.NewServer(&so)
	return s, reaching(t, s, o)
}

// content is n bytes that look random.
func content(n int) []byte {
	source := rand.NewPCG(7, uint64(n))
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, source.Uint64())
	}
	return b[:n:n]
}

func options(name string, c []byte) storage.PutOptions {
	return storage.PutOptions{Name: name, ContentType: "application/octet-stream", Size: int64(len(c))}
}

func put(ctx context.Context, s *drive.Store, c []byte) (*storage.Object, error) {
	return s.Put(ctx, bytes.NewReader(c), options("a.bin", c))
}

func sum(c []byte) []byte {
	h := sha256.Sum256(c)
	return h[:]
}

func requireCode(t *testing.T, want frontdesk.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want.String(), frontdesk.CodeOf(err).String(), err.Error())
}

// requireOne checks that the server has one file, with the content.
func requireOne(t *testing.T, s *driveserver.Server, c []byte) {
	t.Helper()
	files := s.Files()
	require.Len(t, files, 1)
	assert.True(t, bytes.Equal(c, files[0].Content), "the content differs")
}

func read(t *testing.T, s *drive.Store, id string) []byte {
	t.Helper()
	body, _, err := s.Get(t.Context(), id, storage.Range{})
	require.NoError(t, err)
	defer body.Close()
	c, err := io.ReadAll(body)
	require.NoError(t, err)
	return c
}
