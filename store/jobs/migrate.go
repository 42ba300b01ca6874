package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/riverqueue/river/rivermigrate"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/store"
)

// Migrate brings River's tables up to date, as [New] does: for hosts that migrate when
// they deploy. Of the options it looks at Schema and Logger. Several processes may call
// it at once.
func Migrate(ctx context.Context, st *store.DB, o *Options) error {
	options, err := filled(st, o)
	if err != nil {
		return err
	}
	m, err := rivermigrate.New(inserter(st), &rivermigrate.Config{Logger: options.log(), Schema: options.Schema})
	if err != nil {
		return unavailable(err, "migrate River")
	}
	for more := true; more; {
		err := st.InTx(ctx, func(tx *store.Tx) (err error) {
			more, err = step(ctx, migration{m, tx, options.Schema, st.Postgres()})
			return err
		})
		if err != nil {
			return unavailable(err, "migrate River")
		}
	}
	return nil
}

// migrationLock is the key of Postgres's advisory lock, "fd_river" in ASCII. On
// SQLite the store's transactions exclude each other.
const migrationLock int64 = 0x66645f7269766572

type migration struct {
	*rivermigrate.Migrator[*sql.Tx]
	tx       *store.Tx
	schema   string
	postgres bool
}

// step applies one migration, if there is one left. Each has a transaction of its own,
// as Postgres demands: it does not let a new value of an enumeration be used before it
// is committed.
func step(ctx context.Context, m migration) (more bool, err error) {
	if err := m.prepare(ctx); err != nil {
		return false, err
	}
	applied, err := m.ExistingVersionsTx(ctx, m.tx.Tx.Tx)
	if err != nil {
		return false, err
	}
	if len(applied) >= queueVersion {
		if err := m.refuseForeign(ctx); err != nil {
			return false, err
		}
	}
	//nolint:staticcheck // it takes one step, and locks are held in the transaction: only batches of steps are advised against
	done, err := m.MigrateTx(ctx, m.tx.Tx.Tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{MaxSteps: 1})
	if err != nil {
		return false, err
	}
	return len(done.Versions) > 0, nil
}

func (m migration) prepare(ctx context.Context) error {
	if !m.postgres {
		return nil
	}
	if _, err := m.tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
		return err
	}
	if m.schema == "" {
		return nil
	}
	_, err := m.tx.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+m.schema)
	return err
}

// queueVersion is the migration that makes the table of queues.
const queueVersion = 4

// refuseForeign fails when somebody else's River lives in the tables. Each of the two
// would take the other's jobs for its own: the leader discards stuck jobs of kinds that
// it does not know, and enqueues only its own periodic jobs.
func (m migration) refuseForeign(ctx context.Context) error {
	var names []string
	if err := m.tx.SelectContext(ctx, &names, "SELECT name FROM "+m.table("river_queue")+" ORDER BY name"); err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, queuePrefix) {
			return frontdesk.Errorf(frontdesk.FailedPrecondition,
				"River's tables are in use for the queue %q; on Postgres, Options.Schema keeps ours apart", name)
		}
	}
	return nil
}

func (m migration) table(name string) string {
	if m.schema == "" {
		return name
	}
	return fmt.Sprintf("%s.%s", m.schema, name)
}
