package stripe

import (
	"context"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// GetDispute implements [billing.Disputes].
func (p *Provider) GetDispute(ctx context.Context, ref billing.Ref) (*billing.Dispute, error) {
	params := &stripego.DisputeParams{Params: reading(ref.Account)}
	return callOn(ctx, p, ref.ID, params, p.api.disputes.Get, wire.Dispute)
}

// ListDisputes implements [billing.Disputes].
func (p *Provider) ListDisputes(ctx context.Context, f billing.DisputeFilter) iter.Seq2[*billing.Dispute, error] {
	params := func() *stripego.DisputeListParams {
		return &stripego.DisputeListParams{ListParams: listing(f.Account), CreatedRange: created(f.Since)}
	}
	return list(ctx, p, params, p.api.disputes.List, wire.Dispute)
}
