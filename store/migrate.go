package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"

	"github.com/frontdesk-go/frontdesk"
)

//go:embed migrations
var migrations embed.FS

const (
	versionTable = "frontdesk_migrations"

	// migrationLock is the key of Postgres's advisory lock, "frontdsk" in ASCII.
	migrationLock int64 = 0x66726f6e7464736b
)

// Migrate brings the tables up to date, as [Open] does: for hosts that migrate when
// they deploy. Several processes may call it at once.
func Migrate(ctx context.Context, db *sqlx.DB) error {
	st, err := open(ctx, db)
	if err != nil {
		return err
	}
	return st.migrate(ctx)
}

// Rollback takes the latest migration back, and with it the data in the tables that it
// drops. Without one left it is FailedPrecondition.
func Rollback(ctx context.Context, db *sqlx.DB) error {
	st, err := open(ctx, db)
	if err != nil {
		return err
	}
	p, err := st.migrations()
	if err != nil {
		return err
	}
	current, err := p.GetDBVersion(ctx)
	if err == nil && current == 0 {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is no migration left to take back")
	}
	if err == nil {
		_, err = p.Down(ctx)
	}
	return st.migrated(ctx, err)
}

// migrate tries a few times on SQLite, where two processes that migrate at once
// collide: the one that comes second fails, is rolled back, and finds the work done.
func (db *DB) migrate(ctx context.Context) error {
	tries := 1
	if db.dialect.turns {
		tries = 5
	}
	var err error
	for range tries {
		if err = db.retry(ctx, func() error { return db.up(ctx) }); err == nil || ctx.Err() != nil {
			break
		}
	}
	return db.migrated(ctx, err)
}

func (db *DB) up(ctx context.Context) error {
	if err := db.createVersions(ctx); err != nil {
		return err
	}
	p, err := db.migrations()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func (db *DB) migrated(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	coded := db.dialect.coded(ctx, err)
	return frontdesk.Errorf(frontdesk.CodeOf(coded), "migrate: %w", coded)
}

// createVersions makes goose's version table before goose does.
func (db *DB) createVersions(ctx context.Context) error {
	tx, err := db.pool.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if db.Postgres() {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		db.dialect.versions,
		"INSERT INTO frontdesk_migrations (version_id, is_applied) VALUES (0, TRUE) ON CONFLICT DO NOTHING",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (db *DB) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true), // the host's own migrations are not ours to run
		goose.WithLogger(goose.NopLogger()),
	}
	if db.Postgres() {
		options = append(options, goose.WithSessionLocker(advisoryLock{}))
	}
	return goose.NewProvider(db.dialect.goose, db.pool.DB, files, options...)
}

// advisoryLock makes Postgres processes migrate one after the other. goose's own
// locker polls once a second; this one waits in the database.
type advisoryLock struct{}

func (advisoryLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock)
	return err
}

func (advisoryLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLock)
	return err
}
