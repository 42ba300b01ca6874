package store

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	busyTimeout = 5 * time.Second // how long SQLite itself polls for its locks
	patience    = 10 * time.Second
	firstPause  = time.Millisecond
	lastPause   = 100 * time.Millisecond
)

// retry runs fn until it ends in something else than temporary trouble of the
// database. When its patience runs out that is Unavailable.
func (db *DB) retry(ctx context.Context, fn func() error) error {
	err := fn()
	if !db.temporary(err) {
		return err
	}
	limit := time.NewTimer(db.patience)
	defer limit.Stop()
	for pause := firstPause; db.temporary(err); pause = min(2*pause, lastPause) {
		if waited := wait(ctx, pause/2+rand.N(pause), limit.C); waited != nil {
			return frontdesk.Errorf(frontdesk.CodeOf(waited), "%w: %w", waited, err)
		}
		err = fn()
	}
	return err
}

func (db *DB) temporary(err error) bool {
	return err != nil && db.dialect.fault(err) == faultTemporary
}

var errPatience = frontdesk.Errorf(frontdesk.Unavailable, "the database stays busy")

func wait(ctx context.Context, d time.Duration, limit <-chan time.Time) error {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-limit:
		return errPatience
	case <-ctx.Done():
		return ctx.Err()
	}
}
