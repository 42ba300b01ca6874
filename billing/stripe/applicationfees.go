package stripe

import (
	"context"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// GetApplicationFee implements [billing.Transfers].
func (p *Provider) GetApplicationFee(ctx context.Context, id string) (*billing.ApplicationFee, error) {
	raw, err := callOn(ctx, p, id, &stripego.ApplicationFeeParams{}, p.api.fees.Get, undecoded)
	if err != nil {
		return nil, err
	}
	params := func() *stripego.FeeRefundListParams {
		return &stripego.FeeRefundListParams{ListParams: listing(""), ID: &id}
	}
	return whole(*raw, "", "refunds", list(ctx, p, params, p.api.feeRefunds.List, undecoded), wire.ApplicationFee)
}

// ListApplicationFees implements [billing.Transfers]. The fees have their latest ten
// refunds; GetApplicationFee reads all.
func (p *Provider) ListApplicationFees(ctx context.Context, f billing.ApplicationFeeFilter) iter.Seq2[*billing.ApplicationFee, error] {
	params := func() *stripego.ApplicationFeeListParams {
		return &stripego.ApplicationFeeListParams{ListParams: listing(""), CreatedRange: created(f.Since)}
	}
	return list(ctx, p, params, p.api.fees.List, wire.ApplicationFee)
}
