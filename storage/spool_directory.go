package storage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"sync"

	"github.com/frontdesk-go/frontdesk"
)

// unfinished is how names end until all of the content is there.
const unfinished = ".part"

// SpoolDirectory is a Spool in a directory, which it makes when it is first used. It takes
// content in parts too; on systems other than Unix, only one process at a time may
// use the directory for that.
type SpoolDirectory struct {
	dir string

	mu   sync.Mutex
	root *os.Root
	held map[string]bool // the partials that somebody changes
}

var _ Spool = (*SpoolDirectory)(nil)

// NewSpool returns a spool in the directory. Choose one on a disk that survives
// restarts: what is in it is on its way.
func NewSpool(dir string) *SpoolDirectory { return &SpoolDirectory{dir: dir} }

// Close closes the directory, which is opened again when it is used.
func (s *SpoolDirectory) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root == nil {
		return nil
	}
	root := s.root
	s.root = nil
	return root.Close()
}

func (s *SpoolDirectory) open() (*os.Root, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root != nil {
		return s.root, nil
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, spoolError(err)
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, spoolError(err)
	}
	s.root = root
	return root, nil
}

// Put writes the content to the disk before it gives it the name.
func (s *SpoolDirectory) Put(ctx context.Context, name string, content io.Reader) error {
	root, err := s.named(name)
	if err != nil {
		return err
	}
	if _, err := root.Lstat(name); err == nil {
		return frontdesk.Errorf(frontdesk.AlreadyExists, "the spool has the name already")
	}
	part := name + unfinished
	if err := write(ctx, root, part, content); err != nil {
		return errors.Join(err, forgive(root.Remove(part)))
	}
	if err := root.Rename(part, name); err != nil {
		return spoolError(err)
	}
	return syncDirectory(root)
}

func write(ctx context.Context, root *os.Root, name string, content io.Reader) error {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return spoolError(err)
	}
	source := &sourceReader{ctx: ctx, r: content}
	_, err = io.Copy(f, source)
	switch {
	case source.err != nil:
		err = source.err // the caller's, not the disk's
	case err == nil:
		err = spoolError(f.Sync())
	default:
		err = spoolError(err)
	}
	return errors.Join(err, spoolError(f.Close()))
}

// sourceReader tells errors of reading from those of writing.
type sourceReader struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// syncDirectory makes the names in it survive a crash.
func syncDirectory(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return spoolError(err)
	}
	return errors.Join(spoolError(d.Sync()), d.Close())
}

// Open opens the content.
func (s *SpoolDirectory) Open(_ context.Context, name string) (Spooled, error) {
	root, err := s.named(name)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, spoolError(err)
	}
	return f, nil
}

// Remove removes the content.
func (s *SpoolDirectory) Remove(_ context.Context, name string) error {
	root, err := s.named(strings.TrimSuffix(name, unfinished))
	if err != nil {
		return err
	}
	return forgive(root.Remove(name))
}

// List yields the files of the directory, except for those of others.
func (s *SpoolDirectory) List(context.Context) iter.Seq2[SpoolEntry, error] {
	return func(yield func(SpoolEntry, error) bool) {
		root, err := s.open()
		if err != nil {
			yield(SpoolEntry{}, err)
			return
		}
		entries, err := fs.ReadDir(root.FS(), ".")
		if err != nil {
			yield(SpoolEntry{}, spoolError(err))
			return
		}
		for _, d := range entries {
			if d.IsDir() || !ours(strings.TrimSuffix(d.Name(), unfinished)) {
				continue
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // stored meanwhile
			}
			if err != nil {
				yield(SpoolEntry{}, spoolError(err))
				return
			}
			if !yield(SpoolEntry{Name: d.Name(), Size: info.Size(), CreatedAt: info.ModTime().UTC()}, nil) {
				return
			}
		}
	}
}

// named opens the directory for a name that can be one of ours.
func (s *SpoolDirectory) named(name string) (*os.Root, error) {
	if !ours(name) {
		return nil, frontdesk.InvalidField("name", "is not made of lower-case letters and digits")
	}
	return s.open()
}

func ours(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

func forgive(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return spoolError(err)
}

// spoolError gives an error of the file system its code.
func spoolError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return frontdesk.Errorf(frontdesk.NotFound, "the spool has no such content: %w", err)
	}
	return frontdesk.Errorf(frontdesk.Unavailable, "the spool does not work: %w", err)
}
