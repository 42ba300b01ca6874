package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/frontdesk-go/frontdesk"
)

// database says where the portal keeps its data.
type database struct {
	driver string
	dsn    frontdesk.Secret
	hide   []string // what no message may show
	files  string   // the directory that goes with it; empty: none does
}

// sqliteOptions make transactions take the write lock as they begin, so that
// they wait for each other instead of failing.
const sqliteOptions = "?_txlock=immediate&_pragma=busy_timeout(10000)"

// maxConnections is well below what a Postgres server has for everybody.
const maxConnections = 20

// parseDatabase reads sqlite:path or postgres://user:password@host/name.
func parseDatabase(text string) (database, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	switch scheme {
	case "sqlite":
		return parseSQLite(rest)
	case "postgres", "postgresql":
		return parsePostgres(text)
	}
	if strings.ContainsAny(scheme, "@/ ") {
		scheme = "no scheme" // perhaps a password that somebody put into the wrong place
	}
	return database{}, fmt.Errorf("DATABASE_URL or -db: %q is not known; it must be sqlite:path or postgres://host/name", scheme)
}

func parseSQLite(path string) (database, error) {
	if path == "" || strings.ContainsAny(path, "?#") {
		return database{}, errors.New("DATABASE_URL or -db: sqlite: must be followed by the path of a file")
	}
	return database{driver: "sqlite", dsn: frontdesk.NewSecret(path + sqliteOptions), files: path + "-files"}, nil
}

func parsePostgres(text string) (database, error) {
	u, err := url.Parse(text)
	if err != nil {
		return database{}, errors.New("DATABASE_URL or -db: this is not a URL; special characters of the password must be escaped")
	}
	d := database{driver: "pgx", dsn: frontdesk.NewSecret(text)}
	passwords := u.Query()["password"]
	if password, ok := u.User.Password(); ok {
		_, escaped, _ := strings.Cut(u.User.String(), ":")
		passwords = append(passwords, password, escaped)
	}
	for _, p := range passwords {
		if p != "" {
			d.hide = append(d.hide, p, "[redacted]")
		}
	}
	return d, nil
}

// open connects. What it says when it cannot shows no password.
func (d database) open(ctx context.Context) (*sqlx.DB, error) {
	db, err := sqlx.ConnectContext(ctx, d.driver, d.dsn.Reveal())
	if err != nil {
		return nil, fmt.Errorf("cannot open the database: %s", strings.NewReplacer(d.hide...).Replace(err.Error()))
	}
	db.SetMaxOpenConns(maxConnections)
	return db, nil
}
