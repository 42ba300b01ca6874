// Quickstart mounts Stripe's webhook on SQLite: the smallest host.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billinghttp"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"
)

func main() {
	db := sqlx.MustConnect("sqlite", "portal.db?_txlock=immediate")
	st, err := store.Open(context.Background(), db, nil) // migrates
	must(err)
	secrets := []frontdesk.Secret{frontdesk.NewSecret(os.Getenv("STRIPE_WEBHOOK_SECRET"))}
	provider, err := stripe.New(os.Getenv("STRIPE_SECRET_KEY"), &stripe.Options{WebhookSecrets: secrets})
	must(err)
	pay := billing.New(provider, st.Billing(), nil)
	work, err := jobs.New(st, jobs.Services{Billing: pay}, nil)
	must(err)
	must(work.Start(context.Background()))
	http.Handle("POST /webhooks/stripe", billinghttp.NewWebhookHandler(pay, nil))
	must((&http.Server{Addr: "127.0.0.1:8080", ReadHeaderTimeout: 5 * time.Second}).ListenAndServe())
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
