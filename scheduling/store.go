package scheduling

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Store is what scheduling needs remembered. Implementations are safe for concurrent
// use by any number of processes, and every write is durable when the method
// returns, unless it runs inside InTx. Times are kept in UTC with at least
// microseconds; of a meeting's span, whole seconds. Temporary trouble of the database (busy, deadlock, serialization)
// is retried inside, and ends as Unavailable. What Postgres cannot keep of an error's
// text is replaced.
type Store interface {
	Catalog
	Agenda
	Waitlist
	Packs
	Outbox

	// Audit appends to the audit log.
	Audit(ctx context.Context, e frontdesk.AuditEvent) error

	// InTx runs fn in one transaction: all of its writes are committed, or none
	// when fn fails or panics. fn must use the Store that it is given; it may
	// run more than once when the database asks for it. A nested call joins the
	// outer transaction; when it fails, only its own writes are undone. ErrSlotTaken
	// leaves the transaction usable.
	InTx(ctx context.Context, fn func(Store) error) error
}

// Catalog holds what experts offer.
type Catalog interface {
	// Settings fails with NotFound.
	Settings(ctx context.Context, expert string) (*Settings, error)
	// SaveSettings stores them if their Revision is the stored one (0: there are none), and
	// returns them with the next; Aborted otherwise.
	SaveSettings(ctx context.Context, s Settings) (*Settings, error)

	// Schedule fails with NotFound.
	Schedule(ctx context.Context, id string) (*Schedule, error)
	// Schedules lists those of the experts, by id.
	Schedules(ctx context.Context, experts ...string) ([]Schedule, error)
	// SaveSchedule stores it as SaveSettings does.
	SaveSchedule(ctx context.Context, s Schedule) (*Schedule, error)
	// DeleteSchedule fails with NotFound, and with FailedPrecondition while an event type or
	// settings name it.
	DeleteSchedule(ctx context.Context, id string) error

	// EventType fails with NotFound.
	EventType(ctx context.Context, id string) (*EventType, error)
	// EventTypes lists those of the owners, or of all when there are none, by Owner, Order and id.
	EventTypes(ctx context.Context, owners ...string) ([]EventType, error)
	// SaveEventType stores it as SaveSettings does. It fails with AlreadyExists, and the field
	// "slug", when another of the owner has the slug.
	SaveEventType(ctx context.Context, e EventType) (*EventType, error)
	// DeleteEventType fails with NotFound. Meetings stay.
	DeleteEventType(ctx context.Context, id string) error
	// OrderEventTypes sets the Order of the owner's event types to their place in ids. All of
	// them must be there: FailedPrecondition.
	OrderEventTypes(ctx context.Context, owner string, ids []string) error
}

// Agenda holds the meetings. No two live ones of a host have Blocked spans that overlap,
// whatever the callers do: the database sees to it.
type Agenda interface {
	// AddMeeting stores the meeting with its Bookings as they are, unless one of them has a Key that is
	// known: then it returns the meeting of that, and false. It fails with ErrSlotTaken.
	// Meetings in its way whose hold is over at the time become StatusExpired, with their
	// held bookings.
	AddMeeting(ctx context.Context, m Meeting, now time.Time) (*Meeting, bool, error)
	// ChangeMeeting gives fn the meeting, which nobody else changes meanwhile, and stores
	// what fn leaves of it and of its Bookings, new ones included; none may be left out, and ID, EventType and
	// CreatedAt stay. It returns what is stored. An error of fn comes out and nothing is stored. It
	// fails with NotFound, and with ErrSlotTaken as AddMeeting does. fn must not use the Store, and may
	// run more than once.
	ChangeMeeting(ctx context.Context, id string, now time.Time, fn func(*Meeting) error) (*Meeting, error)
	// Meeting fails with NotFound.
	Meeting(ctx context.Context, id string) (*Meeting, error)
	// MeetingOf returns the meeting that the booking is in; NotFound.
	MeetingOf(ctx context.Context, booking string) (*Meeting, error)
	// MeetingByKey returns the meeting of the booking with the Key; NotFound.
	MeetingByKey(ctx context.Context, key string) (*Meeting, error)
	// Meetings lists.
	Meetings(ctx context.Context, f MeetingFilter) ([]Meeting, error)
	// Taken lists, by Host and Start, what takes time of the hosts at the time now and has some Blocked time
	// in the span, in one query: the live meetings, and those that are StatusDone or StatusNoShow.
	Taken(ctx context.Context, hosts []string, in Span, now time.Time) ([]Taken, error)
	// LapsedMeetings lists ids of meetings of which a hold, or the time to confirm, is over at the time: their own or that
	// of a booking that is still StatusHeld or StatusPending. Those that lapsed first come first.
	LapsedMeetings(ctx context.Context, now time.Time, limit int) ([]string, error)
}

// Taken is a meeting as a search sees it, once per host.
type Taken struct {
	Host      string
	Meeting   string
	EventType string
	Span      Span
	Blocked   Span
	Status    Status
	Seats     int
	Free      int // seats that no live booking has
}

// MeetingFilter selects meetings.
type MeetingFilter struct {
	Host      string        // empty: of every host
	Client    string        // who has a booking in it; empty: of every client
	EventType string        // empty: all
	Series    string        // empty: all
	Statuses  []Status      // of the meeting; empty: all
	From, To  time.Time     // those that end after From and start before To; zero: not bounded
	Backward  bool          // the latest start first; default the earliest first
	After     MeetingCursor // only what comes after it in the order
	Limit     int           // default 50, at most 500
}

// MeetingCursor is a place in a list of meetings. The zero MeetingCursor is its beginning.
type MeetingCursor struct {
	Start time.Time
	ID    string
}

// Waitlist holds who waits for a slot.
type Waitlist interface {
	AddWaiting(ctx context.Context, w Waiting) error
	// ChangeWaiting gives fn the entry, as ChangeMeeting does; NotFound.
	ChangeWaiting(ctx context.Context, id string, fn func(*Waiting) error) (*Waiting, error)
	// Waiting fails with NotFound.
	Waiting(ctx context.Context, id string) (*Waiting, error)
	// WaitingFor lists who waits, by rising id.
	WaitingFor(ctx context.Context, f WaitingFilter) ([]Waiting, error)
}

// WaitingFilter selects who waits.
type WaitingFilter struct {
	EventType string         // empty: all
	Client    string         // empty: all
	States    []WaitingState // empty: all
	Lapsed    time.Time      // only offers that are over at the time, and those waiting whose In ended before it; zero: all
	Start     time.Time      // only those whose In contains it; zero: all
	Limit     int            // default 50, at most 500
}

// Packs holds what clients have paid for beforehand.
type Packs interface {
	// AddPack stores the pack, unless one of the client has its Key: then it returns that, and false.
	AddPack(ctx context.Context, p Pack) (*Pack, bool, error)
	// ChangePack gives fn the pack, as ChangeMeeting does; NotFound.
	ChangePack(ctx context.Context, id string, fn func(*Pack) error) (*Pack, error)
	// Pack fails with NotFound.
	Pack(ctx context.Context, id string) (*Pack, error)
	// PacksOf lists those of the client, by rising id.
	PacksOf(ctx context.Context, client string) ([]Pack, error)
}

// Outbox holds what must happen because of what changed.
type Outbox interface {
	// AddEffect stores the effect as it is and hands it to the workers for NextAt, unless there
	// is one with its Key; it reports whether it was new.
	AddEffect(ctx context.Context, e Effect) (bool, error)
	// DropEffects deletes the pending effects of the kind and the meeting, and of the booking unless that is empty, that no
	// worker holds.
	DropEffects(ctx context.Context, kind EffectKind, meeting, booking string) error
	// TakeEffect leases a pending effect and counts the attempt. It fails with NotFound, with
	// Aborted while another lease is alive or before NextAt, and with FailedPrecondition when
	// it is not pending.
	TakeEffect(ctx context.Context, id int64, l Lease) (*Effect, error)
	// SettleEffect ends a lease, also one whose time is over while nobody else has taken the
	// effect. It fails with NotFound, and with Aborted when the lease is not the effect's any more.
	SettleEffect(ctx context.Context, id int64, s Settlement) error
	// RetryEffect makes an effect that is dead pending again, with no attempts, and hands it to the workers
	// for the time. It fails with NotFound, and with FailedPrecondition unless it is dead.
	RetryEffect(ctx context.Context, id int64, at time.Time) error
	// Effects lists, newest first.
	Effects(ctx context.Context, f EffectFilter) ([]Effect, error)
	// DueEffects lists ids that a worker should take: pending, NextAt reached, no lease alive;
	// those that wait longest come first.
	DueEffects(ctx context.Context, now time.Time, limit int) ([]int64, error)
	// PruneEffects deletes those that were done before the time, and says how many.
	PruneEffects(ctx context.Context, before time.Time) (int, error)
}

// Lease is a claim that ends by itself when its holder dies.
type Lease struct {
	Token string    // unguessable, one per claim
	Now   time.Time // a claim that ended before it is free
	Until time.Time
}

// Settlement is how an attempt ended.
type Settlement struct {
	Lease  string
	State  EffectState
	Error  string    // kept as the last error; bounded, without secrets
	NextAt time.Time // with EffectPending: when to try again
	Free   bool      // do not count the attempt
}

// EffectFilter selects effects.
type EffectFilter struct {
	States  []EffectState // empty: all
	Meeting string        // empty: all
	Before  int64         // only ids below it; 0: from the newest
	Limit   int           // default 50, at most 500
}
