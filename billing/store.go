package billing

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Store is what billing needs remembered. Implementations are safe for
// concurrent use by any number of processes, and every write is durable when
// the method returns, unless it runs inside InTx. Times are kept in UTC with at
// least microseconds. Temporary trouble of the database (busy, deadlock,
// serialization) is retried inside, and ends as Unavailable.
type Store interface {
	Inbox
	Outbox
	Mirror
	Links
	AccountLinks
	Ledger
	Locks
	Operations

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

// Inbox holds every event that was ever acknowledged, until it is pruned.
type Inbox interface {
	// AddEvents stores the events that are not there yet as State says and
	// hands the received ones to the workers, in one transaction. Concurrent calls may share a
	// commit. An event is known by (Provider, Account, Livemode, ProviderID);
	// adding a known one changes nothing, whatever its state.
	AddEvents(ctx context.Context, events ...Event) error
	// TakeEvent leases an event for processing and counts the attempt. It fails
	// with NotFound, with Aborted while another lease is alive or before
	// NextAt, and with FailedPrecondition when nothing is left to do (done,
	// ignored, unmatched, dead).
	TakeEvent(ctx context.Context, id int64, l Lease) (*Event, error)
	// SettleEvent ends a lease, also one whose time is over while nobody else has
	// taken the event. It fails with Aborted when the lease is not the event's any
	// more. What Postgres cannot keep of the error's text is replaced.
	SettleEvent(ctx context.Context, id int64, s Settlement) error
	// WakeEvents makes the unmatched events that await key received again, with no
	// attempts, and hands them to the workers.
	WakeEvents(ctx context.Context, awaits string, now time.Time) error
	// ReplayEvent makes an event in any settled state (or failed) received
	// again, with no attempts. It fails with NotFound, and with Aborted while
	// it is being processed.
	ReplayEvent(ctx context.Context, id int64, now time.Time) error
	// Event fails with NotFound.
	Event(ctx context.Context, id int64) (*Event, error)
	// Events lists without payloads, newest first.
	Events(ctx context.Context, f EventFilter) ([]Event, error)
	// DueEvents lists ids that a worker should take: received or failed with
	// NextAt reached, or processing with an expired lease; oldest first.
	DueEvents(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// PruneEvents deletes done and ignored events received before the time and
	// says how many.
	PruneEvents(ctx context.Context, before time.Time) (int, error)
}

// Settlement is how the processing of an event or the delivery of an effect ended.
type Settlement struct {
	Lease  string
	State  string    // an EventState or EffectState
	Error  string    // kept as the last error; bounded, without secrets
	NextAt time.Time // with a failed state: when to try again
	Awaits string    // with EventUnmatched
	Free   bool      // do not count the attempt: the work could not start
}

// Outbox holds what must happen because of what changed.
type Outbox interface {
	// AddEffect stores the effect as State says, and hands a pending one to the
	// workers, unless there is one with its Name, Object and Milestone; it reports
	// whether it was new.
	AddEffect(ctx context.Context, e Effect) (bool, error)
	// TakeEffect leases an effect, as TakeEvent does.
	TakeEffect(ctx context.Context, id int64, l Lease) (*Effect, error)
	// SettleEffect ends a lease, as SettleEvent does.
	SettleEffect(ctx context.Context, id int64, s Settlement) error
	// Effects lists, newest first.
	Effects(ctx context.Context, f EffectFilter) ([]Effect, error)
	// DueEffects lists ids that a worker should take, oldest first.
	DueEffects(ctx context.Context, now time.Time, limit int) ([]int64, error)
}

// Mirror holds the provider's objects as they were last seen.
type Mirror interface {
	// Object fails with NotFound.
	Object(ctx context.Context, k Key) (Object, error)
	// ObjectByRow finds an object by our own id; NotFound.
	ObjectByRow(ctx context.Context, kind Kind, rowID string) (Object, error)
	// PutObject inserts or replaces the object by its Key and fills Header.RowID.
	PutObject(ctx context.Context, o Object) error
	// Objects lists, newest first by Header.Created. A cursor that is not from a
	// Page is Invalid.
	Objects(ctx context.Context, f ObjectFilter) (Page, error)
}

// ObjectFilter selects mirrored objects of one kind.
type ObjectFilter struct {
	Kind     Kind
	Account  string // always applied; empty: the platform
	Client   string // empty: of every client
	Customer string
	States   []string
	Cursor   string // from Page.Next
	Limit    int    // default 50, at most 500
}

// Page is a part of a list. Next is empty on the last one.
type Page struct {
	Objects []Object
	Next    string
}

// Links says which client of the host a provider's customer belongs to.
type Links interface {
	// LinkCustomer ties a customer to a client unless it is tied already, and
	// returns the client it is tied to. A client may have several customers.
	LinkCustomer(ctx context.Context, customer Ref, client string) (string, error)
	// ClientOf fails with NotFound when the customer belongs to nobody.
	ClientOf(ctx context.Context, customer Ref) (string, error)
	// CustomersOf lists the client's customers on the account, the first linked first.
	CustomersOf(ctx context.Context, account, client string) ([]string, error)
}

// Locks serialises work on one object over all processes.
type Locks interface {
	// Lock leases the key; Aborted while another lease on it is alive. The holder
	// may prolong its lease with the same token.
	Lock(ctx context.Context, key string, l Lease) error
	// Unlock gives the lease back; Aborted when it has been lost, so that a
	// transaction that ends with Unlock is fenced.
	Unlock(ctx context.Context, key, token string) error
}

// Operations holds the writes to the provider.
type Operations interface {
	// BeginOperation stores op as pending with a new ID, or returns the one that has its
	// Name, Account, Client and Intent, if that is pending, or Keyed and done.
	BeginOperation(ctx context.Context, op Operation) (Operation, error)
	// FinishOperation sets State and Result; NotFound.
	FinishOperation(ctx context.Context, id string, state OperationState, result string) error
}
