package scheduling

import (
	"strconv"
)

// Entry is the meeting as calendars, feeds and invitations show it. The hosts are the settings of
// the meeting's, as far as they are known, the organizer first.
//
// Without a booking it is what the hosts see: it names who comes, but for a meeting for
// several, whose guests do not learn of each other, it says how many. With a booking, it is the
// invitation of that booking's guest, and names nobody else who comes.
//
// The UID is the meeting's id. Invitations to a meeting for several have the booking's, so that somebody
// who leaves and comes back is invited anew.
func (m *Meeting) Entry(hosts []Settings, to *Booking) Entry {
	e := Entry{UID: m.ID, Sequence: m.Sequence, Span: m.Span, Summary: m.Title, Tentative: m.Status == StatusPending}
	for i, h := range hosts {
		p := Person{Name: h.Name, Email: h.Email}
		if i == 0 {
			e.Zone, e.Organizer = h.Zone, p
			continue
		}
		e.invite(p)
	}
	if to != nil {
		m.entryFor(&e, to)
	} else {
		m.entryForHosts(&e)
	}
	return e
}

func (m *Meeting) entryFor(e *Entry, to *Booking) {
	e.Tentative = to.Status == StatusPending
	e.Location = m.place(to)
	e.Summary = titled(m.Title, e.Organizer.Name)
	e.invite(Person{Name: to.Guest.Name, Email: to.Guest.Email})
	if m.Seats > 1 {
		e.UID = to.ID
	}
}

func (m *Meeting) entryForHosts(e *Entry) {
	if m.Seats > 1 {
		e.Location = m.place(nil)
		e.Summary = m.Title + " (" + strconv.Itoa(m.taken()) + "/" + strconv.Itoa(m.Seats) + ")"
		return
	}
	for i := range m.Bookings {
		if b := &m.Bookings[i]; b.comes() {
			e.Location = m.place(b)
			e.Summary = titled(m.Title, b.Guest.Name)
			e.invite(Person{Name: b.Guest.Name, Email: b.Guest.Email})
			return
		}
	}
	e.Location = m.place(nil)
}

func titled(title, name string) string {
	if name == "" {
		return title
	}
	return title + ": " + name
}

// invite adds somebody who has an address.
func (e *Entry) invite(p Person) {
	if p.Email != "" {
		e.Attendees = append(e.Attendees, p)
	}
}

// place is where the guest, if it is one, finds the meeting.
func (m *Meeting) place(guest *Booking) string {
	switch {
	case m.Location.Kind == ByCalendar:
		return m.JoinURL
	case m.Location.Kind == ByPhone && m.Location.Value == "" && guest != nil:
		return guest.Guest.Phone
	}
	return m.Location.Value
}

// taken is how many seats those have who come.
func (m *Meeting) taken() (n int) {
	for i := range m.Bookings {
		if b := &m.Bookings[i]; b.comes() {
			n += b.Seats
		}
	}
	return n
}

// comes reports whether somebody is or was expected, be it that a host must confirm it.
func (b *Booking) comes() bool {
	switch b.Status {
	case StatusConfirmed, StatusPending, StatusDone, StatusNoShow:
		return true
	}
	return false
}
