package billingtest

import (
	"cmp"
	"context"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// link is the client that a customer is tied to.
type link struct {
	client string
	order  int64 // of linking
}

// LinkCustomer ties a customer to a client unless it is tied already.
func (s *Store) LinkCustomer(ctx context.Context, customer billing.Ref, client string) (string, error) {
	tied := client
	err := s.do(ctx, func(d *data) error {
		if l, found := d.links.rows[customer]; found {
			tied = l.client
			return nil
		}
		d.links.put(customer, link{client, d.nextID()})
		return nil
	})
	if err != nil {
		return "", err
	}
	return tied, nil
}

// ClientOf returns the client that the customer is tied to.
func (s *Store) ClientOf(ctx context.Context, customer billing.Ref) (string, error) {
	var l link
	err := s.do(ctx, func(d *data) error {
		var found bool
		if l, found = d.links.rows[customer]; !found {
			return frontdesk.Errorf(frontdesk.NotFound, "the customer belongs to no client")
		}
		return nil
	})
	return l.client, err
}

// CustomersOf lists the client's customers on the account, the first linked first.
func (s *Store) CustomersOf(ctx context.Context, account, client string) ([]string, error) {
	var customers []string
	err := s.do(ctx, func(d *data) error {
		for customer, l := range d.links.rows {
			if customer.Account == account && l.client == client {
				customers = append(customers, customer.ID)
			}
		}
		order := func(id string) int64 { return d.links.rows[billing.Ref{Account: account, ID: id}].order }
		slices.SortFunc(customers, func(a, b string) int { return cmp.Compare(order(a), order(b)) })
		return nil
	})
	return customers, err
}
