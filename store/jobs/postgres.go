package jobs

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// ownConnections is how many River works with, besides the one that listens: it
// fetches, completes, elects a leader and tidies up, and the services use the host's.
const ownConnections = 4

// onPostgres listens on connections of its own, or polls on the host's when those
// are not pgx's.
func (r *Runner) onPostgres(ctx context.Context) (*engine, error) {
	host := r.store.SQL().DB
	likeHost, err := connConfig(ctx, host)
	if err != nil {
		return nil, err
	}
	if likeHost == nil {
		return engineOn(riverdatabasesql.New(host), r.config(), func() {})
	}
	config, err := pgxpool.ParseConfig(likeHost.ConnString()) // a pool's may come from nowhere else
	if err != nil {
		return nil, err
	}
	likeHost.OnNotification = nil // pgx's, of the host's connection: it would get what ours hear
	config.ConnConfig, config.MaxConns = likeHost, ownConnections
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	if err != nil {
		return nil, err
	}
	return engineOn(riverpgxv5.New(pool), r.config(), pool.Close)
}

// connConfig returns how the host's connections were made; nil when pgx did not make
// them, or something hides it.
func connConfig(ctx context.Context, host *sql.DB) (config *pgx.ConnConfig, err error) {
	conn, err := host.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		if c, ok := driver.(*stdlib.Conn); ok {
			config = c.Conn().Config()
		}
		return nil
	})
	return config, err
}
