package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billinghttp"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

// webhooks is what one database does at one concurrency.
type webhooks struct {
	database string
	senders  int
	ours     rate
	applied  float64 // events applied a second, during the load
	rows     rate    // single-row inserts through the same driver
	pgbench  float64 // 0 where there is none
	naive    rate
	failed   bool
}

func measureWebhooks(d database, senders int, span time.Duration) webhooks {
	w := webhooks{database: d.name, senders: senders}
	ok := d.fresh(func(tb testing.TB, db *sqlx.DB) { w.rows = measureRows(tb, d, db, senders, span) })
	ok = d.fresh(func(tb testing.TB, db *sqlx.DB) { w.naive = measureNaive(tb, d, db, senders, span) }) && ok
	ok = d.fresh(func(tb testing.TB, db *sqlx.DB) { w.measureOurs(tb, db, senders, span) }) && ok
	if d.name == "postgres" {
		ok = d.fresh(func(tb testing.TB, db *sqlx.DB) { w.pgbench = measurePgbench(tb, db, senders, span) }) && ok
	}
	w.failed = !ok
	return w
}

// measureOurs runs what the README shows.
func (w *webhooks) measureOurs(tb testing.TB, db *sqlx.DB, senders int, span time.Duration) {
	ctx := context.Background()
	st, err := store.Open(ctx, db, nil)
	check(tb, err)
	check(tb, st.Billing().InTx(ctx, linkAll))
	provider, err := stripe.New("sk_test_bench", &stripe.Options{WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(secret)}})
	check(tb, err)
	pay := billing.New(provider, st.Billing(), &billing.Options{PayloadOnly: true})
	work, err := jobs.New(st, jobs.Services{Billing: pay}, &jobs.Options{ReconcileEvery: -1})
	check(tb, err)
	check(tb, work.Start(ctx))
	w.ours = post(tb, billinghttp.NewWebhookHandler(pay, nil), senders, span)
	var done int
	check(tb, db.Get(&done, "SELECT count(*) FROM frontdesk_billing_events WHERE state = 'done'"))
	w.applied = float64(done) / span.Seconds()
	check(tb, work.Stop(ctx))
}

func linkAll(tx billing.Store) error {
	for n := range clients {
		customer := billing.Ref{ID: fmt.Sprintf("cus_%d", n)}
		if _, err := tx.LinkCustomer(context.Background(), customer, fmt.Sprintf("client-%d", n)); err != nil {
			return err
		}
	}
	return nil
}

// plainTable makes the least that keeps an event.
func plainTable(tb testing.TB, d database, db *sqlx.DB) string {
	_, err := db.Exec("CREATE TABLE plain (id TEXT PRIMARY KEY, payload " + d.blob + ")")
	check(tb, err)
	if d.name == "sqlite" {
		db.SetMaxOpenConns(1)
		_, err = db.Exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
		check(tb, err)
	}
	return db.Rebind("INSERT INTO plain (id, payload) VALUES (?, ?)")
}

func measureRows(tb testing.TB, d database, db *sqlx.DB, senders int, span time.Duration) rate {
	insert, err := db.Prepare(plainTable(tb, d, db))
	check(tb, err)
	body := event()
	return hammer(tb, senders, span, func(int) error {
		_, err := insert.Exec(fmt.Sprintf("evt_%020d", serial.Add(1)), body)
		return err
	})
}

// measureNaive is the handler of the provider's own examples, made durable.
func measureNaive(tb testing.TB, d database, db *sqlx.DB, senders int, span time.Duration) rate {
	insert := plainTable(tb, d, db)
	return post(tb, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		e, err := webhook.ConstructEvent(body, r.Header.Get("Stripe-Signature"), secret)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if _, err := db.ExecContext(r.Context(), insert, e.ID, body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}), senders, span)
}
