package storage_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// move is a migration between two stores, and the references of a host.
type move struct {
	*testing.T
	from, to storage.DocumentStore
	path     string

	mu      sync.Mutex
	refs    map[string]storage.ObjectRef
	called  atomic.Int64
	rewrite func(context.Context, storage.Migrated) error // nil: works
}

func newMove(t *testing.T, from, to storage.DocumentStore) *move {
	return &move{T: t, from: from, to: to, path: filepath.Join(t.TempDir(), "manifest"), refs: map[string]storage.ObjectRef{}}
}

// fill stores n objects in the source.
func (m *move) fill(n int) {
	m.Helper()
	for i := range n {
		content := strings.Repeat(fmt.Sprint("content ", i, " "), i+1)
		_, err := m.from.Put(m.Context(), strings.NewReader(content), storage.PutOptions{
			Name: fmt.Sprint("name ", i), ContentType: "text/plain", Size: int64(len(content)), Metadata: map[string]string{"row": fmt.Sprint(i)},
		})
		require.NoError(m, err)
	}
}

func (m *move) source() storage.MigrationSource {
	return storage.StoreSource{Store: m.from, Item: func(o storage.Object, i *storage.MigrationItem) error {
		i.Folder = storage.MigrationFolder{Key: "client:7", Name: "Client 7"}
		i.Metadata = map[string]string{"moved": "yes"}
		return nil
	}}
}

func (m *move) migration(change ...func(*storage.Migration)) storage.Migration {
	all := storage.Migration{From: m.source(), To: m.to, Manifest: m.path, Rewrite: m.refer}
	for _, c := range change {
		c(&all)
	}
	return all
}

func (m *move) run(change ...func(*storage.Migration)) *storage.MigrationReport {
	m.Helper()
	r, err := storage.Migrate(m.Context(), m.migration(change...))
	require.NoError(m, err)
	return r
}

// refer rewrites a reference. What it leads to must be whole.
func (m *move) refer(ctx context.Context, got storage.Migrated) error {
	m.called.Add(1)
	if m.rewrite != nil {
		if err := m.rewrite(ctx, got); err != nil {
			return err
		}
	}
	content, err := m.content(ctx, m.to, got.To.ID)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(content))
	assert.Equal(m, m.to.Name(), got.To.Store)
	assert.Equal(m, got.SHA256, sum[:], "a reference is rewritten after the copy was found whole")
	assert.EqualValues(m, len(content), got.Size)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refs[got.Key] = got.To
	return nil
}

func (m *move) read(docs storage.DocumentStore, id string) string {
	m.Helper()
	content, err := m.content(m.Context(), docs, id)
	require.NoError(m, err)
	return content
}

func (m *move) content(ctx context.Context, docs storage.DocumentStore, id string) (string, error) {
	body, _, err := docs.Get(ctx, id, storage.Range{})
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(body)
	return string(b), errors.Join(err, body.Close())
}

func objectsOf(t testing.TB, docs storage.DocumentStore) map[string]*storage.Object {
	t.Helper()
	all := map[string]*storage.Object{}
	for o, err := range docs.List(t.Context(), "") {
		require.NoError(t, err)
		all[o.ID] = o
	}
	return all
}

// whole checks that each of n items is there once, as it was, and that its reference leads to it.
func (m *move) whole(n int, originals map[string]*storage.Object) {
	m.Helper()
	there := objectsOf(m, m.to)
	require.Len(m, there, n, "each object is there once")
	require.Len(m, m.refs, n)
	folder, err := m.to.EnsureFolder(m.Context(), "client:7", "Client 7")
	require.NoError(m, err)
	for key, ref := range m.refs {
		original, copied := originals[key], there[ref.ID]
		require.NotNil(m, copied, "the reference leads nowhere")
		require.Equal(m, original.Name, copied.Name)
		require.Equal(m, original.ContentType, copied.ContentType)
		require.Equal(m, original.SHA256, copied.SHA256)
		require.Equal(m, map[string]string{"row": original.Metadata["row"], "moved": "yes"}, copied.Metadata)
		require.Equal(m, folder, copied.Folder)
	}
	m.verifies(n)
}

func (m *move) verifies(n int) {
	m.Helper()
	v, err := storage.VerifyManifest(m.Context(), m.path, m.to)
	require.NoError(m, err)
	require.Empty(m, v.Failures)
	require.Equal(m, n, v.Verified)
}

func directory(t testing.TB) *localdir.Store {
	t.Helper()
	s, err := localdir.New(filepath.Join(t.TempDir(), "documents"), &localdir.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestMigrate(t *testing.T) {
	t.Run("all objects of a store in memory are in a directory afterwards, with their metadata", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(20)
		var told []storage.MigrationProgress
		var seconds atomic.Int64
		r := m.run(func(o *storage.Migration) {
			o.Total = 20
			o.Progress = func(p storage.MigrationProgress) { told = append(told, p) }
			o.Clock = func() time.Time { return time.Unix(seconds.Add(1), 0) }
		})
		m.whole(20, objectsOf(t, m.from))
		assert.True(t, r.Complete())
		assert.Equal(t, 20, r.Rewritten)
		assert.Positive(t, r.Duration)
		require.Len(t, told, 20)
		assert.Equal(t, storage.MigrationProgress{Done: 20, Total: 20, Bytes: r.Bytes}, told[19])
		assert.Len(t, objectsOf(t, m.from), 20, "originals stay")

		r = m.run()
		assert.True(t, r.Complete())
		assert.Equal(t, 20, r.Already)
		assert.Zero(t, r.Bytes)
		assert.EqualValues(t, 20, m.called.Load())
		m.whole(20, objectsOf(t, m.from))
	})
	t.Run("originals are removed when that is asked for, and their copies are whole", func(t *testing.T) {
		from := storagetest.NewStore()
		m := newMove(t, from, directory(t))
		m.fill(5)
		originals := objectsOf(t, from)
		m.run()
		lost := m.refs["doc_000003"]
		require.NoError(t, m.to.Delete(t.Context(), lost.ID))
		r := m.run(func(o *storage.Migration) { o.RemoveOriginals = true })
		assert.Equal(t, 4, r.Removed)
		require.Len(t, r.Failures, 1)
		assert.Equal(t, "doc_000003", r.Failures[0].Key)
		assert.Equal(t, frontdesk.NotFound, r.Failures[0].Code)
		assert.Equal(t, []string{"doc_000003"}, slices.Collect(maps.Keys(objectsOf(t, from))), "what has no copy is kept")
		v, err := storage.VerifyManifest(t.Context(), m.path, m.to)
		require.NoError(t, err)
		assert.Equal(t, 4, v.Verified)
		require.Len(t, v.Failures, 1)
		assert.Len(t, originals, 5)
	})
	t.Run("a dry run leaves nothing, and tells what a run would fail on", func(t *testing.T) {
		to := storagetest.NewStore()
		m := newMove(t, storagetest.NewStore(), to)
		m.fill(3)
		r := m.run(func(o *storage.Migration) {
			o.DryRun = true
			o.From = storage.StoreSource{Store: m.from, Item: func(o storage.Object, i *storage.MigrationItem) error {
				if o.Name == "name 1" {
					i.Name = "a\nb"
				}
				return nil
			}}
		})
		assert.Equal(t, 3, r.Listed)
		assert.Equal(t, 2, r.Ready)
		assert.Positive(t, r.ReadyBytes)
		require.Len(t, r.Failures, 1)
		assert.Equal(t, "doc_000002", r.Failures[0].Key)
		assert.Equal(t, frontdesk.Invalid, r.Failures[0].Code)
		assert.Zero(t, to.Calls(), "the destination is not asked for anything")
		assert.Zero(t, m.called.Load())
		assert.NoFileExists(t, m.path)
	})
	t.Run("an item that fails does not keep the others back, and the next run tries it again", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(5)
		m.rewrite = func(_ context.Context, got storage.Migrated) error {
			switch got.Key {
			case "doc_000002":
				return errors.New("the host's database")
			case "doc_000004":
				panic("the host")
			}
			return nil
		}
		r := m.run(func(o *storage.Migration) { o.Logger = slog.New(slog.DiscardHandler) })
		assert.Equal(t, 3, r.Rewritten)
		assert.Equal(t, 2, r.Failed)
		assert.False(t, r.Complete())
		v, err := storage.VerifyManifest(t.Context(), m.path, m.to)
		require.NoError(t, err)
		assert.Equal(t, 2, v.Failed)
		m.rewrite = nil
		r = m.run()
		assert.Equal(t, 2, r.Rewritten)
		assert.True(t, r.Complete())
		m.whole(5, objectsOf(t, m.from))
	})
	t.Run("the copy of what nobody needs any more is deleted", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(2)
		m.rewrite = func(_ context.Context, got storage.Migrated) error {
			if got.Key == "doc_000001" {
				return frontdesk.NotFound
			}
			return nil
		}
		r := m.run()
		assert.Equal(t, 1, r.Dropped)
		assert.True(t, r.Complete())
		assert.Len(t, objectsOf(t, m.to), 1)
		m.verifies(1)
	})
	t.Run("an item of 64 MiB takes little memory", func(t *testing.T) {
		m := newMove(t, directory(t), directory(t))
		content := io.LimitReader(rand.NewChaCha8([32]byte{}), 64<<20)
		_, err := m.from.Put(t.Context(), content, storage.PutOptions{Name: "large", ContentType: "video/mp4", Size: 64 << 20})
		require.NoError(t, err)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := m.run(func(o *storage.Migration) { o.Rewrite = nil })
		runtime.ReadMemStats(&after)
		assert.EqualValues(t, 64<<20, r.Bytes)
		t.Logf("%d KiB allocated in %v", (after.TotalAlloc-before.TotalAlloc)>>10, r.Duration)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
	})
	t.Run("two items of one key are one item, and a failure", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(1)
		r := m.run(func(o *storage.Migration) { o.From = twice{m.source()} })
		assert.Equal(t, 1, r.Rewritten)
		require.Len(t, r.Failures, 1)
		assert.Equal(t, frontdesk.AlreadyExists, r.Failures[0].Code)
		assert.Len(t, objectsOf(t, m.to), 1)
	})
	t.Run("what is missing is named", func(t *testing.T) {
		_, err := storage.Migrate(t.Context(), storage.Migration{})
		var names []string
		for _, f := range frontdesk.Fields(err) {
			names = append(names, f.Name)
		}
		assert.Equal(t, []string{"from", "to", "manifest"}, names)
		_, err = storage.Migrate(t.Context(), storage.Migration{From: twice{}, To: storagetest.NewStore(), DryRun: true, RemoveOriginals: true})
		assert.Equal(t, "remove_originals", frontdesk.Fields(err)[0].Name)
	})
	t.Run("a full destination ends the run, and the next one goes on", func(t *testing.T) {
		to := storagetest.NewStore()
		m := newMove(t, storagetest.NewStore(), to)
		m.fill(5)
		to.SetFull(true)
		r, err := storage.Migrate(t.Context(), m.migration(func(o *storage.Migration) { o.Workers = 1 }))
		require.ErrorIs(t, err, frontdesk.QuotaExceeded)
		assert.Zero(t, r.Rewritten)
		to.SetFull(false)
		m.run()
		m.whole(5, objectsOf(t, m.from))
	})
	t.Run("a run whose context ends stops, counts no failure, and is resumed", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(10)
		ctx, cancel := context.WithCancel(t.Context())
		m.rewrite = func(context.Context, storage.Migrated) error {
			if m.called.Load() == 4 {
				cancel()
			}
			return nil
		}
		r, err := storage.Migrate(ctx, m.migration(func(o *storage.Migration) { o.Workers = 1 }))
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, r.Failed)
		assert.Less(t, r.Rewritten, 10)
		m.run()
		m.whole(10, objectsOf(t, m.from))
	})
}

// twice lists each item two times, and removes nothing.
type twice struct{ storage.MigrationSource }

func (s twice) Items(ctx context.Context) iter.Seq2[storage.MigrationItem, error] {
	return func(yield func(storage.MigrationItem, error) bool) {
		for i, err := range s.MigrationSource.Items(ctx) {
			for range 2 {
				if !yield(i, err) {
					return
				}
			}
		}
	}
}

func TestMigrationWithFaults(t *testing.T) {
	inBubble := func(name string, test func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
	inBubble("from a directory to Drive, with faults in one request of twenty: each file once, and all references right", func(t *testing.T) {
		server := driveserver.NewServer(nil)
		to, err := drive.New(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), &drive.Options{
			Endpoint: "http://drive.test/drive/v3/", HTTPClient: &http.Client{Transport: server.Transport()}, SpoolDir: t.TempDir(), MaxAttempts: 1,
		})
		require.NoError(t, err)
		tooFast := driveserver.Fault{Status: 403, Reason: "userRateLimitExceeded"}
		broken := driveserver.Fault{Status: 503, Reason: "backendError"}
		stored := broken
		stored.After = true
		server.Every(driveserver.Upload, 20, tooFast, stored, driveserver.Fault{Lose: true}, driveserver.Fault{Cut: true})
		server.Every(driveserver.Get, 20, broken, driveserver.Fault{Cut: true})
		server.Every(driveserver.Create, 20, broken)
		m := newMove(t, directory(t), to)
		m.fill(100)
		assert.True(t, m.run().Complete())
		server.Every(driveserver.Get, 0)
		m.whole(100, objectsOf(t, m.from))
		assert.Len(t, server.Files(), 101, "with the folder")
	})
	inBubble("what fails in a way that passes is tried again, not before it is asked to, and the rest is not", func(t *testing.T) {
		to := storagetest.NewStore()
		m := newMove(t, storagetest.NewStore(), to)
		m.fill(1)
		to.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: 5 * time.Minute})
		to.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "away"))
		to.LoseNext()
		to.CorruptNext()
		begun := time.Now()
		assert.True(t, m.run().Complete())
		assert.GreaterOrEqual(t, time.Since(begun), 5*time.Minute)
		m.whole(1, objectsOf(t, m.from))

		to = storagetest.NewStore()
		m = newMove(t, m.from, to)
		to.FailNext(frontdesk.Errorf(frontdesk.PermissionDenied, "no"))
		r := m.run()
		assert.Equal(t, frontdesk.PermissionDenied, r.Failures[0].Code)
		to.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: time.Hour})
		begun = time.Now()
		r = m.run()
		assert.Equal(t, frontdesk.RateLimited, r.Failures[0].Code)
		assert.Zero(t, time.Since(begun), "an hour is left to the next run")
		m.run()
		m.whole(1, objectsOf(t, m.from))
	})
	inBubble("a copy that is not the original is made anew before any reference leads to it", func(t *testing.T) {
		for _, silent := range []bool{false, true} { // whether the store tells no checksums
			to := &corrupting{Store: storagetest.NewStore(), corrupt: 2, silent: silent}
			m := newMove(t, storagetest.NewStore(), to)
			m.fill(3)
			assert.True(t, m.run().Complete())
			assert.EqualValues(t, 3, m.called.Load())
			assert.Len(t, objectsOf(t, to.Store), 3)
			m.verifies(3)
		}
	})
	inBubble("a folder that somebody has deleted is asked for again", func(t *testing.T) {
		to := &vanishing{Store: storagetest.NewStore()}
		m := newMove(t, storagetest.NewStore(), to)
		m.fill(3)
		assert.True(t, m.run().Complete())
		assert.Greater(t, to.asked, 1)
	})
	inBubble("an original that changes after it was copied is copied again", func(t *testing.T) {
		from := &changing{content: "before"}
		m := newMove(t, storagetest.NewStore(), &observing{Store: storagetest.NewStore(), stored: func() { from.change("after") }})
		r := m.run(func(o *storage.Migration) { o.From = from })
		assert.True(t, r.Complete())
		require.Len(t, objectsOf(t, m.to), 1)
		assert.Equal(t, "after", m.read(m.to, m.refs["it"].ID))
	})
	inBubble("an original that is not what it was said to be is a failure, and leaves nothing", func(t *testing.T) {
		to := storagetest.NewStore()
		m := newMove(t, storagetest.NewStore(), to)
		m.fill(2)
		sum := sha256.Sum256([]byte("something else"))
		r := m.run(func(o *storage.Migration) {
			o.From = storage.StoreSource{Store: m.from, Item: func(o storage.Object, i *storage.MigrationItem) error {
				if i.SHA256 = sum[:]; o.Name == "name 1" {
					i.SHA256, i.Size = nil, 3
				}
				return nil
			}}
		})
		require.Equal(t, 2, r.Failed)
		slices.SortFunc(r.Failures, func(a, b storage.MigrationFailure) int { return strings.Compare(a.Key, b.Key) })
		assert.Equal(t, frontdesk.Aborted, r.Failures[0].Code)
		assert.Equal(t, frontdesk.Invalid, r.Failures[1].Code)
		assert.Empty(t, objectsOf(t, to))
		assert.Zero(t, m.called.Load())
	})
}

// corrupting answers that it has stored what it was given, and has not.
type corrupting struct {
	*storagetest.Store
	mu      sync.Mutex // of corrupt
	corrupt int
	silent  bool
}

func (c *corrupting) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	content, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.corrupt--; c.corrupt >= 0 {
		content[0] ^= 1
	}
	o.SHA256 = nil
	return c.tell(c.Store.Put(ctx, bytes.NewReader(content), o))
}

func (c *corrupting) Stat(ctx context.Context, id string) (*storage.Object, error) {
	return c.tell(c.Store.Stat(ctx, id))
}

func (c *corrupting) tell(o *storage.Object, err error) (*storage.Object, error) {
	if o != nil && c.silent {
		o.SHA256 = nil
	}
	return o, err
}

// vanishing has a first folder that is gone.
type vanishing struct {
	*storagetest.Store
	mu    sync.Mutex
	asked int
}

func (v *vanishing) EnsureFolder(ctx context.Context, key, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.asked++; v.asked == 1 {
		return "dir_gone", nil
	}
	return v.Store.EnsureFolder(ctx, key, name)
}

// observing tells when something was stored.
type observing struct {
	*storagetest.Store
	stored func()
}

func (o *observing) Put(ctx context.Context, body io.Reader, p storage.PutOptions) (*storage.Object, error) {
	object, err := o.Store.Put(ctx, body, p)
	o.stored()
	return object, err
}

// changing is one item, whose content changes and keeps its size.
type changing struct {
	mu      sync.Mutex
	content string
}

func (c *changing) change(content string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.content = content
}

func (c *changing) Name() string { return "changing" }

func (c *changing) Items(context.Context) iter.Seq2[storage.MigrationItem, error] {
	return func(yield func(storage.MigrationItem, error) bool) { yield(storage.MigrationItem{Key: "it"}, nil) }
}

func (c *changing) Stat(context.Context, storage.MigrationItem) (*storage.Original, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &storage.Original{Name: "it", ContentType: "text/plain", Size: -1, Version: c.content}, nil
}

func (c *changing) Open(ctx context.Context, i storage.MigrationItem) (io.ReadCloser, *storage.Original, error) {
	o, err := c.Stat(ctx, i)
	return io.NopCloser(strings.NewReader(o.Version)), o, err
}

func TestManifest(t *testing.T) {
	write := func(t *testing.T, m *move, text string) {
		require.NoError(t, os.WriteFile(m.path, []byte(text), 0o600))
	}
	t.Run("a last line that a crash has torn is taken away", func(t *testing.T) {
		for _, torn := range []string{"{", `{"key":"doc_000001","state":"rewri`, "\x00\x00\x00", `{"key":"doc_000001","state":"rewritten"}`} {
			m := newMove(t, storagetest.NewStore(), directory(t))
			m.fill(2)
			m.run()
			text, err := os.ReadFile(m.path)
			require.NoError(t, err)
			write(t, m, string(text)+torn)
			m.fill(1)
			assert.True(t, m.run().Complete())
			m.verifies(3)
		}
	})
	t.Run("a manifest that is torn in its first line is begun again", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(1)
		write(t, m, `{"frontdesk_mani`)
		assert.True(t, m.run().Complete())
		m.verifies(1)
	})
	t.Run("a line in the middle that cannot be read, another version, and other stores are refused", func(t *testing.T) {
		const header = `{"frontdesk_manifest":1,"from":"memory","to":"localdir","at":"2026-11-22T00:00:00Z"}` + "\n"
		for _, text := range []string{
			header + "rubbish\n" + `{"key":"k","state":"copied"}` + "\n",
			strings.Replace(header, "1", "2", 1), strings.Replace(header, "memory", "drive", 1), strings.Replace(header, "localdir", "drive", 1), "rubbish\n",
		} {
			m := newMove(t, storagetest.NewStore(), directory(t))
			m.fill(1)
			write(t, m, text)
			_, err := storage.Migrate(t.Context(), m.migration())
			require.ErrorIs(t, err, frontdesk.FailedPrecondition, text)
			assert.Empty(t, objectsOf(t, m.to))
		}
	})
	t.Run("a second run cannot use it while the first lives", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(1)
		m.rewrite = func(ctx context.Context, _ storage.Migrated) error {
			_, err := storage.Migrate(ctx, storage.Migration{From: m.source(), To: m.to, Manifest: m.path})
			assert.ErrorIs(t, err, frontdesk.FailedPrecondition)
			return nil
		}
		assert.True(t, m.run().Complete())
	})
	t.Run("it holds no location and nothing of an error", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		m.fill(1)
		m.rewrite = func(context.Context, storage.Migrated) error { return errors.New("canary-error") }
		m.run(func(o *storage.Migration) {
			o.From = storage.StoreSource{Store: m.from, Item: func(_ storage.Object, i *storage.MigrationItem) error {
				i.Location = frontdesk.NewSecret("https://a.test/?token=canary-token")
				assert.NotContains(t, fmt.Sprintf("%v %+v %#v", i, *i, *i), "canary")
				return nil
			}}
		})
		text, err := os.ReadFile(m.path)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"state":"failed"`)
		assert.NotContains(t, string(text), "canary")
		info, err := os.Stat(m.path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})
	t.Run("one that is not there, or of another store, is not verified", func(t *testing.T) {
		m := newMove(t, storagetest.NewStore(), directory(t))
		_, err := storage.VerifyManifest(t.Context(), m.path, m.to)
		require.Error(t, err)
		m.run()
		_, err = storage.VerifyManifest(t.Context(), m.path, m.from)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
	})
}
