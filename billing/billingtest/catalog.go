package billingtest

import (
	"context"
	"iter"
	"slices"

	"github.com/frontdesk-go/frontdesk/billing"
)

// CreateProduct creates a product.
func (p *Provider) CreateProduct(ctx context.Context, w billing.Write, c billing.ProductParams) (*billing.Product, error) {
	if err := mustWrite(w); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateProduct", w, c), func(a *account) (*billing.Product, error) {
		if c.Name == nil || *c.Name == "" {
			return nil, invalid("name", "must not be empty")
		}
		return a.addProduct(a.newID("prod"), c), nil
	})
}

// UpdateProduct changes a product.
func (p *Provider) UpdateProduct(ctx context.Context, w billing.Write, id string, c billing.ProductParams) (*billing.Product, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("UpdateProduct", w, id, c), func(a *account) (*billing.Product, error) {
		return a.updateProduct(id, c)
	})
}

// CreatePrice creates a price. A lookup key that another price has is Invalid:
// UpdatePrice takes it over.
func (p *Provider) CreatePrice(ctx context.Context, w billing.Write, c billing.PriceParams) (*billing.Price, error) {
	if err := mustWrite(w); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreatePrice", w, c), func(a *account) (*billing.Price, error) {
		if _, ok := a.products.get(c.Product); !ok {
			return nil, absent("product", "product", c.Product)
		}
		if err := checkPrice(c); err != nil {
			return nil, err
		}
		if a.lookedUp(c.Lookup) != nil {
			return nil, lookupTaken()
		}
		return a.addPrice(a.newID("price"), c), nil
	})
}

// UpdatePrice changes what may change of a price.
func (p *Provider) UpdatePrice(ctx context.Context, w billing.Write, id string, u billing.PriceUpdate) (*billing.Price, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("UpdatePrice", w, id, u), func(a *account) (*billing.Price, error) {
		return a.updatePrice(id, u)
	})
}

// ListPrices lists prices, newest first.
func (p *Provider) ListPrices(ctx context.Context, f billing.PriceFilter) iter.Seq2[*billing.Price, error] {
	return list(ctx, p, "ListPrices", f.Account, func(a *account) ([]*billing.Price, error) {
		if len(f.Lookup) > 10 {
			return nil, invalid("lookup_keys", "must not be more than 10")
		}
		return clones(a.prices.newest(), func(price *billing.Price) bool {
			return matches(f.Product, price.Product) && (len(f.Lookup) == 0 || slices.Contains(f.Lookup, price.Lookup))
		})
	})
}

// AddProduct creates a product with a chosen id.
func (p *Provider) AddProduct(ref billing.Ref, name string) *billing.Product {
	var added *billing.Product
	_ = p.drive(func() error {
		added = clone(p.account(ref.Account).addProduct(ref.ID, billing.ProductParams{Name: &name}))
		return nil
	})
	return added
}

// AddPrice creates a price with a chosen id, and its product unless there is one.
func (p *Provider) AddPrice(ref billing.Ref, c billing.PriceParams) *billing.Price {
	if err := checkPrice(c); err != nil {
		panic("billingtest: " + err.Error())
	}
	var added *billing.Price
	_ = p.drive(func() error {
		a := p.account(ref.Account)
		if _, ok := a.products.get(c.Product); !ok {
			a.addProduct(c.Product, billing.ProductParams{Name: &c.Product})
		}
		added = clone(a.addPrice(ref.ID, c))
		return nil
	})
	return added
}

func checkPrice(c billing.PriceParams) error {
	switch {
	case !c.Unit.Currency.Valid():
		return invalid("currency", "must be a currency")
	case c.Unit.Amount < 0:
		return invalid("unit_amount", "must not be negative")
	case c.Interval != "" && !slices.Contains([]billing.Interval{billing.Day, billing.Week, billing.Month, billing.Year}, c.Interval):
		return invalid("recurring[interval]", "must be day, week, month or year")
	}
	return nil
}

func (a *account) addProduct(id string, c billing.ProductParams) *billing.Product {
	product := &billing.Product{Ref: billing.Ref{Account: a.id, ID: id}, Active: true}
	changeProduct(product, c)
	a.products.put(id, product)
	a.emit("product.created", product, nil)
	return product
}

func changeProduct(product *billing.Product, c billing.ProductParams) {
	set(&product.Name, c.Name)
	set(&product.Description, c.Description)
	set(&product.Active, c.Active)
	product.Metadata = merged(product.Metadata, c.Metadata)
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

func (a *account) updateProduct(id string, c billing.ProductParams) (*billing.Product, error) {
	product, err := a.products.find("product", id)
	if err != nil {
		return nil, err
	}
	before := clone(product)
	changeProduct(product, c)
	a.emit("product.updated", product, before)
	return product, nil
}

func (a *account) addPrice(id string, c billing.PriceParams) *billing.Price {
	price := &billing.Price{
		Ref: billing.Ref{Account: a.id, ID: id}, Product: c.Product, Unit: c.Unit, Interval: c.Interval,
		Nickname: c.Nickname, Active: true, Metadata: merged(nil, c.Metadata),
	}
	if c.Interval != "" {
		price.Count = max(c.Count, 1)
	}
	a.moveLookup(price, c.Lookup)
	a.prices.put(id, price)
	a.emit("price.created", price, nil)
	return price
}

// moveLookup gives the price the lookup key and takes it from the one that has it.
func (a *account) moveLookup(price *billing.Price, lookup string) {
	if other := a.lookedUp(lookup); other != nil && other != price {
		before := clone(other)
		other.Lookup = ""
		a.emit("price.updated", other, before)
	}
	price.Lookup = lookup
}

// lookedUp is the price with the lookup key, or nil.
func (a *account) lookedUp(lookup string) *billing.Price {
	for price := range a.prices.oldest() {
		if lookup != "" && price.Lookup == lookup {
			return price
		}
	}
	return nil
}

func lookupTaken() error {
	return invalid("lookup_key", "is another price's: set transfer_lookup_key to take it over")
}

func (a *account) updatePrice(id string, u billing.PriceUpdate) (*billing.Price, error) {
	price, err := a.prices.find("price", id)
	if err != nil {
		return nil, err
	}
	before := clone(price)
	if u.Lookup != nil {
		a.moveLookup(price, *u.Lookup)
	}
	set(&price.Active, u.Active)
	set(&price.Nickname, u.Nickname)
	price.Metadata = merged(price.Metadata, u.Metadata)
	a.emit("price.updated", price, before)
	return price, nil
}

// usablePrice finds a price that can be sold. param is how the request names it.
func (a *account) usablePrice(param, id string) (*billing.Price, error) {
	price, ok := a.prices.get(id)
	switch {
	case !ok:
		return nil, absent(param, "price", id)
	case !price.Active:
		return nil, invalid(param, "must be an active price")
	}
	return price, nil
}

// priceName is what a payer reads.
func (a *account) priceName(price *billing.Price) string {
	if product, ok := a.products.get(price.Product); ok {
		return product.Name
	}
	return price.ID
}

func (a *account) itemName(item billing.SubscriptionItem) string {
	if price, ok := a.prices.get(item.Price); ok {
		return a.priceName(price)
	}
	return item.Price
}
