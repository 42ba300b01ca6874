package scheduling

import "time"

// Waiting is somebody on the waitlist of an event type.
type Waiting struct {
	ID        string // ours; a later one is greater
	EventType string
	Expert    string // only with this host; empty: with any
	Client    string // empty: a guest without an account
	Guest     Guest
	Duration  time.Duration
	Seats     int
	In        Span // when the meeting may begin

	State     WaitingState
	Booking   string    // the hold that is offered
	ExpiresAt time.Time // of the offer
	Declined  []string  // meetings that were offered and not taken

	CreatedAt, UpdatedAt time.Time
}

// WaitingState is how far somebody on the waitlist has come.
type WaitingState string

// How far somebody on the waitlist has come.
const (
	WaitingOpen    WaitingState = "waiting"
	WaitingOffered WaitingState = "offered" // a slot is held until ExpiresAt
	WaitingTaken   WaitingState = "taken"
	WaitingLeft    WaitingState = "left"
	WaitingOver    WaitingState = "over" // In has passed
)
