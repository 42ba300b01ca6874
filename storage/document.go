package storage

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Document is what a client and the host have between them: a title with versions of
// its content.
type Document struct {
	ID     string // ours; a later document has a greater id
	Client string
	Key    string // the upload's, with who may repeat it; empty: none
	Title  string
	Folder string // of the client's documents, as people see it; empty: the first one
	By     By     // who uploaded it first

	Status    Status
	Reason    string // with StatusRejected
	DecidedBy By     // who approved or rejected it
	DecidedAt time.Time

	Visibility Visibility
	CreatedAt  time.Time
	UpdatedAt  time.Time

	// Latest is the newest version. The Store fills it in.
	Latest Version
}

// By is who did something.
type By struct {
	ID   string
	Role frontdesk.Role
}

func byActor(a frontdesk.Actor) By { return By{ID: a.ID, Role: a.Role} }

// Status is what staff thinks of the newest version.
type Status string

const (
	StatusPending  Status = "pending"
	StatusApproved Status = "approved"
	StatusRejected Status = "rejected" // the reason says why
)

// Visibility is who sees a document, beside staff and, if the client uploaded it, the
// client.
type Visibility string

const (
	Private Visibility = "private" // nobody else
	Shared  Visibility = "shared"  // the client
)

// Filter selects documents, newest first.
type Filter struct {
	Client     string   // empty: of every client, or of the one who asks
	Folders    []string // empty: all; "" among them is the first one
	Statuses   []Status // empty: all
	States     []State  // of the newest version; empty: all
	Visibility Visibility
	Before     string // only ids below it; empty: from the newest
	Limit      int    // of how many List ends; 0: all

	// VisibleToClient leaves out what the client does not see. The Service sets it.
	VisibleToClient bool
}
