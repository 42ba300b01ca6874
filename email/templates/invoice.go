package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// InvoiceSent asks for the payment of an invoice.
type InvoiceSent struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Zone     string   // IANA zone of the day that Due falls on; default: the set's

	Invoice     string // its number
	Description string // what it is for; may be empty
	Amount      frontdesk.Money
	Due         time.Time // may be zero: on receipt
	PayURL      string
	PDFURL      string // may be empty
}

// Name is "invoice_sent".
func (InvoiceSent) Name() string { return "invoice_sent" }

// Render is the mail in the default set: see [Set.Render].
func (m InvoiceSent) Render() (email.Message, error) { return Default().Render(m) }

func (m InvoiceSent) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m InvoiceSent) prepare(in *input) Template {
	in.setZone("zone", m.Zone)
	in.text("invoice", m.Invoice)
	in.money("amount", m.Amount)
	m.Due = in.optional(m.Due)
	in.link("pay_url", m.PayURL)
	in.optionalLink("pdf_url", m.PDFURL)
	return m
}
