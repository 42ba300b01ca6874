package drive_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// Where a child process finds what it is to do.
const (
	childServer = "FRONTDESK_DRIVE_CHILD"
	childFolder = "FRONTDESK_DRIVE_FOLDER"
)

// TestChild is the process that is killed. Alone it has nothing to do.
func TestChild(t *testing.T) {
	if os.Getenv(childServer) == "" {
		t.Skip("it is run by TestKill")
	}
	store, err := drive.New(tokens(), &drive.Options{Endpoint: os.Getenv(childServer)})
	require.NoError(t, err)
	folder := os.Getenv(childFolder)
	file, err := os.Open(filepath.Join(folder, "content"))
	require.NoError(t, err)
	defer file.Close()
	o := options("large.bin", nil)
	o.Size = 64 * miB
	state, _ := os.ReadFile(filepath.Join(folder, "state")) // there is none at first
	_, err = store.PutResumable(t.Context(), file, o, state, func(_ context.Context, raw []byte) error {
		next := filepath.Join(folder, "next")
		if err := os.WriteFile(next, raw, 0o600); err != nil {
			return err
		}
		defer fmt.Println("saved")
		return os.Rename(next, filepath.Join(folder, "state"))
	})
	require.NoError(t, err)
	fmt.Println("stored")
}

func child(t *testing.T, server, folder string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v")
	c.Env = append(os.Environ(), childServer+"="+server+"/drive/v3/", childFolder+"="+folder)
	return c
}

func TestKill(t *testing.T) {
	t.Run("an upload of 64 MiB that is killed after its third chunk sends at most one chunk twice", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		server := httptest.NewServer(s)
		defer server.Close()
		folder, c := t.TempDir(), content(64*miB)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "content"), c, 0o600))
		killAfter(t, child(t, server.URL, folder), 4) // the first is the session
		assert.Empty(t, s.Files())
		out, err := child(t, server.URL, folder).CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Contains(t, string(out), "stored")
		requireOne(t, s, c)
		assert.Equal(t, 1, s.Count(driveserver.Start))
		assert.LessOrEqual(t, s.Received(), int64(len(c)+8*miB))
		t.Logf("%.2f MiB were sent twice", float64(s.Received()-int64(len(c)))/miB)
	})
}

// killAfter runs a child and kills it when it has saved so often.
func killAfter(t *testing.T, c *exec.Cmd, saves int) {
	t.Helper()
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	lines := bufio.NewScanner(out)
	for saves > 0 && lines.Scan() {
		if strings.Contains(lines.Text(), "saved") {
			saves--
		}
	}
	require.Zero(t, saves, "it ended too early")
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
}
