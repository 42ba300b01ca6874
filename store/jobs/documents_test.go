package jobs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const (
	kiB       = 1 << 10
	miB       = 1 << 20
	largeSize = 5*miB + 1 // too large for one request to Drive
	chunkSize = miB
)

// textOf is the content of the file with the name.
func textOf(name string, size int) string {
	sum := sha256.Sum256([]byte(name))
	line := hex.EncodeToString(sum[:]) + "\n"
	return strings.Repeat(line, size/len(line)+1)[:size]
}

// sizeOf follows from the name too.
func sizeOf(name string) int {
	if strings.Contains(name, "large") {
		return largeSize
	}
	sum := sha256.Sum256([]byte(name))
	return 1 + int(sum[0])*40*kiB/256
}

// upload is the file with the name, of a client that follows from the name.
func upload(name string) storage.Upload {
	client, _, _ := strings.Cut(name, "-")
	return storage.Upload{Client: client, Name: name + ".txt", Content: strings.NewReader(textOf(name, sizeOf(name)))}
}

func asSystem(ctx context.Context) context.Context {
	return frontdesk.WithActor(ctx, frontdesk.System("test"))
}

func bring(t testing.TB, docs *storage.Service, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := docs.Upload(asSystem(t.Context()), upload(name))
		require.NoError(t, err)
	}
}

// numbered are n names of a client's files.
func numbered(client string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("%s-%d", client, i))
	}
	return names
}

// newSpool returns a spool that outlives all who use it.
func newSpool(t testing.TB) *storage.SpoolDirectory {
	t.Helper()
	spool := storage.NewSpool(t.TempDir())
	t.Cleanup(func() { spool.Close() })
	return spool
}

func newDocuments(t testing.TB, st *store.DB, docs storage.DocumentStore, o storage.Options) *storage.Service {
	t.Helper()
	if o.Spool == nil {
		o.Spool = newSpool(t)
	}
	o.Logger = quiet
	return storage.New(docs, st.Storage(), &o)
}

// newDocumentRunner returns a runner for the service alone, that does not sweep.
func newDocumentRunner(t testing.TB, st *store.DB, s jobs.Storage, o jobs.Options) *jobs.Runner {
	t.Helper()
	if o.Logger == nil {
		o.Logger = quiet
	}
	if o.StorageSweepEvery == 0 {
		o.StorageSweepEvery = -1
	}
	r, err := jobs.New(st, jobs.Services{Storage: s}, &o)
	require.NoError(t, err)
	return r
}

// allStored waits until nothing is on its way.
func allStored(t testing.TB, db *sqlx.DB) {
	t.Helper()
	await(t, "all to be stored, or gone", func() bool {
		return count(t, db, "SELECT count(*) FROM frontdesk_storage_versions WHERE state <> 'stored'") == 0
	})
}

func stored(t testing.TB, db *sqlx.DB, client string) int {
	t.Helper()
	return count(t, db, "SELECT count(*) FROM frontdesk_storage_versions WHERE state = 'stored' AND client = ?", client)
}

// driveAt is the adapter for the Drive at the address.
func driveAt(t testing.TB, url string) *drive.Store {
	t.Helper()
	s, err := newDrive(url, chunkSize)
	require.NoError(t, err)
	return s
}

func newDrive(url string, chunk int64) (*drive.Store, error) {
	tokens := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "secret-token"})
	return drive.New(tokens, &drive.Options{Endpoint: url + "/drive/v3/", ChunkSize: chunk, HTTPClient: &http.Client{Transport: &http.Transport{}}})
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// agree checks that rows, objects and spool are the same n documents, with the contents that
// their names ask for.
func agree(t testing.TB, db *sqlx.DB, docs *storage.Service, spool storage.Spool, d *driveserver.Server, n int) {
	t.Helper()
	ctx := asSystem(t.Context())
	found, err := docs.Sweep(ctx, &storage.SweepOptions{Grace: time.Nanosecond})
	require.NoError(t, err)
	assert.Empty(t, found.Orphans)
	assert.Empty(t, found.Missing)
	assert.Empty(t, found.Leftovers)
	assert.Empty(t, found.Dead)
	assert.Equal(t, []int{n, n}, []int{found.Objects, found.Versions}, "each version has one object")
	for entry, err := range spool.List(ctx) {
		require.NoError(t, err)
		t.Errorf("the spool has %s", entry.Name)
	}
	files, folders := 0, map[string]int{}
	for _, f := range d.Files() {
		if f.MIMEType == driveserver.FolderType {
			folders[f.Name]++
			continue
		}
		files++
		name, _ := strings.CutSuffix(f.Name, ".txt")
		assert.True(t, string(f.Content) == textOf(name, sizeOf(name)), "the content of %s", f.Name)
	}
	assert.Equal(t, n, files)
	for client, n := range folders {
		assert.Equal(t, 1, n, "the folders of %s", client)
	}
	readable(t, docs, n)
	noDrift(t, db, docs)
}

// readable reads all back, through the service.
func readable(t testing.TB, docs *storage.Service, n int) {
	t.Helper()
	for d, err := range docs.List(asSystem(t.Context()), storage.Filter{}) {
		require.NoError(t, err)
		n--
		c, err := docs.Content(asSystem(t.Context()), d.ID, nil)
		require.NoError(t, err)
		sum := sha256.New()
		_, err = io.Copy(sum, c.Body)
		require.NoError(t, err)
		require.NoError(t, c.Body.Close())
		name, _ := strings.CutSuffix(d.Latest.Name, ".txt")
		want := sha256.Sum256([]byte(textOf(name, sizeOf(name))))
		assert.Equal(t, want[:], sum.Sum(nil), "the content of %s", name)
		assert.Equal(t, want[:], d.Latest.SHA256)
	}
	assert.Zero(t, n, "documents that were not listed")
}

// noDrift checks that what clients are said to have is what they have.
func noDrift(t testing.TB, db *sqlx.DB, docs *storage.Service) {
	t.Helper()
	var clients []string
	require.NoError(t, db.Select(&clients, "SELECT DISTINCT client FROM frontdesk_storage_documents"))
	require.NotEmpty(t, clients)
	for _, client := range clients {
		bytes, papers := int64(0), 0
		for d, err := range docs.List(asSystem(t.Context()), storage.Filter{Client: client}) {
			require.NoError(t, err)
			bytes, papers = bytes+d.Latest.Size, papers+1
		}
		u, err := docs.Usage(asSystem(t.Context()), client)
		require.NoError(t, err)
		assert.Equal(t, []any{bytes, papers}, []any{u.Bytes, u.Documents}, "what %s has", client)
	}
}

// Faults of Drive: half of them after the request was carried out.
var (
	tooFast     = driveserver.Fault{Status: http.StatusForbidden, Reason: "userRateLimitExceeded", Message: "User Rate Limit Exceeded"}
	tooFastToo  = driveserver.Fault{Status: http.StatusForbidden, Reason: "userRateLimitExceeded", Message: "User Rate Limit Exceeded", After: true}
	brokenDown  = driveserver.Fault{Status: http.StatusServiceUnavailable, Reason: "backendError", Message: "Backend Error"}
	answerLost  = driveserver.Fault{Lose: true}
	storageFull = driveserver.Fault{Status: http.StatusForbidden, Reason: "storageQuotaExceeded", Message: "The user's Drive storage quota has been exceeded."}
)

// TestFaultsLoseAndDoubleNothing brings documents to a Drive that fails in 5 % of all
// requests, half of them after it has carried them out. Each third client has large ones too.
//
// With FRONTDESK_PROOF=1 it brings 300 instead of 60.
func TestFaultsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	each := 10
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		each = 50
	}
	clients := []string{"acme", "globex", "initech", "umbrella", "hooli", "soylent"}
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, spool, d := open(t, db), newSpool(t), driveserver.NewServer(nil)
		kinds := []driveserver.Kind{
			driveserver.Upload, driveserver.Start, driveserver.Chunk, driveserver.Status, driveserver.Create, driveserver.Get, driveserver.List, driveserver.GenerateIDs,
		}
		for _, kind := range kinds {
			d.Every(kind, 20, tooFast, tooFastToo, brokenDown, answerLost)
		}
		docs := newDocuments(t, st, driveAt(t, serve(t, d)), storage.Options{Spool: spool})
		start(t, newDocumentRunner(t, st, docs, jobs.Options{SweepEvery: time.Second}))
		began := time.Now()
		var visitors sync.WaitGroup
		large := 0
		for i, client := range clients {
			names := numbered(client, each)
			if i%3 == 0 {
				copy(names, numbered(client+"-large", each/10))
				large += each / 10
			}
			visitors.Go(func() { bring(t, docs, names...) })
		}
		visitors.Wait()
		allStored(t, db)
		took, n := time.Since(began), len(clients)*each
		assert.Equal(t, n, stored(t, db, "acme")*len(clients))
		assert.Greater(t, d.Count(driveserver.Upload), n-large, "some were refused")
		t.Logf("%d documents in %v: %d requests, %d uploads, %d chunks", n, took.Round(time.Millisecond), d.Requests(), d.Count(driveserver.Upload), d.Count(driveserver.Chunk))
		for _, kind := range kinds {
			d.Every(kind, 0)
		}
		agree(t, db, docs, spool, d, n)
	})
}

func TestAClientWhoseStoreIsFullRestsAndNobodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, spool, d := open(t, db), newSpool(t), driveserver.NewServer(nil)
		docs := newDocuments(t, st, driveAt(t, serve(t, d)), storage.Options{Spool: spool})
		start(t, newDocumentRunner(t, st, docs, jobs.Options{SweepEvery: time.Second}))
		d.Next(driveserver.Upload, storageFull)
		bring(t, docs, "acme-first")
		await(t, "acme to be paused", func() bool {
			u, err := docs.Usage(asSystem(t.Context()), "acme")
			require.NoError(t, err)
			return u.PausedUntil.After(time.Now().Add(50 * time.Minute))
		})
		bring(t, docs, append(numbered("acme", 5), numbered("globex", 5)...)...)
		await(t, "globex to be served", func() bool { return stored(t, db, "globex") == 5 })
		assert.Zero(t, stored(t, db, "acme"))
		assert.Equal(t, 6, d.Count(driveserver.Upload), "acme's were not tried")
		assert.Zero(t, count(t, db, "SELECT count(*) FROM frontdesk_storage_versions WHERE client = 'acme' AND attempts > 0"), "what a full store refuses does not count")

		require.NoError(t, docs.Resume(asSystem(t.Context()), "acme"))
		allStored(t, db)
		agree(t, db, docs, spool, d, 11)
	})
}

func TestAfterAPauseAllOfTheClientGoesOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, full := open(t, db), storagetest.NewStore()
		docs := newDocuments(t, st, full, storage.Options{QuotaPause: 2 * time.Second})
		r := newDocumentRunner(t, st, docs, jobs.Options{Transfers: 1, SweepEvery: time.Hour})
		bring(t, docs, numbered("acme", 8)...)
		lose(t, db)
		full.FailNext(frontdesk.Errorf(frontdesk.QuotaExceeded, "full")) // EnsureFolder
		start(t, r)
		allStored(t, db)
	})
}

// gated is a document store in memory that lets a test look at what is under way.
type gated struct {
	storage.DocumentStore
	before func(ctx context.Context, name string) (done func())
}

func (g gated) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	defer g.before(ctx, o.Name)()
	return g.DocumentStore.Put(ctx, body, o)
}

func TestSeveralAreCarriedAtOnceAndNoMoreThanAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		const abreast = 3
		var mu sync.Mutex
		inside, most, full := 0, 0, make(chan struct{})
		docs := gated{storagetest.NewStore(), func(ctx context.Context, _ string) func() {
			mu.Lock()
			inside++
			most = max(most, inside)
			together := full
			if inside == abreast {
				close(full)
				full = make(chan struct{})
			}
			mu.Unlock()
			select {
			case <-together: // each waits for two others
			case <-ctx.Done():
			}
			return func() { mu.Lock(); inside--; mu.Unlock() }
		}}
		st := open(t, db)
		svc := newDocuments(t, st, docs, storage.Options{})
		r := newDocumentRunner(t, st, svc, jobs.Options{Transfers: abreast, SweepEvery: time.Second})
		bring(t, svc, numbered("acme", 6)...) // as jobs
		start(t, r)
		bring(t, svc, numbered("globex", 6)...)
		allStored(t, db)
		assert.Equal(t, abreast, most)
	})
}

func TestABigOneHoldsUpNeitherSmallOnesNorMails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		began, release := make(chan struct{}), make(chan struct{})
		docs := gated{storagetest.NewStore(), func(ctx context.Context, name string) func() {
			if strings.Contains(name, "big") {
				close(began)
				select {
				case <-release:
				case <-ctx.Done():
				}
			}
			return func() {}
		}}
		st, box := open(t, db), emailtest.NewMailbox()
		svc, mails := newDocuments(t, st, docs, storage.Options{}), email.New(box, st.Email(), nil)
		r, err := jobs.New(st, jobs.Services{Storage: svc, Email: mails}, &jobs.Options{Transfers: 2, StorageSweepEvery: -1, Logger: quiet})
		require.NoError(t, err)
		start(t, r)
		bring(t, svc, "acme-big")
		<-began
		bring(t, svc, numbered("acme", 10)...)
		enqueue(t, mails, 0, 10)
		await(t, "the small ones", func() bool { return stored(t, db, "acme") == 10 })
		wait(t, box, 10)
		close(release)
		allStored(t, db)
		assert.Equal(t, 11, count(t, db, "SELECT sum(attempts) FROM frontdesk_storage_versions"))
	})
}

func TestDocumentsOfAProcessWithoutWorkersAreJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		docs := newDocuments(t, st, storagetest.NewStore(), storage.Options{})
		r := newDocumentRunner(t, st, docs, jobs.Options{SweepEvery: time.Hour})
		bring(t, docs, numbered("acme", 3)...)
		assert.Equal(t, 3, count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'storage.process' AND queue = 'frontdesk_storage'"))
		start(t, r)
		allStored(t, db)

		idle := open(t, db) // of another process, which has jobs and no workers
		others := newDocuments(t, idle, storagetest.NewStore(), storage.Options{})
		newDocumentRunner(t, idle, others, jobs.Options{})
		d, err := docs.Upload(asSystem(t.Context()), upload("acme-gone"))
		require.NoError(t, err)
		allStored(t, db)
		require.NoError(t, others.Delete(asSystem(t.Context()), d.ID))
		await(t, "the document to be gone", func() bool {
			return count(t, db, "SELECT count(*) FROM frontdesk_storage_documents WHERE id = ?", d.ID) == 0
		})
	})
}

func TestAScannerThatDoesNotAnswerAndAStoreThatIsAwayAreAskedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, away := open(t, db), storagetest.NewStore()
		var mu sync.Mutex
		asked := map[string]int{}
		docs := newDocuments(t, st, away, storage.Options{Scan: func(_ context.Context, content io.Reader, v storage.Version) (storage.Verdict, error) {
			mu.Lock()
			defer mu.Unlock()
			if asked[v.Name]++; asked[v.Name] == 1 && v.Client == "acme" {
				return "", frontdesk.Errorf(frontdesk.Unavailable, "the scanner is away")
			}
			_, err := io.Copy(io.Discard, content)
			return storage.Clean, err
		}})
		start(t, newDocumentRunner(t, st, docs, jobs.Options{SweepEvery: time.Hour}))
		bring(t, docs, "acme-0", "acme-1")
		away.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "the store is away"))
		bring(t, docs, "globex-0")
		allStored(t, db)
		assert.Equal(t, map[string]int{"acme-0.txt": 2, "acme-1.txt": 2, "globex-0.txt": 1}, asked, "a verdict is asked for until there is one")
	})
}

// TestStopInterruptsATransfer stops a process in the middle of a chunk. It does not wait for
// Drive, and the next process goes on from what Drive has.
func TestStopInterruptsATransfer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, spool, d := open(t, db), newSpool(t), driveserver.NewServer(nil)
		third, release := make(chan struct{}), make(chan struct{})
		var once sync.Once
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && d.Count(driveserver.Chunk) == 2 {
				once.Do(func() { close(third); <-release; panic(http.ErrAbortHandler) })
			}
			d.ServeHTTP(w, r)
		}))
		docs := newDocuments(t, st, driveAt(t, url), storage.Options{Spool: spool})
		r := newDocumentRunner(t, st, docs, jobs.Options{})
		require.NoError(t, r.Start(t.Context()))
		bring(t, docs, "acme-large")
		<-third
		deadline, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, r.Stop(deadline), frontdesk.DeadlineExceeded, "a transfer was cut off")
		close(release)
		assert.Equal(t, 1, count(t, db, "SELECT count(*) FROM frontdesk_storage_versions WHERE state = 'queued' AND lease = '' AND attempts = 0 AND done = ?", 2*chunkSize),
			"it is left to the next, with what is known")

		next := open(t, db)
		again := newDocuments(t, next, driveAt(t, url), storage.Options{Spool: spool})
		start(t, newDocumentRunner(t, next, again, jobs.Options{}))
		allStored(t, db)
		assert.Equal(t, 1, d.Count(driveserver.Start), "it is the same upload")
		assert.LessOrEqual(t, d.Received(), int64(largeSize+chunkSize))
		agree(t, db, again, spool, d, 1)
	})
}

// inspector is a storage service without documents that remembers how it was asked to sweep.
type inspector struct {
	report storage.SweepReport

	mu     sync.Mutex
	sweeps []storage.SweepOptions
}

func (*inspector) ProcessDue(context.Context, int) (int, error) { return 0, nil }

func (i *inspector) Sweep(ctx context.Context, o *storage.SweepOptions) (*storage.SweepReport, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil || a.Role != frontdesk.RoleSystem {
		return nil, frontdesk.Errorf(frontdesk.PermissionDenied, "upkeep is the system's")
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sweeps = append(i.sweeps, *o)
	return &i.report, nil
}

func (i *inspector) asked() []storage.SweepOptions {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.sweeps
}

func TestDocumentsAreComparedOnceADay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, i := open(t, db), new(inspector)
		for range 2 {
			start(t, newDocumentRunner(t, st, i, jobs.Options{StorageSweepEvery: 24 * time.Hour}))
		}
		await(t, "the job to sleep until tomorrow", func() bool {
			return count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'storage.compare' AND state = 'scheduled' AND scheduled_at > ?", tomorrow(st)) == 1
		})
		assert.Equal(t, []storage.SweepOptions{{}}, i.asked(), "nothing is deleted unless somebody has asked for it")
	})
}

func TestWhatTheComparisonFindsIsLoggedWithoutNames(t *testing.T) {
	t.Parallel()
	i := &inspector{report: storage.SweepReport{
		Missing:   []storage.Version{{ID: 4711, Name: "secret.pdf"}},
		Dead:      make([]storage.Version, 12),
		Orphans:   []storage.Object{{ID: "o-1", Name: "secret.pdf"}},
		Leftovers: []storage.SpoolEntry{{Name: "spool1"}},
		Deleted:   2,
	}}
	st, l := open(t, storetest.SQLite(t)), new(journal)
	start(t, newDocumentRunner(t, st, i, jobs.Options{
		StorageSweepEvery: time.Hour, StorageSweep: storage.SweepOptions{Delete: true, Grace: 48 * time.Hour},
		Logger: slog.New(slog.NewJSONHandler(l, nil)),
	}))
	await(t, "what is left over to be logged", func() bool { return strings.Contains(l.text(), "spool1") })
	assert.Equal(t, []storage.SweepOptions{{Delete: true, Grace: 48 * time.Hour}}, i.asked())
	for _, part := range []string{
		`"level":"ERROR","msg":"jobs: documents are missing in the document store","count":1,"first":[4711],"deleted":2}`,
		`"level":"ERROR","msg":"jobs: versions of documents were tried too often","count":12,"first":[0,0,0,0,0,0,0,0,0,0],"deleted":2}`,
		`"level":"WARN","msg":"jobs: objects in the document store belong to no version","count":1,"first":["o-1"],"deleted":2}`,
	} {
		assert.Contains(t, l.text(), part)
	}
	assert.NotContains(t, l.text(), "secret")
}

func TestDocumentsNeedNotBeCompared(t *testing.T) {
	t.Parallel()
	st, i := open(t, storetest.SQLite(t)), new(inspector)
	start(t, newDocumentRunner(t, st, i, jobs.Options{StorageSweepEvery: -1}))
	await(t, "the queue to work", func() bool {
		return count(t, st.SQL(), "SELECT count(*) FROM river_job WHERE kind = 'storage.sweep' AND state = 'completed'") > 0
	})
	assert.Zero(t, count(t, st.SQL(), "SELECT count(*) FROM river_job WHERE kind = 'storage.compare'"))
	assert.Empty(t, i.asked())
}
