package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk"
)

// fullSync is PRAGMA synchronous = FULL: a commit in the write-ahead log is on the disk.
const fullSync = 2

// prepare makes an SQLite file fit for many connections.
func (db *DB) prepare(ctx context.Context) error {
	if !db.dialect.turns {
		return nil
	}
	return db.retry(ctx, func() error {
		c, release, err := db.writer(ctx)
		if err != nil {
			return db.dialect.coded(ctx, err)
		}
		defer release()
		var mode string
		if err := c.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
			return db.dialect.coded(ctx, err)
		}
		return fit(mode, db.pool.Stats().MaxOpenConnections)
	})
}

func fit(mode string, connections int) error {
	switch strings.ToLower(mode) {
	case "wal":
		return nil
	case "memory":
		if connections == 1 {
			return nil
		}
		return frontdesk.InvalidField("db", "must be limited to one connection, for each connection to a database in memory has its own: db.SetMaxOpenConns(1)")
	}
	return frontdesk.Errorf(frontdesk.FailedPrecondition, "the SQLite file cannot have a write-ahead log, its journal mode is %q", mode)
}

// setPragmas raises what the host has set lower. Both last as long as the connection.
func setPragmas(ctx context.Context, conn *sqlx.Conn) error {
	for _, p := range []struct {
		name string
		min  int64
	}{{"busy_timeout", busyTimeout.Milliseconds()}, {"synchronous", fullSync}} {
		var now int64
		if err := conn.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&now); err != nil {
			return err
		}
		if now >= p.min {
			continue
		}
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA %s = %d", p.name, p.min)); err != nil {
			return err
		}
	}
	return nil
}
