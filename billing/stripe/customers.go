package stripe

import (
	"context"
	"iter"
	"strings"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// CreateCustomer implements [billing.Customers].
func (p *Provider) CreateCustomer(ctx context.Context, w billing.Write, c billing.CustomerParams) (*billing.Customer, error) {
	return call(ctx, p, customerParams(w, c), p.api.customers.New, wire.Customer)
}

// UpdateCustomer implements [billing.Customers].
func (p *Provider) UpdateCustomer(ctx context.Context, w billing.Write, id string, c billing.CustomerParams) (*billing.Customer, error) {
	return callOn(ctx, p, id, customerParams(w, c), p.api.customers.Update, wire.Customer)
}

// GetCustomer implements [billing.Customers].
func (p *Provider) GetCustomer(ctx context.Context, ref billing.Ref) (*billing.Customer, error) {
	params := &stripego.CustomerParams{Params: reading(ref.Account)}
	return callOn(ctx, p, ref.ID, params, p.api.customers.Get, wire.Customer)
}

// FindCustomers implements [billing.Customers] with Stripe's search, which sees
// a change within a minute (https://docs.stripe.com/search).
func (p *Provider) FindCustomers(ctx context.Context, account, metadataKey, value string) iter.Seq2[*billing.Customer, error] {
	if err := checkID("metadata_key", metadataKey); err != nil {
		return failed[*billing.Customer](err)
	}
	return func(yield func(*billing.Customer, error) bool) {
		params := &stripego.CustomerSearchParams{SearchParams: stripego.SearchParams{
			Query:         "metadata[" + quote(metadataKey) + "]:" + quote(value),
			Limit:         stripego.Int64(pageSize),
			StripeAccount: optional(account),
		}}
		next := func(cursor string) { params.SearchParams.Page = optional(cursor) }
		send := func(ctx context.Context) error {
			params.Context = ctx
			return p.api.customers.Search(params).Err()
		}
		pages(ctx, p, account, send, next, wire.Customer, yield)
	}
}

// quote makes s a text of Stripe's search language.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func customerParams(w billing.Write, c billing.CustomerParams) *stripego.CustomerParams {
	return &stripego.CustomerParams{
		Params:   writing(w),
		Email:    optional(c.Email),
		Name:     optional(c.Name),
		Metadata: c.Metadata,
	}
}
