// Package billinghttp has the handlers that a host mounts for billing: the
// provider's webhook. It works under any prefix, behind any router, and sets
// nothing outside its response. It authenticates the provider by its signature
// and never a person.
//
//	mux.Handle("POST /webhooks/stripe", billinghttp.NewWebhookHandler(pay, nil))
//
// Do not put it behind CSRF protection, a session, or middleware that reads or
// rewrites the body: the signature covers the bytes as they were sent.
package billinghttp

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk/internal/webhook"
)

// Receiver takes webhook deliveries; *billing.Service does.
type Receiver interface {
	Receive(ctx context.Context, header http.Header, body []byte) error
}

// Options adjusts the webhook handler. The zero value is ready to use.
type Options struct {
	// MaxBody is how many bytes of a body are read. Default 1 MiB: invoices of
	// 300 KB are known.
	MaxBody int64
	// ReadTimeout bounds the reading of the body, where the server supports
	// read deadlines. Default 10 s.
	ReadTimeout time.Duration
	// Logger gets deliveries that could not be stored. Default slog.Default().
	Logger *slog.Logger
}

// NewWebhookHandler returns the handler of a provider's webhook. It answers 200
// only when the event is committed, or was before; 400 when the signature, its
// age or the envelope is wrong; 405 for another method than POST; 413 for a body
// that is too large; 408 for one that does not end; and 500 when the event could
// not be stored, so that the provider sends it again. Errors are problem details
// (RFC 9457). Nil options are the zero Options.
func NewWebhookHandler(r Receiver, o *Options) http.Handler {
	if o == nil {
		o = &Options{}
	}
	return webhook.New(webhook.Handler{Receiver: r, Domain: "billing", MaxBody: o.MaxBody, ReadTimeout: o.ReadTimeout, Logger: o.Logger})
}
