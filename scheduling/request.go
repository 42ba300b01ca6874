package scheduling

import "time"

// Request is what somebody wants to book.
type Request struct {
	EventType string
	Expert    string // with this host; empty: the event type's
	Start     time.Time
	Duration  time.Duration // one of the event type's; 0: its first
	Seats     int           // default 1

	Client   string // default the actor's; empty without one: a guest, who needs an Email
	Guest    Guest
	Location Location          // one of the event type's; zero: its first
	Answers  map[string]string // by the question's id

	// Pack pays for it. Empty: it is paid, if it costs something.
	Pack string
	// SuccessPath and CancelPath are where the payer comes back to.
	SuccessPath, CancelPath string

	// Key makes repeated calls one. Clients, guests and staff have keys apart. Empty: each call is another.
	Key string
	// Override lets hosts and administrators book against notice, horizon, hours and limits; never over
	// other meetings. It is audited.
	Override bool
}

// Ticket is what somebody gets who has held or booked.
type Ticket struct {
	Meeting Meeting // with the booking and no other
	Booking Booking
	Token   string      // with which a guest comes back; whoever has it may move and cancel. Empty without Options.Secrets
	Payment *Invitation // where it is paid; nil: nothing is to be paid
}

// Ref names a booking. With the Token of its Ticket, whoever asks needs no sign-in.
type Ref struct {
	Booking string
	Token   string
}
