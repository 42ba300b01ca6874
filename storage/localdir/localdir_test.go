package localdir_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage/localdir"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

const part = 64 << 10

func TestDocumentStore(t *testing.T) {
	storagetest.TestDocumentStore(t, func(t *testing.T) storagetest.Harness {
		return storagetest.Harness{Store: open(t, t.TempDir(), &localdir.Options{NoSync: true, Part: part}), Part: part}
	})
}

func open(t *testing.T, dir string, o *localdir.Options) *localdir.Store {
	t.Helper()
	s, err := localdir.New(dir, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
