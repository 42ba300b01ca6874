package scheduling

import (
	"context"
	"time"
)

// FreeBusy knows when people are busy elsewhere.
type FreeBusy interface {
	// Busy returns when each of the calendars is busy in the span, all-day entries in the
	// calendar's own zone, without what is transparent or declined. What is not known is an error
	// for the whole call, never free time: Unavailable, RateLimited, NotFound (no such
	// calendar), PermissionDenied, or Unauthenticated when access was taken back. Entries with
	// a UID in except are left out: they are meetings of ours.
	Busy(ctx context.Context, calendars []string, in Span, except func(uid string) bool) (map[string][]Busy, error)
}

// Calendar is where a meeting is written for its host. Implementations translate, and
// nothing else; they are safe for concurrent use and return errors with a code:
// NotFound (no such calendar), Unauthenticated, PermissionDenied, RateLimited, QuotaExceeded,
// Invalid, Unavailable (not done), OutcomeUnknown (it may have been done; the same call may be
// repeated).
type Calendar interface {
	FreeBusy
	// Name is the calendar's kind in rows: "google".
	Name() string
	// Put makes the entry of the UID what it says, and makes it when there is none. It is
	// idempotent; an entry of a lower Sequence never replaces one of a higher. The Conference of
	// the answer is empty until the calendar has made the call: the same Put tells it later.
	Put(ctx context.Context, calendar string, e Entry) (*EntryRef, error)
	// Delete removes the entry; one that is not there is no error.
	Delete(ctx context.Context, calendar, uid string) error
}

// Changes tells what has changed in a calendar since a token.
type Changes interface {
	// Changes returns what changed since the token, and the next token. The empty token, and one that
	// the calendar has forgotten, return all entries from the time on, with All set.
	Changes(ctx context.Context, calendar, token string, from time.Time) (*ChangeSet, error)
}

// ChangeSet is what has changed.
type ChangeSet struct {
	All     bool // it is everything: what is not in it is gone
	Entries []CalendarEntry
	Next    string
}

// CalendarEntry is an entry as a calendar has it.
type CalendarEntry struct {
	ID      string
	UID     string
	Removed bool
	Busy    Busy // empty Span: it blocks nothing
	ZoneDay bool // an entry of whole days
}

// Entry is a meeting as a calendar shows it.
type Entry struct {
	UID         string // stable for the meeting's life
	Sequence    int
	Span        Span
	Zone        string // of the organizer
	Summary     string
	Description string
	Location    string
	URL         string
	Conference  bool // the calendar makes a video call
	Organizer   Person
	Attendees   []Person
	Tentative   bool // it waits to be confirmed
}

// EntryRef is what a calendar made of an entry.
type EntryRef struct {
	ID         string
	Link       string // where a person sees it
	Conference string // the video call's URL
}

// Person is somebody in a meeting.
type Person struct {
	Name  string
	Email string
}
