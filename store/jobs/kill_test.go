//go:build unix

package jobs_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// victim names the database on which this process is to work until it is killed.
const victim = "FRONTDESK_TEST_VICTIM"

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(victim+"_DRIVE") != "":
		os.Exit(beCarrier())
	case os.Getenv(victim+"_TILL") != "":
		os.Exit(beClerk())
	case os.Getenv(victim+"_POST") != "":
		os.Exit(beLetterVictim())
	case os.Getenv(victim) != "":
		os.Exit(beVictim())
	}
	os.Exit(m.Run())
}

// beVictim takes one event under a short lease, says so, and hangs.
func beVictim() int {
	db := sqlx.MustConnect(os.Getenv(victim+"_DRIVER"), os.Getenv(victim))
	st, err := store.Open(context.Background(), db, nil)
	if err != nil {
		return 1
	}
	rec := newRecorder(st)
	rec.process = func(ctx context.Context, ids []int64) error {
		now := time.Now()
		l := billing.Lease{Token: "victim", Now: now, Until: now.Add(2 * time.Second)}
		if _, err := rec.store.TakeEvent(ctx, ids[0], l); err != nil {
			return err
		}
		os.Stdout.WriteString("taken\n")
		select {}
	}
	r, err := jobs.New(st, jobs.Services{Billing: rec}, nil)
	if err != nil || r.Start(context.Background()) != nil {
		return 1
	}
	select {}
}

func TestWhatAKilledProcessHeldIsDoneByAnother(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/frontdesk.db"
		killAndTakeOver(t, storetest.OpenSQLite(t, path), "sqlite", path)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.PostgresDSN(t)
		killAndTakeOver(t, storetest.OpenPostgres(t, dsn), "pgx", dsn)
	})
}

func killAndTakeOver(t *testing.T, db *sqlx.DB, driver, dsn string) {
	st := open(t, db)
	rec := newRecorder(st)
	r := newRunner(t, st, rec, &jobs.Options{SweepEvery: time.Second})

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), victim+"="+dsn, victim+"_DRIVER="+driver)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	t.Cleanup(func() { child.Process.Kill(); child.Wait() })
	await(t, "the victim's leadership, so that the survivor has to take it over", func() bool {
		return count(t, db, "SELECT count(*) FROM river_leader") == 1
	})

	said := make(chan string, 1)
	go func() { line, _ := bufio.NewReader(out).ReadString('\n'); said <- line }()
	for i := 0; ; i++ { // until the victim gets one
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(i, 1)...))
		select {
		case line := <-said:
			require.Equal(t, "taken\n", line)
			require.NoError(t, child.Process.Kill())
			start(t, r)
			await(t, "the survivor to do what is left", func() bool {
				return count(t, db, "SELECT count(*) FROM frontdesk_billing_events WHERE state <> 'done'") == 0
			})
			assert.Positive(t, rec.total())
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}
