package scheduling

import "time"

// Schedule says when an expert is there: an instant is open if and only if its local wall
// clock lies in a window on its local date. Where clocks jump forward, what they skip is
// not there; where they go back, both passes are.
type Schedule struct {
	ID     string
	Expert string // whose it is
	Name   string
	Zone   string // IANA: "Europe/Lisbon"

	Weekly    []Window
	Overrides []Override
	Stays     []Stay

	Revision  int // rises with each save; see Service.SaveSchedule
	UpdatedAt time.Time
}

// Window is a time of every week.
type Window struct {
	Day time.Weekday // on which it starts
	// Start and End are minutes of local time since midnight, 0 <= Start < 1440 and
	// Start < End <= 2880: a window whose End is above 1440 goes on in the next day.
	Start, End int
}

// Hours is a time of one day: see Window.
type Hours struct{ Start, End int }

// Override replaces all windows of its dates, what comes over from the evening before
// included. Its own hours may go on in the next date, unless that has an override too.
// Of overrides that share a date, the later in the list counts.
type Override struct {
	From, To Date    // both included
	Hours    []Hours // none: closed all day, as for time off
	Note     string  // for the expert
}

// Stay is a journey: on the dates From to To, as they are in its Zone, the schedule is kept in that zone.
type Stay struct {
	From, To Date // both included
	Zone     string
}
