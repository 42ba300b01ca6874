package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/localdir"
)

// probeTime is how long a document store may take to say that it can be used.
const probeTime = 20 * time.Second

// emulatorToken is what an emulator of Drive gets when there is no key: it need not know who asks.
const emulatorToken = "emulator"

// bytesDir is where the directory of the documents has them when they stay on this machine.
func (c config) bytesDir() string { return filepath.Join(c.filesDir(), "documents") }

// openDocumentStore returns Drive, or the directory, and fails with what is to be done when it cannot
// be used.
func openDocumentStore(ctx context.Context, c config, now func() time.Time, log *slog.Logger) (storage.DocumentStore, error) {
	docs, err := newDocumentStore(c, now, log) //nolint:contextcheck // it asks nobody yet
	if err != nil {
		return nil, err
	}
	prober, can := docs.(storage.Prober)
	if !can {
		return docs, nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if err := prober.Probe(ctx); err != nil {
		if c.documents.local() {
			return nil, fmt.Errorf("the directory of the documents (-data): %w", err)
		}
		return nil, fmt.Errorf("documents cannot be kept in Drive (Options.Folder is GOOGLE_DRIVE_FOLDER_ID here, Options.Subject is GOOGLE_DRIVE_SUBJECT): %w", err)
	}
	return docs, nil
}

func newDocumentStore(c config, now func() time.Time, log *slog.Logger) (storage.DocumentStore, error) {
	if c.documents.local() {
		return openDirectory(c, now)
	}
	o := &drive.Options{
		Folder: c.documents.folder, Subject: c.documents.subject, Endpoint: c.documents.apiBase, SpoolDir: c.filesDir(), Logger: log,
	}
	var docs *drive.Store
	var err error
	if c.documents.key.IsZero() {
		docs, err = drive.New(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: emulatorToken}), o)
	} else {
		docs, err = drive.NewFromKey(c.documents.key, o)
	}
	if err != nil {
		return nil, fmt.Errorf("GOOGLE_SERVICE_ACCOUNT_KEY, GOOGLE_DRIVE_FOLDER_ID or DRIVE_API_BASE: %w", err)
	}
	return docs, nil
}

func openDirectory(c config, now func() time.Time) (*localdir.Store, error) {
	docs, err := localdir.New(c.bytesDir(), &localdir.Options{Clock: now})
	if err != nil {
		return nil, fmt.Errorf("the directory of the documents (-data): %w", err)
	}
	return docs, nil
}

// former are the document stores from before: what was kept in the directory is still read from there
// when Drive is set.
func (c config) former(now func() time.Time) ([]storage.DocumentStore, error) {
	if c.documents.local() {
		return nil, nil
	}
	if _, err := os.Stat(c.bytesDir()); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	docs, err := openDirectory(c, now)
	if err != nil {
		return nil, err
	}
	return []storage.DocumentStore{docs}, nil
}
