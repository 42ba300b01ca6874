package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/frontdesk-go/frontdesk"
)

// ManifestReport is what a manifest was found to be worth.
type ManifestReport struct {
	Items    int
	Verified int // rewritten, and the copy is whole
	Dropped  int // nobody needs them any more
	Failed   int
	// Failures are the first thousand of those that were not rewritten, or whose copies are gone or differ.
	Failures []MigrationFailure
	Bytes    int64 // of those verified
}

// verifyWorkers is how many copies are looked at at once.
const verifyWorkers = 8

// VerifyManifest compares the manifest of a migration with what its destination holds: each
// item must be rewritten, and its copy be there with the size and the checksum that were written down. Content is
// read only where the store tells no checksum. It changes nothing. Do it before the source is given up.
//
// An error says that the manifest cannot be read, is of another store, or that ctx has ended.
func VerifyManifest(ctx context.Context, path string, to DocumentStore) (*ManifestReport, error) {
	const op = "storage.VerifyManifest"
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, frontdesk.Wrap(op, manifestError(err))
	}
	defer file.Close()
	h, entries, _, err := readManifest(file)
	switch {
	case err != nil:
		return nil, frontdesk.Wrap(op, err)
	case h == nil || h.To != to.Name():
		return nil, frontdesk.Wrap(op, frontdesk.Errorf(frontdesk.FailedPrecondition, "the manifest is not of a migration to %q", to.Name()))
	}
	v := &manifestCheck{to: to}
	m := &manifest{entries: entries}
	err = spread(ctx, verifyWorkers, withoutErrors(m.all(func(migrationEntry) bool { return true })), v.check)
	return &v.ManifestReport, frontdesk.Wrap(op, err)
}

// manifestCheck is one call of VerifyManifest.
type manifestCheck struct {
	to DocumentStore
	mu sync.Mutex
	ManifestReport
}

func (v *manifestCheck) check(ctx context.Context, e migrationEntry) {
	var err error
	switch {
	case e.State.over():
		err = intact(ctx, v.to, e)
	case e.Code != 0:
		err = frontdesk.Errorf(e.Code, "it has failed and is not rewritten")
	case e.State != itemDropped:
		err = frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s and not rewritten", e.State)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Items++
	switch {
	case err != nil:
		v.Failed++
		if len(v.Failures) < maxFailures {
			v.Failures = append(v.Failures, MigrationFailure{Key: e.Key, Code: frontdesk.CodeOf(err), Err: err})
		}
	case e.State == itemDropped:
		v.Dropped++
	default:
		v.Verified++
		v.Bytes += e.Size
	}
}

// intact fails with NotFound when the copy is not there, and with Aborted when it has other content than was copied.
func intact(ctx context.Context, to DocumentStore, e migrationEntry) error {
	o, err := to.Stat(ctx, e.ID)
	if err != nil {
		return err
	}
	sum := o.SHA256
	if len(sum) == 0 && o.Size == e.Size {
		if sum, err = readBack(ctx, to, e.ID); err != nil {
			return err
		}
	}
	if o.Size != e.Size || !bytes.Equal(sum, e.sum()) {
		return frontdesk.Errorf(frontdesk.Aborted, "the copy has other content than the original had")
	}
	return nil
}

// readBack is the checksum of what a store holds that does not tell it.
func readBack(ctx context.Context, to DocumentStore, id string) (sum []byte, err error) {
	body, _, err := to.Get(ctx, id, Range{})
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	_, err = io.Copy(h, &sourceReader{ctx: ctx, r: body})
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, unreadable(err)
	}
	return h.Sum(nil), nil
}
