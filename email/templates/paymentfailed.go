package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// PaymentFailed tells that an invoice could not be collected, and how to pay it.
type PaymentFailed struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Zone     string   // IANA zone of FailedAt and RetryAt; default: the set's

	Invoice  string // its number
	Amount   frontdesk.Money
	FailedAt time.Time
	Reason   string    // in the reader's language: "Your bank declined the card."; may be empty
	Method   string    // "Visa •••• 4242"; may be empty
	RetryAt  time.Time // when it is tried again; zero when it is not
	PayURL   string    // where to pay, or to change the method
}

// Name is "payment_failed".
func (PaymentFailed) Name() string { return "payment_failed" }

// Render is the mail in the default set: see [Set.Render].
func (m PaymentFailed) Render() (email.Message, error) { return Default().Render(m) }

func (m PaymentFailed) recipient() recipient { return recipient{m.To, m.Person, m.Language} }

func (m PaymentFailed) prepare(in *input) Template {
	in.setZone("zone", m.Zone)
	in.text("invoice", m.Invoice)
	in.money("amount", m.Amount)
	m.FailedAt = in.moment("failed_at", m.FailedAt)
	m.RetryAt = in.optional(m.RetryAt)
	in.link("pay_url", m.PayURL)
	return m
}
