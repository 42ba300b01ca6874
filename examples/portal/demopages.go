package main

import (
	"errors"
	"net/http"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// demoPages is where the provider in memory has its pages.
const demoPages = "/demo/pages"

// checkoutPage stands in for the provider's page where the client pays.
func (p *portal) checkoutPage(w http.ResponseWriter, r *http.Request) {
	session, err := p.ownCheckout(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, payPage, session)
}

func (p *portal) payCheckout(w http.ResponseWriter, r *http.Request) {
	session, err := p.ownCheckout(r)
	if err == nil {
		err = p.fake.CompleteCheckout(session.ID) //nolint:contextcheck // it happens at the provider, whoever waits for it
	}
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, p.afterPayment(r, session), http.StatusSeeOther) //nolint:gosec // a page of ours
}

// afterPayment is the page of what was paid. The provider itself leads to the path that the session was opened with.
func (p *portal) afterPayment(r *http.Request, session *billing.CheckoutSession) string {
	for _, order := range session.Metadata {
		id, booked := strings.CutPrefix(order, "booking/")
		if !booked {
			continue
		}
		if t, err := p.sched.BookingByRef(asPortal(r.Context()), scheduling.Ref{Booking: id}); err == nil {
			return withDone(bookingPath(t), "paid")
		}
	}
	return "/portal/"
}

// ownCheckout is the session in the path, if it is the client's. That of a guest is for whoever knows where it is.
func (p *portal) ownCheckout(r *http.Request) (*billing.CheckoutSession, error) {
	session, err := p.fake.GetCheckout(r.Context(), billing.Ref{ID: r.PathValue("id")})
	if err == nil && strings.HasPrefix(session.Reference, "guest:") {
		return session, nil
	}
	a, noActor := frontdesk.ActorFrom(r.Context())
	if noActor != nil {
		return nil, noActor
	}
	if err == nil && session.Reference != a.ClientID {
		err = frontdesk.Errorf(frontdesk.NotFound, "no such page")
	}
	return session, err
}

// onboardingPage stands in for the provider's onboarding.
func (p *portal) onboardingPage(w http.ResponseWriter, r *http.Request) {
	a, err := p.ownAccount(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, onboardPage, accountRecord(a))
}

// completeOnboarding tells all that is asked for.
func (p *portal) completeOnboarding(w http.ResponseWriter, r *http.Request) {
	a, err := p.ownAccount(r)
	if err == nil {
		tell := p.fake.CompleteOnboarding
		if a.DetailsSubmitted {
			tell = p.fake.SubmitRequirements
		}
		err = tell(a.ID)
	}
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, "/portal/", http.StatusSeeOther)
}

// expressPage stands in for the provider's dashboard for experts.
func (p *portal) expressPage(w http.ResponseWriter, r *http.Request) {
	a, err := p.ownAccount(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	b, err := p.fake.GetBalance(r.Context(), a.ID)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, expressPage, b)
}

// ownAccount is the account in the path as the provider has it, if it is the expert's.
func (p *portal) ownAccount(r *http.Request) (*billing.Account, error) {
	actor, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, err
	}
	none := frontdesk.Errorf(frontdesk.NotFound, "no such page")
	if actor.Role != frontdesk.RoleExpert {
		return nil, none
	}
	own, err := p.pay.Account(r.Context(), actor.ExpertID)
	if errors.Is(err, frontdesk.NotFound) || err == nil && own.ID != r.PathValue("account") {
		return nil, none
	}
	if err != nil {
		return nil, err
	}
	return p.fake.GetAccount(r.Context(), own.ID)
}
