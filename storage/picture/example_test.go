package picture_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/picture"
	"github.com/frontdesk-go/frontdesk/storage/sniff"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func ExampleUpload() {
	dir, err := os.MkdirTemp("", "spool")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	spool := storage.NewSpool(dir)
	defer spool.Close()
	documents := storage.New(storagetest.NewStore(), storagetest.NewRows(), &storage.Options{Spool: spool, Sniff: sniff.Type})

	var photo bytes.Buffer // such as http.Request.FormFile gives
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 4000, 3000))); err != nil {
		panic(err)
	}
	client := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))
	d, err := picture.Upload(client, documents, "acme", &photo, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Title, d.Latest.Name, d.Latest.ContentType)

	_, err = picture.Upload(client, documents, "acme", bytes.NewReader([]byte("<html>")), nil)
	fmt.Println(frontdesk.Fields(err)[0].Name, frontdesk.Fields(err)[0].Message)
	// Output:
	// Profile picture picture.jpg image/jpeg
	// picture is not a PNG, JPEG, GIF or WebP
}
