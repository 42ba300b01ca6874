package stripe

import (
	"context"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// PreviewUpdate implements [billing.UpdatePreviewer]. The invoice has no ID, for
// it does not exist, and at most its first ten lines.
func (p *Provider) PreviewUpdate(ctx context.Context, ref billing.Ref, u billing.SubscriptionUpdate) (*billing.Invoice, error) {
	if err := checkID("id", ref.ID); err != nil {
		return nil, err
	}
	change, err := p.subscriptionChange(ctx, ref, u)
	if err != nil {
		return nil, err
	}
	params := &stripego.InvoiceUpcomingParams{
		Params:                        reading(ref.Account),
		Subscription:                  &ref.ID,
		SubscriptionItems:             change.items,
		SubscriptionProrationBehavior: change.proration,
		SubscriptionCancelAtPeriodEnd: change.atEnd,
	}
	if change.clearCancelAt {
		params.AddExtra("subscription_cancel_at", "")
	}
	return call(ctx, p, params, p.api.invoices.Upcoming, upcoming)
}

// upcoming reads an invoice that may lack an id, which wire insists on.
func upcoming(raw []byte, account string) (*billing.Invoice, error) {
	named, err := replaced(raw, "id", "upcoming")
	if err != nil {
		return nil, err
	}
	invoice, err := wire.Invoice(named, account)
	if err != nil {
		return nil, err
	}
	invoice.ID = ""
	return invoice, nil
}
