package scheduling

import "time"

// Settings are how an expert meets people.
type Settings struct {
	Expert    string
	Name      string // as guests read it
	Email     string // where mails about meetings go
	Zone      string // IANA
	Locale    string // BCP 47; may be empty
	WeekStart time.Weekday
	Schedule  string // the default one
	Calendars []CalendarRef
	Reminders []time.Duration // before the start, for event types that say nothing

	Feed      int // which link to the calendar feed is valid; see Service.RevokeFeed
	Revision  int // rises with each save
	UpdatedAt time.Time
}

// CalendarRef is a calendar of an expert.
type CalendarRef struct {
	ID    string // the provider's: an address, or a feed's URL
	Kind  string // the name of a Calendar in Options.Calendars
	Busy  bool   // what is in it keeps the expert busy
	Write bool   // meetings are written into it; one of them at most
}
