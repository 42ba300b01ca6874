package stripe

import (
	"context"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// CreateProduct implements [billing.Catalog].
func (p *Provider) CreateProduct(ctx context.Context, w billing.Write, c billing.ProductParams) (*billing.Product, error) {
	if err := checkID("name", stripego.StringValue(c.Name)); err != nil {
		return nil, err
	}
	return call(ctx, p, productParams(w, c), p.api.products.New, wire.Product)
}

// UpdateProduct implements [billing.Catalog].
func (p *Provider) UpdateProduct(ctx context.Context, w billing.Write, id string, c billing.ProductParams) (*billing.Product, error) {
	return callOn(ctx, p, id, productParams(w, c), p.api.products.Update, wire.Product)
}

func productParams(w billing.Write, c billing.ProductParams) *stripego.ProductParams {
	return &stripego.ProductParams{
		Params:      writing(w),
		Name:        c.Name,
		Description: c.Description,
		Active:      c.Active,
		Metadata:    c.Metadata,
	}
}
