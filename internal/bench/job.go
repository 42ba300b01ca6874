package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	kiB = 1 << 10
	miB = 1 << 20

	// jobVariable is where a process finds the job that it is started for.
	jobVariable = "FRONTDESK_BENCH_JOB"
	putters     = 8 // uploads at once
)

// job is what a client does in a process of its own, so that its memory can be seen.
type job struct {
	Server  string
	Chunk   int      // of drive/v3; 0: the client is Frontdesk
	Names   []string // of the files that are put
	Content string   // the path of what is in each of them
	State   string   // where Frontdesk keeps how far an upload has come; empty: nowhere
}

// usage is what a job took.
type usage struct {
	Wall   time.Duration
	Peak   int64             // resident bytes
	Failed map[string]string // names, and why
}

// run does the job in another process.
func (j job) run(ctx context.Context) (u usage, err error) {
	text, err := json.Marshal(j)
	if err != nil {
		return u, err
	}
	self, err := os.Executable()
	if err != nil {
		return u, err
	}
	c := exec.CommandContext(ctx, self)
	c.Env = append(os.Environ(), jobVariable+"="+string(text))
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return u, fmt.Errorf("the client's process: %w", err)
	}
	return u, json.Unmarshal(out, &u)
}

// serveJob does the job that this process was started for.
func serveJob(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	put, err := j.client()
	if err != nil {
		return err
	}
	small, err := j.small()
	if err != nil {
		return err
	}
	begun := time.Now()
	failed := j.putAll(context.Background(), put, small)
	u := usage{Wall: time.Since(begun), Failed: failed}
	if u.Peak, err = peak(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(u)
}

// small is content that lies in memory; nil for that which stays in its file.
func (j job) small() ([]byte, error) {
	about, err := os.Stat(j.Content)
	if err != nil || about.Size() > miB {
		return nil, err
	}
	return os.ReadFile(j.Content)
}

// putAll puts the files and returns the names of those that failed, and why.
func (j job) putAll(ctx context.Context, put putter, small []byte) map[string]string {
	names := make(chan string, len(j.Names))
	for _, name := range j.Names {
		names <- name
	}
	close(names)
	failed := map[string]string{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range putters {
		all.Go(func() {
			for name := range names {
				if err := j.putOne(ctx, put, name, small); err != nil {
					mu.Lock()
					failed[name] = err.Error()
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return failed
}

func (j job) putOne(ctx context.Context, put putter, name string, small []byte) error {
	if small != nil {
		return put(ctx, name, bytes.NewReader(small), int64(len(small)))
	}
	file, err := os.Open(filepath.Clean(j.Content))
	if err != nil {
		return err
	}
	about, err := file.Stat()
	if err == nil {
		err = put(ctx, name, file, about.Size())
	}
	return errors.Join(err, file.Close())
}

// peak is the most memory that was resident in this process; 0 where the system does not
// tell. Its rusage would count what the parent had when it forked.
func peak() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	for line := range strings.Lines(string(status)) {
		if text, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 10, 64)
			return n * kiB, err
		}
	}
	return 0, err
}
