package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Receipt confirms the payment of an invoice.
type Receipt struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Zone     string   // IANA zone of the day that PaidAt falls on; default: the set's

	Invoice     string // its number
	Description string // what it was for; may be empty
	Amount      frontdesk.Money
	PaidAt      time.Time
	Method      string // "Visa •••• 4242"; may be empty
	URL         string // of the receipt or the invoice; may be empty
	PDFURL      string // may be empty
}

// Name is "receipt".
func (Receipt) Name() string { return "receipt" }

// Render is the mail in the default set: see [Set.Render].
func (m Receipt) Render() (email.Message, error) { return Default().Render(m) }

func (m Receipt) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m Receipt) prepare(in *input) Template {
	in.setZone("zone", m.Zone)
	in.text("invoice", m.Invoice)
	in.money("amount", m.Amount)
	m.PaidAt = in.moment("paid_at", m.PaidAt)
	in.optionalLink("url", m.URL)
	in.optionalLink("pdf_url", m.PDFURL)
	return m
}
