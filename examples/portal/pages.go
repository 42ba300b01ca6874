package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

//go:embed templates
var files embed.FS

var (
	signInPage  = parsePage("signin.html")
	emailsPage  = parsePage("emails.html")
	emailPage   = parsePage("email.html")
	inboxPage   = parsePage("inbox.html")
	mailPage    = parsePage("mail.html")
	homePage    = parsePage("home.html")
	expertPage  = parsePage("expert.html")
	payoutPage  = parsePage("payout.html")
	payPage     = parsePage("pay.html")
	onboardPage = parsePage("onboarding.html")
	expressPage = parsePage("express.html")
	problemPage = parsePage("problem.html")

	documentsPage = parsePage("documents.html", "upload.html", "storing.html")
	documentPage  = parsePage("document.html", "upload.html", "storing.html")

	offersPage       = parsePage("offers.html")
	slotsPage        = parsePage("slots.html", "times.html")
	bookPage         = parsePage("book.html")
	bookedPage       = parsePage("booked.html")
	bookingPage      = parsePage("booking.html")
	movePage         = parsePage("move.html", "times.html")
	meetingsPage     = parsePage("meetings.html")
	agendaPage       = parsePage("agenda.html")
	availabilityPage = parsePage("availability.html")
	eventTypesPage   = parsePage("eventtypes.html")
	eventTypePage    = parsePage("eventtype.html")
)

// pageFuncs are what the pages say in Go.
var pageFuncs = template.FuncMap{
	"money":     shownMoney,
	"amount":    func(n int64, c frontdesk.Currency) string { return shownMoney(frontdesk.Money{Amount: n, Currency: c}) },
	"intervals": func() []string { return []string{"daily", "weekly", "monthly", "manual"} },
	"time":      shownTime,
	"size":      shownSize,
	"at":        shownAt,
	"clock":     shownClock,
	"date":      func(d scheduling.Date) string { return midday(d, time.UTC).Format("2 January 2006") },
}

// shownTime is a moment with its zone, in a form that programs read too.
func shownTime(t time.Time) template.HTML {
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s UTC</time>`, t.Format(time.RFC3339), t.Format("2 January 2006 15:04:05"))) //nolint:gosec // of digits and months
}

// shownMoney has the minus sign that people write.
func shownMoney(m frontdesk.Money) string { return strings.ReplaceAll(m.String(), "-", "\u2212") }

// shownSize rounds up, so that nothing is empty but what is.
func shownSize(n int64) string {
	const step = 1024
	for _, unit := range []string{"bytes", "KB", "MB"} {
		if n < step {
			return fmt.Sprint(n, " ", unit)
		}
		n = (n + step - 1) / step
	}
	return fmt.Sprint(n, " GB")
}

func parsePage(names ...string) *template.Template {
	parse := []string{"templates/layout.html"}
	for _, name := range names {
		parse = append(parse, "templates/"+name)
	}
	return template.Must(template.New("").Funcs(pageFuncs).ParseFS(files, parse...))
}

// policy lets pages load their own style and nothing else, and post to the
// portal, which may lead on to the provider's checkout, onboarding or dashboard.
const policy = "default-src 'none'; style-src 'self'; form-action 'self' https://checkout.stripe.com https://connect.stripe.com; base-uri 'none'; frame-ancestors 'none'"

// mountPages serves what people look at.
func (p *portal) mountPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /portal/{$}", p.home)
	mux.HandleFunc("GET /portal/portal.css", p.style)
	mux.HandleFunc("POST /portal/subscribe", p.subscribe)
	mux.HandleFunc("GET /portal/payouts/{id}", p.payoutDetails)
	mux.HandleFunc("POST /portal/account/onboarding", p.form(p.startOnboarding))
	mux.HandleFunc("POST /portal/account/login", p.form(p.startLogin))
	mux.HandleFunc("POST /portal/account/verify", p.form(p.refreshAccount))
	mux.HandleFunc("POST /portal/account/schedule", p.form(p.changeSchedule))
	mux.HandleFunc("POST /portal/payouts", p.form(p.startPayout))
	mux.HandleFunc("GET /portal/emails", p.emailsLog)
	mux.HandleFunc("GET /portal/emails/{id}", p.emailStory)
	mux.HandleFunc("POST /portal/emails/{id}/resend", p.posted(admins, p.sendAgain))
	mux.HandleFunc("POST /portal/suppressions/remove", p.posted(admins, p.allowAddress))
	p.mountDocuments(mux)
	p.mountMeetings(mux)
	if p.demo && p.mailbox != nil {
		p.mountInbox(mux)
	}
	if p.demo {
		mux.HandleFunc("GET /{$}", p.signIn)
		mux.HandleFunc("POST /demo/session", p.startSession)
		mux.HandleFunc("POST /demo/session/end", p.endSession)
	}
	if p.fake != nil {
		mux.HandleFunc("GET "+demoPages+"/checkout/{id}", p.checkoutPage)
		mux.HandleFunc("POST "+demoPages+"/checkout/{id}", p.payCheckout)
		mux.HandleFunc("GET "+demoPages+"/onboarding/{account}/{link}", p.onboardingPage)
		mux.HandleFunc("POST "+demoPages+"/onboarding/{account}/{link}", p.completeOnboarding)
		mux.HandleFunc("GET "+demoPages+"/express/{account}/{link}", p.expressPage)
	}
}

// show writes a page, whole or not at all.
func (p *portal) show(w http.ResponseWriter, r *http.Request, page *template.Template, data any) {
	p.showUnder(policy, w, r, page, data)
}

func (p *portal) showUnder(policy string, w http.ResponseWriter, r *http.Request, page *template.Template, data any) {
	p.showAs(http.StatusOK, policy, w, r, page, data)
}

func (p *portal) showAs(status int, policy string, w http.ResponseWriter, r *http.Request, page *template.Template, data any) {
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "layout.html", data); err != nil {
		p.refuse(w, r, frontdesk.Errorf(frontdesk.Internal, "page: %w", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // a peer that has gone away reads no answer
}

func (p *portal) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=300")
	http.ServeFileFS(w, r, files, "templates/portal.css")
}

// homeData is what a person sees first. Only clients have billing.
type homeData struct {
	Person        person
	Client        bool
	Live          bool // has a subscription that counts
	Prices        []string
	Subscriptions []*billing.Subscription
	Invoices      []*billing.Invoice
	Payments      []*billing.Payment
}

func (p *portal) home(w http.ResponseWriter, r *http.Request) {
	who, ok := p.person(r)
	if !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if who.Role == frontdesk.RoleExpert {
		p.expertHome(w, r, who)
		return
	}
	data := homeData{Person: who, Client: who.Role == frontdesk.RoleClient, Prices: p.prices}
	if data.Client {
		if err := p.readHome(r, &data); err != nil {
			p.refuse(w, r, err)
			return
		}
	}
	p.show(w, r, homePage, data)
}

func (p *portal) readHome(r *http.Request, d *homeData) (err error) {
	ctx, l := r.Context(), billing.Listing{}
	if d.Subscriptions, _, err = p.pay.Subscriptions(ctx, d.Person.ID, l); err != nil {
		return err
	}
	d.Live = len(d.Subscriptions) > 0 && counting(d.Subscriptions).Status.Live()
	if d.Invoices, _, err = p.pay.Invoices(ctx, d.Person.ID, l); err != nil {
		return err
	}
	d.Payments, _, err = p.pay.Payments(ctx, d.Person.ID, l)
	return err
}

// subscribe sends the client to the page where they pay.
func (p *portal) subscribe(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	session, err := p.checkout(r.Context(), r.PostFormValue("price"), "/portal/", "/portal/")
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, session.URL, http.StatusSeeOther)
}

// signInData is who may sign in, and what else there is to see.
type signInData struct {
	People people
	Inbox  string // where the demo's mails are; empty when they are really sent
	Mails  string // what they look like
}

func (p *portal) signIn(w http.ResponseWriter, r *http.Request) {
	data := signInData{People: p.people}
	if p.mailbox != nil {
		data.Inbox, data.Mails = inboxPath, previewPath
	}
	p.show(w, r, signInPage, data)
}

func (p *portal) startSession(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	who, ok := p.people.find(r.PostFormValue("person"))
	if !ok {
		p.refuse(w, r, frontdesk.Errorf(frontdesk.Unauthenticated, "nobody here has this name"))
		return
	}
	http.SetCookie(w, p.sessions.cookie(who.Key(), p.now(), p.secure()))
	http.Redirect(w, r, "/portal/", http.StatusSeeOther)
}

func (p *portal) endSession(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, p.sessions.over(p.secure()))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
