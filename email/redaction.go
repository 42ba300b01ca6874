package email

import (
	"fmt"
	"io"
	"log/slog"
)

// What is personal stays out of logs: printed with whatever verb, or logged, these
// tell what a message is and not whose.

// Format writes the key alone.
func (m Message) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("email.Message(%q)", m.Key))
}

// LogValue is the key alone.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("key", m.Key), slog.Int("recipients", len(m.recipients())))
}

// Format writes what holds no personal data.
func (e Entry) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("email.Entry(%d %q %s)", e.ID, e.Key, e.Status))
}

// LogValue is what holds no personal data.
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", e.ID), slog.String("key", e.Key), slog.String("template", e.Template),
		slog.String("client", e.Client), slog.String("status", string(e.Status)))
}

// Format writes what holds no personal data.
func (e Event) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("email.Event(%s %s %s)", e.Provider, e.ID, e.Type))
}

// LogValue is what holds no personal data.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", e.Provider), slog.String("id", e.ID), slog.String("type", e.Type),
		slog.String("message", e.MessageID), slog.String("status", string(e.Status)))
}

// Format writes what holds no personal data.
func (s Suppression) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("email.Suppression(%s %d)", s.Reason, s.Message))
}

// LogValue is what holds no personal data.
func (s Suppression) LogValue() slog.Value {
	return slog.GroupValue(slog.String("reason", string(s.Reason)), slog.Int64("message", s.Message))
}
