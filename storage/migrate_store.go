package storage

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"iter"

	"github.com/frontdesk-go/frontdesk"
)

var (
	_ MigrationSource = StoreSource{}
	_ OriginalRemover = StoreSource{}
)

// StoreSource is a document store as the source of a migration. The keys of its items are the ids
// of the objects.
type StoreSource struct {
	Store DocumentStore
	// Folder is the id of the folder whose objects are migrated; empty: all.
	Folder string
	// Item says what becomes of an object: its folder in the destination, another name, more metadata. The
	// Key is given already. Nil: as it is, in the root, because ids of folders mean nothing elsewhere.
	Item func(o Object, i *MigrationItem) error
}

// Name is the store's.
func (s StoreSource) Name() string { return s.Store.Name() }

// Items lists the objects.
func (s StoreSource) Items(ctx context.Context) iter.Seq2[MigrationItem, error] {
	return func(yield func(MigrationItem, error) bool) {
		for o, err := range s.Store.List(ctx, s.Folder) {
			var item MigrationItem
			if err == nil {
				item, err = s.item(o)
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

func (s StoreSource) item(o *Object) (MigrationItem, error) {
	item := MigrationItem{Key: o.ID}
	if s.Item == nil {
		return item, nil
	}
	err := s.Item(*o, &item)
	item.Key = o.ID
	return item, err
}

// Stat describes an object. Native documents of a provider have no content that could be
// migrated: FailedPrecondition.
func (s StoreSource) Stat(ctx context.Context, i MigrationItem) (*Original, error) {
	return statOriginal(ctx, s.Store, i.Key)
}

// Open opens an object.
func (s StoreSource) Open(ctx context.Context, i MigrationItem) (io.ReadCloser, *Original, error) {
	return openOriginal(ctx, s.Store, i.Key)
}

// RemoveOriginal deletes an object.
func (s StoreSource) RemoveOriginal(ctx context.Context, key string) error {
	return s.Store.Delete(ctx, key)
}

func statOriginal(ctx context.Context, docs DocumentStore, id string) (*Original, error) {
	o, err := docs.Stat(ctx, id)
	if err != nil {
		return nil, err
	}
	return originalOf(o)
}

func openOriginal(ctx context.Context, docs DocumentStore, id string) (io.ReadCloser, *Original, error) {
	body, o, err := docs.Get(ctx, id, Range{})
	if err != nil {
		return nil, nil, err
	}
	from, err := originalOf(o)
	if err != nil {
		return nil, nil, errors.Join(err, body.Close())
	}
	return body, from, nil
}

func originalOf(o *Object) (*Original, error) {
	if o.Native != "" {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "a document of the type %s has no content to migrate", o.Native)
	}
	return &Original{
		Name: o.Name, ContentType: o.ContentType, Size: o.Size, SHA256: o.SHA256, Metadata: o.Metadata, Version: hex.EncodeToString(o.SHA256),
	}, nil
}
