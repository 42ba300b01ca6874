package frontdesk

import (
	"fmt"
	"io"
	"log/slog"
)

const redaction = "[redacted]"

// redacted keeps a text in a closure. The methods of a field that is not exported are out
// of reach for fmt and reflect: they print what the field is made of, and a closure
// shows its address only.
type redacted struct{ reveal func() string }

func redact(s string) redacted {
	if s == "" {
		return redacted{}
	}
	return redacted{func() string { return s }}
}

// Reveal returns the text itself.
func (r redacted) Reveal() string {
	if r.IsZero() {
		return ""
	}
	return r.reveal()
}

// IsZero reports whether the text is empty.
func (r redacted) IsZero() bool { return r.reveal == nil }

// String returns "[redacted]".
func (r redacted) String() string { return redaction }

// GoString returns "[redacted]".
func (r redacted) GoString() string { return redaction }

// Format writes "[redacted]", whatever the verb and its flags.
func (r redacted) Format(s fmt.State, _ rune) { io.WriteString(s, redaction) }

// LogValue returns "[redacted]".
func (r redacted) LogValue() slog.Value { return slog.StringValue(redaction) }

// MarshalText returns "[redacted]".
func (r redacted) MarshalText() ([]byte, error) { return []byte(redaction), nil }

// MarshalJSON returns "[redacted]" as a JSON string.
func (r redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + redaction + `"`), nil }
