package stripe

import (
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

const signatureHeader = "Stripe-Signature"

// ParseWebhook implements [billing.Webhooks]. There must be exactly one
// Stripe-Signature header, made with one of the webhook secrets. An event of the
// other mode than the key's is skipped: a live Connect endpoint receives test
// events too. When the mode cannot be read off the key, both are accepted.
func (p *Provider) ParseWebhook(header http.Header, body []byte, now time.Time) (billing.Event, error) {
	signatures := header.Values(signatureHeader)
	if len(signatures) != 1 {
		return billing.Event{}, frontdesk.Errorf(frontdesk.Invalid,
			"there must be one %s header, not %d", signatureHeader, len(signatures))
	}
	secrets := make([]string, len(p.secrets))
	for i, s := range p.secrets {
		secrets[i] = s.Reveal()
	}
	if err := wire.Verify(signatures[0], body, secrets, now); err != nil {
		return billing.Event{}, err
	}
	e, err := wire.ParseEvent(body)
	if err != nil {
		return billing.Event{}, err
	}
	return p.admit(e), nil
}

// admit says why an event must not be processed, if it must not.
func (p *Provider) admit(e billing.Event) billing.Event {
	if e.Skip == "" && !p.mode.accepts(e.Livemode) {
		e.Skip = "not an event of " + string(p.mode) + " mode"
	}
	return e
}

// Decode implements [billing.Webhooks].
func (p *Provider) Decode(e billing.Event) ([]billing.Object, error) {
	return wire.Decode(e)
}
