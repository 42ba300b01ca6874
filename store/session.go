package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk"
)

// session is where the queries of a domain's store run: in a transaction if there is
// one, otherwise each on its own.
type session struct {
	db *DB
	tx *Tx
}

// read runs a query that changes nothing.
func (s session) read(ctx context.Context, fn func(q queries) error) error {
	if s.tx != nil {
		return s.run(ctx, s.tx, fn)
	}
	return s.db.retry(ctx, func() error { return s.run(ctx, s.db.pool, fn) })
}

// write runs one statement that changes something.
func (s session) write(ctx context.Context, fn func(q queries) error) error {
	if s.tx != nil {
		return s.run(ctx, s.tx, fn)
	}
	return s.db.retry(ctx, func() error {
		c, release, err := s.db.writer(ctx)
		if err != nil {
			return s.db.dialect.coded(ctx, err)
		}
		defer release()
		return s.run(ctx, c, fn)
	})
}

// atomically runs several statements of which at least one changes something.
func (s session) atomically(ctx context.Context, fn func(tx *Tx, q queries) error) error {
	if s.tx != nil {
		return s.run(ctx, s.tx, func(q queries) error { return fn(s.tx, q) })
	}
	return s.db.InTx(ctx, func(tx *Tx) error {
		return s.run(ctx, tx, func(q queries) error { return fn(tx, q) })
	})
}

// inTx runs fn in a transaction. In one it joins that, and undoes only fn's writes when
// fn fails.
func (s session) inTx(ctx context.Context, fn func(*Tx) error) error {
	if s.tx != nil {
		return s.tx.InTx(ctx, fn)
	}
	return s.db.InTx(ctx, fn)
}

// together runs several statements of which nothing stays when they fail, also in a
// transaction that goes on.
func (s session) together(ctx context.Context, fn func(tx *Tx, q queries) error) error {
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

func (s session) run(ctx context.Context, on queryer, fn func(q queries) error) error {
	q := queries{on: on, dialect: s.db.dialect}
	if tx, ok := on.(*Tx); ok && s.db.dialect.turns {
		q.tx, q.statements = tx.Tx.Tx, &s.db.statements
	}
	return s.db.dialect.coded(ctx, fn(q))
}

// queryer is what all of database/sql's and sqlx's types that run queries have. We
// scan by hand, because the host may have changed the pool's mapper.
type queryer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// queries runs queries that are written with ? for both databases.
type queries struct {
	on         queryer
	dialect    dialect
	tx         *sql.Tx     // with statements
	statements *statements // nil where queries are not kept prepared
}

// prepared returns the query's statement if there is one.
func (q queries) prepared(ctx context.Context, query string) *sql.Stmt {
	if q.statements == nil {
		return nil
	}
	return q.statements.find(ctx, q.tx, query)
}

func (q queries) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if statement := q.prepared(ctx, query); statement != nil { //nolint:sqlclosecheck // the transaction's end closes it
		return statement.QueryContext(ctx, args...)
	}
	return q.on.QueryContext(ctx, query, args...)
}

func (q queries) execute(ctx context.Context, query string, args []any) (sql.Result, error) {
	if statement := q.prepared(ctx, query); statement != nil { //nolint:sqlclosecheck // the transaction's end closes it
		return statement.ExecContext(ctx, args...)
	}
	return q.on.ExecContext(ctx, query, args...)
}

// exec returns the number of rows that were changed.
func (q queries) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := q.execute(ctx, q.dialect.rebind(query), args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row is what can be scanned.
type row interface{ Scan(dest ...any) error }

// list reads all rows of a query, in which a ? may stand for a slice. A statement that
// writes is over, and its error known, only when all of its rows have been read.
func list[T any](ctx context.Context, q queries, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	query, args, err := sqlx.In(query, args...)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "build a query: %w", err)
	}
	rows, err := q.query(ctx, q.dialect.rebind(query), args)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// first reads the only row of a query; without one it is NotFound.
func first[T any](ctx context.Context, q queries, scan func(row) (T, error), query string, args ...any) (T, error) {
	var none T
	all, err := list(ctx, q, scan, query, args...)
	if err != nil {
		return none, err
	}
	if len(all) == 0 {
		return none, errNoRow
	}
	return all[0], nil
}

var errNoRow = frontdesk.Errorf(frontdesk.NotFound, "there is no such row")

// missing says what it is that was not found.
func missing(err error, what string) error {
	if errors.Is(err, errNoRow) {
		return frontdesk.Errorf(frontdesk.NotFound, "there is no %s", what)
	}
	return err
}

// scalar scans rows of one column.
func scalar[T any](r row) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}
