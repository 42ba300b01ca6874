package stripe

import (
	"context"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

const maxLookups = 10 // Stripe's limit

// CreatePrice implements [billing.Catalog].
func (p *Provider) CreatePrice(ctx context.Context, w billing.Write, c billing.PriceParams) (*billing.Price, error) {
	if err := checkID("product", c.Product); err != nil {
		return nil, err
	}
	amount, err := wire.ToStripe(c.Unit)
	if err != nil {
		return nil, err
	}
	params := &stripego.PriceParams{
		Params:     writing(w),
		Product:    &c.Product,
		UnitAmount: &amount,
		Currency:   stripego.String(string(c.Unit.Currency)),
		LookupKey:  optional(c.Lookup),
		Nickname:   optional(c.Nickname),
		Metadata:   c.Metadata,
	}
	if c.Interval != "" {
		params.Recurring = &stripego.PriceRecurringParams{
			Interval:      stripego.String(string(c.Interval)),
			IntervalCount: stripego.Int64(max(c.Count, 1)),
		}
	}
	return call(ctx, p, params, p.api.prices.New, wire.Price)
}

// UpdatePrice implements [billing.Catalog].
func (p *Provider) UpdatePrice(ctx context.Context, w billing.Write, id string, u billing.PriceUpdate) (*billing.Price, error) {
	params := &stripego.PriceParams{
		Params:    writing(w),
		Active:    u.Active,
		LookupKey: u.Lookup,
		Nickname:  u.Nickname,
		Metadata:  u.Metadata,
	}
	if stripego.StringValue(u.Lookup) != "" {
		params.TransferLookupKey = stripego.Bool(true)
	}
	return callOn(ctx, p, id, params, p.api.prices.Update, wire.Price)
}

// ListPrices implements [billing.Catalog].
func (p *Provider) ListPrices(ctx context.Context, f billing.PriceFilter) iter.Seq2[*billing.Price, error] {
	if len(f.Lookup) > maxLookups {
		return failed[*billing.Price](frontdesk.InvalidField("lookup", "must not hold more than %d keys", maxLookups))
	}
	params := func() *stripego.PriceListParams {
		params := &stripego.PriceListParams{ListParams: listing(f.Account), Product: optional(f.Product)}
		if len(f.Lookup) > 0 {
			params.LookupKeys = stripego.StringSlice(f.Lookup)
		}
		return params
	}
	return list(ctx, p, params, p.api.prices.List, wire.Price)
}
