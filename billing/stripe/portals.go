package stripe

import (
	"context"
	"encoding/json"
	"errors"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
)

var errNoURL = errors.New("a portal session without a url")

// CreatePortalSession implements [billing.BillingPortals].
func (p *Provider) CreatePortalSession(ctx context.Context, w billing.Write, customer, returnURL string) (*billing.PortalSession, error) {
	if err := checkID("customer", customer); err != nil {
		return nil, err
	}
	params := &stripego.BillingPortalSessionParams{
		Params:    writing(w),
		Customer:  &customer,
		ReturnURL: optional(returnURL),
	}
	return call(ctx, p, params, p.api.portals.New, portalSession)
}

func portalSession(raw []byte, _ string) (*billing.PortalSession, error) {
	var s struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	if s.URL == "" {
		return nil, errNoURL
	}
	return &billing.PortalSession{URL: s.URL}, nil
}
