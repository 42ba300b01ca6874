//go:build unix

package jobs_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const (
	killDocuments = 12 // that each life means to bring
	killRequests  = 20 // within so many the process is killed
)

// ashore is when a process that carries documents is killed.
type ashore int

const (
	beforehand ashore = iota // Drive has not seen the request
	halfway                  // Drive has seen a part of its body
	carriedOut               // Drive has done it, and does not answer
	afterwards               // the answer is on its way, or has come
	taken                    // an upload has been acknowledged, and others are under way
	ashores
)

// TestNoKillLosesADocument kills a process that takes documents in and brings them to
// Drive, with SIGKILL. Then another goes on. At the end each upload that was
// acknowledged is stored once and whole, what was deleted is gone, nothing belongs to
// nobody, and what clients are said to have is what they have.
//
// With FRONTDESK_PROOF=1 it kills 100 times instead of 5.
func TestNoKillLosesADocument(t *testing.T) {
	kills := int(ashores)
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		kills = 100
	}
	onFiles(t, func(t *testing.T, driver, dsn string) {
		t.Parallel()
		s := newShipwreck(t, driver, dsn, driveserver.NewServer(nil))
		for life := range kills {
			s.live(t, life)
		}
		s.finish(t, kills)
	})
}

// onFiles runs the test on databases that other processes can open too.
func onFiles(t *testing.T, test func(t *testing.T, driver, dsn string)) {
	t.Run("on SQLite", func(t *testing.T) { test(t, "sqlite", filepath.Join(t.TempDir(), "frontdesk.db")) })
	t.Run("on Postgres", func(t *testing.T) { test(t, "pgx", storetest.PostgresDSN(t)) })
}

// shipwreck is one database, one spool and one Drive, through the lives of those who
// work with them.
type shipwreck struct {
	driver, dsn, dir string
	db               *sqlx.DB
	store            *store.DB
	spool            *storage.SpoolDirectory
	drive            *driveserver.Server
	customs          *customs
	url              string

	mu                      sync.Mutex
	acked, deleting, delete map[string]bool // documents
}

func newShipwreck(t *testing.T, driver, dsn string, d *driveserver.Server) *shipwreck {
	s := &shipwreck{
		driver: driver, dsn: dsn, dir: t.TempDir(), drive: d, customs: &customs{next: d},
		acked: map[string]bool{}, deleting: map[string]bool{}, delete: map[string]bool{},
	}
	s.db = connect(t, driver, dsn)
	s.store = open(t, s.db)
	s.spool = storage.NewSpool(s.dir)
	t.Cleanup(func() { s.spool.Close() })
	s.url = serve(t, s.customs)
	return s
}

// service is one of a life so far ahead in time.
func (s *shipwreck) service(t *testing.T, ahead time.Duration, chunk int64) *storage.Service {
	t.Helper()
	docs, err := newDrive(s.url, chunk)
	require.NoError(t, err)
	return newDocuments(t, s.store, docs, storage.Options{Spool: s.spool, Clock: inFuture(ahead)})
}

func inFuture(ahead time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(ahead) }
}

// child starts a process that brings so many documents, and gives said each line that it says.
func (s *shipwreck) child(t *testing.T, life, documents int, chunk int64, said func(line string)) (kill func(), wait func() error) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), victim+"="+s.dsn, victim+"_DRIVER="+s.driver, victim+"_DRIVE="+s.url, victim+"_SPOOL="+s.dir,
		victim+"_LIFE="+strconv.Itoa(life), victim+"_DOCUMENTS="+strconv.Itoa(documents), victim+"_CHUNK="+strconv.FormatInt(chunk, 10))
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said(lines.Text())
		}
	}()
	return func() { child.Process.Signal(syscall.SIGKILL) }, func() error { <-heard; return child.Wait() }
}

// live lets a process work until it is killed.
func (s *shipwreck) live(t *testing.T, life int) {
	t.Helper()
	at, acks := ashore(life%int(ashores)), 1+rand.N(killDocuments/2)
	if at == taken {
		s.customs.arm(at, -1)
	} else {
		s.customs.arm(at, 1+rand.N(killRequests))
	}
	kill, wait := s.child(t, life, killDocuments, chunkSize, func(line string) {
		if s.note(line); strings.HasPrefix(line, "took") {
			if acks--; acks == 0 && at == taken {
				s.customs.strikeNow()
			}
		}
	})
	select {
	case <-s.customs.struck:
		if at == afterwards || at == taken {
			<-time.After(rand.N(10 * time.Millisecond))
		}
	case <-time.After(patience):
		t.Error("the process did not do enough to be killed")
	}
	kill()
	close(s.customs.killed)
	assert.Error(t, wait(), "it was killed")
}

// note remembers what a process has said.
func (s *shipwreck) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	said, id, _ := strings.Cut(line, " ")
	map[string]map[string]bool{"took": s.acked, "deleting": s.deleting, "deleted": s.delete}[said][id] = true
}

// beCarrier takes documents in, deletes some, and brings the others to Drive until it is
// killed.
func beCarrier() int {
	ctx := context.Background()
	life, _ := strconv.Atoi(os.Getenv(victim + "_LIFE"))
	documents, _ := strconv.Atoi(os.Getenv(victim + "_DOCUMENTS"))
	chunk, _ := strconv.ParseInt(os.Getenv(victim+"_CHUNK"), 10, 64)
	st, err := store.Open(ctx, sqlx.MustConnect(os.Getenv(victim+"_DRIVER"), os.Getenv(victim)), nil)
	if err != nil {
		return 1
	}
	remote, err := newDrive(os.Getenv(victim+"_DRIVE"), chunk)
	if err != nil {
		return 1
	}
	clock := inFuture(time.Duration(life) * killLease)
	docs := storage.New(remote, st.Storage(), &storage.Options{Spool: storage.NewSpool(os.Getenv(victim + "_SPOOL")), Clock: clock, Logger: quiet})
	r, err := jobs.New(st, jobs.Services{Storage: docs}, &jobs.Options{Clock: clock, SweepEvery: time.Second, StorageSweepEvery: -1, Logger: quiet})
	if err != nil || r.Start(ctx) != nil {
		return 1
	}
	for visitor := range 2 {
		go visit(docs, life, visitor, documents/2)
	}
	select {}
}

// visit brings documents, and says so once they are taken. It deletes each fourth.
func visit(docs *storage.Service, life, visitor, documents int) {
	ctx := asSystem(context.Background())
	for i := range documents {
		kind := "small"
		if i == 1 {
			kind = "large"
		}
		d, err := docs.Upload(ctx, upload(fmt.Sprintf("client%d-%s-%d-%d", i%3, kind, 2*life+visitor, i)))
		if err != nil {
			panic(err)
		}
		fmt.Println("took", d.ID)
		if i%4 != 3 {
			continue
		}
		fmt.Println("deleting", d.ID)
		if err := docs.Delete(ctx, d.ID); err != nil {
			panic(err)
		}
		fmt.Println("deleted", d.ID)
	}
}

// finish lets a process live that does what is left, and compares all with all.
func (s *shipwreck) finish(t *testing.T, kills int) {
	t.Helper()
	ahead := time.Duration(kills) * killLease
	docs := s.service(t, ahead, chunkSize)
	start(t, newDocumentRunner(t, s.store, docs, jobs.Options{Clock: inFuture(ahead), SweepEvery: time.Second}))
	allStored(t, s.db)

	there := map[string]bool{}
	for d, err := range docs.List(asSystem(t.Context()), storage.Filter{}) {
		require.NoError(t, err)
		there[d.ID] = true
	}
	for id := range s.acked {
		assert.True(t, there[id] || s.deleting[id], "%s was taken, and is there", id)
	}
	for id := range s.delete {
		assert.False(t, there[id], "%s was deleted, and is not there", id)
	}
	require.NotEmpty(t, s.acked)
	found, err := docs.Sweep(asSystem(t.Context()), &storage.SweepOptions{Grace: time.Nanosecond, Delete: true})
	require.NoError(t, err)
	assert.Empty(t, found.Orphans, "no kill leaves an object that nobody knows")
	assert.Equal(t, len(found.Leftovers), found.Deleted, "what uploads left that nobody acknowledged")
	agree(t, s.db, docs, s.spool, s.drive, len(there))
	t.Logf("%d kills, %d uploads acknowledged, %d deletes, %d documents, %d requests, %d leftovers in the spool",
		kills, len(s.acked), len(s.delete), len(there), s.drive.Requests(), len(found.Leftovers))
}

// customs is what all requests to Drive pass, and where processes die.
type customs struct {
	next http.Handler
	only func(*http.Request) bool // nil: what changes something

	mu     sync.Mutex
	left   int // requests until the end; 0: none
	at     ashore
	struck chan struct{} // closed when the process is to die
	killed chan struct{} // closed when it has
}

// arm makes customs strike at the n-th request from now on.
func (c *customs) arm(at ashore, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.left, c.struck, c.killed = at, n, make(chan struct{}), make(chan struct{})
}

func (c *customs) strikeNow() { close(c.struck) }

// strikes reports whether this is the request.
func (c *customs) strikes(r *http.Request) (at ashore, killed <-chan struct{}, strikes bool) {
	counts := r.Method != http.MethodGet
	if c.only != nil {
		counts = c.only(r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if counts && c.left > 0 {
		c.left--
		return c.at, c.killed, c.left == 0
	}
	return 0, nil, false
}

func (c *customs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, killed, strikes := c.strikes(r)
	switch {
	case !strikes:
		c.next.ServeHTTP(w, r)
		return
	case at == halfway:
		c.cut(r)
	case at == carriedOut:
		c.next.ServeHTTP(httptest.NewRecorder(), r)
	case at == afterwards:
		c.next.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush() // whom it does not reach any more is dead
	}
	c.strikeNow()
	<-killed
	panic(http.ErrAbortHandler)
}

// cut lets Drive see a part of the request, and then the end of the connection.
func (c *customs) cut(r *http.Request) {
	defer func() { _ = recover() }() // Drive's, who has nobody to answer
	seen := r.Clone(r.Context())
	seen.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, r.ContentLength/3), broken{}))
	c.next.ServeHTTP(httptest.NewRecorder(), seen)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestAKillInTheMiddleOfALargeUploadSendsAtMostOneChunkTwice kills the process when Drive has
// three chunks and a part of the fourth.
func TestAKillInTheMiddleOfALargeUploadSendsAtMostOneChunkTwice(t *testing.T) {
	const size, chunk = 64 * miB, 8 * miB
	onFiles(t, func(t *testing.T, driver, dsn string) {
		s := newShipwreck(t, driver, dsn, driveserver.NewServer(&driveserver.Options{Discard: true}))
		s.customs.only = func(r *http.Request) bool { return r.Method == http.MethodPut }
		content := bytes.Repeat([]byte(textOf("large", 64*kiB)), size/(64*kiB))
		u := upload("acme-large")
		u.Content = bytes.NewReader(content)
		_, err := s.service(t, 0, chunk).Upload(asSystem(t.Context()), u)
		require.NoError(t, err)

		s.customs.arm(halfway, 4)
		kill, wait := s.child(t, 0, 0, chunk, s.note)
		select {
		case <-s.customs.struck:
		case <-time.After(patience):
			t.Error("the fourth chunk did not come")
		}
		kill()
		close(s.customs.killed)
		require.Error(t, wait(), "it was killed")
		require.Equal(t, 1, count(t, s.db, "SELECT count(*) FROM frontdesk_storage_versions WHERE state = 'queued' AND lease <> ''"))

		docs := s.service(t, killLease, chunk)
		start(t, newDocumentRunner(t, s.store, docs, jobs.Options{Clock: inFuture(killLease)}))
		allStored(t, s.db)
		assert.Equal(t, 1, s.drive.Count(driveserver.Start), "it is the same upload")
		twice := s.drive.Received() - size
		assert.LessOrEqual(t, twice, int64(chunk))
		t.Logf("%.2f MiB were sent twice", float64(twice)/miB)
		found, err := docs.Sweep(asSystem(t.Context()), &storage.SweepOptions{Grace: time.Nanosecond})
		require.NoError(t, err)
		assert.Equal(t, storage.SweepReport{Objects: 1, Versions: 1}, *found)
	})
}
