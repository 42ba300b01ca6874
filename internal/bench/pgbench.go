package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// measurePgbench is what Postgres's own load generator reaches with 5 KB inserts; 0 where it is not installed.
func measurePgbench(tb testing.TB, db *sqlx.DB, senders int, span time.Duration) float64 {
	tool, err := exec.LookPath("pgbench")
	if err != nil {
		return 0
	}
	_, err = db.Exec("CREATE TABLE plain (id BIGINT PRIMARY KEY, payload BYTEA)")
	check(tb, err)
	script := filepath.Join(tb.TempDir(), "insert.sql")
	insert := fmt.Sprintf("\\set id random(1, 9000000000000000)\nINSERT INTO plain VALUES (:id, decode(repeat('ab', %d), 'hex')) ON CONFLICT DO NOTHING;\n", len(event()))
	check(tb, os.WriteFile(script, []byte(insert), 0o600))
	c := configOf(tb, db)
	run := exec.CommandContext(tb.Context(), tool, "--no-vacuum", "--protocol=prepared", "--file="+script,
		"--client="+strconv.Itoa(senders), "--jobs="+strconv.Itoa(min(senders, 2)), "--time="+strconv.Itoa(int(span.Seconds())),
		"--host="+c.Host, "--port="+strconv.Itoa(int(c.Port)), "--username="+c.User, c.Database)
	run.Env = append(os.Environ(), "PGPASSWORD="+c.Password, "PGOPTIONS=-c search_path="+c.RuntimeParams["search_path"])
	out, err := run.CombinedOutput()
	found := tps.FindSubmatch(out)
	if err == nil && found == nil {
		err = errors.New("it tells no rate")
	}
	if err != nil {
		check(tb, fmt.Errorf("pgbench: %w: %s", err, out))
	}
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	check(tb, err)
	return rate
}

// configOf tells where db leads.
func configOf(tb testing.TB, db *sqlx.DB) (c *pgx.ConnConfig) {
	conn, err := db.Conn(tb.Context())
	check(tb, err)
	defer conn.Close()
	check(tb, conn.Raw(func(driver any) error {
		c = driver.(*stdlib.Conn).Conn().Config()
		return nil
	}))
	return c
}
