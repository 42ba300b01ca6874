package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// sectionTime bounds the reading of one section, so that a slow one does not
// hold up the page.
const sectionTime = 5 * time.Second

// recent is how many records of a list the overview shows.
const recent = 5

// section is one part of the overview. One that fails says so and leaves the
// others as they are.
type section struct {
	Status string        `json:"status"` // ok, empty, unavailable, not_configured, forbidden
	AsOf   *time.Time    `json:"as_of"`
	Data   any           `json:"data"`
	Error  *sectionError `json:"error"`
}

type sectionError struct {
	Code   frontdesk.Code `json:"code"`
	Detail string         `json:"detail"`
}

// source is where a section comes from, and whom it is for.
type source struct {
	name string
	who  roles
	load func(ctx context.Context, a frontdesk.Actor) (any, error) // nil data: there is none
}

func (p *portal) overviewRoutes() []route {
	return []route{{http.MethodGet, "/portal/api/overview", everyone, http.StatusOK, p.overview}}
}

func (p *portal) sources() []source {
	return []source{
		{"subscription", clients, p.subscriptionSection},
		{"invoices", clients, p.invoicesSection},
		{"payments", clients, p.paymentsSection},
		{"account", experts, p.accountSection},
		{"balance", experts, p.balanceSection},
		{"payouts", experts, p.payoutsSection},
	}
}

func (p *portal) overview(r *http.Request) (any, error) {
	if _, err := readQuery(r); err != nil {
		return nil, err
	}
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, err
	}
	sections := map[string]section{}
	for _, src := range p.sources() {
		sections[src.name] = p.section(r, a, src)
	}
	return sections, nil
}

func (p *portal) section(r *http.Request, a frontdesk.Actor, src source) section {
	if !slices.Contains(src.who, a.Role) {
		return failed("forbidden", frontdesk.PermissionDenied, "this is not for you")
	}
	ctx, cancel := context.WithTimeout(r.Context(), sectionTime)
	defer cancel()
	now := p.now().UTC()
	data, err := src.load(ctx, a)
	switch {
	case err != nil:
		p.log.ErrorContext(ctx, "section failed", "section", src.name, "error", err, "request_id", a.Origin.RequestID)
		_, told := problemOf(r, err)
		return failed(sectionStatus(told.Code), told.Code, told.Detail)
	case data == nil:
		return section{Status: "empty", AsOf: &now}
	}
	return section{Status: "ok", AsOf: &now, Data: data}
}

func failed(status string, code frontdesk.Code, detail string) section {
	return section{Status: status, Error: &sectionError{code, detail}}
}

func sectionStatus(code frontdesk.Code) string {
	switch code {
	case frontdesk.PermissionDenied:
		return "forbidden"
	case frontdesk.Unimplemented:
		return "not_configured"
	}
	return "unavailable"
}

// subscriptionSection is the subscription that counts: a live one, or the newest.
func (p *portal) subscriptionSection(ctx context.Context, a frontdesk.Actor) (any, error) {
	subs, _, err := p.pay.Subscriptions(ctx, a.ClientID, billing.Listing{})
	if err != nil || len(subs) == 0 {
		return nil, err
	}
	return subscriptionRecord(counting(subs)), nil
}

// counting picks a live subscription, or else the first.
func counting(subs []*billing.Subscription) *billing.Subscription {
	for _, s := range subs {
		if s.Status.Live() {
			return s
		}
	}
	return subs[0]
}

func (p *portal) invoicesSection(ctx context.Context, a frontdesk.Actor) (any, error) {
	invoices, _, err := p.pay.Invoices(ctx, a.ClientID, billing.Listing{Limit: recent})
	return sectionData(invoices, invoiceRecord), err
}

func (p *portal) paymentsSection(ctx context.Context, a frontdesk.Actor) (any, error) {
	payments, _, err := p.pay.Payments(ctx, a.ClientID, billing.Listing{Limit: recent})
	return sectionData(payments, paymentRecord), err
}

// accountSection is empty for an expert who has no account yet.
func (p *portal) accountSection(ctx context.Context, a frontdesk.Actor) (any, error) {
	found, err := p.pay.Account(ctx, a.ExpertID)
	if errors.Is(err, frontdesk.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return accountRecord(found), nil
}

func (p *portal) balanceSection(ctx context.Context, a frontdesk.Actor) (any, error) {
	found, err := p.pay.Balances(ctx, a.ExpertID)
	return sectionData(found, balanceRecord), err
}

func (p *portal) payoutsSection(ctx context.Context, a frontdesk.Actor) (any, error) {
	found, _, err := p.explained(ctx, a.ExpertID, billing.Listing{Limit: recent})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found, nil
}

// sectionData is nil when there is nothing to show.
func sectionData[O, R any](objects []O, record func(O) R) any {
	if len(objects) == 0 {
		return nil
	}
	return records(objects, record)
}
