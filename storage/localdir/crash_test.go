//go:build unix

package localdir_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
)

// What a victim is told in its environment: the directory, and what to do in it.
const (
	victimDir  = "FRONTDESK_LOCALDIR_VICTIM"
	victimTask = "FRONTDESK_LOCALDIR_TASK"
)

// TestCrash kills processes that put and delete, with SIGKILL, at any moment. Two of them
// share a directory.
//
// With FRONTDESK_PROOF=1 it kills 200 instead of 10.
func TestCrash(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		beVictim(t, dir)
		return
	}
	rounds := 5
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		rounds = 100
	}
	t.Run("what was put before a kill is there, what was deleted is gone, and all that is there is whole", func(t *testing.T) {
		c := &crash{T: t, dir: t.TempDir(), put: map[string]bool{}}
		for range rounds {
			c.live(5 + rand.N(20))
			c.check()
			c.thin()
		}
		c.clean()
	})
	t.Run("a resumable put that was killed continues in another process", func(t *testing.T) {
		dir := t.TempDir()
		out, err := victim(t, dir, "resume").CombinedOutput()
		require.Error(t, err, "%s", out)
		saved, err := os.ReadFile(filepath.Join(dir, "state"))
		require.NoError(t, err)
		s := open(t, filepath.Join(dir, "store"), &localdir.Options{Part: part})
		var told []int64
		c := contentOf("resumed", resumedSize)
		o, err := s.PutResumable(t.Context(), bytes.NewReader(c), storage.PutOptions{
			Name: "big", ContentType: "video/mp4", Size: resumedSize, Progress: func(done int64) { told = append(told, done) },
		}, saved, func(context.Context, []byte) error { return nil })
		require.NoError(t, err)
		require.Equal(t, int64(4*part), told[0], "nothing that has reached the disk is written again")
		sum := sha256.Sum256(c)
		require.Equal(t, sum[:], o.SHA256)
	})
}

const resumedSize = 8*part + 1

func victim(t *testing.T, dir, task string) *exec.Cmd {
	v := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestCrash$")
	v.Env = append(os.Environ(), victimDir+"="+dir, victimTask+"="+task)
	return v
}

// beVictim works until it is killed, and says what it has done.
func beVictim(t *testing.T, dir string) {
	s := open(t, filepath.Join(dir, "store"), &localdir.Options{Part: part})
	if os.Getenv(victimTask) == "resume" {
		killInTheMiddle(t, s, filepath.Join(dir, "state"))
	}
	folder, err := s.EnsureFolder(t.Context(), "client:7", "Client 7")
	require.NoError(t, err)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for {
				work(t, s, folder)
			}
		})
	}
	workers.Wait()
}

// killInTheMiddle dies when the fourth part has reached the disk, and the state of the third was saved.
func killInTheMiddle(t *testing.T, s *localdir.Store, file string) {
	saves := 0
	_, err := s.PutResumable(t.Context(), bytes.NewReader(contentOf("resumed", resumedSize)), storage.PutOptions{
		Name: "big", ContentType: "video/mp4", Size: resumedSize,
	}, nil, func(_ context.Context, state []byte) error {
		saves++
		if saves <= 4 {
			return os.WriteFile(file, state, 0o600)
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
	require.NoError(t, err)
}

func work(t *testing.T, s *localdir.Store, folder string) {
	id, err := s.NewID(t.Context())
	if err != nil {
		panic(err)
	}
	o := storage.PutOptions{ID: id, Folder: folder, Name: id, ContentType: "text/plain", Size: sizeOf(id)}
	if _, err := s.Put(t.Context(), bytes.NewReader(contentOf(id, o.Size)), o); err != nil {
		panic(err)
	}
	fmt.Println("put", id)
	if rand.N(4) == 0 {
		fmt.Println("deleting", id)
		if err := s.Delete(t.Context(), id); err != nil {
			panic(err)
		}
		fmt.Println("deleted", id)
	}
}

// sizeOf and contentOf follow from the id, so that whoever finds an object knows what it must be.
func sizeOf(id string) int64 {
	h := fnv.New32()
	_, _ = io.WriteString(h, id)
	return int64(h.Sum32() % (1 << 19))
}

func contentOf(id string, size int64) []byte {
	sum := sha256.Sum256([]byte(id))
	return bytes.Repeat(sum[:], int(size)/len(sum)+1)[:size]
}

// crash is a directory that outlives who works in it.
type crash struct {
	*testing.T
	dir string
	mu  sync.Mutex
	put map[string]bool // whether it must be there; what may be is left out
}

// live starts two victims and kills both when one has done so much.
func (c *crash) live(lines int) {
	c.Helper()
	victims := []*exec.Cmd{victim(c.T, c.dir, "work"), victim(c.T, c.dir, "work")}
	enough := make(chan struct{}, 2)
	var read sync.WaitGroup
	for _, v := range victims {
		out, err := v.StdoutPipe()
		require.NoError(c, err)
		require.NoError(c, v.Start())
		read.Go(func() { c.listen(out, lines, enough) })
	}
	<-enough
	for _, v := range victims {
		require.NoError(c, v.Process.Kill())
	}
	read.Wait()
	for _, v := range victims {
		require.Error(c, v.Wait())
		status, is := v.ProcessState.Sys().(syscall.WaitStatus)
		require.True(c, is && status.Signaled(), "it must have died of the kill alone")
	}
}

func (c *crash) listen(out io.Reader, lines int, enough chan<- struct{}) {
	said := bufio.NewReader(out)
	for n := 1; ; n++ {
		line, err := said.ReadString('\n')
		if n == lines || (err != nil && n < lines) {
			enough <- struct{}{}
		}
		if err != nil {
			return
		}
		c.note(strings.Fields(line))
	}
}

func (c *crash) note(did []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch did[0] {
	case "put":
		c.put[did[1]] = true
	case "deleting":
		delete(c.put, did[1])
	case "deleted":
		c.put[did[1]] = false
	}
}

// check reads all that is there.
func (c *crash) check() {
	c.Helper()
	s := open(c.T, filepath.Join(c.dir, "store"), nil)
	folder, err := s.EnsureFolder(c.Context(), "client:7", "Client 7")
	require.NoError(c, err)
	all, listed := c.whole(s, ""), c.whole(s, folder)
	require.Equal(c, all, listed, "all are in the folder")
	for id, there := range c.put {
		require.Equal(c, there, all[id], id)
	}
}

// whole are the objects of a folder, each of which must be as it was put.
func (c *crash) whole(s *localdir.Store, folder string) map[string]bool {
	c.Helper()
	all := map[string]bool{}
	for o, err := range s.List(c.Context(), folder) {
		require.NoError(c, err)
		body, _, err := s.Get(c.Context(), o.ID, storage.Range{})
		require.NoError(c, err)
		got, err := io.ReadAll(body)
		require.NoError(c, err)
		require.NoError(c, body.Close())
		require.True(c, bytes.Equal(contentOf(o.ID, sizeOf(o.ID)), got), "%s is not as it was put", o.ID)
		all[o.ID] = true
	}
	return all
}

// thin deletes all but a few, so that many rounds do not fill the disk.
func (c *crash) thin() {
	c.Helper()
	s := open(c.T, filepath.Join(c.dir, "store"), nil)
	kept := 0
	for o, err := range s.List(c.Context(), "") {
		require.NoError(c, err)
		if kept++; kept > 10 {
			require.NoError(c, s.Delete(c.Context(), o.ID))
			c.put[o.ID] = false
		}
	}
}

// clean sweeps what the dead have left.
func (c *crash) clean() {
	c.Helper()
	s := open(c.T, filepath.Join(c.dir, "store"), nil)
	swept, err := s.Sweep(c.Context(), 0)
	require.NoError(c, err)
	require.Positive(c, swept, "kills in the middle leave something")
	left, err := os.ReadDir(filepath.Join(c.dir, "store", "tmp"))
	require.NoError(c, err)
	require.Empty(c, left)
	c.check()
}
