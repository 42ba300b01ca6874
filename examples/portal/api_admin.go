package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// reconcileTime is how long a reconciliation may take while somebody waits for
// it, so that they get an answer. The daily one has hours.
const reconcileTime = requestTime - 10*time.Second

func (p *portal) adminRoutes() []route {
	get, post, ok := http.MethodGet, http.MethodPost, http.StatusOK
	return []route{
		{get, "/portal/api/admin/events", admins, ok, p.events},
		{post, "/portal/api/admin/events/{id}/replay", admins, http.StatusAccepted, p.replay},
		{get, "/portal/api/admin/effects", admins, ok, p.outbox},
		{post, "/portal/api/admin/reconcile", admins, ok, p.reconcile},
		{get, "/portal/api/admin/clients", admins, ok, p.clients},
	}
}

// events lists the inbox.
func (p *portal) events(r *http.Request) (any, error) {
	q, err := readQuery(r, "cursor", "limit", "state", "type")
	if err != nil {
		return nil, err
	}
	f := billing.EventFilter{Type: q.text("type"), Before: q.before(), Limit: q.limit()}
	for _, s := range q.all("state") {
		f.States = append(f.States, billing.EventState(s))
	}
	if err := q.err(); err != nil {
		return nil, err
	}
	found, err := p.pay.Events(r.Context(), f)
	if err != nil {
		return nil, err
	}
	var next string
	if len(found) == f.Limit {
		next = strconv.FormatInt(found[len(found)-1].ID, 10)
	}
	return page(records(found, eventRecord), next), nil
}

// outbox lists the effects.
func (p *portal) outbox(r *http.Request) (any, error) {
	q, err := readQuery(r, "cursor", "limit", "state")
	if err != nil {
		return nil, err
	}
	f := billing.EffectFilter{Before: q.before(), Limit: q.limit()}
	for _, s := range q.all("state") {
		f.States = append(f.States, billing.EffectState(s))
	}
	if err := q.err(); err != nil {
		return nil, err
	}
	found, err := p.pay.Effects(r.Context(), f)
	if err != nil {
		return nil, err
	}
	var next string
	if len(found) == f.Limit {
		next = strconv.FormatInt(found[len(found)-1].ID, 10)
	}
	return page(records(found, effectRecord), next), nil
}

// replay makes an event be processed again.
func (p *portal) replay(r *http.Request) (any, error) {
	id, err := pathID(r)
	if err == nil {
		err = readBody(r, &struct{}{})
	}
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "no such event")
	}
	if err := p.pay.Replay(r.Context(), number); err != nil {
		return nil, err
	}
	return map[string]string{"id": id, "state": string(billing.EventReceived)}, nil
}

// reconcile compares with the provider and repairs what was missed.
func (p *portal) reconcile(r *http.Request) (any, error) {
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), reconcileTime)
	defer cancel()
	report, err := p.pay.Reconcile(ctx, billing.ReconcileOptions{})
	if err != nil {
		return nil, err
	}
	return reconciliationRecord(report), nil
}

// clients lists the portal's clients, each with the subscription that counts.
func (p *portal) clients(r *http.Request) (any, error) {
	if _, err := readQuery(r); err != nil {
		return nil, err
	}
	all := []client{}
	for _, who := range p.people.clients() {
		subs, _, err := p.pay.Subscriptions(r.Context(), who.ID, billing.Listing{})
		if err != nil {
			return nil, err
		}
		c := client{ID: who.ID, Name: who.Name}
		if len(subs) > 0 {
			s := subscriptionRecord(counting(subs))
			c.Subscription = &s
		}
		all = append(all, c)
	}
	return page(all, ""), nil
}
