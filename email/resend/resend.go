// Package resend is the mailer on Resend, through resend-go v2.
//
// A [Mailer] only translates. Requests are made with resend-go's client, but with
// bodies of our own: attachments are read and encoded while they are sent, so that
// a mail of 40 MB takes no more memory than one of a kilobyte. Answers are read
// from the wire, for resend-go keeps neither the status nor the name of an error.
//
// # Retries
//
// Each call makes at most Options.MaxAttempts attempts under one idempotency key
// and one context. Lost connections, 409 concurrent_idempotent_requests, 429
// rate_limit_exceeded and answers of 500 and above are tried again, after a random
// part of a doubling delay; quotas are not. Resend keeps keys for 24 hours
// (https://resend.com/docs/dashboard/emails/idempotency-keys).
//
// # Rate
//
// One governor per Mailer learns the rate from the ratelimit and retry-after
// headers and holds all its calls to it. Before the first answer one request goes
// at a time. A wait that would outlast the context, or a minute, does not begin: the
// call is RateLimited and says for how long.
//
// # Errors
//
// Errors are [frontdesk.Error], and errors.As reaches the *[Error] with Resend's
// status, name and message. A request that Resend may have carried out is
// OutcomeUnknown; the same call with the same key finds out. No error shows the
// API key or the webhook secrets.
//
// # What Resend cannot do
//
// Mailer is no [email.Finder]: Resend finds a mail by its id only, and neither the
// list of sent mails nor a mail shows the idempotency key, so nothing would be sure.
//
// Nothing of the environment is read: RESEND_BASE_URL, which resend-go obeys, does
// not count here.
package resend

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	resendgo "github.com/resend/resend-go/v2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend/svix"
)

var (
	_ email.Mailer      = (*Mailer)(nil)
	_ email.Batcher     = (*Mailer)(nil)
	_ email.Scheduler   = (*Mailer)(nil)
	_ email.Remembering = (*Mailer)(nil)
	_ email.Webhooks    = (*Mailer)(nil)
)

const (
	defaultBase     = "https://api.resend.com"
	defaultAttempts = 3
	defaultTimeout  = time.Minute // of one attempt; resend-go's own
	remembers       = 24 * time.Hour
)

// Options configures a [Mailer]. The zero value sends.
type Options struct {
	// WebhookSecrets are the signing secrets of the webhook endpoints
	// (whsec_...): both the old and the new one while a secret is rotated. None
	// may be blank. Without any the Mailer sends, and refuses every webhook.
	WebhookSecrets []frontdesk.Secret

	// BaseURL is another address for Resend's API, for emulators and tests, with
	// or without a slash at its end.
	BaseURL string

	// HTTPClient makes the requests; its Transport and Timeout count. By default
	// it is a client with a timeout of one minute for an attempt. Redirects are
	// never followed.
	HTTPClient *http.Client

	// MaxAttempts is how often a call is tried before it fails; 3 by default.
	MaxAttempts int

	// Logger hears of every attempt that is made again. By default nobody does.
	Logger *slog.Logger

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Mailer is Resend as an [email.Mailer]. It is safe for concurrent use.
type Mailer struct {
	api      *resendgo.Client
	governor *governor
	keys     svix.Keys
	attempts int
	log      *slog.Logger
	clock    func() time.Time
	key      frontdesk.Secret
}

// New returns a mailer that works with the given API key. It makes no request. It
// returns Invalid when the key is blank or cannot be one ("key"), when a webhook
// secret is blank or unreadable ("webhook_secrets"), and when BaseURL is not an absolute http or
// https URL ("base_url").
func New(key string, o *Options) (*Mailer, error) {
	if o == nil {
		o = &Options{}
	}
	key = strings.TrimSpace(key)
	if err := checkAPIKey(key); err != nil {
		return nil, err
	}
	keys, err := webhookKeys(o.WebhookSecrets)
	if err != nil {
		return nil, err
	}
	base, err := baseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	m := &Mailer{
		keys:     keys,
		attempts: o.MaxAttempts,
		log:      o.Logger,
		clock:    o.Clock,
		key:      frontdesk.NewSecret(key),
	}
	m.setDefaults()
	m.governor = newGovernor(m.clock)
	m.api = resendgo.NewCustomClient(httpClient(o.HTTPClient, m.key), "")
	m.api.BaseURL = base
	return m, nil
}

func (m *Mailer) setDefaults() {
	if m.attempts <= 0 {
		m.attempts = defaultAttempts
	}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	if m.clock == nil {
		m.clock = time.Now
	}
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

// webhookKeys are none when no secret is given: they verify nothing.
func webhookKeys(secrets []frontdesk.Secret) (svix.Keys, error) {
	if len(secrets) == 0 {
		return svix.Keys{}, nil
	}
	texts := make([]string, len(secrets))
	for i, s := range secrets {
		texts[i] = strings.TrimSpace(s.Reveal())
		if texts[i] == "" {
			return svix.Keys{}, frontdesk.InvalidField("webhook_secrets", "must not hold a blank secret (number %d)", i+1)
		}
	}
	keys, err := svix.ParseKeys(texts...)
	if err != nil {
		return svix.Keys{}, frontdesk.InvalidField("webhook_secrets", "must hold secrets as Resend shows them, whsec_ and base64")
	}
	return keys, nil
}

// baseURL ends in a slash: resend-go resolves relative paths against it.
func baseURL(given string) (*url.URL, error) {
	if given == "" {
		given = defaultBase
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, frontdesk.InvalidField("base_url", "must be an absolute http or https URL")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, frontdesk.InvalidField("base_url", "must have neither credentials nor a query nor a fragment")
	}
	return u.JoinPath("/"), nil
}

// Name returns "resend".
func (m *Mailer) Name() string { return "resend" }

// Remembers implements [email.Remembering]: 24 hours.
func (m *Mailer) Remembers() time.Duration { return remembers }

// Format writes the mailer's name, whatever the verb, and no secret.
func (m *Mailer) Format(s fmt.State, _ rune) { io.WriteString(s, "resend.Mailer") }
