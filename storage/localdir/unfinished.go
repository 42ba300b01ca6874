package localdir

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// unfinished is an object in the making, in a directory that nobody looks into.
type unfinished struct {
	store *Store
	name  string
	file  *os.File // of the content; nil where that is a link
}

// begin makes a directory for an object.
func (s *Store) begin() (*unfinished, error) {
	u := &unfinished{store: s, name: newID()}
	return u, s.root.Mkdir(u.dir(), dirMode)
}

// beginFile is begin with an empty content.
func (s *Store) beginFile() (*unfinished, error) {
	u, err := s.begin()
	if err == nil {
		u.file, err = s.root.OpenFile(u.content(), os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	}
	return u, err
}

func (u *unfinished) dir() string     { return unfinishedDir(u.name) }
func (u *unfinished) content() string { return path.Join(u.dir(), contentFile) }

// discard removes what is left of it: all, or nothing if it was placed. What cannot be removed
// now is left to Sweep.
func (u *unfinished) discard() {
	u.close()
	_ = u.store.root.RemoveAll(u.dir())
}

func (u *unfinished) close() {
	if u.file != nil {
		_ = u.file.Close()
	}
}

// receive writes all that comes.
func (u *unfinished) receive(from io.Reader, progress func(int64)) error {
	_, err := io.Copy(&acceptor{to: u.file, progress: progress}, from)
	return err
}

// acceptor writes to a file and says how much it was.
type acceptor struct {
	to       *os.File
	done     int64
	progress func(int64)
}

func (a *acceptor) Write(p []byte) (int, error) {
	n, err := a.to.Write(p)
	a.done += int64(n)
	if a.progress != nil && err == nil {
		a.progress(a.done)
	}
	return n, err
}

// finish makes an object of what came through the intake.
func (u *unfinished) finish(ctx context.Context, o storage.PutOptions, in *storage.Intake) (*storage.Object, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := u.written(in.Size()); err != nil {
		return nil, err
	}
	return u.place(o, in.Size(), in.SHA256())
}

// written brings the content to the disk, and checks that it is as long as what came.
func (u *unfinished) written(size int64) error {
	if err := u.store.flush(u.file); err != nil {
		return err
	}
	info, err := u.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != size {
		return frontdesk.Errorf(frontdesk.Aborted, "%d bytes came and %d were written", size, info.Size())
	}
	return u.file.Close()
}

// place describes the object and moves it to where it is found. If one is there already,
// that is the result, or AlreadyExists.
func (u *unfinished) place(o storage.PutOptions, size int64, sum []byte) (*storage.Object, error) {
	if o.ID == "" {
		o.ID = newID()
	}
	now := u.store.now()
	object := &storage.Object{
		ID: o.ID, Folder: o.Folder, Name: o.Name, ContentType: o.ContentType, Size: size, SHA256: sum,
		Metadata: maps.Clone(o.Metadata), CreatedAt: now.Round(0), ModifiedAt: now.Round(0),
	}
	if there, err := u.store.same(object); frontdesk.CodeOf(err) != frontdesk.NotFound {
		return there, err
	}
	if err := errors.Join(u.describe(object), u.store.enlist(object)); err != nil {
		return nil, err
	}
	return u.move(object)
}

// describe completes the directory.
func (u *unfinished) describe(object *storage.Object) error {
	text, err := describe(object)
	if err != nil {
		return err
	}
	if err := u.store.write(path.Join(u.dir(), objectFile), text); err != nil {
		return err
	}
	return u.store.sync(u.dir())
}

// move is the one step before which there is nothing, and after which there is all. A
// directory cannot be moved to where another is that has something in it, so that of
// several processes one does it.
func (u *unfinished) move(object *storage.Object) (*storage.Object, error) {
	to := objectDir(object.ID)
	if err := u.store.root.MkdirAll(path.Dir(to), dirMode); err != nil {
		return nil, err
	}
	if err := u.store.root.Rename(u.dir(), to); err != nil {
		there, missing := u.store.same(object)
		if frontdesk.CodeOf(missing) == frontdesk.NotFound {
			return nil, err
		}
		return there, missing
	}
	if err := errors.Join(u.store.sync(path.Dir(to)), u.store.sync(objectsDir)); err != nil {
		return nil, frontdesk.Errorf(frontdesk.OutcomeUnknown, "it may not have reached the disk: %w", err)
	}
	return object, nil
}
