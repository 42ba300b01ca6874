package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Tx is a transaction of [DB.InTx], for the host's writes and ours. Its queries are
// sqlx's; tx.Rebind turns ? into the placeholders of the database. InTx ends it:
// Commit and Rollback are not to be called.
type Tx struct {
	*sqlx.Tx
	db    *DB
	depth int       // of savepoints
	woken *[]string // kinds of the jobs enqueued in it
}

// Billing returns the store of package billing in the transaction. It must not be
// used after the transaction has ended.
func (tx *Tx) Billing() billing.Store { return billingStore{session{tx.db, tx}} }

// Email returns the store of package email in the transaction. It must not be used
// after the transaction has ended.
func (tx *Tx) Email() email.Store { return emailStore{session{tx.db, tx}} }

// Storage returns the store of package storage in the transaction. It must not be used
// after the transaction has ended.
func (tx *Tx) Storage() storage.Store { return storageStore{session{tx.db, tx}} }

// Scheduling returns the store of package scheduling in the transaction. It must not be
// used after the transaction has ended.
func (tx *Tx) Scheduling() scheduling.Store { return schedulingStore{session{tx.db, tx}} }

// InTx runs fn in one transaction: all of its writes are committed, or none when it
// fails or panics. fn's error is returned as it is. fn may run more than once, because
// the database may ask for it after a deadlock or a serialization failure, so what it
// does outside of the transaction must bear that.
func (db *DB) InTx(ctx context.Context, fn func(tx *Tx) error) error {
	err := db.retry(ctx, func() error { return db.attempt(ctx, fn) })
	db.statements.prepare(ctx, db.pool.DB)
	return err
}

func (db *DB) attempt(ctx context.Context, fn func(*Tx) error) error {
	c, release, err := db.writer(ctx)
	if err != nil {
		return db.dialect.coded(ctx, err)
	}
	defer release()
	begun, err := c.BeginTxx(ctx, nil)
	if err != nil {
		return db.dialect.coded(ctx, err)
	}
	defer begun.Rollback() // after a commit it does nothing
	if err := db.lockWrites(ctx, begun); err != nil {
		return db.dialect.coded(ctx, err)
	}
	tx := &Tx{Tx: begun, db: db, woken: new([]string)}
	if err := fn(tx); err != nil {
		return err
	}
	if err := db.dialect.committed(ctx, begun.Commit()); err != nil {
		return err
	}
	db.wake(*tx.woken)
	return nil
}

// InTx runs fn inside the transaction. When fn fails or panics its writes are undone,
// and only those.
func (tx *Tx) InTx(ctx context.Context, fn func(tx *Tx) error) (err error) {
	inner := &Tx{Tx: tx.Tx, db: tx.db, depth: tx.depth + 1, woken: tx.woken}
	if err := inner.savepoint(ctx, "SAVEPOINT %s"); err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished {
			err = inner.undo(ctx, err)
		}
	}()
	if err := fn(inner); err != nil {
		return err
	}
	finished = true
	return inner.savepoint(ctx, "RELEASE SAVEPOINT %s")
}

// undo takes back to the savepoint. It does not take part in the context's end,
// after which the whole transaction is rolled back anyway.
func (tx *Tx) undo(ctx context.Context, cause error) error {
	for _, command := range []string{"ROLLBACK TO SAVEPOINT %s", "RELEASE SAVEPOINT %s"} {
		if err := tx.savepoint(ctx, command); err != nil {
			return fmt.Errorf("%w (and then: %w)", cause, err)
		}
	}
	return cause
}

func (tx *Tx) savepoint(ctx context.Context, command string) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(command, fmt.Sprintf("frontdesk_%d", tx.depth)))
	return tx.db.dialect.coded(ctx, err)
}
