package store

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// connection is what writes run on: the pool, or with SQLite one of its connections.
type connection interface {
	queryer
	BeginTxx(ctx context.Context, options *sql.TxOptions) (*sqlx.Tx, error)
}

// writer returns the connection to write on, to be released afterwards.
func (db *DB) writer(ctx context.Context) (c connection, release func(), err error) {
	if !db.dialect.turns {
		return db.pool, func() {}, nil
	}
	if err := db.takeTurn(ctx); err != nil {
		return nil, nil, err
	}
	conn, err := db.ready.connection(ctx, db.pool)
	if err != nil {
		<-db.turn
		return nil, nil, err
	}
	return conn, func() { conn.Close(); <-db.turn }, nil
}

func (db *DB) takeTurn(ctx context.Context) error {
	select {
	case db.turn <- struct{}{}:
		return nil
	default:
	}
	limit := time.NewTimer(db.patience)
	defer limit.Stop()
	select {
	case db.turn <- struct{}{}:
		return nil
	case <-limit.C:
		return errPatience
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lockWrites makes the transaction one that nothing can keep from writing.
func (db *DB) lockWrites(ctx context.Context, tx *sqlx.Tx) error {
	if db.dialect.writeLock == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, db.dialect.writeLock)
	return err
}

// connections remembers which of the pool's SQLite connections are fit for our writes.
// Pools hand out the connection that came back last, so a few are enough; one that was
// forgotten is made fit again.
type connections struct {
	mu   sync.Mutex
	next int
	fit  [8]any
}

func (c *connections) connection(ctx context.Context, pool *sqlx.DB) (*sqlx.Conn, error) {
	conn, err := pool.Connx(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(ctx, conn); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func (c *connections) prepare(ctx context.Context, conn *sqlx.Conn) error {
	var id any
	if err := conn.Raw(func(driver any) error { id = driver; return nil }); err != nil {
		return err
	}
	if c.known(id) {
		return nil
	}
	if err := setPragmas(ctx, conn); err != nil {
		return err
	}
	c.remember(id)
	return nil
}

func (c *connections) known(id any) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.fit {
		if known == id {
			return true
		}
	}
	return false
}

func (c *connections) remember(id any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fit[c.next] = id
	c.next = (c.next + 1) % len(c.fit)
}
