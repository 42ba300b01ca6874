package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// watchEvery is how often to ask SQLite whether somebody has committed.
const watchEvery = 250 * time.Millisecond

// watching is River's driver for SQLite with another way to hear of new jobs. River's
// own is a table to which writers write and from which listeners read. SQLite itself
// tells a connection whether any other, in any process, has committed since it last
// asked, which costs a fraction of looking for jobs.
type watching struct {
	*riversqlite.Driver
	db     *sql.DB // of one connection
	queues []string
}

// GetListener returns what River listens with.
func (d watching) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	return &watcher{Listener: d.Driver.GetListener(p), db: d.db, queues: d.queues}
}

// watcher announces jobs in all queues whenever somebody has committed. The connection's
// own commits do not count: River knows of them, and inserts nothing that is in a hurry.
type watcher struct {
	riverdriver.Listener
	db      *sql.DB
	queues  []string
	seen    int64
	pending []*riverdriver.Notification
}

// WaitForNotification returns the next announcement.
func (w *watcher) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for len(w.pending) == 0 {
		if err := w.look(ctx); err != nil {
			return nil, err
		}
		if len(w.pending) > 0 {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	next := w.pending[0]
	w.pending = w.pending[1:]
	return next, nil
}

// look fills pending if something has been committed.
func (w *watcher) look(ctx context.Context) error {
	var version int64
	if err := w.db.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return ended(ctx, err)
	}
	if version == w.seen {
		return nil
	}
	w.seen = version
	for _, queue := range w.queues {
		w.pending = append(w.pending, &riverdriver.Notification{Topic: "river_insert", Payload: fmt.Sprintf("{\"queue\": %q}", queue)})
	}
	return nil
}

// ended is the context's error once it has one, which River does not take for a failure.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
