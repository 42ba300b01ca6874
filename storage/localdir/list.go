package localdir

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"path"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// List yields the objects of a folder, as the directory has them while it is read. A folder
// that is not there is FailedPrecondition.
func (s *Store) List(ctx context.Context, folder string) iter.Seq2[*storage.Object, error] {
	return func(yield func(*storage.Object, error) bool) {
		if err := s.hasFolder(folder); err != nil {
			yield(nil, err)
			return
		}
		for id, err := range s.members(folder) {
			if err == nil {
				err = ctx.Err()
			}
			var o *storage.Object
			if err == nil {
				o, err = s.stat(id)
			}
			if frontdesk.CodeOf(err) == frontdesk.NotFound || (err == nil && folder != "" && o.Folder != folder) {
				continue // noted and not there, or gone meanwhile
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// members are the ids in a folder, or all.
func (s *Store) members(folder string) iter.Seq2[string, error] {
	if folder != "" {
		return s.entries(membersOf(folder))
	}
	return func(yield func(string, error) bool) {
		for shard, err := range s.names(objectsDir) {
			if err != nil {
				yield("", err)
				return
			}
			if len(shard) != shardLen {
				continue // somebody else's
			}
			for id, err := range s.entries(path.Join(objectsDir, shard)) {
				if !yield(id, err) {
					return
				}
			}
		}
	}
}

// entries are the names in a directory that are ids.
func (s *Store) entries(dir string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for name, err := range s.names(dir) {
			if (err != nil || isID(name)) && !yield(name, err) {
				return
			}
		}
	}
}

// batch is how many names of a directory are in memory.
const batch = 512

// names are all names in a directory.
func (s *Store) names(dir string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		d, err := s.root.Open(dir)
		if err != nil {
			yield("", s.failed(err))
			return
		}
		defer d.Close()
		for {
			entries, err := d.ReadDir(batch)
			if !each(entries, yield) || errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield("", s.failed(err))
				return
			}
		}
	}
}

func each(entries []fs.DirEntry, yield func(string, error) bool) bool {
	for _, e := range entries {
		if !yield(e.Name(), nil) {
			return false
		}
	}
	return true
}
