package storetest_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func TestEachGivesEmptyDatabasesOfTheirOwn(t *testing.T) {
	for range 2 {
		storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
			_, err := db.Exec("CREATE TABLE t (id INTEGER)")
			assert.NoError(t, err)
		})
	}
}

func TestPostgresKeepsCommits(t *testing.T) {
	var fsync string
	require.NoError(t, storetest.Postgres(t).Get(&fsync, "SHOW fsync"))
	assert.Equal(t, os.Getenv("FRONTDESK_POSTGRES_FSYNC") != "off", fsync == "on")
}

func TestPostgresListensOnNoPort(t *testing.T) {
	var addresses string
	require.NoError(t, storetest.Postgres(t).Get(&addresses, "SHOW listen_addresses"))
	assert.Empty(t, addresses)
}

const child = "STORETEST_CHILD"

// TestTheServerEndsWithTheProcess kills a process that has started a server, and waits
// until the server and its files are gone.
func TestTheServerEndsWithTheProcess(t *testing.T) {
	if os.Getenv(child) != "" {
		var socket string
		require.NoError(t, storetest.Postgres(t).Get(&socket, "SHOW unix_socket_directories"))
		fmt.Println("socket", socket)
		select {} // until it is killed
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	dir := socketOf(t, bufio.NewScanner(out))
	require.DirExists(t, dir)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	assert.Eventually(t, func() bool { return gone(dir) }, 30*time.Second, 20*time.Millisecond)
}

func socketOf(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if dir, found := strings.CutPrefix(lines.Text(), "socket "); found {
			return dir
		}
		if strings.Contains(lines.Text(), "SKIP") || lines.Text() == "PASS" {
			t.Skip("no Postgres here")
		}
	}
	t.Fatal("the child did not start a server")
	return ""
}

func gone(dir string) bool {
	_, err := os.Stat(dir)
	return os.IsNotExist(err)
}

func TestWithoutBinariesTestsAreSkippedUnlessPostgresIsRequired(t *testing.T) {
	if os.Getenv(child) != "" {
		storetest.Postgres(t)
		return
	}
	for required, want := range map[string]string{"": "--- SKIP", "1": "--- FAIL"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", t.Name()+"$")
		cmd.Env = append(os.Environ(), child+"=1", "FRONTDESK_REQUIRE_POSTGRES="+required, "FRONTDESK_POSTGRES_BIN=/nowhere")
		out, _ := cmd.CombinedOutput()
		assert.Contains(t, string(out), want)
		assert.Contains(t, string(out), "no Postgres binaries")
	}
}
