package localdir_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
)

func Example() {
	parent, err := os.MkdirTemp("", "desk")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(parent)

	ctx := context.Background()
	documents, err := localdir.New(filepath.Join(parent, "documents"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer documents.Close()

	folder, err := documents.EnsureFolder(ctx, "client:7", "Acme")
	if err != nil {
		log.Fatal(err)
	}
	o, err := documents.Put(ctx, strings.NewReader("Dear Ada"), storage.PutOptions{
		Folder: folder, Name: "Letter.txt", ContentType: "text/plain", Size: 8,
	})
	if err != nil {
		log.Fatal(err)
	}
	body, _, err := documents.Get(ctx, o.ID, storage.Range{Offset: -3})
	if err != nil {
		log.Fatal(err)
	}
	defer body.Close()
	end, err := io.ReadAll(body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s has %d bytes and ends with %s\n", o.Name, o.Size, end)
	// Output: Letter.txt has 8 bytes and ends with Ada
}
