package ical

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// InvitationOptions configures an [Invitation]. The zero value asks attendees to answer.
type InvitationOptions struct {
	// Conference is the URL of the video call. It is the location too when there is none, for
	// readers that do not know CONFERENCE (RFC 7986).
	Conference string

	// NoReply is for a meeting whose attendees have agreed by booking it: they are written as
	// having accepted, and are not asked to answer.
	NoReply bool
}

// Invitation returns the calendar file of one meeting. stamp is when it was written down in
// this form: the same stamp gives the same bytes.
//
// A publication names no attendees (RFC 5546, 3.2.1). Times are cut to seconds, and control
// characters are taken out of texts. It fails with Invalid, naming the field.
func Invitation(method Method, e scheduling.Entry, stamp time.Time, o *InvitationOptions) ([]byte, error) {
	if o == nil {
		o = &InvitationOptions{}
	}
	ev := event{FeedEntry{Entry: e, Conference: o.Conference, Cancelled: method == Cancel, Changed: stamp}, method, o.NoReply}
	if err := errors.Join(method.validate(), ev.validate()); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	w := &writer{out: &text}
	begin(w, method)
	ev.write(w)
	w.raw("END", "VCALENDAR")
	return text.Bytes(), w.err
}

func begin(w *writer, method Method) {
	w.raw("BEGIN", "VCALENDAR")
	w.raw("VERSION", "2.0")
	w.raw("PRODID", prodID)
	w.raw("CALSCALE", "GREGORIAN")
	w.raw("METHOD", string(method))
}

// event is an entry as it is about to be written.
type event struct {
	FeedEntry
	method  Method
	noReply bool
}

func (e *event) write(w *writer) {
	w.raw("BEGIN", "VEVENT")
	w.raw("UID", escaper.Replace(e.UID))
	w.raw("SEQUENCE", strconv.Itoa(e.Sequence))
	w.time("DTSTAMP", e.Changed)
	w.time("DTSTART", e.Span.Start)
	w.time("DTEND", e.Span.End)
	w.raw("STATUS", e.status())
	if e.Cancelled {
		w.raw("TRANSP", "TRANSPARENT")
	} else {
		w.raw("TRANSP", "OPAQUE")
	}
	w.text("SUMMARY", e.Summary)
	w.text("DESCRIPTION", e.Description)
	e.place(w)
	e.people(w)
	w.raw("END", "VEVENT")
}

func (e *event) status() string {
	switch {
	case e.Cancelled:
		return "CANCELLED"
	case e.Tentative:
		return "TENTATIVE"
	}
	return "CONFIRMED"
}

func (e *event) place(w *writer) {
	conference := webAddress(e.Conference)
	if clean(e.Location) != "" {
		w.text("LOCATION", e.Location)
	} else {
		w.text("LOCATION", conference)
	}
	if e.URL != "" {
		w.raw("URL", webAddress(e.URL))
	}
	if conference != "" {
		w.raw("CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO", conference)
	}
}

func (e *event) people(w *writer) {
	w.raw("ORGANIZER"+commonName(e.Organizer), mailto(e.Organizer.Email))
	if e.method == Publish {
		return
	}
	answer := ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
	if e.noReply {
		answer = ";PARTSTAT=ACCEPTED;RSVP=FALSE"
	} else if e.method == Cancel {
		answer = ";PARTSTAT=NEEDS-ACTION;RSVP=FALSE"
	}
	for _, a := range e.Attendees {
		w.raw("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT"+answer+commonName(a), mailto(a.Email))
	}
}

func commonName(p scheduling.Person) string {
	if clean(p.Name) == "" {
		return ""
	}
	return ";CN=" + quoted(p.Name)
}
