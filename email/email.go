package email

import (
	"context"
	"log/slog"
	"net/mail"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Options adjusts a Service. The zero value is ready to use.
type Options struct {
	// From is the sender of messages that have none. Without it they are refused.
	From mail.Address

	// MaxAttempts is how often a message is tried before it fails. Default 15, which
	// with backoff takes about nine hours.
	MaxAttempts int
	// QuotaPause is how long the queue rests when the provider's quota is used up and
	// the provider does not say until when. Default one hour.
	QuotaPause time.Duration

	// Clock is the time. Default time.Now.
	Clock func() time.Time
	// Logger gets what a person should look at. Default slog.Default().
	Logger *slog.Logger
	// TracerProvider makes the spans. Default the global one.
	TracerProvider trace.TracerProvider
}

// Service sends a host's mails. It is safe for concurrent use, also by several
// processes on one store.
type Service struct {
	mailer  Mailer
	store   Store
	options Options
	tracer  trace.Tracer
}

// New returns the Service. Nil options are the zero Options.
func New(m Mailer, st Store, o *Options) *Service {
	s := &Service{mailer: m, store: st}
	if o != nil {
		s.options = *o
	}
	s.options.fill()
	s.tracer = s.options.TracerProvider.Tracer("github.com/frontdesk-go/frontdesk/email")
	return s
}

func (o *Options) fill() {
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 15
	}
	if o.QuotaPause == 0 {
		o.QuotaPause = time.Hour
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
}

// In returns the same service over another store: one that is bound to the host's
// transaction. Do not deliver with it: an attempt would not be durable before it is made.
func (s *Service) In(st Store) *Service {
	in := *s
	in.store = st
	return &in
}

func (s *Service) now() time.Time { return s.options.Clock().UTC() }

// begin opens the span of an operation; the function it returns closes it and
// gives the error the operation's name.
func (s *Service) begin(ctx context.Context, op string) (context.Context, func(*error)) {
	ctx, span := s.tracer.Start(ctx, op)
	return ctx, func(err *error) {
		if *err != nil {
			*err = frontdesk.Wrap(op, *err)
			span.SetStatus(codes.Error, frontdesk.CodeOf(*err).String())
		}
		span.End()
	}
}
