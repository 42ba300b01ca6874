// Package localdir keeps documents in a directory of this machine, or of a network
// that has the semantics of a local file system:
//
//	documents, err := localdir.New("/var/lib/desk/documents", nil)
//
// An object is a directory, named by its id, with the content and a description in JSON
// beside it. It is made apart, written to the disk and then moved to its place in one step:
// whenever the machine or the process stops, an object is there whole or not at all. What was
// not finished stays apart until [Store.Sweep] removes it. Any number of processes
// may use one directory.
//
//	objects/3f/3f…/content, object.json
//	folders/91…/folder.json, in/3f…    the objects of a folder, by id
//	tmp/c2…/                           unfinished
//
// Nothing that people choose is part of a path, and links in the directory that lead
// out of it are not followed.
//
// Whoever may read the directory may read the documents: they are not encrypted.
package localdir

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// The store makes no links: a host's handler serves what the host allows.
var (
	_ storage.DocumentStore = (*Store)(nil)
	_ storage.Identifier    = (*Store)(nil)
	_ storage.Copier        = (*Store)(nil)
	_ storage.Resumer       = (*Store)(nil)
	_ storage.Prober        = (*Store)(nil)
)

// Options of a Store. The zero value is ready to use.
type Options struct {
	// Part is after how many bytes PutResumable writes to the disk and saves its state. Default 8 MiB.
	Part int64
	// MinFree is how many bytes must be free for Probe to pass. Default 64 MiB.
	MinFree int64
	// NoSync leaves it to the system when files reach the disk. What was stored last may
	// be gone, or be empty, when the machine stops; that of a process does no harm. For tests.
	NoSync bool
	// Clock is the time of objects. Default time.Now.
	Clock func() time.Time
}

// Store is a storage.DocumentStore in a directory.
type Store struct {
	root    *os.Root
	path    string
	options Options
	escapes error // how root says that a path leads out of it
}

// New returns the store in a directory, which it makes if it is not there. The parent
// must be.
func New(dir string, o *Options) (*Store, error) {
	if dir == "" {
		return nil, frontdesk.InvalidField("dir", "is required")
	}
	s := &Store{path: dir, options: withDefaults(o)}
	if err := os.Mkdir(dir, dirMode); err != nil && !os.IsExist(err) {
		return nil, s.failed(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, s.failed(err)
	}
	s.root = root
	if err := s.prepare(); err != nil {
		return nil, s.failed(err)
	}
	return s, nil
}

func withDefaults(o *Options) Options {
	var options Options
	if o != nil {
		options = *o
	}
	if options.Part <= 0 {
		options.Part = 8 << 20
	}
	if options.MinFree <= 0 {
		options.MinFree = 64 << 20
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	return options
}

// prepare makes the directories that everything else is in.
func (s *Store) prepare() error {
	if _, err := s.root.Lstat(".."); err != nil {
		s.escapes = errors.Unwrap(err)
	}
	for _, dir := range []string{objectsDir, foldersDir, tmpDir} {
		if err := s.root.MkdirAll(dir, dirMode); err != nil {
			return err
		}
	}
	return s.sync(".")
}

// Close gives the directory's handle back.
func (s *Store) Close() error { return s.root.Close() }

// Name is "localdir".
func (s *Store) Name() string { return "localdir" }

// NewID returns a random id.
func (s *Store) NewID(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return newID(), nil
}

func newID() string {
	var b [idBytes]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func (s *Store) now() time.Time { return s.options.Clock().UTC() }
