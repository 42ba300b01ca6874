package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/sniff"
	"github.com/frontdesk-go/frontdesk/storage/storagehttp"
	"github.com/frontdesk-go/frontdesk/store"
)

// openDocuments is all that a host needs for documents: who keeps their bytes, where those wait
// that are on their way, and the handler that browsers talk to.
func (p *portal) openDocuments(ctx context.Context, st *store.DB) error {
	if err := os.MkdirAll(p.filesDir(), 0o700); err != nil {
		return fmt.Errorf("the directory of the documents (-data): %w", err)
	}
	docs, err := openDocumentStore(ctx, p.config, p.now, p.log)
	if err != nil {
		return err
	}
	p.docstores = append(p.docstores, docs)
	former, err := p.former(p.now)
	if err != nil {
		return err
	}
	p.docstores = append(p.docstores, former...)
	p.spool = storage.NewSpool(filepath.Join(p.filesDir(), "spool"))
	p.docs = storage.New(docs, st.Storage(), &storage.Options{
		Spool: p.spool, Former: former, Sniff: sniff.Type, Clock: p.now, Logger: p.log,
	})
	p.docsHTTP = storagehttp.NewHandler(p.docs, &storagehttp.Options{Logger: p.log})
	if p.documents.seeded {
		return p.seedDocuments(ctx)
	}
	return nil
}

// documentsSweep says what becomes of bytes that belong to nothing: those in a directory that goes with
// one database are deleted. What is in Drive, or was made under another clock, is only told of.
func (c config) documentsSweep() storage.SweepOptions {
	return storage.SweepOptions{Delete: c.documents.local() && c.documents.dir == "" && c.database.files != "" && c.ahead == 0}
}

// closeDocuments gives directories back.
func (p *portal) closeDocuments() error {
	var errs []error
	for _, docs := range p.docstores {
		if c, ok := docs.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	if p.spool != nil {
		errs = append(errs, p.spool.Close())
	}
	return errors.Join(errs...)
}
