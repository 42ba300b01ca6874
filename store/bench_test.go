package store_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

var (
	arrived = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	payload = bytes.Repeat([]byte("5 KB, as events are. "), 250)
	serial  atomic.Int64
)

func webhook() billing.Event {
	return billing.Event{
		Provider: "stripe", ProviderID: fmt.Sprintf("evt_%020d", serial.Add(1)), Type: "invoice.paid", APIVersion: "2023-10-16",
		Created: arrived, Object: billing.Key{Kind: billing.KindInvoice, Ref: billing.Ref{ID: "in_1"}},
		Payload: payload, State: billing.EventReceived, ReceivedAt: arrived,
	}
}

// BenchmarkAddEvents stores one event of 5 KB per call, from so many goroutines at once.
func BenchmarkAddEvents(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqlx.DB) func(context.Context) error {
		st := open(b, db).Billing()
		return func(ctx context.Context) error { return st.AddEvents(ctx, webhook()) }
	})
}

// BenchmarkSingleInsert stores the same through the same driver, a commit per event,
// into a table with nothing but the key and the payload: what to compare AddEvents with.
func BenchmarkSingleInsert(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqlx.DB) func(context.Context) error {
		open(b, db)
		blob := "BLOB"
		if db.DriverName() == "pgx" {
			blob = "BYTEA"
		} else {
			db.SetMaxOpenConns(1)
		}
		_, err := db.Exec("CREATE TABLE plain (id TEXT PRIMARY KEY, payload " + blob + ")")
		require.NoError(b, err)
		insert, err := db.Prepare(db.Rebind("INSERT INTO plain (id, payload) VALUES (?, ?)"))
		require.NoError(b, err)
		return func(ctx context.Context) error {
			_, err := insert.ExecContext(ctx, fmt.Sprintf("evt_%020d", serial.Add(1)), payload)
			return err
		}
	})
}

func onBoth(b *testing.B, prepare func(*testing.B, *sqlx.DB) func(context.Context) error) {
	for name, open := range map[string]func(testing.TB) *sqlx.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, senders := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("%s/%d", name, senders), func(b *testing.B) {
				db := open(b)
				db.SetMaxIdleConns(40)
				share(b, senders, prepare(b, db))
			})
		}
	}
}

// share runs b.N calls on so many goroutines.
func share(b *testing.B, senders int, call func(context.Context) error) {
	b.ReportAllocs()
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for range senders {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
