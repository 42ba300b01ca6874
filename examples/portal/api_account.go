package main

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func (p *portal) accountRoutes() []route {
	get, post, ok, created := http.MethodGet, http.MethodPost, http.StatusOK, http.StatusCreated
	return []route{
		{get, "/portal/api/account", payees, ok, p.account},
		{post, "/portal/api/account/onboarding", experts, created, p.onboard},
		{post, "/portal/api/account/login", experts, created, p.accountLogin},
		{http.MethodPut, "/portal/api/account/schedule", experts, ok, p.setSchedule},
		{post, "/portal/api/account/verify", experts, ok, p.verifyAccount},
	}
}

// account shows the expert's connected account.
func (p *portal) account(r *http.Request) (any, error) {
	_, expert, err := readExpert(r)
	if err != nil {
		return nil, err
	}
	a, err := p.pay.Account(r.Context(), expert)
	if err != nil {
		return nil, err
	}
	return accountRecord(a), nil
}

// onboard makes the link that leads the expert to the provider's onboarding. Their
// address is what the portal knows of them, not what the request says.
func (p *portal) onboard(r *http.Request) (any, error) {
	body := struct {
		Country     string `json:"country"`
		RefreshPath string `json:"refresh_path"`
		ReturnPath  string `json:"return_path"`
	}{RefreshPath: "/portal/", ReturnPath: "/portal/"}
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	link, err := p.onboarding(r, body.Country, billing.Onboarding{RefreshPath: body.RefreshPath, ReturnPath: body.ReturnPath})
	if err != nil {
		return nil, err
	}
	return onboarding{URL: link.URL, ExpiresAt: link.ExpiresAt.UTC()}, nil
}

func (p *portal) onboarding(r *http.Request, country string, o billing.Onboarding) (*billing.AccountLink, error) {
	who, ok := p.person(r)
	if !ok {
		return nil, frontdesk.Errorf(frontdesk.Unauthenticated, "sign in first")
	}
	return p.pay.OnboardExpert(r.Context(), who.ID, billing.AccountDetails{Country: country, Email: who.email()}, o)
}

// accountLogin makes the link that leads the expert to the provider's dashboard.
func (p *portal) accountLogin(r *http.Request) (any, error) {
	a, err := bodiless(r)
	if err != nil {
		return nil, err
	}
	link, err := p.pay.AccountLogin(r.Context(), a.ExpertID)
	if err != nil {
		return nil, err
	}
	return map[string]string{"url": link.URL}, nil
}

// setSchedule changes when the expert is paid.
func (p *portal) setSchedule(r *http.Request) (any, error) {
	var body schedule
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, err
	}
	changed, err := p.pay.SetPayoutSchedule(r.Context(), a.ExpertID, body.asked())
	if err != nil {
		return nil, err
	}
	return accountRecord(changed), nil
}

// verifyAccount reads the account anew from the provider. Experts do not look for
// accounts that are not linked to them: the host does that.
func (p *portal) verifyAccount(r *http.Request) (any, error) {
	a, err := bodiless(r)
	if err != nil {
		return nil, err
	}
	if _, err := p.pay.Account(r.Context(), a.ExpertID); err != nil {
		return nil, err
	}
	fresh, err := p.pay.VerifyAccount(r.Context(), a.ExpertID, "")
	if err != nil {
		return nil, err
	}
	return accountRecord(fresh), nil
}

// bodiless returns who asks for what needs no more words.
func bodiless(r *http.Request) (frontdesk.Actor, error) {
	if err := readBody(r, &struct{}{}); err != nil {
		return frontdesk.Actor{}, err
	}
	return frontdesk.ActorFrom(r.Context())
}
