package billingtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk/billing"
)

// CreatePortalSession returns a page for the customer.
func (p *Provider) CreatePortalSession(ctx context.Context, w billing.Write, customer, returnURL string) (*billing.PortalSession, error) {
	if err := mustWrite(w, customer); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreatePortalSession", w, customer, returnURL), func(a *account) (*billing.PortalSession, error) {
		return a.openPortal(customer)
	})
}

func (a *account) openPortal(customer string) (*billing.PortalSession, error) {
	if _, err := a.livingCustomer("customer", customer); err != nil {
		return nil, err
	}
	return &billing.PortalSession{URL: a.options.Pages + "/portal/" + a.newID("bps")}, nil
}
