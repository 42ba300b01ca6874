package main

import (
	"context"
	"net/http"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func (p *portal) billingRoutes() []route {
	get, post, ok := http.MethodGet, http.MethodPost, http.StatusOK
	return []route{
		{get, "/portal/api/subscriptions", clients, ok, listOf(p.pay.Subscriptions, subscriptionRecord)},
		{get, "/portal/api/subscriptions/{id}", owners, ok, oneOf(p.pay.Subscription, subscriptionRecord)},
		{post, "/portal/api/subscriptions/{id}/cancel", owners, ok, p.cancelSubscription},
		{post, "/portal/api/subscriptions/{id}/keep", owners, ok, p.keepSubscription},
		{get, "/portal/api/invoices", clients, ok, listOf(p.pay.Invoices, invoiceRecord)},
		{get, "/portal/api/invoices/{id}", owners, ok, oneOf(p.pay.Invoice, invoiceRecord)},
		{get, "/portal/api/payments", clients, ok, listOf(p.pay.Payments, paymentRecord)},
		{get, "/portal/api/payments/{id}", owners, ok, oneOf(p.pay.Payment, paymentRecord)},
		{post, "/portal/api/checkout", clients, http.StatusCreated, p.startCheckout},
		{post, "/portal/api/billing-portal", clients, http.StatusCreated, p.openBillingPortal},
	}
}

// listOf answers with a part of a client's own list.
func listOf[O, R any](find func(context.Context, string, billing.Listing) ([]O, string, error), record func(O) R) endpoint {
	return func(r *http.Request) (any, error) {
		q, err := readQuery(r, "cursor", "limit", "status")
		if err != nil {
			return nil, err
		}
		a, err := frontdesk.ActorFrom(r.Context())
		if err != nil {
			return nil, err
		}
		l := billing.Listing{Cursor: q.text("cursor"), Limit: q.limit(), States: q.all("status")}
		if err := q.err(); err != nil {
			return nil, err
		}
		found, next, err := find(r.Context(), a.ClientID, l)
		return page(records(found, record), next), err
	}
}

// oneOf answers with a single record, by our id or the provider's.
func oneOf[O, R any](find func(context.Context, string) (O, error), record func(O) R) endpoint {
	return func(r *http.Request) (any, error) {
		id, err := pathID(r)
		if err != nil {
			return nil, err
		}
		o, err := find(r.Context(), id)
		if err != nil {
			return nil, err
		}
		return record(o), nil
	}
}

// cancelSubscription ends a subscription at the end of its period, or now.
func (p *portal) cancelSubscription(r *http.Request) (any, error) {
	var body struct {
		Now bool `json:"now"`
	}
	id, err := pathID(r)
	if err == nil {
		err = readBody(r, &body)
	}
	if err != nil {
		return nil, err
	}
	sub, err := p.pay.CancelSubscription(r.Context(), id, billing.Cancel{Now: body.Now})
	if err != nil {
		return nil, err
	}
	return subscriptionRecord(sub), nil
}

// keepSubscription undoes a planned cancellation.
func (p *portal) keepSubscription(r *http.Request) (any, error) {
	id, err := pathID(r)
	if err == nil {
		err = readBody(r, &struct{}{})
	}
	if err != nil {
		return nil, err
	}
	sub, err := p.pay.KeepSubscription(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return subscriptionRecord(sub), nil
}

// startCheckout opens the page where the client subscribes. What is for sale,
// and for how much, is the portal's to say.
func (p *portal) startCheckout(r *http.Request) (any, error) {
	body := struct {
		Price       string `json:"price"`
		SuccessPath string `json:"success_path"`
		CancelPath  string `json:"cancel_path"`
	}{SuccessPath: "/portal/", CancelPath: "/portal/"}
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	session, err := p.checkout(r.Context(), body.Price, body.SuccessPath, body.CancelPath)
	if err != nil {
		return nil, err
	}
	return checkoutRecord(session), nil
}

func (p *portal) checkout(ctx context.Context, price, success, cancel string) (*billing.CheckoutSession, error) {
	if !slices.Contains(p.prices, price) {
		return nil, frontdesk.InvalidField("price", "is not for sale")
	}
	return p.pay.StartCheckout(ctx, billing.Checkout{Price: price, SuccessPath: success, CancelPath: cancel})
}

// openBillingPortal opens the provider's page where the client manages how they pay.
func (p *portal) openBillingPortal(r *http.Request) (any, error) {
	body := struct {
		ReturnPath string `json:"return_path"`
	}{ReturnPath: "/portal/"}
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, err
	}
	url, err := p.pay.OpenPortal(r.Context(), a.ClientID, body.ReturnPath)
	if err != nil {
		return nil, err
	}
	return map[string]string{"url": url}, nil
}
