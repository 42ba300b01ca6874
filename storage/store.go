package storage

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Store is what storage needs remembered. Implementations are safe for concurrent
// use by any number of processes, and every write is durable when the method
// returns, unless it runs inside InTx. Times are kept in UTC with at least
// microseconds. Temporary trouble of the database (busy, deadlock, serialization)
// is retried inside, and ends as Unavailable. What Postgres cannot keep of an error's
// text is replaced.
type Store interface {
	Catalog
	Queue
	Clients

	// Audit appends to the audit log.
	Audit(ctx context.Context, e frontdesk.AuditEvent) error

	// InTx runs fn in one transaction: all of its writes are committed, or none
	// when fn fails or panics. fn must use the Store that it is given; it may
	// run more than once when the database asks for it. A nested call joins the
	// outer transaction; when it fails, only its own writes are undone.
	InTx(ctx context.Context, fn func(Store) error) error
}

// Catalog holds the documents, their versions and their receipts. A document that
// is deleted is not found by any method of it, and its versions only by id and in
// VersionsIn.
type Catalog interface {
	// AddDocument stores the document as it is, Latest aside, and v as its version 1, which
	// is handed to the workers, not before NextAt, if it waits; unless the
	// client has a document with its Key. It returns the one that is there, and whether it
	// is new. It fails with QuotaExceeded when the bytes of the client, v with them, would be
	// more than the quota, and a quota of 0 is none; however many are added at once. A
	// document that is there already needs no quota.
	AddDocument(ctx context.Context, d Document, v Version, quota int64) (*Document, bool, error)
	// AddVersion stores v as the next version of its Document, in the same way, and
	// makes that what fn leaves of it: see ChangeDocument.
	AddVersion(ctx context.Context, v Version, quota int64, fn func(*Document) error) (*Document, error)
	// Document fails with NotFound.
	Document(ctx context.Context, id string) (*Document, error)
	// ChangeDocument gives fn the document, which nobody else changes meanwhile, and
	// stores the Title, Folder, Status, Reason, DecidedBy, DecidedAt, Visibility and UpdatedAt that fn
	// leaves, and returns the document; an error of fn comes out and nothing is stored. It
	// fails with NotFound. fn must not use the Store.
	ChangeDocument(ctx context.Context, id string, fn func(*Document) error) (*Document, error)
	// RemoveDocument deletes the document after fn has agreed to it, as in ChangeDocument: it
	// is not found any more, its key is free, and its versions are StateRemoving, with no
	// attempts, and handed to the workers for the time. A lease that is alive stays.
	RemoveDocument(ctx context.Context, id string, at time.Time, fn func(*Document) error) error
	// Documents lists, by falling id.
	Documents(ctx context.Context, f Filter) ([]Document, error)

	// Version returns the version with the id, of a deleted document too; NotFound.
	Version(ctx context.Context, id int64) (*Version, error)
	// Versions lists those of a document, newest first.
	Versions(ctx context.Context, document string) ([]Version, error)
	// VersionsIn lists, by rising id, those of a document store in the state that have ids
	// above after.
	VersionsIn(ctx context.Context, store string, state State, after int64, limit int) ([]Version, error)
	// Spooled says which of the names in the spool belong to a version.
	Spooled(ctx context.Context, names []string) ([]string, error)
	// MoveVersion makes a stored version another document store's. It fails with
	// NotFound, and with Aborted unless the version is stored as the object from.
	MoveVersion(ctx context.Context, id int64, from, to ObjectRef) error

	// AddReceipt stores the receipt, unless there is one of the same version, kind and person
	// at or after the time since. It reports whether it was stored; NotFound.
	AddReceipt(ctx context.Context, r Receipt, since time.Time) (bool, error)
	// Receipts lists those of a document, newest first, with ids below before unless that is 0.
	Receipts(ctx context.Context, document string, before int64, limit int) ([]Receipt, error)
}

// ObjectRef names an object.
type ObjectRef struct{ Store, ID string }

// Lease is a claim that ends by itself when its holder dies.
type Lease struct {
	Token string    // unguessable, one per claim
	Now   time.Time // a claim that ended before it is free
	Until time.Time
}

// Queue holds the versions on their way to a document store, or out of it.
type Queue interface {
	// TakeVersion leases a version that waits for the document store with the name, and
	// counts the attempt. It fails with NotFound; with Aborted while another lease is
	// alive, before NextAt, or while the client is paused, unless it is to be removed; and
	// with FailedPrecondition when it does not wait or is another document store's.
	TakeVersion(ctx context.Context, id int64, store string, l Lease) (*Version, error)
	// AdvanceVersion writes down what its holder knows, and lengthens the lease. It
	// fails with NotFound, with Aborted when the lease is not the version's any more, and
	// with FailedPrecondition when the version is to be removed meanwhile; p is kept
	// then too.
	AdvanceVersion(ctx context.Context, id int64, p Progress) error
	// SettleVersion ends a lease, also one whose time is over while nobody else has taken
	// the version. It fails with NotFound, and with Aborted when the lease is not the version's any
	// more. A version that waits is handed to the workers for NextAt.
	//
	// A version that is to be removed meanwhile stays so, with the ObjectID and the Spool of
	// s, for the time At. With StateRemoved the version is gone, and with the last
	// one the document and its receipts.
	SettleVersion(ctx context.Context, id int64, s Settlement) error
	// RetryVersion makes a version that is dead wait again in the state, with no
	// attempts, and hands it to the workers for the time. It fails with NotFound, also when the
	// document is deleted, and with FailedPrecondition unless it is dead.
	RetryVersion(ctx context.Context, id int64, s State, at time.Time) error
	// DueVersions lists ids that a worker should take: NextAt is reached, no lease is
	// alive, and the client is not paused or it is to be removed; those that wait longest
	// come first.
	DueVersions(ctx context.Context, store string, now time.Time, limit int) ([]int64, error)
}

// Progress is how far an attempt has come. All of it replaces what was there.
type Progress struct {
	Lease    string
	Until    time.Time
	Done     int64
	ObjectID string
	Session  []byte
	// ScannedAt is when the virus scanner passed it: a version that is held is
	// queued then.
	ScannedAt time.Time
}

// Settlement is how an attempt ended, and what becomes of the version. All of it
// replaces what was there.
type Settlement struct {
	Lease     string
	At        time.Time
	State     State     // StateStored: StoredAt is then At
	NextAt    time.Time // if it waits
	ObjectID  string
	Spool     string
	Session   []byte
	ScannedAt time.Time
	Done      int64
	Error     string // the last error; bounded, without secrets
	// Free: the attempt does not count.
	Free bool
}

// Clients holds what is known about a client and a document store.
type Clients interface {
	// Folder returns the id of the client's folder; NotFound.
	Folder(ctx context.Context, store, client string) (string, error)
	// SetFolder remembers it; an empty id forgets it.
	SetFolder(ctx context.Context, store, client, id string) error
	// ReserveFolder returns the id under which the client's folder is made, and reserves id if
	// none was: however many reserve at once, all get the id of the first. An id that is gone
	// is replaced once by who brings another. In a transaction that rolls back, nothing
	// was reserved.
	ReserveFolder(ctx context.Context, store, client, id, gone string) (string, error)
	// Pause holds what the client stores back until the time, unless it is held back for
	// longer. What waits and is in nobody's hands may get that time as its NextAt, unless
	// its own is later, so that nobody looks at it before.
	Pause(ctx context.Context, store, client string, until time.Time) error
	// Resume ends a pause: all of the client that waits for the store is due at the time, and handed
	// to the workers.
	Resume(ctx context.Context, store, client string, at time.Time) error
	// Usage tells what a client has, of all document stores, and until when the store
	// is paused for it; zero: never.
	Usage(ctx context.Context, store, client string) (Usage, error)
}

// Usage is what a client has.
type Usage struct {
	Documents   int
	Bytes       int64     // of all versions that count
	Quota       int64     // that they must not exceed; 0: none. The Service fills it in
	PausedUntil time.Time // the document store is full for the client
}
