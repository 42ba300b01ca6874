package store_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
)

func Example() {
	dir, err := os.MkdirTemp("", "portal")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	db := sqlx.MustConnect("sqlite", filepath.Join(dir, "portal.db")+"?_txlock=immediate")
	defer db.Close()
	st, err := store.Open(ctx, db, nil) // migrates
	if err != nil {
		log.Fatal(err)
	}
	client, err := st.Billing().LinkCustomer(ctx, billing.Ref{ID: "cus_acme"}, "acme")
	fmt.Println(client, err)
	// Output: acme <nil>
}

// The host's writes and Frontdesk's are committed together, or not at all.
func ExampleDB_InTx() {
	ctx := context.Background()
	db := sqlx.MustConnect("sqlite", ":memory:")
	db.SetMaxOpenConns(1) // each connection to a database in memory has its own
	defer db.Close()
	db.MustExec("CREATE TABLE clients (id TEXT)")
	st, err := store.Open(ctx, db, nil)
	if err != nil {
		log.Fatal(err)
	}

	err = st.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind("INSERT INTO clients (id) VALUES (?)"), "acme"); err != nil {
			return err
		}
		_, err := tx.Billing().LinkCustomer(ctx, billing.Ref{ID: "cus_acme"}, "acme")
		return err
	})
	customers, _ := st.Billing().CustomersOf(ctx, "", "acme")
	fmt.Println(customers, err)
	// Output: [cus_acme] <nil>
}
