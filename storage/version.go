package storage

import "time"

// Version is one content of a document, and how far it has come on its way to the
// document store.
type Version struct {
	ID       int64 // the Store's; later ones are greater
	Document string
	Client   string
	Number   int // 1 is the first

	Name        string // of the file
	ContentType string
	Size        int64
	SHA256      []byte
	By          By
	CreatedAt   time.Time
	StoredAt    time.Time // when the document store had it

	State State
	Done  int64 // bytes of Size that the document store has accepted

	// Transfer is for workers and administrators; clients get it empty.
	Transfer Transfer
}

// Transfer is what workers know about a version.
type Transfer struct {
	Store     string // the document store's name
	ObjectID  string // there; it may be known before the object is
	Spool     string // the name of the bytes in the spool; empty: they are not there
	Session   []byte `json:"-"` // of a Resumer; whoever has it may be able to write the object
	ScannedAt time.Time

	Attempts   int // that count: those that found a limit or got further do not
	LastError  string
	NextAt     time.Time // not before
	Lease      string    // a worker is at it: the token that it must show
	LeaseUntil time.Time
}

// State is how far a version has come.
type State string

const (
	StateHeld     State = "held"     // it waits until the virus scanner answers; nobody can read it
	StateQueued   State = "queued"   // it is read from the spool until the document store has it
	StateStored   State = "stored"   // the document store has it
	StateInfected State = "infected" // the virus scanner has refused it; the bytes are gone
	StateDead     State = "dead"     // it was tried too often; the bytes are in the spool
	StateRemoving State = "removing" // the document is deleted, and the object is to follow
	StateRemoved  State = "removed"  // only in a Settlement: there is no row any more
)

// Waits reports whether a version in this state is a worker's to take.
func (s State) Waits() bool { return s == StateHeld || s == StateQueued || s == StateRemoving }

// Counts reports whether a version in this state counts for the client's quota.
func (s State) Counts() bool { return s != StateInfected && s != StateRemoving && s != StateRemoved }

// readable reports whether people may have the content: it was scanned if it had to be.
func (v *Version) readable(scans bool) bool {
	switch v.State {
	case StateStored, StateQueued:
		return true
	case StateDead:
		return !scans || !v.Transfer.ScannedAt.IsZero()
	}
	return false
}
