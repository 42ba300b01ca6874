package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/storage"
)

// DB is the host's database with Frontdesk's tables in it. It is safe for
// concurrent use. It starts no goroutines and needs no closing: the *sqlx.DB is the
// host's to close.
type DB struct {
	pool       *sqlx.DB
	dialect    dialect
	turn       chan struct{} // SQLite: holds a token while one of us writes
	ready      connections   // SQLite: the connections whose pragmas are set
	patience   time.Duration
	statements statements // SQLite: what is kept prepared
	enqueuer   Enqueuer
	inbox      *group
}

// Options of [Open]. The zero value is ready to use.
type Options struct {
	// SkipMigrations leaves the tables as they are, for hosts that call [Migrate]
	// when they deploy.
	SkipMigrations bool
}

// Open returns the store on db. Unless told otherwise it migrates first, which
// several processes may do at once. A driver that is not known is Invalid.
func Open(ctx context.Context, db *sqlx.DB, options *Options) (*DB, error) {
	if options == nil {
		options = new(Options)
	}
	st, err := open(ctx, db)
	if err != nil {
		return nil, err
	}
	if options.SkipMigrations {
		return st, nil
	}
	if err := st.migrate(ctx); err != nil {
		return nil, err
	}
	return st, nil
}

func open(ctx context.Context, db *sqlx.DB) (*DB, error) {
	d, err := dialectOf(db)
	if err != nil {
		return nil, err
	}
	st := &DB{pool: db, dialect: d, turn: make(chan struct{}, 1), patience: patience}
	st.inbox = newGroup(st.commitEvents, d.lanes)
	if err := st.prepare(ctx); err != nil {
		return nil, err
	}
	return st, nil
}

// SQL returns the pool that Open was given.
func (db *DB) SQL() *sqlx.DB { return db.pool }

// Postgres reports whether the database is Postgres; otherwise it is SQLite.
func (db *DB) Postgres() bool { return db.dialect.name == postgres.name }

// Billing returns the store of package billing.
func (db *DB) Billing() billing.Store { return billingStore{session{db: db}} }

// Email returns the store of package email.
func (db *DB) Email() email.Store { return emailStore{session{db: db}} }

// Storage returns the store of package storage.
func (db *DB) Storage() storage.Store { return storageStore{session{db: db}} }

// Scheduling returns the store of package scheduling.
func (db *DB) Scheduling() scheduling.Store { return schedulingStore{session{db: db}} }
