package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Meeting takes the time of its hosts. Whoever comes to it has a [Booking] in it: one, or
// as many as there are seats.
type Meeting struct {
	ID        string // ours; its UID in calendars too
	EventType string
	Title     string
	Hosts     []string // experts, each once; the first is the organizer
	Span
	Before, After time.Duration // kept free around it

	Status    Status
	ExpiresAt time.Time // of StatusHeld: from then on it takes no time
	Seats     int       // at least 1
	Sequence  int       // rises when it is moved and when it is cancelled, as RFC 5546 wants it

	Location Location
	JoinURL  string // of the video call, once the calendar has made it
	Notes    string // among hosts and administrators
	Series   string // what its recurring meetings have in common

	CreatedAt, UpdatedAt time.Time

	Bookings []Booking // by rising id
}

// Blocked is the time that it takes of its hosts.
func (m *Meeting) Blocked() Span { return m.Widened(m.Before, m.After) }

// Free is how many seats nobody has at the time.
func (m *Meeting) Free(now time.Time) int {
	free := m.Seats
	for _, b := range m.Bookings {
		if b.Live(now) {
			free -= b.Seats
		}
	}
	return free
}

// Live reports whether it takes its hosts' time.
func (m *Meeting) Live(now time.Time) bool { return live(m.Status, m.ExpiresAt, now) }

// Booking is what somebody has in a meeting.
type Booking struct {
	ID      string // ours; a later one is greater
	Meeting string
	Client  string // the host's client; empty: a guest without an account
	Guest   Guest
	Seats   int // at least 1

	Status    Status
	ExpiresAt time.Time // of StatusHeld
	Key       string    // the request's, with who may repeat it; empty: none

	Price   frontdesk.Money // of all its seats, as it was when it was made
	Payment Payment

	Answers  map[string]string // by the question's id
	Moves    int               // by the guest
	Pack     string            // that it was paid from
	EndedBy  By                // who cancelled or declined it
	Reason   string
	MovedTo  string // the booking of another meeting that it became
	Override bool   // a host made it against notice, hours or limits

	CreatedAt, UpdatedAt time.Time
}

// Live reports whether it takes its seats.
func (b *Booking) Live(now time.Time) bool { return live(b.Status, b.ExpiresAt, now) }

func live(s Status, expires, now time.Time) bool {
	return s == StatusPending || s == StatusConfirmed || s == StatusHeld && now.Before(expires)
}

// Guest is who comes.
type Guest struct {
	Name   string
	Email  string
	Phone  string // E.164; may be empty
	Zone   string // IANA, in which times are shown
	Locale string // BCP 47; may be empty
}

// By is who did something.
type By struct {
	ID   string
	Role frontdesk.Role
}

// Status is what has become of a meeting or a booking. A meeting has the status of its
// bookings: confirmed when one is, and so on in the order below.
type Status string

// What has become of a meeting or a booking.
const (
	StatusConfirmed Status = "confirmed"
	StatusPending   Status = "pending" // a host must confirm it
	StatusHeld      Status = "held"    // until ExpiresAt, while it is paid or asked about
	StatusDone      Status = "done"    // it is over
	StatusNoShow    Status = "no_show" // it is over, and nobody came
	StatusCancelled Status = "cancelled"
	StatusDeclined  Status = "declined" // by a host
	StatusExpired   Status = "expired"  // nobody paid or confirmed in time
)

// Payment is how far the payment of a booking has come.
type Payment struct {
	State    PaymentState
	ID       string          // the provider's, once it is known
	Paid     frontdesk.Money // zero until it is paid
	PaidAt   time.Time
	Refunded frontdesk.Money // given back, or about to be
}

// PaymentState is how far a payment has come.
type PaymentState string

// How far a payment has come.
const (
	PaymentNone      PaymentState = ""          // nothing is to be paid
	PaymentDue       PaymentState = "due"       // the slot is held until it is paid
	PaymentPaid      PaymentState = "paid"      //
	PaymentRefunding PaymentState = "refunding" // Refunded is to be given back
	PaymentRefunded  PaymentState = "refunded"  // Refunded was given back
)

// ErrSlotTaken says that somebody else has the time or the last seat.
var ErrSlotTaken error = frontdesk.Errorf(frontdesk.AlreadyExists, "the slot is taken")
