package storage

import (
	"context"
	"io"
	"iter"
	"time"
)

// DocumentStore keeps the bytes of documents. Adapters only translate: who may see a
// document, its title and its history are the Service's.
//
// An object is known by an id that the store gives it. Names are for people: two
// objects in one folder may have the same, and a name never finds an object.
//
// Implementations are safe for concurrent use, honour ctx, and return errors with a
// frontdesk.Code and the provider's own error reachable through errors.As:
//
//   - NotFound: there is no such object, or it is in the trash
//   - AlreadyExists: the id was used for other content
//   - Invalid: an argument is wrong; the field is named
//   - FailedPrecondition: the folder is not there, or the object cannot do that (a native
//     document that must be exported)
//   - Unauthenticated, PermissionDenied
//   - RateLimited, with frontdesk.RetryAfter where known; QuotaExceeded: not before
//     somebody makes room
//   - Aborted: the content changed on its way (a checksum does not match); nothing is
//     left behind, and trying again may help
//   - Unavailable: not done; OutcomeUnknown: it may have been done
//
// Abilities that a store may lack are separate interfaces: [Copier], [Linker],
// [Sharer], [Resumer], [Prober], [Exporter], [Identifier], [Reserver].
type DocumentStore interface {
	// Name is the store's name in rows, for example "drive".
	Name() string
	// Put stores an object and returns it with the checksum that was verified against
	// the store's own. A put that fails leaves nothing that can be read. The same
	// PutOptions.ID and content may be put again: that returns the object that is there.
	Put(ctx context.Context, body io.Reader, o PutOptions) (*Object, error)
	// Get opens an object, or the part of it that the range selects. The caller closes
	// the body.
	Get(ctx context.Context, id string, r Range) (io.ReadCloser, *Object, error)
	// Stat describes an object.
	Stat(ctx context.Context, id string) (*Object, error)
	// Delete removes an object. One that is not there is no error.
	Delete(ctx context.Context, id string) error
	// List yields the objects of a folder ("": of all folders), in no particular order. A
	// put that has returned is in it; stores whose listings lag say so in their docs.
	List(ctx context.Context, folder string) iter.Seq2[*Object, error]
	// EnsureFolder returns the id of the folder with the key, and makes it with the name when
	// there is none. However many ask at once, there is one. The key is 1 to 100 bytes of
	// letters, digits, '-', '_', '.' and ':', and is ours: it never changes.
	EnsureFolder(ctx context.Context, key, name string) (string, error)
}

// PutOptions describes an object that is stored.
type PutOptions struct {
	// ID is the object's id, from NewID: it makes a repeated put the same. Empty: the store
	// gives one.
	ID string
	// Folder is an id from EnsureFolder; empty is the store's root.
	Folder string
	// Name is what people call it: 1 to 255 bytes of UTF-8 without control
	// characters. It may hold any other character, also those that paths give a meaning to.
	Name        string
	ContentType string // a media type
	// Size is how many bytes body gives, or below zero if that is not known. A body of another size is
	// Invalid and leaves nothing.
	Size int64
	// SHA256 is the checksum that the content must have, if it is known.
	SHA256 []byte
	// Metadata is kept with the object: at most 20 pairs, key and value at most 100 bytes together.
	Metadata map[string]string
	// Progress is told how many bytes the store has accepted so far; it may be told less than before when
	// the store has lost some. It must return quickly.
	Progress func(done int64)
}

// Object is a stored object.
type Object struct {
	ID          string
	Folder      string
	Name        string
	ContentType string
	Size        int64
	SHA256      []byte // nil where the store does not know it, as of native documents
	Metadata    map[string]string
	CreatedAt   time.Time // the store's clock, UTC
	ModifiedAt  time.Time
	Native      string // the provider's own type of a document that must be exported; empty for files
}

// Range selects a part of an object. The zero Range is all of it.
type Range struct {
	Offset int64 // from the start; below zero: that many bytes from the end
	Length int64 // 0: to the end
}

// Identifier gives ids before anything is stored under them, so that a retried put
// makes no second object. Stores that cannot are asked with an empty id.
type Identifier interface {
	NewID(ctx context.Context) (string, error)
}

// Reserver makes folders under ids that the caller has written down before, so that a crash
// or two processes make no second one where the store's own lists cannot be trusted.
type Reserver interface {
	// ReserveFolder is EnsureFolder with a memory. Reserve is called with an id under which
	// nothing is yet, and returns the id that the folder must have: the one that was
	// reserved first for the key, by any process. When the folder with that id cannot be
	// there any more, reserve is called once more with another id and the one that is gone.
	ReserveFolder(ctx context.Context, key, name string, reserve func(ctx context.Context, id, gone string) (string, error)) (string, error)
}

// Copier copies inside of the store, without the bytes passing through here.
type Copier interface {
	// Copy makes a new object of an existing one. Size and SHA256 of o are ignored.
	Copy(ctx context.Context, id string, o PutOptions) (*Object, error)
}

// Linker makes links that end by themselves.
type Linker interface {
	// Link returns a URL at which whoever has it can read the object until it expires.
	Link(ctx context.Context, id string, valid time.Duration) (string, error)
}

// Sharer opens objects to people outside, until that is taken back. Nothing is shared
// unless asked for.
type Sharer interface {
	// Share lets anybody who has the URL that it returns read the object.
	Share(ctx context.Context, id string) (string, error)
	Unshare(ctx context.Context, id string) error
}

// Resumer continues a put that a process began before it died. Content must be
// readable at any offset.
type Resumer interface {
	// PutResumable is Put with a session that is saved while it goes on. Save is called with an opaque state
	// after the session has begun and after each part; a state that is given to a
	// later call continues there. A state that the store does not know any more, or that another
	// content has made, starts anew.
	PutResumable(ctx context.Context, body io.ReaderAt, o PutOptions, state []byte, save func(ctx context.Context, state []byte) error) (*Object, error)
}

// Prober tells at start whether the store can be used as it is set up.
type Prober interface {
	// Probe fails with what is wrong and what to do about it.
	Probe(ctx context.Context) error
}

// Exporter reads native documents of a provider in another format.
type Exporter interface {
	// Export opens the document as the media type; FailedPrecondition when it cannot be.
	Export(ctx context.Context, id, contentType string) (io.ReadCloser, error)
}
