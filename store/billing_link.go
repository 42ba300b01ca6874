package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// LinkCustomer ties a customer to a client unless it is tied already.
func (s billingStore) LinkCustomer(ctx context.Context, customer billing.Ref, client string) (string, error) {
	if customer.ID == "" {
		return "", frontdesk.InvalidField("customer", "must not be empty")
	}
	if client == "" {
		return "", frontdesk.InvalidField("client", "must not be empty")
	}
	err := s.write(ctx, func(q queries) error {
		_, err := q.exec(ctx, "INSERT INTO frontdesk_billing_links (account, customer, client) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			customer.Account, customer.ID, client)
		return err
	})
	if err != nil {
		return "", err
	}
	return s.ClientOf(ctx, customer) // links are never taken back, so it is there
}

// ClientOf returns the client that the customer is tied to.
func (s billingStore) ClientOf(ctx context.Context, customer billing.Ref) (client string, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		client, err = first(ctx, q, scalar[string], "SELECT client FROM frontdesk_billing_links WHERE account = ? AND customer = ?",
			customer.Account, customer.ID)
		return missing(err, "client that the customer belongs to")
	})
	return client, err
}

// CustomersOf lists the client's customers on the account, the first linked first.
func (s billingStore) CustomersOf(ctx context.Context, account, client string) (customers []string, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		customers, err = list(ctx, q, scalar[string], "SELECT customer FROM frontdesk_billing_links WHERE account = ? AND client = ? ORDER BY id",
			account, client)
		return err
	})
	return customers, err
}
