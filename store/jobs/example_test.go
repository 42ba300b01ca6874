package jobs_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

// A host starts the workers beside its web server and drains them before it exits.
func Example() {
	dir, err := os.MkdirTemp("", "portal")
	check(err)
	defer os.RemoveAll(dir)
	db := sqlx.MustConnect("sqlite", filepath.Join(dir, "portal.db")+"?_txlock=immediate")
	defer db.Close()

	ctx := context.Background()
	st, err := store.Open(ctx, db, nil)
	check(err)
	fake := billingtest.NewProviderWith(&billingtest.ProviderOptions{Clock: time.Now})
	fake.AddPrice(billing.Ref{ID: "price_growth"}, billing.PriceParams{
		Product: "prod_growth", Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month,
	})
	paid := make(chan billing.InvoicePaid)
	pay := billing.New(fake, st.Billing(), &billing.Options{
		BaseURL: "https://portal.example",
		OnChange: func(_ context.Context, c billing.Change) error {
			if c, is := c.(billing.InvoicePaid); is {
				paid <- c
			}
			return nil
		},
	})

	work, err := jobs.New(st, jobs.Services{Billing: pay}, nil)
	check(err)
	check(work.Start(ctx))

	fake.SendTo(door{pay}) // as the webhook handler does
	acme := frontdesk.WithActor(ctx, frontdesk.Client("acme", frontdesk.Origin{}))
	s, err := pay.StartCheckout(acme, billing.Checkout{Price: "price_growth", SuccessPath: "/done", CancelPath: "/billing"})
	check(err)
	check(fake.CompleteCheckout(s.ID))
	fmt.Println("paid:", (<-paid).Client)

	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	fmt.Println("stopped:", work.Stop(ctx))
	// Output:
	// paid: acme
	// stopped: <nil>
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
