package email

import (
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// Limits of a message. They are the narrowest of the providers', so that a message
// that one of them takes is taken by all.
const (
	MaxRecipients = 50         // in To, Cc and Bcc together
	MaxSize       = 40_000_000 // bytes of the bodies, and of the alternatives and attachments in base64
	MaxKey        = 256        // characters of the key, and of a tag's name and value
	maxLine       = 998        // bytes of a header line, by RFC 5322
)

// Validate refuses what no provider would send, or would send otherwise than it
// is written. Every refusal is Invalid and names its field in snake case:
// "to[1]", "attachments[0].content_type". All of them are joined.
func (m *Message) Validate() error {
	return errors.Join(m.validHead(), m.validRecipients(), m.validBody(), m.validAlternatives(), m.validHeaders(), m.validTags(), m.validAttachments())
}

func (m *Message) validHead() error {
	errs := []error{validAddress("from", m.From), validLine("subject", m.Subject), validKey(m.Key)}
	for i, a := range m.ReplyTo {
		errs = append(errs, validAddress(fmt.Sprintf("reply_to[%d]", i), a))
	}
	return errors.Join(errs...)
}

func (m *Message) validBody() error {
	if m.Text == "" && m.HTML == "" {
		return frontdesk.InvalidField("text", "is required, unless there is HTML")
	}
	return errors.Join(validText("text", m.Text), validText("html", m.HTML))
}

// validText passes text of several lines.
func validText(field, text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return frontdesk.InvalidField(field, "is not UTF-8 text")
	}
	return nil
}

// validLine passes what becomes one header line.
func validLine(field, text string) error {
	switch {
	case !utf8.ValidString(text):
		return frontdesk.InvalidField(field, "is not UTF-8 text")
	case strings.ContainsFunc(text, breaksLine):
		return frontdesk.InvalidField(field, "has a control character")
	case len(text) > maxLine:
		return frontdesk.InvalidField(field, "is longer than %d bytes", maxLine)
	}
	return nil
}

// breaksLine reports control characters and Unicode's own line ends.
func breaksLine(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

func validKey(key string) error {
	switch {
	case key == "":
		return frontdesk.InvalidField("key", "is required")
	case len(key) > MaxKey:
		return frontdesk.InvalidField("key", "is longer than %d characters", MaxKey)
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return frontdesk.InvalidField("key", "has a character that is not visible ASCII")
	}
	return nil
}

// ownHeaders are made from the message's own fields, or on the way.
var ownHeaders = []string{
	"From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-Id", "Mime-Version",
	"Return-Path", "Received", "Dkim-Signature", "Resend-Idempotency-Key", "Idempotency-Key",
}

func (m *Message) validHeaders() error {
	var errs []error
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		field := fmt.Sprintf("headers[%q]", name)
		same := textproto.CanonicalMIMEHeaderKey(name)
		if seen[same] {
			errs = append(errs, frontdesk.InvalidField(field, "is there twice"))
		}
		seen[same] = true
		errs = append(errs, validHeaderName(field, name), validLine(field, m.Headers[name]))
	}
	return errors.Join(errs...)
}

func validHeaderName(field, name string) error {
	canonical := textproto.CanonicalMIMEHeaderKey(name)
	switch {
	case name == "" || len(name) > 76 || strings.ContainsFunc(name, notInName):
		return frontdesk.InvalidField(field, "is not the name of a header")
	case slices.Contains(ownHeaders, canonical), strings.HasPrefix(canonical, "Content-"):
		return frontdesk.InvalidField(field, "is made from the message's other fields")
	}
	return nil
}

// notInName reports what a header's name is not made of. RFC 5322 allows more, and no
// provider does.
func notInName(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}

func (m *Message) validTags() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(m.Tags)) {
		if !validTag(name) || !validTag(m.Tags[name]) {
			errs = append(errs, frontdesk.InvalidField(fmt.Sprintf("tags[%q]", name),
				"must have a name and a value of 1 to %d ASCII letters, digits, hyphens and underscores", MaxKey))
		}
	}
	return errors.Join(errs...)
}

func validTag(s string) bool {
	return s != "" && len(s) <= MaxKey && !strings.ContainsFunc(s, notInName)
}
