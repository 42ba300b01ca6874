package localdir

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Put stores an object. Its checksum is made while the content is written.
func (s *Store) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	if err := s.accept(ctx, o); err != nil {
		return nil, err
	}
	object, err := s.put(ctx, body, o)
	return object, s.failed(err)
}

func (s *Store) put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	u, err := s.beginFile()
	defer u.discard()
	if err != nil {
		return nil, err
	}
	in := storage.NewIntake(ctx, body, o)
	if err := u.receive(in, o.Progress); err != nil {
		return nil, err
	}
	return u.finish(ctx, o, in)
}

// accept refuses a write before its content is read.
func (s *Store) accept(ctx context.Context, o storage.PutOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.ID != "" {
		if err := validID("id", o.ID); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.hasFolder(o.Folder)
}

// same is the object that is there under the id, if it has the same content.
func (s *Store) same(o *storage.Object) (*storage.Object, error) {
	there, err := s.stat(o.ID)
	if err != nil {
		return nil, err
	}
	if there.Size != o.Size || !bytes.Equal(there.SHA256, o.SHA256) {
		return nil, frontdesk.Errorf(frontdesk.AlreadyExists, "the id was used for other content")
	}
	return there, nil
}

// stat reads an object's description.
func (s *Store) stat(id string) (*storage.Object, error) {
	text, err := s.root.ReadFile(path.Join(objectDir(id), objectFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such object")
	}
	if err != nil {
		return nil, s.failed(err)
	}
	o, err := parseDescription(text)
	if err == nil && o.ID != id {
		return nil, frontdesk.Errorf(frontdesk.Internal, "the description is that of another object")
	}
	return o, err
}

// Stat describes an object.
func (s *Store) Stat(ctx context.Context, id string) (*storage.Object, error) {
	if err := validID("id", id); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.stat(id)
}

// Get opens an object. Content that is not as long as it was put is Internal.
func (s *Store) Get(ctx context.Context, id string, r storage.Range) (io.ReadCloser, *storage.Object, error) {
	if err := r.Validate(); err != nil {
		return nil, nil, err
	}
	o, err := s.Stat(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	offset, length, err := r.Within(o.Size)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.open(o)
	if err != nil {
		return nil, nil, s.failed(err)
	}
	return part{io.NewSectionReader(f, offset, length), f}, o, nil
}

// part is what a range selects of a file.
type part struct {
	io.Reader
	io.Closer
}

func (s *Store) open(o *storage.Object) (*os.File, error) {
	f, err := s.root.Open(path.Join(objectDir(o.ID), contentFile))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && (info.Size() != o.Size || !info.Mode().IsRegular()) {
		err = frontdesk.Errorf(frontdesk.Internal, "the content has %d bytes, and %d were put", info.Size(), o.Size)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Delete removes an object, in one step too.
func (s *Store) Delete(ctx context.Context, id string) error {
	if err := validID("id", id); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	away := &unfinished{store: s, name: newID()}
	err := s.root.Rename(objectDir(id), away.dir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return s.failed(err)
	}
	defer away.discard()
	return s.failed(s.sync(path.Dir(objectDir(id))))
}
