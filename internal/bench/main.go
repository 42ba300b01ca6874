// Command bench measures Frontdesk beside its limits and its naive alternatives,
// in one run on one machine, and prints one table. Ratios matter more than figures.
//
// Webhooks: durable acknowledgements a second over loopback HTTP, 5 KB signed
// bodies, while the events are being applied; beside the same database's own
// single-row insert rate at the same concurrency (and pgbench's, where it is
// installed), and beside the handler one would write without Frontdesk: stripe-go's
// ConstructEvent and one insert per request. The load generator shares the machine.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk/store/storetest"
)

func main() {
	testing.Init()
	span := flag.Duration("span", 3*time.Second, "how long each figure is measured")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the whole run to this file")
	only := flag.String("only", "", "measure only this database")
	least := flag.Int("least", 1, "measure only from so many senders up")
	flag.Parse()
	defer startProfile(*profile)()
	fmt.Printf("%s, %s, %d CPUs, %s a figure\n\n", time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), *span)
	var t table
	for _, d := range databases {
		if *only != "" && *only != d.name {
			continue
		}
		for _, senders := range []int{1, 8, 32} {
			if senders >= *least {
				t.add(measureWebhooks(d, senders, *span))
			}
		}
	}
	t.print(os.Stdout)
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
// takes longer than its second, so it runs once.
func (d database) fresh(measure func(testing.TB, *sqlx.DB)) bool {
	r := testing.Benchmark(func(b *testing.B) {
		db := d.open(b)
		db.SetMaxOpenConns(d.conns)
		db.SetMaxIdleConns(d.conns)
		measure(b, db)
	})
	return r.N > 0
}
