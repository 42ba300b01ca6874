package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk/email"
)

// DocumentShared tells that a document is there to be read.
type DocumentShared struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Zone     string   // IANA zone of the day that NeededBy falls on; default: the set's

	Document string // its name
	SharedBy string
	Note     string    // what they say about it; may be empty, or have several lines
	NeededBy time.Time // may be zero
	URL      string    // of the document in the portal
}

// Name is "document_shared".
func (DocumentShared) Name() string { return "document_shared" }

// Render is the mail in the default set: see [Set.Render].
func (m DocumentShared) Render() (email.Message, error) { return Default().Render(m) }

func (m DocumentShared) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m DocumentShared) prepare(in *input) Template {
	in.setZone("zone", m.Zone)
	in.text("document", m.Document)
	in.text("shared_by", m.SharedBy)
	m.NeededBy = in.optional(m.NeededBy)
	in.link("url", m.URL)
	return m
}
