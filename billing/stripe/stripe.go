// Package stripe is the billing provider on Stripe, through stripe-go v76 and
// the API version 2023-10-16 that it pins.
//
// A [Provider] only translates. It asks with stripe-go and reads the answer,
// and every event of any API version, with package wire, so that Stripe's
// objects become billing's in one place.
//
// # Retries
//
// Each call makes at most Options.MaxAttempts attempts under one idempotency
// key and one context. Lost connections, conflicts (409), rate limits (429,
// after the Retry-After that Stripe asks for), 502, 503, 504 and answers that
// cannot be read are tried again, after a random part of a doubling delay. A
// 500 is tried again for reads only: Stripe keeps it under the idempotency key
// and would repeat it (https://docs.stripe.com/api/idempotent_requests). When
// Stripe says so itself, in Stripe-Should-Retry, it decides. The waiting ends
// with the context, and does not begin when it could not end in time.
//
// # Connected accounts
//
// What an account holds is asked for in its name, with the Stripe-Account header:
// its payments, refunds, disputes, payouts, balance and movements. Accounts
// themselves, their links, transfers and application fees are the platform's, and
// go without. Payments and refunds of an account are read together with what they
// have moved on its balance.
//
// # Errors
//
// Errors are [frontdesk.Error] with Stripe's request id, and errors.As reaches
// the *stripe.Error of stripe-go with its code and decline code. A write that
// Stripe may have carried out is OutcomeUnknown, also when its context has
// ended; the same call with the same idempotency key finds out. No error shows
// the key, the webhook secrets, the query or the answer's body.
//
// Nothing of stripe-go's package state is touched, its telemetry and its logger
// are off, and several providers with different keys may live side by side.
package stripe

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
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

const (
	defaultBase     = "https://api.stripe.com"
	defaultAttempts = 3
	defaultTimeout  = 80 * time.Second // of one attempt; stripe-go's own
)

// Options configures a [Provider]. Only WebhookSecrets must be set.
type Options struct {
	// WebhookSecrets are the signing secrets of the webhook endpoints: one per
	// endpoint (the platform's and Connect's have different ones), and both
	// the old and the new one while a secret is rotated. There must be at
	// least one, and none may be blank.
	WebhookSecrets []frontdesk.Secret

	// APIBase is another address for Stripe's API, for emulators and tests.
	APIBase string

	// HTTPClient makes the requests; its Transport and Timeout count. By
	// default it is a client with a timeout of 80 seconds. Redirects are never
	// followed.
	HTTPClient *http.Client

	// MaxAttempts is how often a call is tried before it fails; 3 by default.
	// What net/http resends by itself, because a connection that was kept alive
	// turns out to be closed, does not count.
	MaxAttempts int

	// Logger hears of every attempt that is made again. By default nobody does.
	Logger *slog.Logger
}

// Provider is Stripe as a [billing.PaymentProvider]. It is safe for concurrent use.
type Provider struct {
	api      clients
	mode     mode
	secrets  []frontdesk.Secret
	attempts int
	log      *slog.Logger
	key      frontdesk.Secret
}

// New returns a provider that works with the given secret or restricted key.
// It makes no request. It returns Invalid when the key is blank or cannot be one
// ("key"), when there is no webhook secret or a blank one ("webhook_secrets"),
// and when APIBase is not an absolute http or https URL ("api_base").
func New(key string, o *Options) (*Provider, error) {
	if o == nil {
		o = &Options{}
	}
	key = strings.TrimSpace(key)
	if err := checkAPIKey(key); err != nil {
		return nil, err
	}
	secrets, err := webhookSecrets(o.WebhookSecrets)
	if err != nil {
		return nil, err
	}
	base, err := apiBase(o.APIBase)
	if err != nil {
		return nil, err
	}
	p := &Provider{
		mode:     modeOf(key),
		secrets:  secrets,
		attempts: o.MaxAttempts,
		log:      o.Logger,
		key:      frontdesk.NewSecret(key),
	}
	if p.attempts <= 0 {
		p.attempts = defaultAttempts
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.api = newClients(base, httpClient(o.HTTPClient, p.key))
	return p, nil
}

func checkAPIKey(key string) error {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case key == "":
		return frontdesk.InvalidField("key", "must not be blank")
	case strings.ContainsFunc(key, odd):
		return frontdesk.InvalidField("key", "must have neither spaces nor control characters")
	}
	return nil
}

func webhookSecrets(given []frontdesk.Secret) ([]frontdesk.Secret, error) {
	if len(given) == 0 {
		return nil, frontdesk.InvalidField("webhook_secrets", "must hold the signing secret of a webhook endpoint")
	}
	secrets := make([]frontdesk.Secret, len(given))
	for i, s := range given {
		text := strings.TrimSpace(s.Reveal())
		if text == "" {
			return nil, frontdesk.InvalidField("webhook_secrets", "must not hold a blank secret (number %d)", i+1)
		}
		secrets[i] = frontdesk.NewSecret(text)
	}
	return secrets, nil
}

func apiBase(given string) (string, error) {
	if given == "" {
		return defaultBase, nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", frontdesk.InvalidField("api_base", "must be an absolute http or https URL")
	}
	return given, nil
}

// Name returns "stripe".
func (p *Provider) Name() string { return "stripe" }

// Format writes the provider's name and mode, whatever the verb, and no secret.
func (p *Provider) Format(s fmt.State, _ rune) {
	io.WriteString(s, "stripe.Provider("+string(p.mode)+")")
}

// mode is whether a key moves real money.
type mode string

const (
	live    mode = "live"
	test    mode = "test"
	unknown mode = "unknown mode"
)

// modeOf reads the mode off a secret (sk) or restricted (rk) key
// (https://docs.stripe.com/keys).
func modeOf(key string) mode {
	kind, rest, _ := strings.Cut(key, "_")
	if kind != "sk" && kind != "rk" {
		return unknown
	}
	switch m, _, found := strings.Cut(rest, "_"); {
	case found && m == string(live):
		return live
	case found && m == string(test):
		return test
	}
	return unknown
}

// accepts reports whether an event with that flag belongs to the mode.
func (m mode) accepts(livemode bool) bool {
	return m == unknown || livemode == (m == live)
}
