package localdir

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// EnsureFolder returns the id of the folder with the key. The id follows from the key, so that
// all processes come to the same without asking each other.
func (s *Store) EnsureFolder(ctx context.Context, key, name string) (string, error) {
	if err := storage.ValidateFolder(key, name); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	id := folderID(key)
	if err := s.hasFolder(id); frontdesk.CodeOf(err) != frontdesk.FailedPrecondition {
		return id, err
	}
	return id, s.failed(s.makeFolder(id, key, name))
}

// hasFolder fails when there is no such folder.
func (s *Store) hasFolder(id string) error {
	if id == "" {
		return nil
	}
	if err := validID("folder", id); err != nil {
		return err
	}
	_, err := s.root.Stat(path.Join(folderDir(id), folderFile))
	if errors.Is(err, fs.ErrNotExist) {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the folder is not there")
	}
	return s.failed(err)
}

// makeFolder may be done by several at once, each of whom does the same. The folder is
// there when it is described, for people.
func (s *Store) makeFolder(id, key, name string) error {
	text, err := json.Marshal(map[string]string{"key": key, "name": name})
	if err != nil {
		return err
	}
	if err := s.root.MkdirAll(membersOf(id), dirMode); err != nil {
		return err
	}
	unfinished := unfinishedDir(newID())
	if err := s.write(unfinished, text); err != nil {
		return err
	}
	if err := s.root.Rename(unfinished, path.Join(folderDir(id), folderFile)); err != nil {
		return err
	}
	return errors.Join(s.sync(folderDir(id)), s.sync(foldersDir))
}

// enlist notes that the object is in its folder, before it is there: a list
// leaves out what is noted and not there. Sweep takes the note back.
func (s *Store) enlist(o *storage.Object) error {
	if o.Folder == "" {
		return nil
	}
	f, err := s.root.OpenFile(path.Join(membersOf(o.Folder), o.ID), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), s.sync(membersOf(o.Folder)))
}
