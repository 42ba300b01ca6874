package billingtest

import (
	"context"
	"iter"
	"regexp"
	"strings"

	"github.com/frontdesk-go/frontdesk/billing"
)

var customerRoutes = map[string]endpoint{
	"POST /v1/customers":                     createCustomer,
	"GET /v1/customers/search":               searchCustomers,
	"GET /v1/customers/{id}":                 getCustomer,
	"POST /v1/customers/{id}":                updateCustomer,
	"GET /v1/customers/{id}/payment_methods": listPaymentMethods,
	"GET /v1/payment_methods/{id}":           getPaymentMethod,
	"POST /v1/payment_methods/{id}/detach":   detachPaymentMethod,
	"POST /v1/billing_portal/sessions":       createPortalSession,
}

func (f *form) customer() billing.CustomerParams {
	return billing.CustomerParams{Email: f.text("email"), Name: f.text("name"), Metadata: f.pairs("metadata")}
}

func createCustomer(c *call) action {
	params := c.form.customer()
	return func(ctx context.Context) (any, error) { return c.CreateCustomer(ctx, c.write, params) }
}

func updateCustomer(c *call) action {
	if method := c.form.text("invoice_settings[default_payment_method]"); method != "" {
		return func(ctx context.Context) (any, error) { return c.SetDefaultPaymentMethod(ctx, c.write, c.id, method) }
	}
	params := c.form.customer()
	return func(ctx context.Context) (any, error) { return c.UpdateCustomer(ctx, c.write, c.id, params) }
}

func getCustomer(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetCustomer(ctx, c.ref()) }
}

var metadataQuery = regexp.MustCompile(`^metadata\["((?:[^"\\]|\\.)*)"\]:"((?:[^"\\]|\\.)*)"$`)

// searchCustomers understands queries for one pair of the metadata.
func searchCustomers(c *call) action {
	query := metadataQuery.FindStringSubmatch(c.form.text("query"))
	if query == nil {
		c.form.fail("query", `must be such as metadata["key"]:"value"`)
		return nil
	}
	unquote := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace
	page := listing(c, func(ctx context.Context) iter.Seq2[*billing.Customer, error] {
		return c.FindCustomers(ctx, c.write.Account, unquote(query[1]), unquote(query[2]))
	})
	return func(ctx context.Context) (any, error) {
		found, err := page(ctx)
		if err == nil {
			found.(object)["object"], found.(object)["next_page"] = "search_result", nil
			found.(object)["has_more"] = false
		}
		return found, err
	}
}

func listPaymentMethods(c *call) action {
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.PaymentMethod, error] {
		return c.ListPaymentMethods(ctx, c.ref())
	})
}

func getPaymentMethod(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetPaymentMethod(ctx, c.ref()) }
}

func detachPaymentMethod(c *call) action {
	return func(ctx context.Context) (any, error) { return c.DetachPaymentMethod(ctx, c.write, c.id) }
}

func createPortalSession(c *call) action {
	customer, back := c.form.text("customer"), c.form.text("return_url")
	return func(ctx context.Context) (any, error) {
		s, err := c.CreatePortalSession(ctx, c.write, customer, back)
		if err != nil {
			return nil, err
		}
		return object{"id": "bps", "object": "billing_portal.session", "customer": customer, "return_url": text(back), "url": s.URL}, nil
	}
}
