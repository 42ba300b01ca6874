package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk/email"
)

// SubscriptionCanceled confirms the end of a subscription.
type SubscriptionCanceled struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Zone     string   // IANA zone of the day that AccessUntil falls on; default: the set's

	Plan        string
	AccessUntil time.Time // the last day of what is paid for; zero when it has ended already
	URL         string    // where to subscribe again; may be empty
}

// Name is "subscription_canceled".
func (SubscriptionCanceled) Name() string { return "subscription_canceled" }

// Render is the mail in the default set: see [Set.Render].
func (m SubscriptionCanceled) Render() (email.Message, error) { return Default().Render(m) }

func (m SubscriptionCanceled) recipient() recipient {
	return recipient{m.To, m.Person, m.Language}
}

func (m SubscriptionCanceled) prepare(in *input) Template {
	in.setZone("zone", m.Zone)
	in.text("plan", m.Plan)
	m.AccessUntil = in.optional(m.AccessUntil)
	in.optionalLink("url", m.URL)
	return m
}
