package main

import (
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// bookingData is a booking for whoever has it: a client, or a guest with the token.
type bookingData struct {
	*scheduling.Meeting
	Booking      *scheduling.Booking
	Client       bool // has signed in, and has a list of meetings
	Expert       string
	Status       scheduling.Status
	StatusText   string
	Zone         string
	ExpertZone   string
	Minutes      int
	Where, Join  string
	Money, Price string
	Policy, Back string // what cancelling gives back by the rules, and now
	Pays         bool
	Left         int // seconds for which it is held, by our clock
	Moves, Ends  bool
	Path, Token  string
	MoveLink     string
	BackLink     string
	Done         string
	Problem      string
	To           time.Time // where it may be moved
	Times        times
}

var bookingDone = map[string]string{
	"confirmed": "It is booked. A mail with all of it is on its way.", "pending": "We have asked, and write to you as soon as it is confirmed.",
	"moved": "It is moved. A mail with the new time is on its way.", "cancelled": "It is cancelled.",
	"paid": "Thank you. The meeting is confirmed as soon as the payment has arrived: look again in a moment.",
}

// refOf is the booking of the path, with the token of the form or the link.
func refOf(r *http.Request) (scheduling.Ref, error) {
	id, err := pathID(r)
	return scheduling.Ref{Booking: id, Token: r.FormValue("token")}, err
}

func (p *portal) readBooking(r *http.Request) (d bookingData, at scheduling.Ref, err error) {
	if at, err = refOf(r); err != nil {
		return d, at, err
	}
	t, err := p.sched.BookingByRef(r.Context(), at)
	if err != nil {
		return d, at, err
	}
	who, _ := p.person(r)
	m, b := &t.Meeting, &t.Booking
	d = bookingData{
		Meeting: m, Booking: b, Client: who.Role == frontdesk.RoleClient, Expert: p.names(m.Hosts), Status: b.Status, StatusText: statusTexts[b.Status],
		Zone: zoneFor(b, who), ExpertZone: p.expertZone(r, m.Hosts[0]), Minutes: int(m.Duration() / time.Minute),
		Join: m.JoinURL, Money: moneyText(b), Price: shownMoney(b.Price), Path: bookingsAt + "/" + url.PathEscape(b.ID), Token: at.Token,
		Done: bookingDone[r.URL.Query().Get("done")],
	}
	d.MoveLink, d.BackLink = d.withToken(d.Path+"/move"), d.withToken(d.Path)
	d.place()
	return d, at, p.possible(r, &d)
}

func (d *bookingData) withToken(path string) string {
	if d.Token == "" {
		return path
	}
	return path + "?token=" + url.QueryEscape(d.Token)
}

func (d *bookingData) place() {
	switch l := d.Location; l.Kind {
	case scheduling.AtLink:
		d.Join = l.Value
	case scheduling.ByPhone:
		d.Where = "By phone: " + l.Value
	case scheduling.AtAddress:
		d.Where = l.Value
	}
	if d.Status != scheduling.StatusConfirmed {
		d.Join = ""
	}
}

// possible says what can be done with the booking now.
func (p *portal) possible(r *http.Request, d *bookingData) error {
	now := p.now()
	left := d.Start.Sub(now)
	live := d.Booking.Live(now) && left > 0
	d.Pays = live && d.Status == scheduling.StatusHeld && d.Booking.Payment.State == scheduling.PaymentDue
	d.Left = int(math.Ceil(d.Booking.ExpiresAt.Sub(now).Seconds()))
	t, err := p.sched.EventType(asPortal(r.Context()), d.EventType)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		t, err = &scheduling.EventType{}, nil
	}
	if err != nil {
		return err
	}
	settled := live && (d.Status == scheduling.StatusConfirmed || d.Status == scheduling.StatusPending)
	d.Moves = settled && t.ID != "" && t.Active && left >= t.Policy.MoveNotice && (t.Policy.MaxMoves == 0 || d.Booking.Moves < t.Policy.MaxMoves)
	d.Ends = live && left >= t.Policy.CancelNotice
	if d.Booking.Payment.State == scheduling.PaymentPaid && d.Ends {
		d.Policy = policyText(t.Policy)
		d.Back = "If you cancel now, " + shownMoney(t.Policy.Refund(d.Booking.Payment.Paid, left)) + " of " + shownMoney(d.Booking.Payment.Paid) + " is given back."
	}
	return nil
}

func (p *portal) bookingDetails(w http.ResponseWriter, r *http.Request) {
	p.showBooking(w, r, nil)
}

// showBooking shows the booking, with what was wrong with a form if something was.
func (p *portal) showBooking(w http.ResponseWriter, r *http.Request, wrong *problem) {
	d, _, err := p.readBooking(r)
	if err != nil {
		p.refuseGuest(w, r, err)
		return
	}
	status := http.StatusOK
	if wrong != nil {
		status, d.Problem, d.Done = wrong.Status, wrong.Sentence(), ""
	}
	p.showAs(status, scriptPolicy, w, r, bookingPage, d)
}

// refuseGuest leads who has neither signed in nor a token to the sign-in.
func (p *portal) refuseGuest(w http.ResponseWriter, r *http.Request, err error) {
	if frontdesk.CodeOf(err) == frontdesk.Unauthenticated {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	p.refusePage(w, r, err)
}

// moveForm shows where the booking can be moved, and asks before it does.
func (p *portal) moveForm(w http.ResponseWriter, r *http.Request) { p.showMove(w, r, nil) }

func (p *portal) showMove(w http.ResponseWriter, r *http.Request, wrong *problem) {
	d, at, err := p.readBooking(r)
	var t *scheduling.EventType
	if err == nil {
		t, err = p.sched.EventType(asPortal(r.Context()), d.EventType)
	}
	if err == nil {
		kept := map[string]string{}
		if d.Token != "" {
			kept["token"] = d.Token
		}
		d.To, _ = time.Parse(time.RFC3339, r.URL.Query().Get("start")) // none is chosen yet
		d.Times, err = p.lookUp(r, t, scheduling.Search{Moving: at}, times{Path: d.Path + "/move", Kept: kept}, func(start time.Time, q url.Values) string {
			q.Set("start", start.UTC().Format(time.RFC3339))
			q.Set("from", r.URL.Query().Get("from"))
			return d.Path + "/move?" + q.Encode() + "#to"
		})
	}
	if err != nil {
		p.refuseGuest(w, r, err)
		return
	}
	status := http.StatusOK
	if wrong != nil {
		status, d.Problem = wrong.Status, wrong.Sentence()
	}
	d.Zone = d.Times.Zone
	p.showAs(status, scriptPolicy, w, r, movePage, d)
}

func (p *portal) moveBooking(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	at, err := refOf(r)
	start, wrong := time.Parse(time.RFC3339, r.PostFormValue("start"))
	if err == nil && wrong != nil {
		err = frontdesk.InvalidField("start", "is not a time of the page")
	}
	var t *scheduling.Ticket
	if err == nil {
		t, err = p.sched.Move(r.Context(), at, scheduling.MoveTo{Start: start})
	}
	if err != nil {
		p.again(w, r, err, p.showMove)
		return
	}
	http.Redirect(w, r, withDone(bookingPath(t), "moved"), http.StatusSeeOther) //nolint:gosec // a page of ours
}

// again shows the page of a form that was not carried out, where the person can mend it.
func (p *portal) again(w http.ResponseWriter, r *http.Request, err error, show func(http.ResponseWriter, *http.Request, *problem)) {
	switch frontdesk.CodeOf(err) {
	case frontdesk.NotFound, frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.Internal:
		p.refuseGuest(w, r, err)
		return
	}
	status, told := p.explain(w, r, err)
	told.Status = status
	show(w, r, &told)
}

func (p *portal) cancelBooking(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	at, err := refOf(r)
	if err == nil {
		_, err = p.sched.Cancel(r.Context(), at, formText(r, "reason"))
	}
	if err != nil {
		p.again(w, r, err, p.showBooking)
		return
	}
	d := bookingData{Token: at.Token}
	http.Redirect(w, r, withDone(d.withToken(bookingsAt+"/"+url.PathEscape(at.Booking)), "cancelled"), http.StatusSeeOther)
}

// payBooking leads to where a booking that is held is paid.
func (p *portal) payBooking(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	at, err := refOf(r)
	var t *scheduling.Ticket
	if err == nil {
		path := meetingsAt
		if _, signedIn := p.person(r); !signedIn {
			path = bookAt + "/thanks"
		}
		t, err = p.sched.Pay(r.Context(), at, path, path)
	}
	if err == nil && t.Payment == nil {
		err = frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing to pay")
	}
	if err != nil {
		p.again(w, r, err, p.showBooking)
		return
	}
	http.Redirect(w, r, t.Payment.URL, http.StatusSeeOther) //nolint:gosec // the provider's page
}
