package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// offerRow is an event type in a list.
type offerRow struct {
	*scheduling.EventType
	Length, Price, Link string
}

func newOfferRow(t *scheduling.EventType) offerRow {
	return offerRow{EventType: t, Length: lengthText(t), Price: priceText(t), Link: offerPath(t)}
}

func offerPath(t *scheduling.EventType) string {
	return bookAt + "/" + url.PathEscape(t.Owner) + "/" + url.PathEscape(t.Slug)
}

func lengthText(t *scheduling.EventType) string {
	var all []string
	for _, d := range t.Durations {
		all = append(all, strconv.Itoa(int(d/time.Minute)))
	}
	return strings.Join(all, " or ") + " minutes"
}

func priceText(t *scheduling.EventType) string {
	if t.Price.Amount == 0 {
		return "free"
	}
	if len(t.Prices) > 0 {
		return "from " + shownMoney(t.Price)
	}
	return shownMoney(t.Price)
}

// priceFor is what a meeting of the length costs.
func priceFor(t *scheduling.EventType, length time.Duration) frontdesk.Money {
	if other, ok := t.Prices[length]; ok {
		return other
	}
	return t.Price
}

// expertOffers are an expert with what they offer.
type expertOffers struct {
	person
	Offers []offerRow
}

type offersData struct{ Experts []expertOffers }

func (p *portal) offersList(w http.ResponseWriter, r *http.Request) {
	var d offersData
	for _, who := range p.people.experts() {
		all, err := p.sched.EventTypes(r.Context(), who.ID)
		if err != nil {
			p.refusePage(w, r, err)
			return
		}
		e := expertOffers{person: who}
		for i := range all {
			if all[i].Active {
				e.Offers = append(e.Offers, newOfferRow(&all[i]))
			}
		}
		d.Experts = append(d.Experts, e)
	}
	p.show(w, r, offersPage, d)
}

// slotsData is when an event type can be booked.
type slotsData struct {
	Type          *scheduling.EventType
	Expert        person
	Length, Price string
	Problem       string
	Times         times
}

// offerOf is what the path names.
func (p *portal) offerOf(r *http.Request) (*scheduling.EventType, person, error) {
	who, known := p.people.find(string(frontdesk.RoleExpert) + ":" + r.PathValue("expert"))
	if !known {
		return nil, who, frontdesk.Errorf(frontdesk.NotFound, "there is no such expert")
	}
	t, err := offered(r.Context(), p.sched, who.ID, r.PathValue("slug"))
	return t, who, err
}

func (p *portal) slotsOf(w http.ResponseWriter, r *http.Request) {
	p.showSlots(w, r, http.StatusOK, "")
}

// showSlots shows what is free, with what went wrong if something did.
func (p *portal) showSlots(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	t, who, err := p.offerOf(r)
	var d slotsData
	if err == nil {
		d = slotsData{Type: t, Expert: who, Length: lengthText(t), Price: priceText(t), Problem: wrong}
		path := offerPath(t)
		d.Times, err = p.lookUp(r, t, scheduling.Search{}, times{Path: path}, func(start time.Time, q url.Values) string {
			q.Set("start", start.UTC().Format(time.RFC3339))
			return path + "/confirm?" + q.Encode()
		})
	}
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	p.showAs(status, scriptPolicy, w, r, slotsPage, d)
}

// bookData is a time that somebody is about to book.
type bookData struct {
	Type         *scheduling.EventType
	Expert       person
	Start        time.Time
	Minutes      int
	Price        string
	Paid         bool
	Zone         string
	ExpertZone   string
	Policy       string
	Guest        bool   // nobody has signed in
	Person       string // who has
	Places       []string
	Place        int
	AskPhone     bool
	Action, Back string
	Key          string
	Problem      string
	filled       url.Values
}

// Filled is what the form said before.
func (d bookData) Filled(name string) string { return d.filled.Get(name) }

func (p *portal) bookForm(w http.ResponseWriter, r *http.Request) {
	d, err := p.readBook(r)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	d.Key = rand.Text()
	p.showUnder(scriptPolicy, w, r, bookPage, d)
}

// readBook reads a form to be shown, or one that was sent.
func (p *portal) readBook(r *http.Request) (d bookData, err error) {
	if a, err := frontdesk.ActorFrom(r.Context()); err == nil && a.Role != frontdesk.RoleClient {
		return d, frontdesk.Errorf(frontdesk.PermissionDenied, "clients book here, and guests")
	}
	if d.Type, d.Expert, err = p.offerOf(r); err != nil {
		return d, err
	}
	d.Start, err = time.Parse(time.RFC3339, r.FormValue("start"))
	if err != nil {
		return d, frontdesk.InvalidField("start", "is not a time of the page")
	}
	zone, err := p.chosenZone(r, d.Type.Owner)
	if err != nil {
		return d, err
	}
	if d.Minutes, err = chosenDuration(r.Form, d.Type); err != nil {
		return d, err
	}
	price := priceFor(d.Type, time.Duration(d.Minutes)*time.Minute)
	d.Price, d.Paid = "free", price.Amount > 0
	if d.Paid {
		d.Price, d.Policy = shownMoney(price), policyText(d.Type.Policy)
	}
	who, signedIn := p.person(r)
	if signedIn {
		d.Person = who.Key()
	}
	d.Guest, d.Zone, d.ExpertZone = !signedIn, zone.String(), p.expertZone(r, d.Type.Owner)
	d.Action, d.Key, d.filled = offerPath(d.Type), r.PostFormValue("key"), r.Form
	d.Back = d.Action + "?" + url.Values{"zone": {d.Zone}, "duration": {strconv.Itoa(d.Minutes)}, "from": {d.Start.In(zone).Format(time.DateOnly)}}.Encode()
	d.places()
	return d, nil
}

// places are where it can be, if there is a choice.
func (d *bookData) places() {
	d.Place, _ = strconv.Atoi(d.filled.Get("place")) // no number is the first
	for _, l := range d.Type.Locations {
		d.AskPhone = d.AskPhone || l.Kind == scheduling.ByPhone && l.Value == ""
		if len(d.Type.Locations) > 1 {
			d.Places = append(d.Places, placeText(l))
		}
	}
}

func placeText(l scheduling.Location) string {
	switch l.Kind {
	case scheduling.AtLink, scheduling.ByCalendar:
		return "A video call"
	case scheduling.ByPhone:
		return "A phone call"
	}
	return l.Value
}

// policyText says what is given back.
func policyText(policy scheduling.Policy) string {
	if len(policy.Refunds) == 0 {
		return "Whoever cancels gets all back."
	}
	var all []string
	for _, tier := range policy.Refunds {
		all = append(all, fmt.Sprintf("%s %% until %s before", percent(tier.BasisPoints), spanText(tier.Notice)))
	}
	return "Whoever cancels gets back " + strings.Join(all, ", ") + ", and nothing later."
}

func percent(basisPoints int) string {
	return strconv.FormatFloat(float64(basisPoints)/100, 'f', -1, 64)
}

// spanText says how long something is.
func spanText(d time.Duration) string {
	for _, unit := range []struct {
		name string
		time.Duration
	}{{"day", day}, {"hour", time.Hour}} {
		if d >= unit.Duration && d%unit.Duration == 0 && d != day {
			return counted(int(d/unit.Duration), unit.name)
		}
	}
	return counted(int(d/time.Minute), "minute")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}

// bookSlot books, and leads to where it is paid, or to the meeting.
func (p *portal) bookSlot(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	d, err := p.readBook(r)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	t, err := p.sched.Book(r.Context(), p.request(r, d))
	switch {
	case t != nil && t.Payment != nil:
		http.Redirect(w, r, t.Payment.URL, http.StatusSeeOther) //nolint:gosec // the provider's page
	case t != nil: // with an error, the time is held and can be paid there
		http.Redirect(w, r, withDone(bookingPath(t), string(t.Booking.Status)), http.StatusSeeOther) //nolint:gosec // a page of ours
	case errors.Is(err, frontdesk.Invalid):
		status, told := p.explain(w, r, err)
		d.Problem = told.Sentence()
		p.showAs(status, scriptPolicy, w, r, bookPage, d)
	case errors.Is(err, frontdesk.AlreadyExists), errors.Is(err, frontdesk.FailedPrecondition):
		status, told := p.explain(w, r, err)
		p.showSlots(w, r, status, told.Sentence())
	default:
		p.refusePage(w, r, err)
	}
}

func withDone(path, what string) string {
	if strings.Contains(path, "?") {
		return path + "&done=" + what
	}
	return path + "?done=" + what
}

func (p *portal) request(r *http.Request, d bookData) scheduling.Request {
	q := scheduling.Request{
		EventType: d.Type.ID, Start: d.Start, Duration: time.Duration(d.Minutes) * time.Minute, Key: d.Key, Answers: map[string]string{},
		SuccessPath: meetingsAt, CancelPath: meetingsAt,
	}
	if d.Guest {
		q.Guest = scheduling.Guest{Name: formText(r, "name"), Email: formText(r, "email")}
		q.SuccessPath, q.CancelPath = bookAt+"/thanks", d.Action
	} else {
		who, _ := p.person(r)
		q.Guest = who.guest()
	}
	q.Guest.Zone = d.Zone
	if d.Place >= 0 && d.Place < len(d.Type.Locations) {
		q.Location = d.Type.Locations[d.Place]
		if q.Location.Kind == scheduling.ByPhone && q.Location.Value == "" {
			q.Guest.Phone = strings.Map(dialled, formText(r, "phone"))
			q.Location.Value = q.Guest.Phone
		}
	}
	for _, question := range d.Type.Questions {
		if text := formText(r, "answer-"+question.ID); text != "" {
			q.Answers[question.ID] = text
		}
	}
	return q
}

// dialled leaves out what people write between the digits of a number.
func dialled(r rune) rune {
	if strings.ContainsRune(" -()/.", r) {
		return -1
	}
	return r
}

func (p *portal) thanks(w http.ResponseWriter, r *http.Request) {
	p.showUnder(scriptPolicy, w, r, bookedPage, nil)
}
