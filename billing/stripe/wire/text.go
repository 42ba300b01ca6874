package wire

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// maxID bounds identifiers, which databases index. Stripe promises 255.
const maxID = 255

// plain returns the string that raw is the JSON of, and "" if it is no string.
func plain(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	inner := raw[1 : len(raw)-1]
	if isASCII(inner) {
		return string(inner)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// isASCII reports whether a string stands for itself: no escapes, no other letters.
func isASCII(inner []byte) bool {
	for _, c := range inner {
		if c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

// unmarshal decodes an object of Stripe's, less the NUL characters in its texts,
// which Postgres refuses.
func unmarshal(raw []byte, v any) error {
	if err := json.Unmarshal(withoutNUL(raw), v); err != nil {
		return frontdesk.Errorf(frontdesk.Invalid, "Stripe's object cannot be read: %w", err)
	}
	return nil
}

var escapedNUL = []byte(`\u0000`)

// withoutNUL returns the JSON raw without its escaped NUL characters. A raw one is
// not JSON, and its reader says so.
func withoutNUL(raw []byte) []byte {
	if !bytes.Contains(raw, escapedNUL) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		switch {
		case bytes.HasPrefix(raw[i:], escapedNUL):
			i += len(escapedNUL)
		case raw[i] == '\\' && i+1 < len(raw):
			out = append(out, raw[i], raw[i+1])
			i += 2
		default:
			out = append(out, raw[i])
			i++
		}
	}
	return out
}
