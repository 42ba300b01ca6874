package localdir

import (
	"bytes"
	"context"
	"path"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Copy makes a new object of an existing one. Both share the bytes on the disk where the file
// system can do that: content never changes.
func (s *Store) Copy(ctx context.Context, id string, o storage.PutOptions) (*storage.Object, error) {
	if err := validID("id", id); err != nil {
		return nil, err
	}
	if err := s.accept(ctx, o); err != nil {
		return nil, err
	}
	from, err := s.stat(id)
	if err != nil {
		return nil, err
	}
	object, err := s.copy(ctx, from, o)
	return object, s.failed(err)
}

func (s *Store) copy(ctx context.Context, from *storage.Object, o storage.PutOptions) (*storage.Object, error) {
	u, err := s.begin()
	defer u.discard()
	if err != nil {
		return nil, err
	}
	if s.root.Link(path.Join(objectDir(from.ID), contentFile), u.content()) != nil {
		return s.duplicate(ctx, from, o)
	}
	return u.place(o, from.Size, from.SHA256)
}

// duplicate writes the content once more.
func (s *Store) duplicate(ctx context.Context, from *storage.Object, o storage.PutOptions) (*storage.Object, error) {
	f, err := s.open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	o.Size, o.SHA256 = from.Size, bytes.Clone(from.SHA256)
	object, err := s.put(ctx, f, o)
	if frontdesk.CodeOf(err) == frontdesk.Aborted {
		return nil, frontdesk.Errorf(frontdesk.Internal, "the content has changed on the disk: %w", err)
	}
	return object, err
}
