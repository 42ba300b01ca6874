package storage

import (
	"context"
	"io"
	"iter"
	"time"
)

// Spool is where bytes wait until the document store has them. All workers on one
// Store need the same spool. Implementations are safe for concurrent use.
type Spool interface {
	// Put keeps the content under a new name, of lower-case letters and digits. When it
	// returns, the content survives a crash; when it fails, there is nothing under the
	// name. Errors of the reader come out.
	Put(ctx context.Context, name string, content io.Reader) error
	// Open fails with NotFound.
	Open(ctx context.Context, name string) (Spooled, error)
	// Remove removes the content; one that is not there is no error. A reader that is open may
	// go on.
	Remove(ctx context.Context, name string) error
	// List yields all names, and what was left of puts that did not come to their end.
	List(ctx context.Context) iter.Seq2[SpoolEntry, error]
}

// Spooled is content in the spool.
type Spooled interface {
	io.ReaderAt
	io.Closer
}

// SpoolEntry is a name in the spool.
type SpoolEntry struct {
	Name      string
	Size      int64
	CreatedAt time.Time
}
