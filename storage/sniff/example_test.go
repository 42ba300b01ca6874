package sniff_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/sniff"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func ExampleType() {
	dir, err := os.MkdirTemp("", "spool")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	spool := storage.NewSpool(dir)
	defer spool.Close()
	documents := storage.New(storagetest.NewStore(), storagetest.NewRows(), &storage.Options{Spool: spool, Sniff: sniff.Type})

	client := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))
	_, err = documents.Upload(client, storage.Upload{Client: "acme", Name: "contract.docx", Content: strings.NewReader("MZ\x90\x00")})
	fmt.Println(frontdesk.Fields(err)[0].Name, frontdesk.Fields(err)[0].Message)
	// Output:
	// content is not what the name says: it looks like application/vnd.microsoft.portable-executable
}
