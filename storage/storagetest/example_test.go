package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// The answer to a put is lost. Put again under its id, it is one object.
func ExampleStore_LoseNext() {
	ctx := context.Background()
	documents := storagetest.NewStore()
	id, err := documents.NewID(ctx)
	if err != nil {
		log.Fatal(err)
	}
	o := storage.PutOptions{ID: id, Name: "Letter.txt", ContentType: "text/plain", Size: 8}

	documents.LoseNext()
	_, err = documents.Put(ctx, strings.NewReader("Dear Ada"), o)
	fmt.Println(errors.Is(err, frontdesk.OutcomeUnknown))

	_, err = documents.Put(ctx, strings.NewReader("Dear Ada"), o)
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}
