package drive_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// A folder is made once per key, and a put that is repeated with its id is one document.
func ExampleNew() {
	local := driveserver.NewServer(nil) // a Drive of our own; leave Endpoint and HTTPClient out for the real one
	store, err := drive.New(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"}), &drive.Options{
		Endpoint: "http://drive.test/drive/v3/", HTTPClient: &http.Client{Transport: local.Transport()},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	folder, err := store.EnsureFolder(ctx, "client:7", "Ada Lovelace")
	if err != nil {
		log.Fatal(err)
	}
	id, err := store.NewID(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		document, err := store.Put(ctx, strings.NewReader("Dear Ada"), storage.PutOptions{
			ID: id, Folder: folder, Name: "letter.txt", ContentType: "text/plain", Size: 8,
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(document.Name, document.Size)
	}
	fmt.Println(len(local.Files()), "files: the folder and the letter")
	// Output:
	// letter.txt 8
	// letter.txt 8
	// 2 files: the folder and the letter
}
