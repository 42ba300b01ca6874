package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk/storage"
)

var _ storage.Store = storageStore{}

// storageStore implements storage.Store, whose documentation is its contract.
type storageStore struct{ session }

// InTx runs fn in one transaction. In a transaction it joins that one, and undoes only
// fn's writes when fn fails.
func (s storageStore) InTx(ctx context.Context, fn func(storage.Store) error) error {
	return s.inTx(ctx, func(tx *Tx) error { return fn(tx.Storage()) })
}
