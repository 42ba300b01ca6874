package main

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// documentRow is a document as a page shows it.
type documentRow struct {
	*storage.Document
	Owner string // the client's name
	From  string // who brought it
	Chip  string // what people think of it; empty: nobody is asked to
	Admin bool
}

// Storing reports whether it is on its way.
func (d documentRow) Storing() bool {
	return d.Latest.State == storage.StateQueued || d.Latest.State == storage.StateHeld
}

// Trouble says what went wrong on its way; empty: nothing.
func (d documentRow) Trouble() string {
	switch d.Latest.State {
	case storage.StateInfected:
		return "The virus scanner has refused it. Please check your device, and upload a clean file."
	case storage.StateDead:
		return "It could not be stored so far. We keep it and look into it; you need not upload it again."
	}
	return ""
}

// Readable reports whether there is a content to download.
func (d documentRow) Readable() bool {
	return d.Latest.Number > 1 || d.Latest.State != storage.StateHeld && d.Latest.State != storage.StateInfected
}

func (p *portal) documentRow(a frontdesk.Actor, d *storage.Document) documentRow {
	row := documentRow{Document: d, Owner: p.clientName(d.Client), From: p.nameFor(a, d.By), Admin: a.Role == frontdesk.RoleAdmin}
	if d.By.Role == frontdesk.RoleClient || d.Status != storage.StatusPending {
		row.Chip = string(d.Status)
	}
	return row
}

func (p *portal) clientName(id string) string {
	who, _ := p.people.find(string(frontdesk.RoleClient) + ":" + id)
	return cmp.Or(who.Name, id)
}

// nameFor is who did something, in the words of who asks: clients need not know who of the
// portal's people it was.
func (p *portal) nameFor(a frontdesk.Actor, by storage.By) string {
	switch {
	case by.ID == a.ID && by.Role == a.Role:
		return "you"
	case a.Role == frontdesk.RoleClient && by.Role != frontdesk.RoleClient, by.Role == frontdesk.RoleSystem:
		return portalName
	}
	who, _ := p.people.find(string(by.Role) + ":" + by.ID)
	return cmp.Or(who.Name, by.ID)
}
