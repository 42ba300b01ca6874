package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// CreateProduct adds a product to the catalogue.
func (s *Service) CreateProduct(ctx context.Context, p ProductParams) (*Product, error) {
	const op = "billing.CreateProduct"
	if p.Name == nil || *p.Name == "" {
		return nil, frontdesk.Wrap(op, frontdesk.InvalidField("name", "is required"))
	}
	return sell(ctx, s, op, "", p, func(ctx context.Context, c Catalog, w Write, p ProductParams) (*Product, error) {
		return c.CreateProduct(ctx, w, p)
	})
}

// UpdateProduct changes a product; Active false archives it.
func (s *Service) UpdateProduct(ctx context.Context, id string, p ProductParams) (*Product, error) {
	const op = "billing.UpdateProduct"
	if err := validID("id", id); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return sell(ctx, s, op, id, p, func(ctx context.Context, c Catalog, w Write, p ProductParams) (*Product, error) {
		return c.UpdateProduct(ctx, w, id, p)
	})
}

// CreatePrice adds a price to a product.
func (s *Service) CreatePrice(ctx context.Context, p PriceParams) (*Price, error) {
	const op = "billing.CreatePrice"
	if err := p.validate(); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return sell(ctx, s, op, "", p, func(ctx context.Context, c Catalog, w Write, p PriceParams) (*Price, error) {
		return c.CreatePrice(ctx, w, p)
	})
}

func (p PriceParams) validate() error {
	errs := []error{validID("product", p.Product), validText("nickname", p.Nickname)}
	if p.Unit.Amount != 0 || !p.Unit.Currency.Valid() { // a free price is a price
		errs = append(errs, validAmount("unit", p.Unit))
	}
	switch p.Interval {
	case "", Day, Week, Month, Year:
	default:
		errs = append(errs, frontdesk.InvalidField("interval", "is not known"))
	}
	if p.Count < 0 || p.Count > 0 && p.Interval == "" {
		errs = append(errs, frontdesk.InvalidField("count", "needs an interval, and is not below zero"))
	}
	return errors.Join(errs...)
}

// UpdatePrice changes what may change of a price; Active false archives it.
func (s *Service) UpdatePrice(ctx context.Context, id string, u PriceUpdate) (*Price, error) {
	const op = "billing.UpdatePrice"
	if err := validID("id", id); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return sell(ctx, s, op, id, u, func(ctx context.Context, c Catalog, w Write, u PriceUpdate) (*Price, error) {
		return c.UpdatePrice(ctx, w, id, u)
	})
}

// sell writes to the catalogue.
func sell[P, R any](ctx context.Context, s *Service, op, id string, params P,
	call func(context.Context, Catalog, Write, P) (R, error)) (r R, err error) {
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	catalog, err := able[Catalog](s)
	if err != nil {
		return r, err
	}
	if err := s.allow(ctx, op, "", toOperate); err != nil {
		return r, err
	}
	w := write[P]{op: op, target: Key{"catalog", Ref{ID: id}}, params: params}
	return carryOutUnmirrored(ctx, s, w, func(ctx context.Context, key Write, p P) (R, error) {
		return call(ctx, catalog, key, p)
	})
}

// Prices lists the catalogue's prices. What is for sale is no secret: any actor may ask.
func (s *Service) Prices(ctx context.Context, f PriceFilter) (all []Price, err error) {
	ctx, end := s.begin(ctx, "billing.Prices")
	defer end(&err)
	catalog, err := able[Catalog](s)
	if err != nil {
		return nil, err
	}
	if _, err := frontdesk.ActorFrom(ctx); err != nil {
		return nil, err
	}
	for p, err := range catalog.ListPrices(ctx, f) {
		if err != nil {
			return nil, err
		}
		all = append(all, *p)
	}
	return all, nil
}

// PriceByLookup finds the active price that has the lookup key; NotFound.
func (s *Service) PriceByLookup(ctx context.Context, key string) (*Price, error) {
	const op = "billing.PriceByLookup"
	if err := validID("key", key); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	all, err := s.Prices(ctx, PriceFilter{Lookup: []string{key}})
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Active {
			return &p, nil
		}
	}
	return nil, frontdesk.Wrap(op, frontdesk.Errorf(frontdesk.NotFound, "no active price has this lookup key"))
}
