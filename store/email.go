package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk/email"
)

var _ email.Store = emailStore{}

// emailStore implements email.Store, whose documentation is its contract.
type emailStore struct{ session }

// InTx runs fn in one transaction. In a transaction it joins that one, and undoes only
// fn's writes when fn fails.
func (s emailStore) InTx(ctx context.Context, fn func(email.Store) error) error {
	return s.inTx(ctx, func(tx *Tx) error { return fn(tx.Email()) })
}
