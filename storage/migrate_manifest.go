package storage

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// manifestVersion is the form of the lines.
const manifestVersion = 1

// manifestHeader is the first line.
type manifestHeader struct {
	Version int       `json:"frontdesk_manifest"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	At      time.Time `json:"at"`
}

// manifest is a file to which lines are added. A line is on the disk before what follows from it is
// done; those who write at the same time share the wait for the disk.
type manifest struct {
	file  *os.File
	clock func() time.Time

	mu      sync.Mutex // of the entries, and of what is written
	entries map[string]migrationEntry
	written int64 // bytes
	broken  error // the end of the file is not known any more

	syncing sync.Mutex // of what follows; taken without mu
	synced  int64      // bytes that are on the disk
}

// openManifest opens the file and reads what is in it, or makes it.
func openManifest(path string, h manifestHeader, clock func() time.Time) (*manifest, error) {
	file, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, manifestError(err)
	}
	m := &manifest{file: file, clock: clock}
	if err := m.start(h); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return m, nil
}

func (m *manifest) start(h manifestHeader) error {
	if locked, err := lockFile(m.file); err != nil {
		return manifestError(err)
	} else if !locked {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "another run uses the manifest")
	}
	there, entries, size, err := readManifest(m.file)
	if err != nil {
		return err
	}
	m.entries, m.written = entries, size
	if err := m.cut(); err != nil {
		return err
	}
	if there == nil {
		h.Version, h.At = manifestVersion, m.clock().UTC()
		if err := m.write(h); err != nil {
			return err
		}
		return errors.Join(m.sync(m.written), syncParent(m.file.Name()))
	}
	if there.From != h.From || there.To != h.To {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the manifest is of a migration from %q to %q", there.From, there.To)
	}
	return nil
}

// cut takes away what a crash has left of a line.
func (m *manifest) cut() error {
	if err := m.file.Truncate(m.written); err != nil {
		return manifestError(err)
	}
	_, err := m.file.Seek(m.written, io.SeekStart)
	return manifestError(err)
}

// readManifest reads whole lines: the newest of each item. The last line may be torn, and then
// size is where it begins. There is no header in a file that is new.
func readManifest(r io.Reader) (h *manifestHeader, entries map[string]migrationEntry, size int64, err error) {
	entries = map[string]migrationEntry{}
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF):
			return h, entries, size, nil
		case err != nil:
			return nil, nil, 0, manifestError(err)
		}
		if h == nil {
			h = new(manifestHeader)
			err = readHeader(line, h)
		} else {
			err = readEntry(line, entries)
		}
		if err != nil {
			return nil, nil, 0, frontdesk.Errorf(frontdesk.FailedPrecondition, "line %d of the manifest cannot be read: %w", n, err)
		}
		size += int64(len(line))
	}
}

func readHeader(line []byte, h *manifestHeader) error {
	if err := json.Unmarshal(line, h); err != nil {
		return err
	}
	if h.Version != manifestVersion {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "its version is %d and not %d", h.Version, manifestVersion)
	}
	return nil
}

func readEntry(line []byte, entries map[string]migrationEntry) error {
	var e migrationEntry
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	remember(entries, e)
	return nil
}

// remember keeps the newest entry; a failure leaves the item where it was, with the reason.
func remember(entries map[string]migrationEntry, e migrationEntry) {
	before, known := entries[e.Key]
	if e.State == itemFailed && known {
		before.Code = e.Code
		e = before
	}
	e.seen = e.seen || before.seen
	entries[e.Key] = e
}

// entry is what is known of an item.
func (m *manifest) entry(key string) migrationEntry {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[key]
	e.Key = key
	return e
}

// list notes that the source has the item, and reports whether it has told so before.
func (m *manifest) list(key string) (e migrationEntry, again bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e = m.entries[key]
	again = e.seen
	e.Key, e.seen = key, true
	if e.State == itemDropped || e.State == itemFailed {
		e.State = ""
	}
	m.entries[key] = e
	return e, again
}

// all are the entries that fn wants, by key.
func (m *manifest) all(fn func(migrationEntry) bool) []migrationEntry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []migrationEntry
	for _, e := range m.entries {
		if fn(e) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b migrationEntry) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// add writes a line, and returns when it is on the disk.
func (m *manifest) add(e migrationEntry) error {
	e.At = m.clock().UTC()
	if e.State != itemFailed {
		e.Code = 0
	}
	m.mu.Lock()
	err := m.write(e)
	if err == nil {
		remember(m.entries, e)
	}
	end := m.written
	m.mu.Unlock()
	if err != nil {
		return err
	}
	return m.sync(end)
}

// write adds a line. After a failure the end of the file may be half a line, and nothing more is written.
func (m *manifest) write(line any) error {
	if m.broken != nil {
		return m.broken
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(line); err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "the manifest: %w", err)
	}
	n, err := m.file.Write(text.Bytes())
	m.written += int64(n)
	m.broken = manifestError(err)
	return m.broken
}

func (m *manifest) sync(end int64) error {
	m.syncing.Lock()
	defer m.syncing.Unlock()
	if m.synced >= end {
		return nil
	}
	m.mu.Lock()
	written, broken := m.written, m.broken
	m.mu.Unlock()
	if broken != nil {
		return broken
	}
	if err := m.file.Sync(); err != nil {
		return m.fail(manifestError(err))
	}
	m.synced = written
	return nil
}

// fail stops the manifest: after a sync that failed nobody knows what is on the disk.
func (m *manifest) fail(err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
	return err
}

func (m *manifest) close() error { return manifestError(m.file.Close()) }

// syncParent makes the file's name survive a crash.
func syncParent(path string) error {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return manifestError(err)
	}
	return errors.Join(syncDirectory(root), root.Close())
}

func manifestError(err error) error {
	if err == nil {
		return nil
	}
	return frontdesk.Errorf(frontdesk.Unavailable, "the manifest: %w", err)
}
