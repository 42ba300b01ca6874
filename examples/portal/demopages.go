package main

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
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
	http.Redirect(w, r, "/portal/", http.StatusSeeOther)
}

// ownCheckout is the session in the path, if it is the client's.
func (p *portal) ownCheckout(r *http.Request) (*billing.CheckoutSession, error) {
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, err
	}
	session, err := p.fake.GetCheckout(r.Context(), billing.Ref{ID: r.PathValue("id")})
	if err == nil && session.Reference != a.ClientID {
		err = frontdesk.Errorf(frontdesk.NotFound, "no such page")
	}
	return session, err
}
