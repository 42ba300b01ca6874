package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// MeetingRequested tells a guest that a host must confirm what they have booked.
type MeetingRequested struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
}

// Name is "meeting_requested".
func (MeetingRequested) Name() string { return "meeting_requested" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingRequested) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingRequested) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingRequested) prepare(in *input) Template {
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingToConfirm asks a host to confirm a meeting.
type MeetingToConfirm struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
}

// Name is "meeting_to_confirm".
func (MeetingToConfirm) Name() string { return "meeting_to_confirm" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingToConfirm) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingToConfirm) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingToConfirm) prepare(in *input) Template {
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingDeclined tells a guest that a host has turned a meeting down.
type MeetingDeclined struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
	Reason   string          // may be empty
	Refund   frontdesk.Money // what is given back; may be zero
}

// Name is "meeting_declined".
func (MeetingDeclined) Name() string { return "meeting_declined" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingDeclined) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingDeclined) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingDeclined) prepare(in *input) Template {
	in.optionalMoney("refund", m.Refund)
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingExpired tells a guest that nobody has confirmed a meeting in time.
type MeetingExpired struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
	Refund   frontdesk.Money // what is given back; may be zero
}

// Name is "meeting_expired".
func (MeetingExpired) Name() string { return "meeting_expired" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingExpired) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingExpired) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingExpired) prepare(in *input) Template {
	in.optionalMoney("refund", m.Refund)
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingConflict tells a guest that the time was gone when they had paid.
type MeetingConflict struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
	Refund   frontdesk.Money // what is given back; may be zero
}

// Name is "meeting_conflict".
func (MeetingConflict) Name() string { return "meeting_conflict" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingConflict) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingConflict) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingConflict) prepare(in *input) Template {
	in.optionalMoney("refund", m.Refund)
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingOffered offers a time to a guest who waits for one.
type MeetingOffered struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
	Until    time.Time // the offer is good before it
	URL      string    // where it is taken
}

// Name is "meeting_offered".
func (MeetingOffered) Name() string { return "meeting_offered" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingOffered) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingOffered) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingOffered) prepare(in *input) Template {
	m.Meeting = m.Meeting.prepare(in)
	m.Until = in.moment("until", m.Until)
	in.link("url", m.URL)
	return m
}
