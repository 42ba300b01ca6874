package storage

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Migration is content that moves from one place to another, and how.
type Migration struct {
	// From is where the items are. Required.
	From MigrationSource
	// To gets them. One that is an [Identifier] has each item once, however often a run is
	// killed; in one that is not, a run that is killed during a put may leave a second object.
	To DocumentStore
	// Manifest is the file in which a run writes down how far each item is, and from which
	// the next run goes on. It is made if it is not there, and required unless DryRun. About
	// 500 bytes of memory hold what it says of an item.
	Manifest string

	// Rewrite makes the host's references to an item lead to its copy. It is called when the
	// copy was read back and found whole, and only then. A run that dies may not know whether
	// it had called: the next one calls again with the same argument, also for an item that From
	// does not list any more. So it must do no harm to repeat it. Nil: there are no references.
	//
	// When it fails with NotFound, nobody needs the item any more: its copy is deleted.
	Rewrite func(ctx context.Context, m Migrated) error
	// RemoveOriginals deletes each original at the end, when the references were rewritten and the copy
	// is still whole. From must be an [OriginalRemover].
	RemoveOriginals bool
	// DryRun asks From for each item and writes nothing anywhere: what is wrong with an item, as
	// far as it can be known without its content, is reported as its failure.
	DryRun bool

	// Workers is how many items are on their way at once. Default 4. An item is streamed: it takes no
	// more memory than the source's and the store's buffers.
	Workers int
	// MaxAttempts is how often a step of an item is tried in one run when it fails in a way that passes.
	// Default 5.
	MaxAttempts int
	// Total is how many items there are, for Progress; 0: not known.
	Total int
	// Progress is told after each item, by one goroutine at a time. It must return quickly.
	Progress func(MigrationProgress)
	// Clock is the time. Default time.Now.
	Clock func() time.Time
	// Logger gets what a person should look at. Default slog.Default().
	Logger *slog.Logger
}

// Migrated says where the copy of an item is.
type Migrated struct {
	Key    string // the item's
	To     ObjectRef
	Size   int64
	SHA256 []byte
}

// MigrationProgress is how far a run is.
type MigrationProgress struct {
	Done  int // items
	Total int // of items; 0: not known
	Bytes int64
}

// Migrate copies all items of a source into a document store, and rewrites the references to
// them. It may be stopped or killed at any moment and run again with the same Manifest: items
// that were done are not touched, and others go on where they were.
//
// Items that fail are reported, and the others go on; failed ones are tried again by the next run. The
// error is about the run: From cannot list, To is full or refuses the credentials, the manifest
// cannot be written, or ctx has ended. The report tells what was done also then; it is nil
// only when m is Invalid.
func Migrate(ctx context.Context, m Migration) (*MigrationReport, error) {
	const op = "storage.Migrate"
	if err := m.validate(); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	report, err := newMigrationRun(m, newMigrationFolders(m.To)).do(ctx)
	return report, frontdesk.Wrap(op, err)
}

func (m *Migration) validate() error {
	var errs []error
	require := func(missing bool, field string) {
		if missing {
			errs = append(errs, frontdesk.InvalidField(field, "is required"))
		}
	}
	require(m.From == nil, "from")
	require(m.To == nil, "to")
	require(m.Manifest == "" && !m.DryRun, "manifest")
	if _, can := m.From.(OriginalRemover); m.RemoveOriginals && m.From != nil && !can {
		errs = append(errs, frontdesk.InvalidField("remove_originals", "is not what the source can do"))
	}
	return errors.Join(errs...)
}

func (m *Migration) fill() {
	if m.Workers <= 0 {
		m.Workers = 4
	}
	if m.MaxAttempts <= 0 {
		m.MaxAttempts = 5
	}
	if m.Rewrite == nil {
		m.Rewrite = func(context.Context, Migrated) error { return nil }
	}
	if m.Progress == nil {
		m.Progress = func(MigrationProgress) {}
	}
	if m.Clock == nil {
		m.Clock = time.Now
	}
	if m.Logger == nil {
		m.Logger = slog.Default()
	}
}
