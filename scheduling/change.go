package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Change is something that happened to a booking, told to [Options.OnChange] once.
type Change struct {
	Kind ChangeKind
	// Key is the same for every telling of the change, also when a hook is repeated because
	// the process died inside it. It serves as an idempotency key.
	Key string
	At  time.Time

	Meeting Meeting // as the change left it, with all of its bookings; the video call's URL as it is now
	Booking Booking // whom it is told about; the zero Booking for what concerns the whole meeting
	Was     Status  // of what ended: the booking's before
	From    Span    // of MeetingMoved: where it was
	Former  string  // of MeetingMoved into another meeting: the booking that it was in the one before
	By      By
	Refund  frontdesk.Money // of MeetingCancelled and MeetingDeclined: what is given back
	Before  time.Duration   // of MeetingReminder: before the start
	Waiting *Waiting        // of WaitlistOffered
}

// ChangeKind is what happened.
type ChangeKind string

// What happened. Those with an asterisk are told once per booking.
const (
	MeetingHeld      ChangeKind = "meeting.held"      // *
	MeetingRequested ChangeKind = "meeting.requested" // * a host must confirm it
	MeetingBooked    ChangeKind = "meeting.booked"    // * it takes place
	MeetingPaid      ChangeKind = "meeting.paid"      // *
	MeetingMoved     ChangeKind = "meeting.moved"     // * and once more for each further time
	MeetingCancelled ChangeKind = "meeting.cancelled" // *
	MeetingDeclined  ChangeKind = "meeting.declined"  // *
	MeetingExpired   ChangeKind = "meeting.expired"   // *
	MeetingNoShow    ChangeKind = "meeting.no_show"   // *
	MeetingReminder  ChangeKind = "meeting.reminder"  // * and once more for each further reminder
	MeetingConflict  ChangeKind = "meeting.conflict"  // * it was paid when the slot was gone: the money is given back
	WaitlistOffered  ChangeKind = "waitlist.offered"  // * the Booking is the hold that waits to be taken
)
