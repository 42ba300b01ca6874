package billing

import (
	"time"
)

// EventState is how far an inbox event has come.
type EventState string

const (
	EventReceived   EventState = "received"   // committed, waiting for a worker
	EventProcessing EventState = "processing" // a worker holds its lease
	EventDone       EventState = "done"
	EventIgnored    EventState = "ignored"   // of no interest: unknown type, other mode, unknown account
	EventUnmatched  EventState = "unmatched" // belongs to nobody yet; processed when its owner appears
	EventFailed     EventState = "failed"    // will be tried again at NextAt
	EventDead       EventState = "dead"      // given up; Replay starts it anew
)

// Event is a provider's notification: a hint that an object has changed.
type Event struct {
	ID         int64  // ours, given by the store
	Provider   string // "stripe"
	ProviderID string // evt_...
	Account    string // the connected account it is about; empty for the platform
	Livemode   bool
	Type       string    // invoice.paid, ...
	APIVersion string    // may be empty
	Created    time.Time // whole seconds, the provider's clock
	Object     Key       // may be zero where the payload names none
	Payload    []byte    // the bytes as they were signed
	Skip       string    // set by ParseWebhook: why the event is stored but never processed

	State      EventState
	Attempts   int // since it was received or replayed
	LastError  string
	Awaits     string // unmatched: the Key.String() of the object whose appearance wakes it
	ReceivedAt time.Time
	NextAt     time.Time // received, failed: not before
	Lease      string    // processing: the token that Settle must show
	LeaseUntil time.Time
}

// EventFilter selects inbox events, newest first.
type EventFilter struct {
	States []EventState // empty: all
	Type   string
	Before int64 // only ids below it; 0: from the newest
	Limit  int   // default 50, at most 500
}
