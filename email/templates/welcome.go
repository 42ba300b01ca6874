package templates

import "github.com/frontdesk-go/frontdesk/email"

// Welcome tells a new client where their portal is.
type Welcome struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's

	Contact   string // who looks after them; may be empty
	PortalURL string
}

// Name is "welcome".
func (Welcome) Name() string { return "welcome" }

// Render is the mail in the default set: see [Set.Render].
func (m Welcome) Render() (email.Message, error) { return Default().Render(m) }

func (m Welcome) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m Welcome) prepare(in *input) Template {
	in.link("portal_url", m.PortalURL)
	return m
}
