package storage

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxFailures is how many failures a report tells one by one.
const maxFailures = 1000

// MigrationReport is what a run has done. In a dry run Ready and ReadyBytes are what a real one
// would copy.
type MigrationReport struct {
	Listed    int // items that the source has told of
	Rewritten int // in this run
	Already   int // rewritten by a run before
	Dropped   int // nobody needs them any more: their copies were deleted
	Removed   int // originals
	Failed    int
	// Failures are the first thousand of those that failed.
	Failures []MigrationFailure

	Bytes    int64 // copied
	Duration time.Duration

	Ready      int
	ReadyBytes int64 // of those whose size is known
}

// MigrationFailure is an item that failed, or a line of a manifest that is not right.
type MigrationFailure struct {
	Key  string
	Code frontdesk.Code
	Err  error
}

// Complete reports whether nothing is left to do of what the source has told of.
func (r *MigrationReport) Complete() bool {
	return r.Failed == 0 && r.Rewritten+r.Already+r.Dropped >= r.Listed
}

func (r *MigrationReport) fail(key string, err error) {
	r.Failed++
	if len(r.Failures) < maxFailures {
		r.Failures = append(r.Failures, MigrationFailure{Key: key, Code: frontdesk.CodeOf(err), Err: err})
	}
}
