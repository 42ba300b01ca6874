package storage_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// doom is a process that dies after so many steps: what its manifest holds then is what is left
// of it, with half a line behind.
type doom struct {
	mu    sync.Mutex
	steps int
	path  string
	dead  bool
	left  []byte
}

func (d *doom) step() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return errDead
	}
	if d.steps--; d.steps < 0 {
		d.dead = true
		d.left, _ = os.ReadFile(d.path) // none: it died before
		return errDead
	}
	return nil
}

// bury leaves on the disk what a process that died then would have left.
func (d *doom) bury(t *testing.T) {
	if d.dead {
		require.NoError(t, os.WriteFile(d.path, append(d.left, `{"key":"doc_0`...), 0o600))
	}
}

func doomed[T any](d *doom, do func() (T, error)) (T, error) {
	var none T
	if err := d.step(); err != nil {
		return none, err
	}
	got, err := do()
	if dead := d.step(); dead != nil {
		return none, dead
	}
	return got, err
}

// doomedStore is a store that the process reaches while it lives.
type doomedStore struct {
	*storagetest.Store
	*doom
}

func (s doomedStore) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	return doomed(s.doom, func() (*storage.Object, error) { return s.Store.Put(ctx, body, o) })
}

func (s doomedStore) Get(ctx context.Context, id string, r storage.Range) (body io.ReadCloser, o *storage.Object, err error) {
	o, err = doomed(s.doom, func() (o *storage.Object, err error) {
		body, o, err = s.Store.Get(ctx, id, r)
		return o, err
	})
	return body, o, err
}

func (s doomedStore) Stat(ctx context.Context, id string) (*storage.Object, error) {
	return doomed(s.doom, func() (*storage.Object, error) { return s.Store.Stat(ctx, id) })
}

func (s doomedStore) Delete(ctx context.Context, id string) error {
	_, err := doomed(s.doom, func() (any, error) { return nil, s.Store.Delete(ctx, id) })
	return err
}

func (s doomedStore) List(ctx context.Context, folder string) iter.Seq2[*storage.Object, error] {
	if err := s.step(); err != nil {
		return func(yield func(*storage.Object, error) bool) { yield(nil, err) }
	}
	return s.Store.List(ctx, folder)
}

func (s doomedStore) NewID(ctx context.Context) (string, error) {
	return doomed(s.doom, func() (string, error) { return s.Store.NewID(ctx) })
}

func (s doomedStore) EnsureFolder(ctx context.Context, key, name string) (string, error) {
	return doomed(s.doom, func() (string, error) { return s.Store.EnsureFolder(ctx, key, name) })
}

// live runs the migration in a process that dies after so many steps, and reports whether it did.
func (m *move) live(steps int) bool {
	m.Helper()
	d := &doom{steps: steps, path: m.path}
	mortal := &move{T: m.T, from: doomedStore{m.from.(*storagetest.Store), d}, to: doomedStore{m.to.(*storagetest.Store), d}, path: m.path}
	_, _ = storage.Migrate(m.Context(), mortal.migration(func(o *storage.Migration) {
		o.Workers, o.RemoveOriginals = 1, true
		o.Rewrite = func(ctx context.Context, got storage.Migrated) error {
			_, err := doomed(d, func() (any, error) { return nil, m.refer(ctx, got) })
			return err
		}
	}))
	d.bury(m.T)
	return d.dead
}

func TestMigrationCrashes(t *testing.T) {
	t.Run("killed twice, at whatever steps, each object is there once and all references are right in the end", func(t *testing.T) {
		runs := 0
		for first := 0; ; first++ {
			for second := 0; ; second += 7 {
				m := newMove(t, storagetest.NewStore(), storagetest.NewStore())
				m.fill(3)
				originals := objectsOf(t, m.from)
				more := m.live(first)
				again := m.live(second)
				r := m.run(func(o *storage.Migration) { o.RemoveOriginals = true })
				require.True(t, r.Complete(), "steps %d and %d: %v", first, second, r.Failures)
				m.whole(3, originals)
				require.Empty(t, objectsOf(t, m.from), "steps %d and %d", first, second)
				runs++
				if !more {
					t.Logf("%d pairs of kills, of a run of %d steps", runs, first)
					return
				}
				if !again {
					break
				}
			}
		}
	})
	t.Run("killed by the system twice, each object is there once and all references are right in the end", func(t *testing.T) {
		dir := t.TempDir()
		from := openDocuments(t, filepath.Join(dir, "from"))
		m := newMove(t, from, nil)
		m.fill(150)
		require.NoError(t, os.Mkdir(filepath.Join(dir, "refs"), 0o700))
		for _, lines := range []int{20, 70} {
			killMigration(t, dir, lines)
		}
		out, err := migrant(t, dir).CombinedOutput()
		require.NoError(t, err, string(out))
		require.Contains(t, string(out), "complete")
		m.to, m.path = openDocuments(t, filepath.Join(dir, "to")), filepath.Join(dir, "manifest")
		refs, err := os.ReadDir(filepath.Join(dir, "refs"))
		require.NoError(t, err)
		for _, ref := range refs {
			id, err := os.ReadFile(filepath.Join(dir, "refs", ref.Name()))
			require.NoError(t, err)
			m.refs[ref.Name()] = storage.ObjectRef{Store: "localdir", ID: string(id)}
		}
		m.whole(150, objectsOf(t, from))
	})
}

func openDocuments(t *testing.T, dir string) *localdir.Store {
	t.Helper()
	s, err := localdir.New(dir, &localdir.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// migrantDir is where the process that is killed finds what it is to do.
const migrantDir = "FRONTDESK_STORAGE_MIGRANT"

// TestMigrant is the process that is killed. Alone it has nothing to do.
func TestMigrant(t *testing.T) {
	dir := os.Getenv(migrantDir)
	if dir == "" {
		t.Skip("it is run by TestMigrationCrashes")
	}
	m := newMove(t, openDocuments(t, filepath.Join(dir, "from")), openDocuments(t, filepath.Join(dir, "to")))
	m.path = filepath.Join(dir, "manifest")
	r := m.run(func(o *storage.Migration) {
		o.Rewrite = func(_ context.Context, got storage.Migrated) error {
			defer fmt.Println("rewritten")
			return os.WriteFile(filepath.Join(dir, "refs", got.Key), []byte(got.To.ID), 0o600)
		}
	})
	if r.Complete() {
		fmt.Println("complete")
	}
}

func migrant(t *testing.T, dir string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrant$", "-test.v")
	c.Env = append(os.Environ(), migrantDir+"="+dir)
	return c
}

// killMigration kills a run when it has rewritten so many references.
func killMigration(t *testing.T, dir string, lines int) {
	t.Helper()
	c := migrant(t, dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	said := bufio.NewScanner(out)
	for lines > 0 && said.Scan() {
		if strings.Contains(said.Text(), "rewritten") {
			lines--
		}
	}
	require.Zero(t, lines, "it ended too early")
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
}
