package email

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Store is what email needs remembered. Implementations are safe for concurrent
// use by any number of processes, and every write is durable when the method
// returns, unless it runs inside InTx. Times are kept in UTC with at least
// microseconds. Temporary trouble of the database (busy, deadlock, serialization)
// is retried inside, and ends as Unavailable. What Postgres cannot keep of an error's
// or an event's text is replaced.
type Store interface {
	Queue
	Journal
	SuppressionList

	// Audit appends to the audit log.
	Audit(ctx context.Context, e frontdesk.AuditEvent) error

	// InTx runs fn in one transaction: all of its writes are committed, or none
	// when fn fails or panics. fn must use the Store that it is given; it may
	// run more than once when the database asks for it. A nested call joins the
	// outer transaction; when it fails, only its own writes are undone.
	InTx(ctx context.Context, fn func(Store) error) error
}

// Lease is a claim that ends by itself when its holder dies.
type Lease struct {
	Token string    // unguessable, one per claim
	Now   time.Time // a claim that ended before it is free
	Until time.Time
}

// Queue holds the messages on their way to the provider.
type Queue interface {
	// AddMessage stores the message with all that its attachments hold, and its entry as
	// it is, and hands it to the workers, not before NextAt, if it is queued; unless there is
	// an entry with its Key. It returns the id of the entry and whether it is new. The
	// attachments are in memory: opening them takes no time.
	AddMessage(ctx context.Context, e Entry, m Message) (id int64, added bool, err error)
	// TakeMessage leases a queued message for the provider with the name, counts the
	// attempt and stores it as started. An attempt before it that was never settled
	// becomes uncertain, and UncertainSince its beginning unless that is earlier
	// already. It fails with NotFound; with Aborted while another lease is alive, before
	// NextAt, or while the provider is parked; and with FailedPrecondition when the
	// message is not queued or is another provider's.
	TakeMessage(ctx context.Context, id int64, provider string, l Lease) (*Entry, error)
	// SettleMessage ends a lease and its attempt, also one whose time is over while
	// nobody else has taken the message. It fails with Aborted when the lease is not the
	// message's any more. A queued message is handed to the workers for NextAt.
	//
	// Where s names the provider's id, the events that waited for it are joined to the
	// message and returned, in the order in which they came. An event and the id that it
	// waits for find each other whichever comes first, also at the same moment.
	SettleMessage(ctx context.Context, id int64, s Settlement) ([]Event, error)
	// DueMessages lists ids that a worker should take: queued for the provider with
	// NextAt reached and no lease alive; oldest first. There is none while the provider
	// is parked.
	DueMessages(ctx context.Context, provider string, now time.Time, limit int) ([]int64, error)
	// Park stops the provider's queue until the time, unless it is parked for longer.
	Park(ctx context.Context, provider string, until time.Time) error
}

// Settlement is how an attempt ended, and what becomes of the message.
type Settlement struct {
	Lease   string
	At      time.Time
	Outcome Outcome
	Code    string
	Error   string // kept as the last error; bounded, without secrets
	// Free: the attempt does not count, as the provider had reached a limit.
	Free bool

	Status         Status            // StatusQueued: it is to be tried again at NextAt
	NextAt         time.Time         // with StatusQueued
	UncertainSince time.Time         // replaces the entry's
	ProviderID     string            // with StatusSent; SentAt is then At
	Withheld       map[string]string // replaces the entry's
}

// Journal tells what became of messages.
type Journal interface {
	// Log fails with NotFound.
	Log(ctx context.Context, id int64) (*Log, error)
	// Message returns what is to be sent; NotFound, also when the bodies were purged. Its
	// attachments can be opened for as long as ctx lives and the message is there, and
	// inside a transaction until that ends.
	Message(ctx context.Context, id int64) (*Message, error)
	// Entries lists, newest first.
	Entries(ctx context.Context, f Filter) ([]Entry, error)
	// AddEvent stores the event, joined to the message of its Provider and MessageID
	// if there is one, unless there is an event of the provider with its ID. It returns
	// the id of the message, 0 for none, and whether the event is new.
	AddEvent(ctx context.Context, e Event) (message int64, added bool, err error)
	// RaiseStatus sets the status of a message unless it is as far already, by
	// Status.Before. It fails with NotFound.
	RaiseStatus(ctx context.Context, id int64, s Status) error
	// PurgeBodies deletes the bodies and attachments of the messages that were created
	// before the time and are not queued, and says of how many. The entries stay.
	PurgeBodies(ctx context.Context, before time.Time) (int, error)
	// PruneMessages deletes the messages that were created before the time and are not
	// queued, with their attempts and events, and the events received before the time
	// that belong to none. It says how many messages.
	PruneMessages(ctx context.Context, before time.Time) (int, error)
}

// SuppressionList holds the addresses that get no more mail.
type SuppressionList interface {
	// Suppress adds the address, which is in lower case, and reports whether it is new. A
	// known one stays as it is.
	Suppress(ctx context.Context, s Suppression) (bool, error)
	// Unsuppress takes the address off the list; NotFound.
	Unsuppress(ctx context.Context, address string) error
	// Suppressions lists.
	Suppressions(ctx context.Context, f SuppressionFilter) ([]Suppression, error)
}
