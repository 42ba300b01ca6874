package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	offersAt     = "/portal/experts"
	bookAt       = "/portal/book"
	meetingsAt   = "/portal/meetings"
	bookingsAt   = "/portal/bookings"
	agendaAt     = "/portal/agenda"
	hoursAt      = "/portal/availability"
	eventTypesAt = "/portal/event-types"
)

// shownMeetings is how many of a list a page shows.
const shownMeetings = 100

func (p *portal) mountMeetings(mux *http.ServeMux) {
	mux.HandleFunc("GET /portal/meetings.js", scriptFile("meetings.js"))
	mux.HandleFunc("GET "+offersAt, p.offersList)
	offer, one := bookAt+"/{expert}/{slug}", bookingsAt+"/{id}"
	mux.HandleFunc("GET "+offer, p.slotsOf)
	mux.HandleFunc("GET "+offer+"/confirm", p.bookForm)
	mux.HandleFunc("POST "+offer, p.bookSlot)
	mux.HandleFunc("GET "+bookAt+"/thanks", p.thanks)
	mux.HandleFunc("GET "+meetingsAt, p.meetingsList)
	mux.HandleFunc("GET "+one, p.bookingDetails)
	mux.HandleFunc("GET "+one+"/move", p.moveForm)
	mux.HandleFunc("POST "+one+"/move", p.moveBooking)
	mux.HandleFunc("POST "+one+"/cancel", p.cancelBooking)
	mux.HandleFunc("POST "+one+"/pay", p.payBooking)
	mux.HandleFunc("GET "+agendaAt, p.agenda)
	mux.HandleFunc("POST "+agendaAt+"/{id}/{what}", p.decideMeeting)
	mux.HandleFunc("GET "+hoursAt, p.availability)
	mux.HandleFunc("POST "+hoursAt, p.saveAvailability)
	mux.HandleFunc("GET "+eventTypesAt, p.eventTypesList)
	mux.HandleFunc("GET "+eventTypesAt+"/{id}", p.eventTypeForm)
	mux.HandleFunc("POST "+eventTypesAt+"/{id}", p.saveEventType)
	mux.HandleFunc("POST "+eventTypesAt+"/{id}/activate", p.activateEventType(true))
	mux.HandleFunc("POST "+eventTypesAt+"/{id}/deactivate", p.activateEventType(false))
}

// signedInAs passes who has the role. Who has not signed in is led there.
func (p *portal) signedInAs(w http.ResponseWriter, r *http.Request, who roles) (person, bool) {
	found, ok := p.person(r)
	if !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return person{}, false
	}
	if err := who.allow(r); err != nil {
		p.refusePage(w, r, err)
		return person{}, false
	}
	return found, true
}

// expertName is the name of an expert as people read it.
func (p *portal) expertName(id string) string {
	if who, ok := p.people.find(string(frontdesk.RoleExpert) + ":" + id); ok {
		return who.Name
	}
	return id
}

var statusTexts = map[scheduling.Status]string{
	scheduling.StatusConfirmed: "confirmed", scheduling.StatusPending: "to be confirmed", scheduling.StatusHeld: "held for you",
	scheduling.StatusDone: "was", scheduling.StatusNoShow: "nobody came", scheduling.StatusCancelled: "cancelled",
	scheduling.StatusDeclined: "declined", scheduling.StatusExpired: "ran out",
}

// moneyText says what was paid for a booking and what is given back.
func moneyText(b *scheduling.Booking) string {
	switch b.Payment.State {
	case scheduling.PaymentDue:
		return "To be paid: " + shownMoney(b.Price) + "."
	case scheduling.PaymentPaid:
		return "Paid: " + shownMoney(b.Payment.Paid) + "."
	case scheduling.PaymentRefunding:
		return "Paid: " + shownMoney(b.Payment.Paid) + ". " + shownMoney(b.Payment.Refunded) + " is on its way back."
	case scheduling.PaymentRefunded:
		return "Paid: " + shownMoney(b.Payment.Paid) + ". " + shownMoney(b.Payment.Refunded) + " was given back."
	}
	return ""
}

// ownMeeting is a meeting in a client's list.
type ownMeeting struct {
	Title, Expert, Link, Zone, Money string
	Start                            time.Time
	Status                           scheduling.Status
	StatusText                       string
}

type meetingsData struct{ Coming, Over []ownMeeting }

func (p *portal) meetingsList(w http.ResponseWriter, r *http.Request) {
	who, ok := p.person(r)
	if ok && who.Role == frontdesk.RoleExpert {
		http.Redirect(w, r, agendaAt, http.StatusSeeOther)
		return
	}
	if who, ok = p.signedInAs(w, r, clients); !ok {
		return
	}
	data, err := p.readMeetings(r, who)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	p.showUnder(scriptPolicy, w, r, meetingsPage, data)
}

func (p *portal) readMeetings(r *http.Request, who person) (d meetingsData, err error) {
	now := p.now()
	coming, err := p.sched.Meetings(r.Context(), scheduling.MeetingFilter{From: now, Limit: shownMeetings})
	if err != nil {
		return d, err
	}
	over, err := p.sched.Meetings(r.Context(), scheduling.MeetingFilter{To: now, Backward: true, Limit: shownMeetings})
	for i := range coming {
		row := p.ownMeeting(&coming[i], who)
		if coming[i].Bookings[0].Live(now) {
			d.Coming = append(d.Coming, row)
		} else {
			d.Over = append(d.Over, row)
		}
	}
	for i := range over {
		if over[i].End.After(now) {
			continue // it is going on
		}
		d.Over = append(d.Over, p.ownMeeting(&over[i], who))
	}
	return d, err
}

func (p *portal) ownMeeting(m *scheduling.Meeting, who person) ownMeeting {
	b := &m.Bookings[0]
	return ownMeeting{
		Title: m.Title, Expert: p.names(m.Hosts), Link: bookingsAt + "/" + b.ID, Zone: zoneFor(b, who), Money: moneyText(b),
		Start: m.Start, Status: b.Status, StatusText: statusTexts[b.Status],
	}
}

func (p *portal) names(experts []string) string {
	var all []string
	for _, e := range experts {
		all = append(all, p.expertName(e))
	}
	return strings.Join(all, ", ")
}

// zoneFor is the zone in which whoever has booked reads times.
func zoneFor(b *scheduling.Booking, who person) string {
	for _, zone := range []string{b.Guest.Zone, who.Zone} {
		if zone != "" {
			return zone
		}
	}
	return "UTC"
}

// hostedMeeting is a meeting in an expert's agenda.
type hostedMeeting struct {
	*scheduling.Meeting
	Zone       string
	StatusText string
	Link       string
	Guests     []guestRow
}

type guestRow struct {
	scheduling.Booking
	Name, StatusText, Money string
	Confirms, Ends, Missed  bool
	Answers                 []string
}

type agendaData struct {
	Asked, Coming, Over []hostedMeeting
	Zone                string
	Done                string
}

var agendaDone = map[string]string{
	"confirm": "It is confirmed, and the guest is told.", "decline": "It is declined, and the guest is told.",
	"no-show": "It is noted that nobody came.", "cancel": "It is cancelled. The guest is told and gets all back.",
}

// agendaPast is for how long meetings stay in the agenda.
const agendaPast = 14 * day

func (p *portal) agenda(w http.ResponseWriter, r *http.Request) {
	who, ok := p.signedInAs(w, r, experts)
	if !ok {
		return
	}
	now := p.now()
	d := agendaData{Zone: p.expertZone(r, who.ID), Done: agendaDone[r.URL.Query().Get("done")]}
	all, err := p.sched.Meetings(r.Context(), scheduling.MeetingFilter{From: now.Add(-agendaPast), Limit: 500, Statuses: []scheduling.Status{
		scheduling.StatusConfirmed, scheduling.StatusPending, scheduling.StatusHeld, scheduling.StatusDone, scheduling.StatusNoShow,
	}})
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	for i := range all {
		d.add(p.hosted(&all[i], d.Zone), now)
	}
	slices.Reverse(d.Over)
	p.show(w, r, agendaPage, d)
}

func (d *agendaData) add(m hostedMeeting, now time.Time) {
	switch {
	case !m.End.After(now):
		d.Over = append(d.Over, m)
	case m.Live(now) && m.Status == scheduling.StatusPending:
		d.Asked = append(d.Asked, m)
	case m.Live(now):
		d.Coming = append(d.Coming, m)
	}
}

func (p *portal) hosted(m *scheduling.Meeting, zone string) hostedMeeting {
	now := p.now()
	h := hostedMeeting{Meeting: m, Zone: zone, StatusText: statusTexts[m.Status]}
	for _, b := range m.Bookings {
		if !b.Live(now) && m.End.After(now) {
			continue
		}
		g := guestRow{Booking: b, Name: p.guestName(&b), StatusText: statusTexts[b.Status], Money: moneyText(&b)}
		g.Confirms = b.Status == scheduling.StatusPending && m.Start.After(now)
		g.Ends = b.Status == scheduling.StatusConfirmed && m.Start.After(now)
		g.Missed = (b.Status == scheduling.StatusConfirmed || b.Status == scheduling.StatusDone) && !m.Start.After(now)
		for _, id := range slices.Sorted(maps.Keys(b.Answers)) {
			g.Answers = append(g.Answers, b.Answers[id])
		}
		h.Guests = append(h.Guests, g)
	}
	return h
}

func (p *portal) guestName(b *scheduling.Booking) string {
	if who, ok := p.people.find(string(frontdesk.RoleClient) + ":" + b.Client); ok {
		return who.Contact + ", " + who.Name
	}
	if b.Guest.Name != "" {
		return b.Guest.Name
	}
	return "a guest"
}

// decideMeeting does with a booking what the path says.
func (p *portal) decideMeeting(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.signedInAs(w, r, experts); !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	id, err := pathID(r)
	what := r.PathValue("what")
	if err == nil {
		err = p.decide(r, id, what)
	}
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	http.Redirect(w, r, agendaAt+"?done="+what, http.StatusSeeOther) //nolint:gosec // a page of ours
}

func (p *portal) decide(r *http.Request, id, what string) (err error) {
	ctx, reason := r.Context(), formText(r, "reason")
	switch what {
	case "confirm":
		_, err = p.sched.Confirm(ctx, id)
	case "decline":
		_, err = p.sched.Decline(ctx, id, reason)
	case "no-show":
		_, err = p.sched.NoShow(ctx, id)
	case "cancel":
		_, err = p.sched.Cancel(ctx, scheduling.Ref{Booking: id}, reason)
	default:
		err = frontdesk.Errorf(frontdesk.NotFound, "there is no such page")
	}
	return err
}

// formText is what a field of a form says, with the line ends that we use.
func formText(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
}
