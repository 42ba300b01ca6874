package billingtest

import (
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var (
	_ billing.PaymentProvider  = (*Provider)(nil)
	_ billing.Catalog          = (*Provider)(nil)
	_ billing.BillingPortals   = (*Provider)(nil)
	_ billing.CollectionPauser = (*Provider)(nil)
	_ billing.UpdatePreviewer  = (*Provider)(nil)
	_ billing.EventLister      = (*Provider)(nil)
	_ billing.Connect          = (*Provider)(nil)
)

// Provider is a payment provider in memory that behaves as Stripe does: it
// keeps state, refuses what Stripe refuses, renews and retries as its clock
// moves, and sends signed events. Each connected account has objects of its own.
//
// All methods are safe for concurrent use.
type Provider struct {
	options ProviderOptions

	mu       sync.Mutex // guards all below; never held while events are sent
	now      time.Time
	ahead    time.Duration // how far Advance went ahead of a running clock
	ids      int
	accounts map[string]*account
	order    []string // account ids in the order of their first use
	keys     map[idempotencyKey]outcome
	faults   faults
	declines declines
	log      []*event
	out      outlet

	sending sync.Mutex // held while events are sent, so that they arrive one by one
}

// ProviderOptions change how a [Provider] behaves. The zero value is ready to use.
type ProviderOptions struct {
	// Start is where the clock starts and stands until Advance moves it. It is
	// 2035-01-01 00:00 UTC by default: the same in every run, and so far ahead
	// that a service on the wall clock finds nothing expired.
	Start time.Time

	// Clock makes the provider follow a running clock instead, for programs
	// rather than tests. What has come due is carried out on the next call.
	Clock func() time.Time

	// WebhookSecret signs events. It is "whsec_fake" by default.
	WebhookSecret frontdesk.Secret

	// APIVersion is the shape of events, and of answers over HTTP to requests
	// without a Stripe-Version header. It is "2023-10-16" by default; "null" is
	// an endpoint whose events name no version.
	APIVersion string

	// Livemode says in which mode events are. Events of the other mode are skipped.
	Livemode bool

	// Seed is a part of all ids. A program that keeps its database while the
	// provider starts anew must choose another one each time.
	Seed string

	// Pages is the address below which checkout, portal and invoice pages are
	// said to be. It is "https://pay.example" by default.
	Pages string

	// Country is the platform's, and that of connected accounts which name none.
	// It is "US" by default.
	Country string

	// Retries is how long after each failed collection of a subscription's
	// invoice the next one follows. It is 3, 5 and 7 days by default.
	Retries []time.Duration

	// KeepUnpaid makes a subscription unpaid after its last retry, instead of
	// canceled.
	KeepUnpaid bool
}

// NewProvider returns a provider that is set up in no special way.
func NewProvider() *Provider { return NewProviderWith(nil) }

// NewProviderWith returns a provider with options; nil are the zero options.
func NewProviderWith(o *ProviderOptions) *Provider {
	var options ProviderOptions
	if o != nil {
		options = *o
	}
	p := &Provider{
		options:  options.withDefaults(),
		accounts: make(map[string]*account),
		keys:     make(map[idempotencyKey]outcome),
		faults:   newFaults(),
	}
	p.now = p.options.Start.UTC()
	return p
}

func (o ProviderOptions) withDefaults() ProviderOptions {
	if o.Clock != nil {
		o.Start = o.Clock()
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2035, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.WebhookSecret.Reveal() == "" {
		o.WebhookSecret = frontdesk.NewSecret("whsec_fake")
	}
	if o.Retries == nil {
		o.Retries = []time.Duration{3 * day, 5 * day, 7 * day}
	}
	o.APIVersion = orElse(o.APIVersion, "2023-10-16")
	o.Country = orElse(o.Country, "US")
	o.Seed = orElse(o.Seed, "fake")
	o.Pages = orElse(o.Pages, "https://pay.example")
	return o
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// WebhookSecret returns what events are signed with.
func (p *Provider) WebhookSecret() string { return p.options.WebhookSecret.Reveal() }

// Name is "stripe": what the provider sends is in Stripe's words.
func (p *Provider) Name() string { return "stripe" }

// drive carries out what happens on the provider's side, without a request.
func (p *Provider) drive(do func() error) error {
	p.CatchUp()
	p.mu.Lock()
	err := do()
	p.mu.Unlock()
	p.send(true)
	return err
}
