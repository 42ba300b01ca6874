package storage_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func ExampleService() {
	dir, err := os.MkdirTemp("", "spool")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	spool := storage.NewSpool(dir)
	defer spool.Close()
	documents := storage.New(storagetest.NewStore(), storagetest.NewRows(), &storage.Options{Spool: spool})

	staff := frontdesk.WithActor(context.Background(), frontdesk.Admin("grace", frontdesk.Origin{}))
	client := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))

	d, err := documents.Upload(client, storage.Upload{Client: "acme", Name: "brief.txt", Content: strings.NewReader("We need a logo.")})
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Title, "is", d.Status, "and", d.Latest.State)

	if err := documents.Drain(staff); err != nil { // package jobs does this in the background
		panic(err)
	}
	if _, err := documents.Approve(staff, d.ID, d.Latest.Number); err != nil {
		panic(err)
	}
	for d, err := range documents.List(client, storage.Filter{}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(d.Title, "is", d.Status, "and", d.Latest.State)
	}
	// Output:
	// brief.txt is pending and queued
	// brief.txt is approved and stored
}
