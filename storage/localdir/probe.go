package localdir

import (
	"context"
	"errors"
	"path"

	"github.com/frontdesk-go/frontdesk"
)

// Probe fails when the directory cannot be written to, or has less than Options.MinFree
// of room.
func (s *Store) Probe(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.tryOut(); err != nil {
		return s.failed(err)
	}
	free, known := freeSpace(s.path)
	if known && free < uint64(s.options.MinFree) { //nolint:gosec // withDefaults has put it above zero
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "%d bytes are free and %d are wanted: make room, or set Options.MinFree", free, s.options.MinFree)
	}
	return nil
}

// tryOut does what a put does, and takes it back.
func (s *Store) tryOut() error {
	u, err := s.begin()
	defer u.discard()
	if err != nil {
		return err
	}
	if err := s.write(u.content(), []byte("probe")); err != nil {
		return err
	}
	moved := &unfinished{store: s, name: newID()}
	defer moved.discard()
	return errors.Join(s.sync(u.dir()), s.root.Rename(u.dir(), moved.dir()), s.sync(path.Dir(moved.dir())))
}
