package drive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

const benchJob = "FRONTDESK_DRIVE_BENCH"

// job is what a client in a process of its own does, so that its memory can be seen.
type job struct {
	Server string
	Client string // "frontdesk", or the chunk size of drive/v3
	Files  int
	Size   int64
	File   string // with the content
}

// usage is what it took.
type usage struct {
	Wall       time.Duration
	Idle, Peak int64 // resident bytes
}

// BenchmarkSmall puts 300 files of 100 KiB with 8 workers.
func BenchmarkSmall(b *testing.B) {
	for _, client := range []string{"frontdesk", "262144"} {
		b.Run(client, func(b *testing.B) { bench(b, job{Client: client, Files: 300, Size: 100 * kiB}) })
	}
}

// BenchmarkLarge puts 8 files of 64 MiB with 8 workers.
func BenchmarkLarge(b *testing.B) {
	for _, client := range []string{"frontdesk", "262144", "16777216"} {
		b.Run(client, func(b *testing.B) { bench(b, job{Client: client, Files: 8, Size: 64 * miB}) })
	}
}

func bench(b *testing.B, j job) {
	s := driveserver.NewServer(&driveserver.Options{Discard: true})
	server := httptest.NewServer(s)
	defer server.Close()
	j.Server, j.File = server.URL+"/drive/v3/", b.TempDir()+"/content"
	if err := os.WriteFile(j.File, content(int(j.Size)), 0o600); err != nil {
		b.Fatal(err)
	}
	var sum usage
	for b.Loop() {
		u := spawn(b, j)
		sum.Wall += u.Wall
		sum.Idle, sum.Peak = max(sum.Idle, u.Idle), max(sum.Peak, u.Peak)
	}
	b.ReportMetric(float64(sum.Wall.Milliseconds())/float64(b.N), "ms/run")
	b.ReportMetric(float64(sum.Peak)/miB, "peak-MiB")
	b.ReportMetric(float64(sum.Peak-sum.Idle)/miB, "above-idle-MiB")
	b.ReportMetric(float64(s.Requests())/float64(b.N), "requests/run")
}

func spawn(b *testing.B, j job) (u usage) {
	text, err := json.Marshal(j)
	if err != nil {
		b.Fatal(err)
	}
	c := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestBenchClient$", "-test.v")
	c.Env = append(os.Environ(), benchJob+"="+string(text))
	out, err := c.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	_, answer, _ := strings.Cut(string(out), "usage: ")
	if err := json.NewDecoder(strings.NewReader(answer)).Decode(&u); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return u
}

// TestBenchClient is the process that is measured. Alone it has nothing to do.
func TestBenchClient(t *testing.T) {
	text := os.Getenv(benchJob)
	if text == "" {
		t.Skip("it is run by the benchmarks")
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	put, err := j.client()
	if err != nil {
		t.Fatal(err)
	}
	u := usage{Idle: resident("VmRSS")}
	begun := time.Now()
	if err := j.run(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	u.Wall, u.Peak = time.Since(begun), resident("VmHWM")
	out, err := json.Marshal(u)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("usage:", string(out))
}

type putter func(ctx context.Context, name string, body io.Reader, size int64) error

func (j job) client() (putter, error) {
	if j.Client == "frontdesk" {
		store, err := drive.New(tokens(), &drive.Options{Endpoint: j.Server})
		return func(ctx context.Context, name string, body io.Reader, size int64) error {
			_, err := store.Put(ctx, body, storage.PutOptions{Name: name, ContentType: "application/octet-stream", Size: size})
			return err
		}, err
	}
	return j.plain()
}

// plain is drive/v3 as its documentation has it, with as many idle connections as we keep.
func (j job) plain() (putter, error) {
	chunk, err := strconv.Atoi(j.Client)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &oauth2.Transport{Source: tokens(), Base: &http.Transport{MaxIdleConnsPerHost: 64}}}
	api, err := drivego.NewService(context.Background(), option.WithHTTPClient(client), option.WithEndpoint(j.Server))
	return func(ctx context.Context, name string, body io.Reader, _ int64) error {
		_, err := api.Files.Create(&drivego.File{Name: name}).Media(body, googleapi.ChunkSize(chunk)).Context(ctx).Do()
		return err
	}, err
}

// run puts the files from 8 workers. Small content lies in memory, large in a file.
func (j job) run(ctx context.Context, put putter) error {
	small, err := j.small()
	if err != nil {
		return err
	}
	jobs := make(chan int, j.Files)
	for n := range j.Files {
		jobs <- n
	}
	close(jobs)
	errs := make(chan error, j.Files)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range jobs {
				errs <- j.one(ctx, put, small, "file-"+strconv.Itoa(n))
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (j job) small() ([]byte, error) {
	if j.Size > miB {
		return nil, nil
	}
	return os.ReadFile(j.File)
}

func (j job) one(ctx context.Context, put putter, small []byte, name string) error {
	if small != nil {
		return put(ctx, name, bytes.NewReader(small), j.Size)
	}
	file, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer file.Close()
	return put(ctx, name, file, j.Size)
}

// resident is a number of this process, in bytes; 0 where the system tells none.
func resident(what string) int64 {
	status, _ := os.ReadFile("/proc/self/status") // other systems have none
	for line := range strings.Lines(string(status)) {
		if text, found := strings.CutPrefix(line, what+":"); found {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 10, 64)
			return n * kiB
		}
	}
	return 0
}
