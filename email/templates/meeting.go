package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Meeting is what the mails about meetings tell of one.
type Meeting struct {
	Title      string
	With       string // the other party
	Start, End time.Time
	Zone       string // IANA zone of the reader; default: the set's
	WithZone   string // of the other party, whose times stand beneath where they differ; may be empty
	Place      string // may be empty
	JoinURL    string // of the video call; may be empty
	ManageURL  string // where it can be moved or cancelled, or booked anew; may be empty
}

// prepare returns the meeting in the reader's zone, and without a zone of the other
// party in which it is the same time.
func (m Meeting) prepare(in *input) Meeting {
	in.text("meeting.title", m.Title)
	in.text("meeting.with", m.With)
	in.setZone("meeting.zone", m.Zone)
	m.Start = in.moment("meeting.start", m.Start)
	m.End = in.moment("meeting.end", m.End)
	if m.End.Before(m.Start) {
		in.refuse("meeting.end", "must not be before the start")
	}
	in.optionalLink("meeting.join_url", m.JoinURL)
	in.optionalLink("meeting.manage_url", m.ManageURL)
	m.WithZone = m.otherZone(in)
	return m
}

func (m Meeting) otherZone(in *input) string {
	if m.WithZone == "" {
		return ""
	}
	there := in.location("meeting.with_zone", m.WithZone)
	if there == nil || sameClock(m.Start, m.Start.In(there)) {
		return ""
	}
	return m.WithZone
}

func sameClock(t, there time.Time) bool {
	_, here := t.Zone()
	_, away := there.Zone()
	return here == away
}

// MeetingBooked confirms a meeting.
type MeetingBooked struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
}

// Name is "meeting_booked".
func (MeetingBooked) Name() string { return "meeting_booked" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingBooked) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingBooked) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingBooked) prepare(in *input) Template {
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingMoved tells that a meeting is at another time.
type MeetingMoved struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting  // as it is now

	WasStart, WasEnd time.Time
	Reason           string // may be empty
}

// Name is "meeting_moved".
func (MeetingMoved) Name() string { return "meeting_moved" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingMoved) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingMoved) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingMoved) prepare(in *input) Template {
	m.Meeting = m.Meeting.prepare(in)
	m.WasStart = in.moment("was_start", m.WasStart)
	m.WasEnd = in.moment("was_end", m.WasEnd)
	return m
}

// MeetingCancelled tells that a meeting will not take place.
type MeetingCancelled struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
	Reason   string          // may be empty
	Refund   frontdesk.Money // what is given back; may be zero
}

// Name is "meeting_cancelled".
func (MeetingCancelled) Name() string { return "meeting_cancelled" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingCancelled) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingCancelled) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingCancelled) prepare(in *input) Template {
	in.optionalMoney("refund", m.Refund)
	m.Meeting = m.Meeting.prepare(in)
	return m
}

// MeetingReminder tells of a meeting that is near.
type MeetingReminder struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Meeting  Meeting
}

// Name is "meeting_reminder".
func (MeetingReminder) Name() string { return "meeting_reminder" }

// Render is the mail in the default set: see [Set.Render].
func (m MeetingReminder) Render() (email.Message, error) { return Default().Render(m) }

func (m MeetingReminder) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m MeetingReminder) prepare(in *input) Template {
	m.Meeting = m.Meeting.prepare(in)
	return m
}
