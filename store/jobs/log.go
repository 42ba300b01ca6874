package jobs

import (
	"context"
	"log/slog"
)

// log returns a logger for River.
func (o Options) log() *slog.Logger { return slog.New(complaints{o.Logger.Handler()}) }

// complaints is a handler that lets pass what a person should look at. River also
// tells every start and stop, and takes it for an error of its own when it is stopped
// in the middle of something.
type complaints struct{ slog.Handler }

// Enabled reports whether a record of the level is handled.
func (c complaints) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && c.Handler.Enabled(ctx, l)
}

// Handle handles the record unless it is about having been stopped.
func (c complaints) Handle(ctx context.Context, r slog.Record) error {
	stopped := false
	r.Attrs(func(a slog.Attr) bool {
		stopped = a.Value.String() == context.Canceled.Error()
		return !stopped
	})
	if stopped {
		return nil
	}
	return c.Handler.Handle(ctx, r)
}

// WithAttrs returns the handler with attributes added.
func (c complaints) WithAttrs(attrs []slog.Attr) slog.Handler {
	return complaints{c.Handler.WithAttrs(attrs)}
}

// WithGroup returns the handler with a group opened.
func (c complaints) WithGroup(name string) slog.Handler {
	return complaints{c.Handler.WithGroup(name)}
}
