package main

import (
	"cmp"
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

// newEventType is the id of one that is yet to be made.
const newEventType = "new"

// refundRows is how many tiers of a policy the form takes, unless there are more already.
const refundRows = 3

type eventTypesData struct {
	Offers []offerRow
	Done   string
}

var eventTypesDone = map[string]string{
	"saved": "It is saved. What is booked already stays as it is.", "activated": "It can be booked now.", "deactivated": "It can no longer be booked.",
}

func (p *portal) eventTypesList(w http.ResponseWriter, r *http.Request) {
	who, ok := p.signedInAs(w, r, experts)
	if !ok {
		return
	}
	all, err := p.sched.EventTypes(r.Context(), who.ID)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	d := eventTypesData{Done: eventTypesDone[r.URL.Query().Get("done")]}
	for i := range all {
		d.Offers = append(d.Offers, newOfferRow(&all[i]))
	}
	p.show(w, r, eventTypesPage, d)
}

func (p *portal) activateEventType(active bool) http.HandlerFunc {
	what := "deactivated"
	if active {
		what = "activated"
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := p.signedInAs(w, r, experts); !ok {
			return
		}
		id, err := pathID(r)
		if err == nil {
			_, err = p.sched.ActivateEventType(r.Context(), id, active)
		}
		if err != nil {
			p.refusePage(w, r, err)
			return
		}
		http.Redirect(w, r, eventTypesAt+"?done="+what, http.StatusSeeOther)
	}
}

// eventTypeData is an event type as a form.
type eventTypeData struct {
	*scheduling.EventType
	Path      string
	Schedules []scheduling.Schedule
	Problem   string
	filled    url.Values
}

// tierRow is a tier of a policy in the form: hours and percent.
type tierRow struct{ Hours, Percent string }

// Filled is what the form said before, or what the event type says.
func (d eventTypeData) Filled(name string) string {
	if d.filled != nil {
		return d.filled.Get(name)
	}
	t := d.EventType
	switch name {
	case "durations":
		var all []string
		for _, length := range t.Durations {
			all = append(all, minutesText(length))
		}
		return strings.Join(all, ", ")
	case "step":
		return minutesText(t.Step)
	case "before":
		return minutesText(t.Before)
	case "after":
		return minutesText(t.After)
	case "notice":
		return minutesText(t.Notice)
	case "horizon":
		return strconv.Itoa(t.Horizon.Days)
	case "cancel_notice":
		return minutesText(t.Policy.CancelNotice)
	case "move_notice":
		return minutesText(t.Policy.MoveNotice)
	case "price":
		if t.Price.Amount > 0 {
			return t.Price.Decimal()
		}
	case "currency":
		return strings.ToUpper(string(cmp.Or(t.Price.Currency, "eur")))
	}
	return ""
}

// Tiers are those of the policy, and empty rows.
func (d eventTypeData) Tiers() []tierRow {
	var all []tierRow
	for _, tier := range d.Policy.Refunds {
		all = append(all, tierRow{strconv.FormatFloat(tier.Notice.Hours(), 'f', -1, 64), percent(tier.BasisPoints)})
	}
	for len(all) < refundRows {
		all = append(all, tierRow{})
	}
	return all
}

func minutesText(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }

// eventTypeOf is the expert's event type of the path, or a new one.
func (p *portal) eventTypeOf(r *http.Request, expert string) (*scheduling.EventType, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	if id == newEventType {
		return &scheduling.EventType{Owner: expert, Durations: []time.Duration{time.Hour}, Active: true}, nil
	}
	t, err := p.sched.EventType(r.Context(), id)
	if err == nil && t.Owner != expert {
		err = frontdesk.Errorf(frontdesk.NotFound, "there is no such event type")
	}
	return t, err
}

func (p *portal) eventTypeForm(w http.ResponseWriter, r *http.Request) {
	who, ok := p.signedInAs(w, r, experts)
	if !ok {
		return
	}
	t, err := p.eventTypeOf(r, who.ID)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	p.showEventType(w, r, http.StatusOK, eventTypeData{EventType: t})
}

func (p *portal) showEventType(w http.ResponseWriter, r *http.Request, status int, d eventTypeData) {
	var err error
	if d.Schedules, err = p.sched.Schedules(r.Context(), d.Owner); err != nil {
		p.refusePage(w, r, err)
		return
	}
	d.Path = eventTypesAt + "/" + cmp.Or(d.ID, newEventType)
	p.showAs(status, policy, w, r, eventTypePage, d)
}

func (p *portal) saveEventType(w http.ResponseWriter, r *http.Request) {
	who, ok := p.signedInAs(w, r, experts)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	t, err := p.eventTypeOf(r, who.ID)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	if err = readEventType(r, t); err == nil {
		_, err = p.sched.SaveEventType(r.Context(), *t)
	}
	if err != nil {
		p.again(w, r, err, func(w http.ResponseWriter, r *http.Request, wrong *problem) {
			p.showEventType(w, r, wrong.Status, eventTypeData{EventType: t, Problem: wrong.Sentence(), filled: r.PostForm})
		})
		return
	}
	http.Redirect(w, r, eventTypesAt+"?done=saved", http.StatusSeeOther)
}

// readEventType writes onto the event type what the form says. What the form does not have stays.
func readEventType(r *http.Request, t *scheduling.EventType) error {
	t.Title, t.Slug, t.Description = formText(r, "title"), formText(r, "slug"), formText(r, "description")
	t.Schedule, t.Confirm = formText(r, "schedule"), r.PostFormValue("confirm") != ""
	errs := []error{readRevision(r, t), readDurations(r, t), readPrice(r, t), readTiers(r, t)}
	for _, f := range []struct {
		name string
		to   *time.Duration
	}{
		{"step", &t.Step}, {"before", &t.Before}, {"after", &t.After}, {"notice", &t.Notice},
		{"cancel_notice", &t.Policy.CancelNotice}, {"move_notice", &t.Policy.MoveNotice},
	} {
		n, err := formNumber(r, f.name)
		*f.to = time.Duration(n) * time.Minute
		errs = append(errs, err)
	}
	days, err := formNumber(r, "horizon")
	t.Horizon.Days = days
	return errors.Join(append(errs, err)...)
}

func readRevision(r *http.Request, t *scheduling.EventType) error {
	n, err := strconv.Atoi(r.PostFormValue("revision"))
	if err != nil {
		return frontdesk.InvalidField("revision", "is not that of the page")
	}
	t.Revision = n
	return nil
}

// formNumber is a whole number; nothing is 0.
func formNumber(r *http.Request, name string) (int, error) {
	text := formText(r, name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 10_000_000 {
		return 0, frontdesk.InvalidField(name, "must be a whole number")
	}
	return n, nil
}

// readDurations reads minutes with commas between. Prices of lengths that are no longer offered go with them.
func readDurations(r *http.Request, t *scheduling.EventType) error {
	prices := t.Prices
	t.Durations, t.Prices = nil, map[time.Duration]frontdesk.Money{}
	for _, text := range words(r.PostFormValue("durations")) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > minutesOfDay {
			return frontdesk.InvalidField("durations", "must be minutes, with commas between")
		}
		length := time.Duration(n) * time.Minute
		t.Durations = append(t.Durations, length)
		if price, ok := prices[length]; ok {
			t.Prices[length] = price
		}
	}
	return nil
}

func readPrice(r *http.Request, t *scheduling.EventType) error {
	text := formText(r, "price")
	if text == "" {
		t.Price = frontdesk.Money{}
		return nil
	}
	c, err := frontdesk.ParseCurrency(formText(r, "currency"))
	if err != nil {
		return frontdesk.InvalidField("currency", "is not known")
	}
	if t.Price, err = frontdesk.ParseMoney(text, c); err != nil {
		return frontdesk.InvalidField("price", "must be an amount such as 120.00")
	}
	if t.Price.Amount == 0 {
		t.Price = frontdesk.Money{}
	}
	return nil
}

// readTiers reads rows of hours and percent; an empty row is none.
func readTiers(r *http.Request, t *scheduling.EventType) error {
	t.Policy.Refunds = nil
	hours, percents := r.PostForm["tier-hours"], r.PostForm["tier-percent"]
	for i := range min(len(hours), len(percents)) {
		if hours[i] == "" && percents[i] == "" {
			continue
		}
		h, err1 := strconv.ParseFloat(hours[i], 64)
		share, err2 := strconv.ParseFloat(percents[i], 64)
		if err1 != nil || err2 != nil || h < 0 || h > 10_000 || share < 0 || share > 100 {
			return frontdesk.InvalidField(fmt.Sprintf("refund %d", i+1), "needs hours, and a share from 0 to 100 percent")
		}
		t.Policy.Refunds = append(t.Policy.Refunds, scheduling.RefundTier{
			Notice: time.Duration(h*60+0.5) * time.Minute, BasisPoints: int(share*100 + 0.5),
		})
	}
	return nil
}
