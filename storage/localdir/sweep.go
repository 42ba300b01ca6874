package localdir

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Sweep removes what puts that never came to their end have left, and whose last write is
// longer ago than the age. It returns how many they were. The age must be longer than any put pauses, and
// than states are kept for PutResumable: a day or more. Sweep may run while the store
// is used.
func (s *Store) Sweep(ctx context.Context, age time.Duration) (int, error) {
	before := s.now().Add(-age)
	unfinished, err := s.sweepUnfinished(ctx, before)
	return unfinished, s.failed(errors.Join(err, s.sweepNotes(ctx, before)))
}

func (s *Store) sweepUnfinished(ctx context.Context, before time.Time) (int, error) {
	swept := 0
	for name, err := range s.names(tmpDir) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return swept, err
		}
		dir := unfinishedDir(name)
		if s.touchedSince(before, dir, path.Join(dir, contentFile)) {
			continue
		}
		if err := s.root.RemoveAll(dir); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}

// touchedSince reports whether one of the files was written to at the time or later.
func (s *Store) touchedSince(t time.Time, names ...string) bool {
	for _, name := range names {
		if info, err := s.root.Lstat(name); err == nil && !info.ModTime().Before(t) {
			return true
		}
	}
	return false
}

// sweepNotes takes back that objects are in folders which are not there any more.
func (s *Store) sweepNotes(ctx context.Context, before time.Time) error {
	for folder, err := range s.entries(foldersDir) {
		if err != nil {
			return err
		}
		for id, err := range s.entries(membersOf(folder)) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = s.sweepNote(folder, id, before)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) sweepNote(folder, id string, before time.Time) error {
	note := path.Join(membersOf(folder), id)
	if _, err := s.stat(id); frontdesk.CodeOf(err) != frontdesk.NotFound || s.touchedSince(before, note) {
		return nil
	}
	if err := s.root.Remove(note); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
