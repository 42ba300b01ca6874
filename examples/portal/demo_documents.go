package main

import (
	"context"
	"embed"
	"errors"
	"io"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

//go:embed demo
var demoFiles embed.FS

// demoDocument is one that the demo begins with.
type demoDocument struct {
	client, file, title string
	byClient            bool // who brought it; else the portal's people did
	visibility          storage.Visibility
	approved            bool
	rejected            string // why
	opened              bool   // by the client
}

var demoDocuments = []demoDocument{
	{client: "acme", file: "launch-plan.pdf", title: "Launch plan, draft"},
	{client: "acme", file: "brand-guidelines.pdf", title: "Brand guidelines", visibility: storage.Shared, approved: true, opened: true},
	{client: "acme", file: "price-list.csv", title: "Price list", byClient: true, rejected: "The prices of last year are in it. Please send those that hold from January."},
	{client: "acme", file: "logo.png", title: "Logo", byClient: true},
	{client: "globex", file: "contract.pdf", title: "Service agreement", visibility: storage.Shared, approved: true},
	{client: "globex", file: "figures.csv", title: "Visits and orders", byClient: true},
}

// key makes it the same document at every start. Keys of clients and of others are apart.
func (d demoDocument) key() string { return "demo/" + d.file }

func (d demoDocument) storedKey() string {
	if d.byClient {
		return "client/" + d.key()
	}
	return "staff/" + d.key()
}

// actor is who brings it.
func (d demoDocument) actor() frontdesk.Actor {
	if d.byClient {
		return frontdesk.Client(d.client, frontdesk.Origin{})
	}
	return frontdesk.System("demo")
}

// seedDocuments gives the demo's clients the documents that they do not have yet.
func (p *portal) seedDocuments(ctx context.Context) error {
	staff := frontdesk.WithActor(ctx, frontdesk.System("demo"))
	there := map[string]*storage.Document{}
	for d, err := range p.docs.List(staff, storage.Filter{}) {
		if err != nil {
			return err
		}
		there[d.Client+"/"+d.Key] = d
	}
	for _, d := range demoDocuments {
		found := there[d.client+"/"+d.storedKey()]
		if found == nil {
			var err error
			if found, err = p.seedDocument(ctx, d); err != nil {
				return err
			}
		}
		if err := p.seedDecision(staff, d, found); err != nil {
			return err
		}
	}
	return nil
}

func (p *portal) seedDocument(ctx context.Context, d demoDocument) (*storage.Document, error) {
	content, err := demoFiles.Open("demo/" + d.file)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	made, err := p.docs.Upload(frontdesk.WithActor(ctx, d.actor()), storage.Upload{
		Client: d.client, Name: d.file, Title: d.title, Content: content, Visibility: d.visibility, Key: d.key(),
	})
	if err != nil || !d.opened {
		return made, err
	}
	opened, err := p.docs.Content(frontdesk.WithActor(ctx, frontdesk.Client(d.client, frontdesk.Origin{})), made.ID, &storage.ContentOptions{For: storage.View})
	if err != nil {
		return made, err
	}
	_, err = io.Copy(io.Discard, opened.Body)
	return made, errors.Join(err, opened.Body.Close())
}

// seedDecision decides about a document about which nobody has decided.
func (p *portal) seedDecision(staff context.Context, d demoDocument, there *storage.Document) (err error) {
	if !there.DecidedAt.IsZero() || there.Latest.Number > 1 {
		return nil
	}
	switch {
	case d.approved:
		_, err = p.docs.Approve(staff, there.ID, 1)
	case d.rejected != "":
		_, err = p.docs.Reject(staff, there.ID, 1, d.rejected)
	}
	return err
}
