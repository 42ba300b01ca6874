package scheduling

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/frontdesk-go/frontdesk"
)

// Options adjusts a Service. The zero value is ready to use.
type Options struct {
	// Secrets sign the tokens with which guests come back to a hold or a booking, and those of
	// calendar feeds: the first signs, all are accepted. Each has at least 32 bytes. Without them
	// there are no tokens, and only people who are signed in can book.
	Secrets []frontdesk.Secret
	// Payments asks for the price of what is booked. Nil: only what is free, or paid from a
	// pack, can be booked.
	Payments Payments
	// Calendars are where experts are busy and where meetings are written, by their Name. One that only
	// knows when people are busy is a FreeBusy in Feeds.
	Calendars []Calendar
	// Feeds are further kinds of CalendarRef, such as an "ical" feed.
	Feeds map[string]FreeBusy
	// CalendarTime is how long a search waits for all calendars. Default 5 s.
	CalendarTime time.Duration

	// OnChange is told what happened, from Deliver. An error makes the outbox try again
	// later. It is told each change once, except when the process dies inside it: then again
	// with the same Key.
	OnChange func(ctx context.Context, c Change) error

	// HoldFor is how long a slot is held while it is paid. Default 15 minutes.
	HoldFor time.Duration
	// ConfirmWithin is how long a host has to confirm; the start of the meeting ends it
	// too. Default 48 hours.
	ConfirmWithin time.Duration
	// OfferFor is how long a slot is held for who waited for it. Default 2 hours.
	OfferFor time.Duration
	// MaxHolds is how many slots one client or guest may hold at once. Default 3.
	MaxHolds int
	// MaxAttempts is how often an effect is tried before it is dead. Default 15, which with
	// backoff takes about nine hours.
	MaxAttempts int

	// Clock is the time. Default time.Now.
	Clock func() time.Time
	// Logger gets what a person should look at. Default slog.Default().
	Logger *slog.Logger
	// TracerProvider makes the spans. Default the global one.
	TracerProvider trace.TracerProvider
}

// Service keeps the agenda of a host's experts. It is safe for concurrent use, also by several
// processes on one store.
type Service struct {
	store   Store
	options Options
	tracer  trace.Tracer
}

// New returns the Service. Nil options are the zero Options. It fails with Invalid when an option is wrong.
func New(st Store, o *Options) (*Service, error) {
	s := &Service{store: st}
	if o != nil {
		s.options = *o
	}
	if err := s.options.check(); err != nil {
		return nil, err
	}
	s.options.fill()
	s.tracer = s.options.TracerProvider.Tracer("github.com/frontdesk-go/frontdesk/scheduling")
	return s, nil
}

func (o *Options) check() error {
	for i, secret := range o.Secrets {
		if len(secret.Reveal()) < 32 {
			return frontdesk.InvalidField("secrets", "number %d has less than 32 bytes", i)
		}
	}
	return nil
}

func (o *Options) fill() {
	orElse(&o.CalendarTime, 5*time.Second)
	orElse(&o.HoldFor, 15*time.Minute)
	orElse(&o.ConfirmWithin, 48*time.Hour)
	orElse(&o.OfferFor, 2*time.Hour)
	orElse(&o.MaxHolds, 3)
	orElse(&o.MaxAttempts, 15)
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

func orElse[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
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
