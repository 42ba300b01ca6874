package jobs

import (
	"log/slog"
	"regexp"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/store"
)

// Options adjusts a [Runner]. The zero value is ready to use.
type Options struct {
	// Workers is how many of River's jobs of a service this process runs at once, beside
	// the lanes. Default 16 on Postgres and 4 on SQLite.
	Workers int

	// Poll is how often to look for jobs that were not announced, or whose announcement
	// was lost. Default 200 ms.
	Poll time.Duration

	// SweepEvery is how often to do what is due although its job was lost. Default a
	// minute, at least a second.
	SweepEvery time.Duration

	// ReconcileEvery is how often to compare with the provider. Default a day; never
	// when negative. It holds over restarts. The first time is at once.
	ReconcileEvery time.Duration

	// Retention is how long billing events that are done or ignored are kept. Default 90 days;
	// for ever when negative.
	Retention time.Duration

	// BodyRetention is how long the bodies and attachments of mails are kept that wait for
	// no worker. Without them a mail cannot be read or sent again. Default 90 days; for
	// ever when negative.
	BodyRetention time.Duration

	// MessageRetention is how long the log of such mails is kept. After it their keys are
	// forgotten: the same mail is sent when it is enqueued again. Default two years; for
	// ever when negative.
	MessageRetention time.Duration

	// Transfers is how many versions of documents this process carries at once, to the document
	// store or out of it. Default 4, at most 100.
	Transfers int

	// StorageSweepEvery is how often to compare the documents with what the document store
	// and the spool hold, and to log what a person should look at: documents that are
	// missing, versions that are dead, and what belongs to nobody. It lists the whole
	// document store. Default a day; never when negative. It holds over restarts. The
	// first time is at once.
	StorageSweepEvery time.Duration

	// StorageSweep says what is done then. The zero value deletes nothing, and counts what is older
	// than 24 hours.
	StorageSweep storage.SweepOptions

	// LapseEvery is how often to let go of slots that were held, offered or asked for, and not taken in
	// time, and to close meetings that are over. Slots are free to others without it; it tells who had
	// them. Default 10 s, at least a second.
	LapseEvery time.Duration

	// ChangeRetention is how long the outbox of package scheduling is kept that is done. Default 90 days;
	// for ever when negative.
	ChangeRetention time.Duration

	// SkipMigrations leaves River's tables as they are, for hosts that call [Migrate]
	// when they deploy.
	SkipMigrations bool

	// Schema is the Postgres schema of River's tables, which is made if it is missing.
	// Default the one of the store's tables.
	Schema string

	// Clock is the services' time. Default time.Now.
	Clock func() time.Time

	// Logger gets what a person should look at. Default slog.Default().
	Logger *slog.Logger
}

const (
	day            = 24 * time.Hour
	shortestPeriod = time.Second // River's
)

var schemaName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]{0,40}$`)

// filled returns the options with their defaults.
func filled(st *store.DB, o *Options) (Options, error) {
	if st == nil {
		return Options{}, frontdesk.InvalidField("store", "must not be nil")
	}
	var options Options
	if o != nil {
		options = *o
	}
	if err := options.check(st.Postgres()); err != nil {
		return Options{}, err
	}
	workers := 4
	if st.Postgres() {
		workers = 16
	}
	orElse(&options.Workers, workers)
	orElse(&options.Poll, 200*time.Millisecond)
	orElse(&options.SweepEvery, time.Minute)
	orElse(&options.ReconcileEvery, day)
	orElse(&options.Retention, 90*day)
	orElse(&options.BodyRetention, 90*day)
	orElse(&options.MessageRetention, 2*365*day)
	orElse(&options.Transfers, 4)
	orElse(&options.StorageSweepEvery, day)
	orElse(&options.LapseEvery, 10*time.Second)
	orElse(&options.ChangeRetention, 90*day)
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	return options, nil
}

func orElse[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
	}
}

func (o Options) check(postgres bool) error {
	switch {
	case o.Workers < 0 || o.Workers > 1000:
		return frontdesk.InvalidField("workers", "must be between 1 and 1000, not %d", o.Workers)
	case o.Poll != 0 && o.Poll < fetchCooldown:
		return frontdesk.InvalidField("poll", "must be at least %v, not %v", fetchCooldown, o.Poll)
	case o.SweepEvery != 0 && o.SweepEvery < shortestPeriod:
		return frontdesk.InvalidField("sweep_every", "must be at least %v, not %v", shortestPeriod, o.SweepEvery)
	case o.ReconcileEvery > 0 && o.ReconcileEvery < shortestPeriod:
		return frontdesk.InvalidField("reconcile_every", "must be at least %v, not %v", shortestPeriod, o.ReconcileEvery)
	case o.Transfers < 0 || o.Transfers > 100:
		return frontdesk.InvalidField("transfers", "must be between 1 and 100, not %d", o.Transfers)
	case o.StorageSweepEvery > 0 && o.StorageSweepEvery < shortestPeriod:
		return frontdesk.InvalidField("storage_sweep_every", "must be at least %v, not %v", shortestPeriod, o.StorageSweepEvery)
	case o.LapseEvery != 0 && o.LapseEvery < shortestPeriod:
		return frontdesk.InvalidField("lapse_every", "must be at least %v, not %v", shortestPeriod, o.LapseEvery)
	case o.StorageSweep.Grace < 0:
		return frontdesk.InvalidField("storage_sweep.grace", "must not be negative, as %v is", o.StorageSweep.Grace)
	case o.Schema != "" && !postgres:
		return frontdesk.InvalidField("schema", "is for Postgres only")
	case o.Schema != "" && !schemaName.MatchString(o.Schema):
		return frontdesk.InvalidField("schema", "must be at most 41 letters, digits and underscores")
	}
	return nil
}
