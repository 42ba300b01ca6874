package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk/billing"
)

var _ billing.Store = billingStore{}

// billingStore implements billing.Store, whose documentation is its contract.
type billingStore struct{ session }

// InTx runs fn in one transaction. In a transaction it joins that one, and undoes only
// fn's writes when fn fails.
func (s billingStore) InTx(ctx context.Context, fn func(billing.Store) error) error {
	return s.inTx(ctx, func(tx *Tx) error { return fn(tx.Billing()) })
}
