// Command bench measures Frontdesk beside its limits and its naive alternatives,
// in one run on one machine, and prints one table for each part. Ratios matter more than figures.
//
// Webhooks: durable acknowledgements a second over loopback HTTP, 5 KB signed
// bodies, while the events are being applied; beside the same database's own
// single-row insert rate at the same concurrency (and pgbench's, where it is
// installed), and beside the handler one would write without Frontdesk: stripe-go's
// ConstructEvent and one insert per request. The load generator shares the machine.
//
// Uploads: small and large files into the local Drive server, beside a plain drive/v3
// client with chunks of 256 KiB and of its default, 16 MiB; then with refusals, and killed
// halfway. Each client has a process of its own, whose peak of resident memory is compared
// with one that puts nothing; they take turns, and the figures are medians.
//
// Scheduling: slots from the engine alone; searches of one expert with 200 meetings, alone in the
// table and among many others, medians; and slots that are held, taken and paid a second, while what
// follows from them is delivered.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func main() {
	if text := os.Getenv(jobVariable); text != "" {
		end(serveJob(text))
	}
	testing.Init()
	if err := flag.Set("test.benchtime", "200ms"); err != nil {
		end(err)
	}
	span := flag.Duration("span", 3*time.Second, "how long each figure of webhooks and scheduling is measured")
	rounds := flag.Int("rounds", 5, "how many figures of uploads, and of slots, are the medians of")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the whole run to this file")
	only := flag.String("only", "", "measure only this: webhooks, those of one database (sqlite, postgres), storage or scheduling")
	least := flag.Int("least", 1, "measure webhooks only from so many senders up")
	meetings := flag.Int("meetings", 200_000, "how many meetings the larger table of scheduling has; a million take minutes to load on a busy machine")
	flag.Parse()
	stop := startProfile(*profile)
	fmt.Printf("%s, %s, %d CPUs, %s a figure\n\n", time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), *span)
	err := webhooksTable(*only, *least, *span)
	if *only == "" || *only == "storage" {
		err = errors.Join(err, uploadsTable(max(1, *rounds)))
	}
	if *only == "" || *only == "scheduling" {
		err = errors.Join(err, schedulingTable(max(1, *rounds), max(booked, *meetings), *span))
	}
	stop()
	end(err)
}

// end ends the process.
func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// webhooksTable measures the databases that are asked for.
func webhooksTable(only string, least int, span time.Duration) error {
	var t table
	for _, d := range databases {
		if only != "" && only != "webhooks" && only != d.name {
			continue
		}
		for _, senders := range []int{1, 8, 32} {
			if senders >= least {
				t.add(measureWebhooks(d, senders, span))
			}
		}
	}
	if len(t.rows) > 0 {
		t.print(os.Stdout)
		fmt.Println()
	}
	if t.failed {
		return errors.New("some webhooks were not measured")
	}
	return nil
}

// uploadsTable prints what was measured before it failed or was interrupted, too.
func uploadsTable(rounds int) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c comparisons
	err := measureUploads(ctx, rounds, &c)
	c.print(os.Stdout, "uploads\tfigure\tours\t256 KiB\tratio\t16 MiB\tratio\tgoal\t")
	fmt.Println()
	return err
}

// schedulingTable prints what was measured before it failed, too.
func schedulingTable(rounds, meetings int, span time.Duration) error {
	var c comparisons
	err := measureScheduling(rounds, meetings, span, &c)
	c.print(os.Stdout, "scheduling\tfigure\tours\tgoal\t")
	return err
}

// startProfile profiles until the function it returns is called.
func startProfile(path string) (stop func()) {
	if path == "" {
		return func() {}
	}
	f, err := os.Create(path)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	return pprof.StopCPUProfile
}

// database is one of the two that Frontdesk runs on.
type database struct {
	name string
	open func(testing.TB) *sqlx.DB
	blob string
	// conns is how many connections a host would give it.
	conns int
}

var databases = []database{
	{"sqlite", storetest.SQLite, "BLOB", 4},
	{"postgres", storetest.Postgres, "BYTEA", 20},
}

// fresh runs measure on a fresh database and reports whether it went through.
// testing.Benchmark gives programs the testing.TB that fixtures need; measure
// takes longer than benchtime, so it runs once.
func (d database) fresh(measure func(testing.TB, *sqlx.DB)) bool {
	r := testing.Benchmark(func(b *testing.B) {
		db := d.open(b)
		db.SetMaxOpenConns(d.conns)
		db.SetMaxIdleConns(d.conns)
		measure(b, db)
	})
	return r.N > 0
}
