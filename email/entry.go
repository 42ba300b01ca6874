package email

import (
	"net/mail"
	"time"
)

// Entry is a message in the log: one row, however often it was tried.
type Entry struct {
	ID       int64  // ours, given by the store
	Key      string // unique
	Template string // the name of the mail; may be empty
	Client   string // of the host, whom it concerns; may be empty
	Provider string // the name of the mailer that sends it
	Override bool   // it goes to suppressed recipients too
	ResendOf int64  // the entry that it repeats; 0: it is the first

	From        mail.Address
	To, Cc, Bcc []mail.Address
	Subject     string

	Status     Status
	ProviderID string // of the message at the provider, once that has accepted it
	// Withheld are the recipients who did not get it, with the reason: why they are
	// suppressed, or what the provider said.
	Withheld  map[string]string
	CreatedAt time.Time
	SentAt    time.Time // when the provider accepted it

	Attempts  int // that count: those that found a limit do not
	LastError string
	// UncertainSince is when the first attempt began that may have sent it without an
	// answer; zero: none may have.
	UncertainSince time.Time
	NextAt         time.Time // queued: not before
	Lease          string    // a worker is at it: the token that Settle must show
	LeaseUntil     time.Time
}

// recipients are the addresses of all who are to get it, as they are in the
// suppression list.
func (e *Entry) recipients() []string {
	var all []string
	for _, list := range [][]mail.Address{e.To, e.Cc, e.Bcc} {
		for _, a := range list {
			all = append(all, normal(a.Address))
		}
	}
	return all
}

// Outcome is how an attempt to send ended.
type Outcome string

const (
	OutcomeStarted   Outcome = "started"   // a worker is at it
	OutcomeSent      Outcome = "sent"      // the provider has accepted it
	OutcomeFound     Outcome = "found"     // the provider had accepted it before
	OutcomeRefused   Outcome = "refused"   // it was not sent, and never will be
	OutcomeDeferred  Outcome = "deferred"  // it was not sent; trying again may help
	OutcomeUncertain Outcome = "uncertain" // it may have been sent, or the worker died
	OutcomeWithheld  Outcome = "withheld"  // the provider was not asked
)

// Attempt is one try to send a message.
type Attempt struct {
	Number    int // 1 is the first
	StartedAt time.Time
	EndedAt   time.Time // zero: it is under way, or its worker died
	Outcome   Outcome
	Code      string // of the error, as frontdesk.Code names it
	Error     string
}

// Log is the whole story of a message. Attempts and events are in the order in which
// they came.
type Log struct {
	Entry    Entry
	Attempts []Attempt
	Events   []Event
}

// Filter selects entries of the log, newest first.
type Filter struct {
	Statuses []Status // empty: all
	Client   string   // empty: of every client
	Template string
	Address  string // of any recipient, in whatever case
	Before   int64  // only ids below it; 0: from the newest
	Limit    int    // default 50, at most 500
}
