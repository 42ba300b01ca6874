package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"

	"golang.org/x/oauth2"
	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
)

// content is read as the client likes.
type content interface {
	io.Reader
	io.ReaderAt
}

// putter puts a file into Drive.
type putter func(ctx context.Context, name string, body content, size int64) error

var token = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "bench"})

func (j job) client() (putter, error) {
	if j.Chunk > 0 {
		return j.plain()
	}
	store, err := drive.New(token, &drive.Options{Endpoint: j.Server})
	return func(ctx context.Context, name string, body content, size int64) error {
		o := storage.PutOptions{Name: name, ContentType: "application/octet-stream", Size: size}
		if j.State != "" {
			return resume(ctx, store, body, o, j.State)
		}
		_, err := store.Put(ctx, body, o)
		return err
	}, err
}

// plain is drive/v3 as its documentation has it, with as many idle connections as ours.
func (j job) plain() (putter, error) {
	client := &http.Client{Transport: &oauth2.Transport{Source: token, Base: &http.Transport{MaxIdleConnsPerHost: 64}}}
	api, err := drivego.NewService(context.Background(), option.WithHTTPClient(client), option.WithEndpoint(j.Server))
	return func(ctx context.Context, name string, body content, _ int64) error {
		_, err := api.Files.Create(&drivego.File{Name: name}).Media(body, googleapi.ChunkSize(j.Chunk)).Context(ctx).Do()
		return err
	}, err
}

// resume goes on with an upload where the file says that it stopped.
func resume(ctx context.Context, store *drive.Store, body io.ReaderAt, o storage.PutOptions, path string) error {
	state, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, err = store.PutResumable(ctx, body, o, state, func(_ context.Context, state []byte) error {
		if err := os.WriteFile(path+".next", state, 0o600); err != nil {
			return err
		}
		return os.Rename(path+".next", path)
	})
	return err
}
