package main

import (
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// expertData is what an expert sees first.
type expertData struct {
	Person   person
	Account  *account // nil before there is one
	Earned   []billing.LedgerBalance
	Payouts  []payout
	Key      string // makes a form that is sent twice one payout
	Weekdays []string
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// Manual reports whether the expert is paid only when they ask.
func (d expertData) Manual() bool {
	return d.Account != nil && d.Account.Schedule.Interval == string(billing.PayoutManual)
}

// Weekday is that of the schedule, if it has one.
func (d expertData) Weekday() string {
	if d.Account == nil || d.Account.Schedule.Weekday == nil {
		return ""
	}
	return *d.Account.Schedule.Weekday
}

func (p *portal) expertHome(w http.ResponseWriter, r *http.Request, who person) {
	data := expertData{Person: who, Key: rand.Text(), Weekdays: weekdays}
	if err := p.readExpertHome(r, &data); err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, expertPage, data)
}

func (p *portal) readExpertHome(r *http.Request, d *expertData) error {
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	found, err := p.accountSection(r.Context(), a)
	if err != nil {
		return err
	}
	if found, ok := found.(account); ok {
		d.Account = &found
	}
	if d.Earned, err = p.earned(r.Context(), a.ExpertID); err != nil {
		return err
	}
	d.Payouts, _, err = p.explained(r.Context(), a.ExpertID, billing.Listing{Limit: recent})
	return err
}

// payoutDetails shows what a payout has paid, line by line.
func (p *portal) payoutDetails(w http.ResponseWriter, r *http.Request) {
	if err := experts.allow(r); err != nil {
		p.refuse(w, r, err)
		return
	}
	found, lines, err := p.payoutLines(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, payoutPage, payoutRecord(found, lines))
}

// expertForm is what an expert's form asks for: it is carried out, and leads on to
// the address that is returned.
type expertForm func(r *http.Request, expert string) (next string, err error)

// form carries it out for the expert who sends it.
func (p *portal) form(do expertForm) http.HandlerFunc {
	return p.posted(experts, func(r *http.Request) (string, error) {
		a, err := frontdesk.ActorFrom(r.Context())
		if err != nil {
			return "", err
		}
		return do(r, a.ExpertID)
	})
}

// posted carries out what a form asks for, if its sender has the role, and leads on to
// the address that do returns.
func (p *portal) posted(who roles, do func(r *http.Request) (next string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		var next string
		err := who.allow(r)
		if err == nil {
			next, err = do(r)
		}
		if err != nil {
			p.refuse(w, r, err)
			return
		}
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
}

// startOnboarding leads to the provider's onboarding.
func (p *portal) startOnboarding(r *http.Request, _ string) (string, error) {
	link, err := p.onboarding(r, "", billing.Onboarding{RefreshPath: "/portal/", ReturnPath: "/portal/"})
	if err != nil {
		return "", err
	}
	return link.URL, nil
}

// startLogin leads to the provider's dashboard for experts.
func (p *portal) startLogin(r *http.Request, expert string) (string, error) {
	link, err := p.pay.AccountLogin(r.Context(), expert)
	if err != nil {
		return "", err
	}
	return link.URL, nil
}

// refreshAccount asks the provider for the account as it is now.
func (p *portal) refreshAccount(r *http.Request, expert string) (string, error) {
	_, err := p.pay.VerifyAccount(r.Context(), expert, "")
	return "/portal/", err
}

// changeSchedule takes from the form what belongs to the interval that it names.
func (p *portal) changeSchedule(r *http.Request, expert string) (string, error) {
	asked := billing.PayoutSchedule{Interval: billing.PayoutInterval(r.PostFormValue("interval"))}
	switch asked.Interval {
	case billing.PayoutWeekly:
		asked.Weekday = r.PostFormValue("weekday")
	case billing.PayoutMonthly:
		asked.MonthDay, _ = strconv.ParseInt(r.PostFormValue("month_day"), 10, 64) // what is no number is refused as 0 is
	}
	_, err := p.pay.SetPayoutSchedule(r.Context(), expert, asked)
	return "/portal/", err
}

// startPayout pays out what the page has shown as available.
func (p *portal) startPayout(r *http.Request, expert string) (string, error) {
	currency, key := frontdesk.Currency(r.PostFormValue("currency")), r.PostFormValue("key")
	amount, err := strconv.ParseInt(r.PostFormValue("amount"), 10, 64)
	if err != nil {
		return "", frontdesk.InvalidField("amount", "is not a number of minor units")
	}
	if !usableKey(key) {
		return "", frontdesk.InvalidField("key", "is not that of the page")
	}
	_, err = p.pay.PayOut(r.Context(), expert, billing.Withdrawal{Amount: frontdesk.Money{Amount: amount, Currency: currency}, Key: key})
	return "/portal/", err
}
