package stripe

import (
	"context"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// ListEvents implements [billing.EventLister]. Stripe keeps events for 30 days.
func (p *Provider) ListEvents(ctx context.Context, f billing.ProviderEventFilter) iter.Seq2[billing.Event, error] {
	params := func() *stripego.EventListParams {
		params := &stripego.EventListParams{ListParams: listing(f.Account), CreatedRange: created(f.Since)}
		if f.Undelivered {
			params.DeliverySuccess = stripego.Bool(false)
		}
		return params
	}
	return func(yield func(billing.Event, error) bool) {
		for e, err := range list(ctx, p, params, p.api.events.List, p.event) {
			if err != nil {
				yield(billing.Event{}, err)
				return
			}
			if !yield(*e, nil) {
				return
			}
		}
	}
}

// event decodes an event of a list.
func (p *Provider) event(raw []byte, account string) (*billing.Event, error) {
	e, err := wire.ParseListed(raw, account)
	if err != nil {
		return nil, err
	}
	e = p.admit(e)
	return &e, nil
}
