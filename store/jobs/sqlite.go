package jobs

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// onSQLite works on one connection to the host's file. A database in memory is the
// host's connection alone; on that, looking for jobs is the only way to hear of them.
func (r *Runner) onSQLite(ctx context.Context) (*engine, error) {
	config := r.config()
	host := r.store.SQL().DB
	path, err := databaseFile(ctx, host)
	if err != nil {
		return nil, err
	}
	if path == "" {
		config.PollOnly = true
		return engineOn(riversqlite.New(host), config, func() {})
	}
	own := sql.OpenDB(connector{host.Driver(), path})
	own.SetMaxOpenConns(1) // River's own advice
	return engineOn(watching{riversqlite.New(own), own, r.rowQueues()}, config, func() { own.Close() })
}

// databaseFile is the path of the main database, empty if it has none.
func databaseFile(ctx context.Context, host *sql.DB) (path string, err error) {
	err = host.QueryRowContext(ctx, "SELECT coalesce(file, '') FROM pragma_database_list WHERE name = 'main'").Scan(&path)
	return path, err
}

// connector opens connections that suit River, whatever the host's DSN says.
type connector struct {
	driver driver.Driver
	path   string
}

// Driver is the host's.
func (c connector) Driver() driver.Driver { return c.driver }

// Connect opens a connection. Transactions take the write lock as they begin, for
// River's read first and would fail when they come to write. A commit does not wait for
// the disk: the store's do, and flush what came before, and a job whose completion was
// lost in a power cut finds nothing left to do.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn())
	if err != nil {
		return nil, err
	}
	if err := configure(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func configure(ctx context.Context, conn driver.Conn) error {
	execer, ok := conn.(driver.ExecerContext)
	if !ok {
		return errors.New("the driver's connections cannot execute statements")
	}
	for _, pragma := range []string{"PRAGMA busy_timeout = 10000", "PRAGMA synchronous = NORMAL"} {
		if _, err := execer.ExecContext(ctx, pragma, nil); err != nil {
			return err
		}
	}
	return nil
}

// dsn is a URI, because a path may hold what a driver takes for its parameters.
func (c connector) dsn() string {
	path := filepath.ToSlash(c.path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/...
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: "_txlock=immediate"}
	return u.String()
}
