package billing

import "time"

// EffectState is how far an outbox effect has come.
type EffectState string

const (
	EffectPending    EffectState = "pending"
	EffectDelivering EffectState = "delivering"
	EffectDone       EffectState = "done"
	EffectFailed     EffectState = "failed" // will be tried again at NextAt
	EffectDead       EffectState = "dead"
)

// Effect is a row of the outbox: something that must happen once because an
// object reached a milestone.
type Effect struct {
	ID        int64
	Name      string // of the Change: invoice.paid, ...
	Object    Key
	Milestone string // "paid", "attempt 2", ...; unique with Name and Object
	Payload   []byte // the Change as JSON
	Client    string // whom it is about

	State      EffectState
	Attempts   int
	LastError  string
	CreatedAt  time.Time
	NextAt     time.Time
	Lease      string
	LeaseUntil time.Time
}

// EffectFilter selects effects, newest first.
type EffectFilter struct {
	States []EffectState // empty: all
	Object Key           // zero: of any object
	Before int64
	Limit  int // default 50, at most 500
}
