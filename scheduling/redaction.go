package scheduling

import (
	"fmt"
	"io"
	"log/slog"
)

// What is personal, or opens something, stays out of logs: printed with whatever verb, or
// logged, these tell what a thing is, and not whose it is.

// Format writes what holds no personal data.
func (m Meeting) Format(f fmt.State, _ rune) { write(f, "Meeting", m.ID, string(m.Status)) }

// LogValue is what holds no personal data.
func (m Meeting) LogValue() slog.Value { return logged(m.ID, string(m.Status)) }

// Format writes what holds no personal data.
func (b Booking) Format(f fmt.State, _ rune) { write(f, "Booking", b.ID, string(b.Status)) }

// LogValue is what holds no personal data.
func (b Booking) LogValue() slog.Value { return logged(b.ID, string(b.Status)) }

// Format writes what holds no personal data.
func (g Guest) Format(f fmt.State, _ rune) { write(f, "Guest") }

// LogValue is what holds no personal data.
func (g Guest) LogValue() slog.Value { return slog.StringValue("guest") }

// Format writes what holds no personal data.
func (p Person) Format(f fmt.State, _ rune) { write(f, "Person") }

// LogValue is what holds no personal data.
func (p Person) LogValue() slog.Value { return slog.StringValue("person") }

// Format writes what holds no personal data.
func (e Entry) Format(f fmt.State, _ rune) { write(f, "Entry", e.UID) }

// LogValue is what holds no personal data.
func (e Entry) LogValue() slog.Value { return slog.GroupValue(slog.String("uid", e.UID)) }

// Format writes what holds no personal data.
func (r Request) Format(f fmt.State, _ rune) { write(f, "Request", r.EventType) }

// LogValue is what holds no personal data.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("event_type", r.EventType), slog.Time("start", r.Start))
}

// Format writes nothing of the token.
func (t Ticket) Format(f fmt.State, _ rune) { write(f, "Ticket", t.Booking.ID) }

// LogValue is what holds no token.
func (t Ticket) LogValue() slog.Value { return slog.GroupValue(slog.Any("booking", t.Booking)) }

// Format writes nothing of the token.
func (r Ref) Format(f fmt.State, _ rune) { write(f, "Ref", r.Booking) }

// LogValue is what holds no token.
func (r Ref) LogValue() slog.Value { return slog.GroupValue(slog.String("booking", r.Booking)) }

// Format writes what holds no personal data.
func (w Waiting) Format(f fmt.State, _ rune) { write(f, "Waiting", w.ID, string(w.State)) }

// LogValue is what holds no personal data.
func (w Waiting) LogValue() slog.Value { return logged(w.ID, string(w.State)) }

// Format writes nothing of the token.
func (r WaitRef) Format(f fmt.State, _ rune) { write(f, "WaitRef", r.ID) }

// LogValue is what holds no token.
func (r WaitRef) LogValue() slog.Value { return slog.GroupValue(slog.String("id", r.ID)) }

// Format writes nothing of the token.
func (t WaitTicket) Format(f fmt.State, _ rune) { write(f, "WaitTicket", t.Waiting.ID) }

// LogValue is what holds no token.
func (t WaitTicket) LogValue() slog.Value { return slog.GroupValue(slog.Any("waiting", t.Waiting)) }

// Format writes what holds no personal data.
func (n Settings) Format(f fmt.State, _ rune) { write(f, "Settings", n.Expert) }

// LogValue is what holds no personal data.
func (n Settings) LogValue() slog.Value { return slog.GroupValue(slog.String("expert", n.Expert)) }

// Format writes what holds no address: whoever has that of a feed can read it.
func (c CalendarRef) Format(f fmt.State, _ rune) { write(f, "CalendarRef", c.Kind) }

// LogValue is what holds no address.
func (c CalendarRef) LogValue() slog.Value { return slog.GroupValue(slog.String("kind", c.Kind)) }

// Format writes what holds no personal data.
func (o Order) Format(f fmt.State, _ rune) { write(f, "Order", o.ID) }

// LogValue is what holds no personal data.
func (o Order) LogValue() slog.Value { return slog.GroupValue(slog.String("id", o.ID)) }

// Format writes nothing of the payload.
func (e Effect) Format(f fmt.State, _ rune) { write(f, "Effect", string(e.Kind), string(e.State)) }

// LogValue is what holds nothing of the payload.
func (e Effect) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", e.ID), slog.String("kind", string(e.Kind)), slog.String("state", string(e.State)))
}

// Format writes what holds no personal data.
func (c Change) Format(f fmt.State, _ rune) { write(f, "Change", c.Key) }

// LogValue is what holds no personal data.
func (c Change) LogValue() slog.Value { return slog.GroupValue(slog.String("key", c.Key)) }

func write(f fmt.State, kind string, parts ...string) {
	io.WriteString(f, fmt.Sprintf("scheduling.%s%q", kind, parts))
}

func logged(id, state string) slog.Value {
	return slog.GroupValue(slog.String("id", id), slog.String("state", state))
}
