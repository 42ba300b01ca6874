package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"

	"github.com/frontdesk-go/frontdesk"
)

// MigrationSource is where items come from. Implementations are safe for concurrent use, honour
// ctx, and return errors with a frontdesk.Code: Unavailable, RateLimited and Aborted are tried again.
type MigrationSource interface {
	// Name says in the manifest what it was made for. It holds no secret.
	Name() string
	// Items yields all items. What was rewritten may be in it again, or not.
	Items(ctx context.Context) iter.Seq2[MigrationItem, error]
	// Stat describes the content of an item without reading it.
	Stat(ctx context.Context, item MigrationItem) (*Original, error)
	// Open opens the content of an item. The caller closes it.
	Open(ctx context.Context, item MigrationItem) (io.ReadCloser, *Original, error)
}

// OriginalRemover is a source whose items can be deleted.
type OriginalRemover interface {
	// RemoveOriginal deletes the item with the key. One that is not there is no error.
	RemoveOriginal(ctx context.Context, key string) error
}

// MigrationItem is content that is to be migrated.
type MigrationItem struct {
	// Key is the item's name in the source: the same in every run, and another for every item. It stands
	// in the manifest and in reports, so it must hold no secret. 1 to 2000 bytes.
	Key string
	// Location is where the source finds the content; it may hold a secret, as a signed URL does. It is
	// written nowhere.
	Location frontdesk.Secret
	// Folder is where the copy goes: a key and a name for EnsureFolder. Without a key it is the root.
	Folder MigrationFolder

	Name        string // default what the source calls it
	ContentType string // default what the source says
	Size        int64  // that the content must have; 0 or below: not known
	SHA256      []byte // that the content must have, if it is known
	// Metadata is kept with the copy, beside what the source has; it wins.
	Metadata map[string]string
}

// MigrationFolder names a folder of a DocumentStore.
type MigrationFolder struct{ Key, Name string }

// Original is the content of an item, as the source describes it.
type Original struct {
	Name        string // empty: not known
	ContentType string // empty: not known
	Size        int64  // below zero: not known
	SHA256      []byte // nil: not known
	Metadata    map[string]string
	// Version changes when the content does, as an ETag does; empty: not known.
	Version string
}

const maxMigrationKey = 2000

func (i *MigrationItem) validate() error {
	errs := []error{validText("key", i.Key)}
	switch {
	case i.Key == "":
		errs = append(errs, frontdesk.InvalidField("key", "is required"))
	case len(i.Key) > maxMigrationKey:
		errs = append(errs, frontdesk.InvalidField("key", "is longer than %d bytes", maxMigrationKey))
	}
	if i.Folder.Key != "" {
		errs = append(errs, ValidateFolder(i.Folder.Key, i.Folder.Name))
	}
	return errors.Join(errs...)
}

// putOptions describe the copy of the original.
func (i *MigrationItem) putOptions(from *Original) (PutOptions, error) {
	o := PutOptions{Name: i.Name, ContentType: i.ContentType, Size: i.Size, SHA256: i.SHA256, Metadata: maps.Clone(from.Metadata)}
	if o.Name == "" {
		o.Name = from.Name
	}
	if o.ContentType == "" {
		o.ContentType = from.ContentType
	}
	if o.Size <= 0 {
		o.Size = from.Size
	}
	if len(o.SHA256) == 0 {
		o.SHA256 = from.SHA256
	}
	if o.Metadata == nil {
		o.Metadata = map[string]string{}
	}
	maps.Copy(o.Metadata, i.Metadata)
	return o, errors.Join(o.Validate(), i.agrees(from))
}

// agrees refuses an original that is not the item.
func (i *MigrationItem) agrees(from *Original) error {
	if i.Size > 0 && from.Size >= 0 && i.Size != from.Size {
		return frontdesk.InvalidField("size", "is %d and the source has %d bytes", i.Size, from.Size)
	}
	return nil
}

// Format writes what holds no personal data.
func (i MigrationItem) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("storage.MigrationItem(%s, %d bytes)", i.Key, i.Size))
}

// LogValue is what holds no personal data.
func (i MigrationItem) LogValue() slog.Value {
	return slog.GroupValue(slog.String("key", i.Key), slog.Int64("size", i.Size))
}
