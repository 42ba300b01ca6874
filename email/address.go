package email

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// Limits of an address, by RFC 5321, and of the name before it.
const (
	maxAddress   = 254
	maxLocalPart = 64
	maxName      = 255
)

// recipients are all who get the message.
func (m *Message) recipients() []mail.Address { return slices.Concat(m.To, m.Cc, m.Bcc) }

func (m *Message) validRecipients() error {
	var errs []error
	if len(m.To) == 0 {
		errs = append(errs, frontdesk.InvalidField("to", "is required"))
	}
	if n := len(m.recipients()); n > MaxRecipients {
		errs = append(errs, frontdesk.InvalidField("to", "has with cc and bcc more than %d recipients", MaxRecipients))
	}
	for _, list := range []struct {
		field     string
		addresses []mail.Address
	}{{"to", m.To}, {"cc", m.Cc}, {"bcc", m.Bcc}} {
		for i, a := range list.addresses {
			errs = append(errs, validAddress(fmt.Sprintf("%s[%d]", list.field, i), a))
		}
	}
	return errors.Join(errs...)
}

// validAddress passes a bare address with a name that may be empty.
func validAddress(field string, a mail.Address) error {
	if a.Address == "" {
		return frontdesk.InvalidField(field, "is required")
	}
	if !isAddress(a.Address) {
		return frontdesk.InvalidField(field, "is not an email address")
	}
	if !utf8.ValidString(a.Name) || strings.ContainsFunc(a.Name, breaksLine) {
		return frontdesk.InvalidField(field, "has a control character in its name")
	}
	if len(a.Name) > maxName {
		return frontdesk.InvalidField(field, "has a name longer than %d bytes", maxName)
	}
	return nil
}

// isAddress takes ASCII only: not every server takes more, and the domain has a form
// that does without (punycode).
func isAddress(address string) bool {
	if len(address) > maxAddress || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" {
		return false
	}
	local, domain, _ := strings.Cut(address, "@")
	return len(local) <= maxLocalPart && !strings.ContainsAny(domain, "[]@")
}

// normal is an address as the suppression list has it.
func normal(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
