package storage_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func ExampleMigrate() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "documents")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	from := storagetest.NewStore()
	to, err := localdir.New(filepath.Join(dir, "documents"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer to.Close()
	o := storage.PutOptions{Name: "contract.txt", ContentType: "text/plain", Size: -1}
	if _, err := from.Put(ctx, strings.NewReader("We agree."), o); err != nil {
		log.Fatal(err)
	}

	report, err := storage.Migrate(ctx, storage.Migration{
		From: storage.StoreSource{Store: from}, To: to, Manifest: filepath.Join(dir, "manifest"),
		Rewrite: func(_ context.Context, m storage.Migrated) error {
			// UPDATE files SET store = m.To.Store, object = m.To.ID WHERE object = m.Key
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	check, err := storage.VerifyManifest(ctx, filepath.Join(dir, "manifest"), to)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Complete(), report.Rewritten, report.Bytes, check.Verified)
	// Output: true 1 9 1
}
