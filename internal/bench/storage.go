package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// chunks are those of the clients: ours first, which has none to choose.
var chunks = []int{0, 256 * kiB, 16 * miB}

// uploads measures clients beside each other.
type uploads struct {
	folder string // for contents
	rounds int
	table  *comparisons
}

// measureUploads puts files into a local Drive, which is in this process, from one process a client.
func measureUploads(ctx context.Context, rounds int, table *comparisons) (err error) {
	folder, err := os.MkdirTemp("", "frontdesk-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	u := uploads{folder, rounds, table}
	for _, measure := range []func(context.Context) error{u.small, u.large, u.faults, u.killed} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// small has two requests besides one a file, which fetch ids for 200 files each.
func (u uploads) small(ctx context.Context) error {
	taken, err := u.measure(ctx, 300, 100*kiB)
	if err != nil {
		return err
	}
	u.table.add("300 files of 100 KiB", taken.wall(), taken.memory(30), taken.requests(302))
	return nil
}

func (u uploads) large(ctx context.Context) error {
	taken, err := u.measure(ctx, 8, 64*miB)
	if err != nil {
		return err
	}
	wall := taken.wall()
	wall.most = 0
	u.table.add("8 files of 64 MiB", wall, taken.memory(25), taken.requests(0))
	return nil
}

// took is what each client took, round by round.
type took [][]float64

// taken is what the clients took.
type taken struct{ ms, above, count took }

func (t taken) wall() figure {
	return figure{name: "ms", format: "%.0f", values: t.ms.medians(), most: 1.3, relative: true}
}

func (t taken) memory(most float64) figure {
	return figure{name: "MiB above idle", format: "%.1f", values: t.above.medians(), most: most}
}

func (t taken) requests(most float64) figure {
	return figure{name: "requests", format: "%.0f", values: t.count.medians(), most: most}
}

func (t took) medians() []float64 {
	m := make([]float64, len(t))
	for n, all := range t {
		m[n] = median(all)
	}
	return m
}

// measure lets the clients put the same files by turns.
func (u uploads) measure(ctx context.Context, files, size int) (t taken, err error) {
	t = taken{make(took, len(chunks)), make(took, len(chunks)), make(took, len(chunks))}
	for round := range u.rounds {
		for turn := range chunks {
			n := (round + turn) % len(chunks)
			j, err := u.job(chunks[n], files, size)
			if err != nil {
				return t, err
			}
			busy, idle, requests, err := putOnce(ctx, j)
			if err != nil {
				return t, err
			}
			t.ms[n] = append(t.ms[n], milliseconds(busy.Wall))
			t.above[n] = append(t.above[n], float64(busy.Peak-idle.Peak)/miB)
			t.count[n] = append(t.count[n], float64(requests))
		}
	}
	return t, nil
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// putOnce does a job, and one like it that has nothing to put.
func putOnce(ctx context.Context, j job) (busy, idle usage, requests int, err error) {
	s := driveserver.NewServer(&driveserver.Options{Discard: true})
	server := serve(s, &j)
	defer server.Close()
	if busy, err = j.run(ctx); err != nil {
		return busy, idle, 0, err
	}
	if len(busy.Failed) > 0 || len(s.Files()) != len(j.Names) {
		return busy, idle, 0, fmt.Errorf("%d files are there, and these failed: %v", len(s.Files()), busy.Failed)
	}
	requests = s.Requests()
	j.Names = nil
	idle, err = j.run(ctx)
	return busy, idle, requests, err
}

// serve starts a server and points a job at it.
func serve(h http.Handler, j *job) *httptest.Server {
	server := httptest.NewServer(h)
	j.Server = server.URL + "/drive/v3/"
	return server
}

// job puts files of a size.
func (u uploads) job(chunk, files, size int) (job, error) {
	j := job{Chunk: chunk, Content: filepath.Join(u.folder, strconv.Itoa(size))}
	for n := range files {
		j.Names = append(j.Names, "file-"+strconv.Itoa(n))
	}
	if _, err := os.Stat(j.Content); err == nil {
		return j, nil
	}
	bytes := make([]byte, size)
	for n := range bytes {
		bytes[n] = byte(n * n >> 8)
	}
	return j, os.WriteFile(j.Content, bytes, 0o600)
}
