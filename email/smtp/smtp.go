// Package smtp is the mailer on any SMTP server, through go-mail.
//
// A [Mailer] writes mails with go-mail and talks to the server step by step, for
// go-mail's own sending gives the whole mail up when one recipient of several is
// refused: here the others get it, once, and the Receipt names the refused ones.
//
// # Outcomes
//
// What the server answers decides, not whether an error looks temporary. A connection
// that is lost before the end of the mail has been sent leaves it unsent: Unavailable.
// When it is lost afterwards, before the answer, the outcome is unknown, and since
// SMTP servers do not look for duplicates nothing here sends it again. Once the server
// has accepted the mail it is sent, whatever happens next. A recipient who is put off
// (4xx) puts the whole mail off, so that the next attempt may reach each of them once.
//
// # The key
//
// The Message-ID is made from Message.Key and the sender's domain: see [MessageID].
// Options.KeyHeader names a header that carries the key itself, for relays that do
// look for duplicates, as Resend's does with [ResendKeyHeader].
//
// # Attachments
//
// Attachments are read and encoded while they are sent, each in 20 KB of memory.
//
// # Connections
//
// A few connections are kept open between mails, and checked before they are used
// again. Close ends them.
package smtp

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var _ email.Mailer = (*Mailer)(nil)

// TLS is when a connection is encrypted. The zero value is [Mandatory].
type TLS string

// The policies.
const (
	Mandatory     TLS = "mandatory"     // STARTTLS, or no mail is sent
	Implicit      TLS = "implicit"      // from the first byte, as on port 465
	Opportunistic TLS = "opportunistic" // STARTTLS where the server offers it: no protection from who cuts that out
	None          TLS = "none"          // never, and then no password is sent that could be read
)

// ResendKeyHeader is the header in which Resend's relay looks for the key
// (https://resend.com/docs/dashboard/emails/idempotency-keys).
const ResendKeyHeader = "Resend-Idempotency-Key"

const (
	defaultTimeout     = time.Minute
	defaultConnections = 2
	defaultIdle        = 30 * time.Second
)

// Options configures a [Mailer]. Only Host must be set.
type Options struct {
	Host string
	Port int // default: 587, or 465 with Implicit
	TLS  TLS
	// TLSConfig is used for encryption, for example to trust a certificate. Its
	// ServerName is Host unless it is set.
	TLSConfig *tls.Config

	// Username and Password sign in where there is a Username. Without encryption
	// they are sent only where they cannot be read on the way.
	Username string
	Password frontdesk.Secret

	// HelloName is the name of this host in EHLO. Default "localhost".
	HelloName string
	// KeyHeader is a header that carries Message.Key. By default none does.
	KeyHeader string

	// Timeout bounds one mail, connecting included. Default one minute.
	Timeout time.Duration
	// Connections is how many mails are sent at once. Default 2.
	Connections int
	// IdleTimeout is how long an unused connection is kept. Default 30 seconds.
	IdleTimeout time.Duration
	// Clock is the time in the Date header. Default time.Now.
	Clock func() time.Time
}

// Mailer sends through an SMTP server. It is safe for concurrent use.
type Mailer struct {
	options Options
	pool    *pool
}

// New returns a mailer. It makes no connection. It returns Invalid and the name of
// the option that is wrong.
func New(o Options) (*Mailer, error) {
	o.setDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	m := &Mailer{options: o}
	m.pool = newPool(o.Connections, o.IdleTimeout, m.dial)
	return m, nil
}

func (o *Options) setDefaults() {
	o.Host = strings.TrimSpace(o.Host)
	o.TLS = orDefault(o.TLS, Mandatory)
	o.HelloName = orDefault(o.HelloName, "localhost")
	o.Timeout = orDefault(max(o.Timeout, 0), defaultTimeout)
	o.IdleTimeout = orDefault(max(o.IdleTimeout, 0), defaultIdle)
	o.Connections = orDefault(max(o.Connections, 0), defaultConnections)
	if o.Port == 0 {
		o.Port = 587
		if o.TLS == Implicit {
			o.Port = 465
		}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.TLSConfig = o.tlsConfig()
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

func (o *Options) tlsConfig() *tls.Config {
	c := o.TLSConfig.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c.ServerName == "" {
		c.ServerName = o.Host
	}
	return c
}

func (o *Options) validate() error {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case o.Host == "":
		return frontdesk.InvalidField("host", "must not be blank")
	case strings.ContainsFunc(o.Host, odd):
		return frontdesk.InvalidField("host", "must have neither spaces nor control characters")
	case o.Port < 1 || o.Port > 65535:
		return frontdesk.InvalidField("port", "must lie between 1 and 65535")
	case o.TLS != Mandatory && o.TLS != Implicit && o.TLS != Opportunistic && o.TLS != None:
		return frontdesk.InvalidField("tls", "must be mandatory, implicit, opportunistic or none")
	case o.Username == "" && o.Password.Reveal() != "":
		return frontdesk.InvalidField("username", "must be set where there is a password")
	case o.Username != "" && o.Password.Reveal() == "":
		return frontdesk.InvalidField("password", "must be set where there is a user name")
	case strings.ContainsFunc(o.HelloName, odd):
		return frontdesk.InvalidField("hello_name", "must have neither spaces nor control characters")
	case strings.ContainsFunc(o.KeyHeader, odd) || strings.Contains(o.KeyHeader, ":"):
		return frontdesk.InvalidField("key_header", "must be the name of a header")
	}
	return nil
}

// Name returns "smtp".
func (m *Mailer) Name() string { return "smtp" }

// Format writes the mailer's name and server, whatever the verb, and no secret.
func (m *Mailer) Format(s fmt.State, _ rune) {
	io.WriteString(s, "smtp.Mailer("+m.options.address()+")")
}

func (o *Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

// Close ends the connections that are kept. Mails under way are not disturbed; later
// ones are refused with FailedPrecondition.
func (m *Mailer) Close() error {
	m.pool.close()
	return nil
}

// Send implements [email.Mailer]. The receipt's provider id is the Message-ID without
// its angle brackets.
func (m *Mailer) Send(ctx context.Context, msg *email.Message) (email.Receipt, error) {
	if err := msg.Validate(); err != nil {
		return email.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return email.Receipt{}, ended(ctx, "nothing was sent")
	}
	own, cancel := context.WithTimeoutCause(ctx, m.options.Timeout, errTimeout)
	defer cancel()
	refused, err := m.pool.with(own, func(s *session) (map[string]string, error) { return s.deliver(own, m.compose(msg)) })
	if err != nil {
		return email.Receipt{}, err
	}
	return email.Receipt{ProviderID: MessageID(msg), Refused: refused}, nil
}
