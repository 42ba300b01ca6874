package scheduling

import "time"

// Effect is a row of the outbox: what must happen once, because of what became of a
// booking or a meeting.
type Effect struct {
	ID      int64
	Key     string // unique: an effect is stored once
	Kind    EffectKind
	Meeting string
	Booking string // may be empty
	Payload []byte // JSON

	State      EffectState
	Attempts   int
	LastError  string
	CreatedAt  time.Time
	NextAt     time.Time // not before
	Lease      string
	LeaseUntil time.Time
}

// EffectKind is what is to be done.
type EffectKind string

// What is to be done.
const (
	EffectTell     EffectKind = "tell"     // Options.OnChange is told
	EffectRemind   EffectKind = "remind"   // Options.OnChange is told that a meeting is near
	EffectCalendar EffectKind = "calendar" // the hosts' calendars are to show the meeting as it is
	EffectRefund   EffectKind = "refund"   // Options.Payments gives money back
	EffectRelease  EffectKind = "release"  // Options.Payments lets nobody pay any more
	EffectOffer    EffectKind = "offer"    // a slot that became free is offered to who waits for it
)

// EffectState is how far an effect has come.
type EffectState string

// How far an effect has come.
const (
	EffectPending EffectState = "pending" // also when it is to be tried again
	EffectDone    EffectState = "done"
	EffectDead    EffectState = "dead" // it was tried too often
)
