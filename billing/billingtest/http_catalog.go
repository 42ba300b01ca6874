package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk/billing"
)

var catalogRoutes = map[string]endpoint{
	"POST /v1/products":      createProduct,
	"POST /v1/products/{id}": updateProduct,
	"POST /v1/prices":        createPrice,
	"GET /v1/prices":         listPrices,
	"POST /v1/prices/{id}":   updatePrice,
}

func (f *form) product() billing.ProductParams {
	return billing.ProductParams{
		Name: f.optionalText("name"), Description: f.optionalText("description"),
		Active: f.optionalFlag("active"), Metadata: f.pairs("metadata"),
	}
}

func createProduct(c *call) action {
	params := c.form.product()
	return func(ctx context.Context) (any, error) { return c.CreateProduct(ctx, c.write, params) }
}

func updateProduct(c *call) action {
	params := c.form.product()
	return func(ctx context.Context) (any, error) { return c.UpdateProduct(ctx, c.write, c.id, params) }
}

func createPrice(c *call) action {
	f := c.form
	params := billing.PriceParams{
		Product: f.text("product"), Unit: f.money("unit_amount", "currency"),
		Interval: billing.Interval(f.text("recurring[interval]")), Count: f.number("recurring[interval_count]"),
		Lookup: f.text("lookup_key"), Nickname: f.text("nickname"), Metadata: f.pairs("metadata"),
	}
	return func(ctx context.Context) (any, error) { return c.CreatePrice(ctx, c.write, params) }
}

// lookupIsFree refuses a lookup key that another price than the path's has.
func (c *call) lookupIsFree(lookup string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.account(c.write.Account).lookedUp(lookup); other != nil && other.ID != c.id {
		return lookupTaken()
	}
	return nil
}

func updatePrice(c *call) action {
	f := c.form
	params := billing.PriceUpdate{
		Active: f.optionalFlag("active"), Lookup: f.optionalText("lookup_key"),
		Nickname: f.optionalText("nickname"), Metadata: f.pairs("metadata"),
	}
	transfer := f.flag("transfer_lookup_key")
	return func(ctx context.Context) (any, error) {
		if params.Lookup != nil && !transfer {
			if err := c.lookupIsFree(*params.Lookup); err != nil {
				return nil, err
			}
		}
		return c.UpdatePrice(ctx, c.write, c.id, params)
	}
}

func listPrices(c *call) action {
	f := c.form
	filter := billing.PriceFilter{Account: c.write.Account, Product: f.text("product"), Lookup: f.list("lookup_keys")}
	active := f.optionalFlag("active")
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Price, error] {
		return kept(c.ListPrices(ctx, filter), func(p *billing.Price) bool { return active == nil || p.Active == *active })
	})
}
