package emailhttp

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/internal/webhook"
)

// Receiver takes webhook deliveries; *email.Service does.
type Receiver interface {
	Receive(ctx context.Context, header http.Header, body []byte) error
}

var _ Receiver = (*email.Service)(nil)

// Options adjusts the webhook handler. The zero value is ready to use.
type Options struct {
	// MaxBody is how many bytes of a body are read. Default 1 MiB.
	MaxBody int64
	// ReadTimeout bounds the reading of the body, where the server supports
	// read deadlines. Default 10 s: providers wait 15 s for the answer.
	ReadTimeout time.Duration
	// Logger gets deliveries that could not be stored. Default slog.Default().
	Logger *slog.Logger
}

// NewWebhookHandler returns the handler of a provider's webhook. It answers 200
// only when the event is committed, or was before; 400 when the signature, its
// age or the envelope is wrong; 405 for another method than POST; 413 for a body
// that is too large; 408 for one that does not end; and 500 when the event could
// not be stored, also because the mailer has no webhooks, so that the provider sends
// it again. Errors are problem details (RFC 9457). Nil options are the zero Options.
func NewWebhookHandler(r Receiver, o *Options) http.Handler {
	if o == nil {
		o = &Options{}
	}
	return webhook.New(webhook.Handler{Receiver: r, Domain: "email", MaxBody: o.MaxBody, ReadTimeout: o.ReadTimeout, Logger: o.Logger})
}
