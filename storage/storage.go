package storage

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Options adjusts a Service. The zero value is ready to use.
type Options struct {
	// Spool is where uploads wait until the document store has them. Default the directory
	// "frontdesk-spool" in the working directory.
	Spool Spool
	// Namespace marks our objects in the document store. Two databases that use one
	// document store must have different ones: Sweep deletes objects of the same namespace
	// that the database does not know. Default "frontdesk".
	Namespace string

	// Former are document stores in which documents still are, as while they are migrated:
	// they are read from there. Only a Service over a document store stores and removes in it.
	Former []DocumentStore

	// MaxSize is how many bytes an upload may have. Default 256 MiB.
	MaxSize int64
	// Types are the types that are taken. Default DefaultTypes.
	Types []Type
	// Sniff names the type of the content that begins with head, which is at most 3072
	// bytes. sniff.Type of the package storage/sniff knows Office documents, photos and films
	// from archives and programs. Default http.DetectContentType, which knows fewer: where it
	// cannot tell, the name is believed. The type of an empty content is never asked for.
	Sniff func(head []byte) string
	// Scan asks a virus scanner for its verdict. Until there is one, the version is held,
	// and nobody can read it; an error is no verdict, and the scanner is asked again later.
	// Nil: nothing is scanned.
	Scan func(ctx context.Context, content io.Reader, v Version) (Verdict, error)
	// Quota says how many bytes a client may have; 0: as many as it likes. Nil: nobody has
	// a quota.
	Quota func(ctx context.Context, client string) (int64, error)

	// SessionLife is for how long an upload in parts is kept that nobody continues: Sweep
	// removes it then. Default 24 hours.
	SessionLife time.Duration
	// MaxSessions is how many uploads in parts one person may have begun and not
	// finished. Default 20.
	MaxSessions int

	// MaxAttempts is how often a version is tried before it is dead. Default 15, which
	// with backoff takes about nine hours.
	MaxAttempts int
	// QuotaPause is how long a client's queue rests when the document store is full and does not
	// say until when. Default one hour.
	QuotaPause time.Duration
	// ReceiptWindow is for how long a person who gets the same content in the same way
	// gets no further receipt, as a viewer does that reads part by part. Default ten minutes.
	ReceiptWindow time.Duration

	// Clock is the time. Default time.Now.
	Clock func() time.Time
	// Logger gets what a person should look at. Default slog.Default().
	Logger *slog.Logger
	// TracerProvider makes the spans. Default the global one.
	TracerProvider trace.TracerProvider
}

// Verdict is what a virus scanner says.
type Verdict string

const (
	Clean    Verdict = "clean"
	Infected Verdict = "infected"
)

// Service keeps the documents of a host's clients. It is safe for concurrent use, also
// by several processes on one store and one spool.
type Service struct {
	docs    DocumentStore
	store   Store
	options Options
	tracer  trace.Tracer
	looking chan struct{} // holds a token while a worker looks for a version
}

// New returns the Service. Nil options are the zero Options.
func New(docs DocumentStore, st Store, o *Options) *Service {
	s := &Service{docs: docs, store: st, looking: make(chan struct{}, 1)}
	if o != nil {
		s.options = *o
	}
	s.options.fill()
	s.tracer = s.options.TracerProvider.Tracer("github.com/frontdesk-go/frontdesk/storage")
	return s
}

func (o *Options) fill() {
	if o.Spool == nil {
		o.Spool = NewSpool("frontdesk-spool")
	}
	if o.Namespace == "" {
		o.Namespace = "frontdesk"
	}
	if o.MaxSize == 0 {
		o.MaxSize = 256 << 20
	}
	if o.Types == nil {
		o.Types = DefaultTypes()
	}
	if o.SessionLife == 0 {
		o.SessionLife = 24 * time.Hour
	}
	if o.MaxSessions == 0 {
		o.MaxSessions = 20
	}
	o.fillQueue()
}

func (o *Options) fillQueue() {
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 15
	}
	if o.QuotaPause == 0 {
		o.QuotaPause = time.Hour
	}
	if o.ReceiptWindow == 0 {
		o.ReceiptWindow = 10 * time.Minute
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
// transaction. Do not process with it: progress would not be durable before it is made.
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
