package store

import (
	"context"
	"errors"

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

// together runs several statements of which nothing stays when they fail, also in a
// transaction that goes on.
func (s storageStore) together(ctx context.Context, fn func(tx *Tx, q queries) error) error {
	return s.inTx(ctx, func(tx *Tx) error {
		err := s.run(ctx, tx, func(q queries) error { return fn(tx, q) })
		if callers, found := errors.AsType[callersError](err); found {
			return callers.error
		}
		return err
	})
}

// callersError is of a function of the caller's, which the database has nothing to do with.
type callersError struct{ error }
