package storage

import (
	"context"
	"io"
	"iter"
	"time"
)

// Parts is a Spool that takes a content in parts, over any number of processes and
// restarts. It calls what has not come to its end a partial. Ids and the names
// of the spool are made of lower-case letters and digits.
type Parts interface {
	Spool
	// BeginPartial makes a partial without bytes. When it returns, the partial and its
	// record survive a crash. It fails with AlreadyExists.
	BeginPartial(ctx context.Context, id string, record []byte) error
	// Partial tells how far one has come; NotFound.
	Partial(ctx context.Context, id string) (*Partial, error)
	// Partials yields those whose ids begin with prefix, in no particular order.
	Partials(ctx context.Context, prefix string) iter.Seq2[Partial, error]
	// HoldPartial takes hold of a partial to change it. Only one may hold it, of all processes: it
	// fails with Aborted while another does, and with NotFound. A process
	// that dies holds nothing.
	HoldPartial(ctx context.Context, id string) (HeldPartial, error)
}

// Partial is a content of which some has come.
type Partial struct {
	ID      string
	Record  []byte // as it was given; empty when a crash has left none
	Done    int64  // bytes that survive a crash
	Cleared bool   // the bytes are not needed any more, and gone
	At      time.Time
}

// HeldPartial is a partial that nobody else changes. It reads what was done, and Close
// lets go of it.
type HeldPartial interface {
	Spooled
	// State is how far it has come.
	State() Partial
	// Append adds what r gives, and returns how many bytes the partial then has. They survive a
	// crash: all of them, or, with the error of r, those that came before it.
	Append(ctx context.Context, r io.Reader) (int64, error)
	// SetRecord replaces the record.
	SetRecord(ctx context.Context, record []byte) error
	// Place makes the content one of the spool's under the name, as Put does; the partial
	// keeps it too.
	Place(ctx context.Context, name string) error
	// Clear drops the bytes, and keeps the record.
	Clear(ctx context.Context) error
	// Remove removes all of it.
	Remove(ctx context.Context) error
}
