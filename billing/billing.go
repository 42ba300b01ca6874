// Package billing keeps a host's clients, their subscriptions, invoices and
// payments in step with a payment provider.
//
// A host makes one [Service] from a [PaymentProvider] (package stripe adapts
// Stripe) and a [Store] (package store keeps it in SQLite or Postgres; package
// billingtest in memory). The Service has two faces.
//
// The host calls it for a client: [Service.StartCheckout],
// [Service.CancelSubscription], [Service.Entitled] and so on. Each call takes
// the actor from the context, checks that it may act for the client, validates
// its input, and writes to the provider under an idempotency key that was
// persisted first. Whoever may not see a record gets frontdesk.NotFound, as for
// a record that does not exist.
//
// The provider tells it what happened: [Service.Receive] verifies a webhook and
// commits it to the inbox before it returns; [Service.Process] takes it from
// there. An event is only a hint that an object has changed. The worker locks
// the object over all processes, reads it as it is now, and writes it; so
// duplicates, reordering and drifting API versions cannot leave a wrong row.
// When the provider cannot be asked ([Options.PayloadOnly], or the object is
// gone there), payloads are put in a total order instead. Terminal states stay.
//
// What follows from a change is a row in an outbox, written in the transaction
// of the change and unique on (name, object, step). [Service.Deliver] tells it
// to [Options.OnChange]: once per milestone, however often the provider says so.
//
// A marketplace pays its experts through connected accounts of the provider
// ([Connect]): [Service.OnboardExpert] opens one, [Charge.For] and [Checkout.For] say who
// earns a payment, [Options.Commission] what the platform keeps of it. What an account's
// objects and balance show becomes entries of a ledger, in the transaction that
// writes the object, so [Service.Balances] and [Service.PayoutLines] add up to the cent.
//
// Nothing here runs on after its call has returned. Package jobs does the work
// in the background; [Service.Drain] does what is due before it returns, for
// tests and for hosts with a scheduler of their own.
//
// Operation names are the same in errors, spans, logs and audit rows:
// "billing.CancelSubscription".
package billing

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Options adjusts a Service. The zero value is ready to use.
type Options struct {
	// OnChange is told what happened, from Deliver. An error makes the outbox
	// try again later; the context's actor is the system.
	OnChange func(ctx context.Context, c Change) error

	// BaseURL is the origin of the host's app, for return paths:
	// "https://portal.example". Without it, return URLs must be absolute and
	// their origins listed in AllowedOrigins.
	BaseURL string
	// AllowedOrigins lists further origins that return URLs may have.
	AllowedOrigins []string

	// MetadataKey is where the provider's objects carry the client's id.
	// Default "clientId".
	MetadataKey string

	// ExpertMetadataKey is where connected accounts carry the expert's id. Default
	// "expertId".
	ExpertMetadataKey string
	// Commission is what the platform keeps of a charge for an expert's event type,
	// which may be empty. Default: nothing. [Commissions] holds fixed rules.
	Commission func(ctx context.Context, expert, eventType string) (Commission, error)

	// PayloadOnly applies the payloads of events instead of reading the objects
	// from the provider.
	PayloadOnly bool
	// ManySubscriptions allows a client several live subscriptions, as long as
	// they have no product in common.
	ManySubscriptions bool
	// PastDueEntitles keeps a client entitled while a renewal is being retried.
	PastDueEntitles bool
	// ZeroInvoices tells InvoicePaid also of invoices of zero, as at the start of a trial.
	ZeroInvoices bool

	// MaxAttempts is how often an event or an effect is tried before it is
	// dead. Default 15, which with backoff takes about nine hours.
	MaxAttempts int

	// Clock is the time. Default time.Now.
	Clock func() time.Time
	// Logger gets what a person should look at. Default slog.Default().
	Logger *slog.Logger
	// TracerProvider makes the spans. Default the global one.
	TracerProvider trace.TracerProvider
}

// Service is billing for a host's clients. It is safe for concurrent use, also
// by several processes on one store.
type Service struct {
	provider PaymentProvider
	store    Store
	options  Options
	base     *url.URL // nil when Options.BaseURL is unusable
	tracer   trace.Tracer
}

// New returns the Service. Nil options are the zero Options.
func New(p PaymentProvider, st Store, o *Options) *Service {
	s := &Service{provider: p, store: st}
	if o != nil {
		s.options = *o
	}
	s.options.fill()
	s.base = origin(s.options.BaseURL)
	s.tracer = s.options.TracerProvider.Tracer("github.com/frontdesk-go/frontdesk/billing")
	return s
}

func (o *Options) fill() {
	if o.MetadataKey == "" {
		o.MetadataKey = "clientId"
	}
	if o.ExpertMetadataKey == "" {
		o.ExpertMetadataKey = "expertId"
	}
	if o.Commission == nil {
		o.Commission = Commissions{}.Rule
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 15
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

// In returns the same service over another store: one that is bound to the
// host's transaction. Do not process or deliver with it, which takes several
// goroutines, nor write to the provider: the intent would not be durable first.
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
