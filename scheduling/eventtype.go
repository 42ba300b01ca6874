package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// EventType is something that can be booked.
type EventType struct {
	ID          string
	Owner       string // the expert who offers it and, unless Hosts says otherwise, hosts it
	Slug        string // in addresses; unique for the owner
	Title       string
	Description string

	Schedule  string          // of the owner; empty: the expert's default one
	Durations []time.Duration // whole minutes; the first is the default
	Step      time.Duration   // between starts; 0: the duration
	Align     Align
	Before    time.Duration // kept free of other meetings before it
	After     time.Duration // and after it
	Notice    time.Duration // how long before its start it can still be booked
	Horizon   Horizon
	Limits    []Limit
	Seats     int // of a meeting; 0 and 1: it is for one

	Mode  Mode
	Hosts []Host // for Collective and RoundRobin

	Price     frontdesk.Money                   // of a seat, for the first duration; zero: free
	Prices    map[time.Duration]frontdesk.Money // of other durations, where they cost something else
	Confirm   bool                              // a host must confirm what is booked
	HoldFor   time.Duration                     // how long a slot is held while it is paid; 0: Options.HoldFor
	Policy    Policy
	Locations []Location // of which the guest chooses one; the first is the default
	Questions []Question
	Reminders []time.Duration // before the start; nil: the expert's

	Active   bool // whether it can be booked
	Order    int  // among the owner's
	Revision int  // rises with each save

	CreatedAt, UpdatedAt time.Time
}

// Align says where starts lie. But for AlignClock, they step in real minutes.
type Align string

// Where starts lie.
const (
	AlignWindow Align = ""      // from the start of each open run
	AlignClock  Align = "clock" // where the wall clock's minutes since midnight are a multiple of the step, also on days when clocks change: 09:10 to 12:00 in hours gives 10:00 and 11:00
	AlignPack   Align = "pack"  // as AlignWindow, and also from the end of each busy time, so that no gaps are left
)

// Mode says who hosts a meeting.
type Mode string

// Who hosts.
const (
	One        Mode = ""            // the owner
	Collective Mode = "collective"  // all Hosts together
	RoundRobin Mode = "round_robin" // all fixed Hosts and one of the others
)

// Host is an expert who hosts meetings of an event type.
type Host struct {
	Expert   string
	Schedule string // empty: the expert's default one
	Fixed    bool   // RoundRobin: takes part in each meeting
	Weight   int    // RoundRobin: share of the meetings; 0 counts as 1
}

// Limit bounds what is booked of an event type with each host. Periods are the local ones of the
// schedule's zone, and a period is closed as soon as one more meeting would exceed it.
type Limit struct {
	Per      Period
	Meetings int           // at most; 0: not bounded
	Time     time.Duration // at most, together; 0: not bounded
}

// Period is a time of the calendar.
type Period string

// Periods. Weeks start on Settings.WeekStart.
const (
	PerDay   Period = "day"
	PerWeek  Period = "week"
	PerMonth Period = "month"
	PerYear  Period = "year"
)

// Horizon says how far ahead can be booked, in dates of the schedule's zone, today and the
// last date included. The zero Horizon is a year.
type Horizon struct {
	Days     int  // after today
	Business bool // Days are Mondays to Fridays
	Until    Date // the last date; with Days, whichever is earlier
}

// Policy says until when, and for how much, a guest may cancel or move. Hosts always may.
type Policy struct {
	CancelNotice time.Duration // before the start
	MoveNotice   time.Duration // before the start
	MaxMoves     int           // by the guest; 0: not bounded
	// Refunds are the tiers of what a guest gets back who cancels: that with the longest
	// Notice that is kept counts, and below all of them nothing is given back. None: all.
	// Whoever is canceled by a host gets all.
	Refunds []RefundTier
}

// RefundTier is how much is given back with at least so much notice.
type RefundTier struct {
	Notice      time.Duration
	BasisPoints int // of the price: 10000 is all; halves round up to the guest
}

// Location is where a meeting takes place.
type Location struct {
	Kind  LocationKind
	Value string // the link, number or address; empty where the guest or the calendar says it
}

// LocationKind is how people meet.
type LocationKind string

// How people meet.
const (
	AtLink     LocationKind = "link"     // Value is a URL
	ByPhone    LocationKind = "phone"    // the host calls the guest, who says the number, unless Value is one to be called
	AtAddress  LocationKind = "address"  // Value
	ByCalendar LocationKind = "calendar" // a video call that the host's calendar makes
)

// Question is asked when somebody books.
type Question struct {
	ID       string
	Text     string
	Kind     QuestionKind
	Options  []string // of AskChoice
	Required bool
}

// QuestionKind is how a question is answered.
type QuestionKind string

// How a question is answered.
const (
	AskText   QuestionKind = "text"
	AskLong   QuestionKind = "long"
	AskChoice QuestionKind = "choice"
	AskNumber QuestionKind = "number"
	AskYesNo  QuestionKind = "yes_no"
)
