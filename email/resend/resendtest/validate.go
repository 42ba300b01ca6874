package resendtest

import (
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"
)

const (
	maxRecipients = 50
	maxSize       = 40 << 20 // of a mail with its attachments in base64
	maxAhead      = 30 * 24 * time.Hour
)

// blocked are some of the types of files that Resend does not send
// (https://resend.com/docs/knowledge-base/what-attachment-types-are-not-supported).
var blocked = []string{".bat", ".cmd", ".com", ".exe", ".js", ".msi", ".scr", ".vbs"}

func invalid(name, message string) *refusal {
	return &refusal{http.StatusUnprocessableEntity, name, message}
}

func missing(field string) *refusal {
	return invalid("missing_required_field", "Missing `"+field+"` field.")
}

// check refuses an email as Resend does.
func (s *Server) check(d *draft) *refusal {
	switch {
	case d.From == "":
		return missing("from")
	case len(d.To) == 0:
		return missing("to")
	case d.Subject == nil:
		return missing("subject")
	case d.HTML == "" && d.Text == "":
		return invalid("validation_error", "Missing `html` or `text` field.")
	}
	for _, part := range []func(*draft) *refusal{s.checkSender, checkRecipients, checkTags, checkFiles} {
		if refused := part(d); refused != nil {
			return refused
		}
	}
	return nil
}

func (s *Server) checkSender(d *draft) *refusal {
	from, err := mail.ParseAddress(d.From)
	if err != nil {
		return invalid("validation_error", "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.")
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	if s.options.Domains != nil && !slices.Contains(s.options.Domains, domain) {
		return &refusal{http.StatusForbidden, "validation_error",
			"The " + domain + " domain is not verified. Please, add and verify your domain on https://resend.com/domains"}
	}
	return nil
}

func checkRecipients(d *draft) *refusal {
	for field, list := range map[string][]string{"to": d.To, "cc": d.Cc, "bcc": d.Bcc, "reply_to": d.ReplyTo} {
		if len(list) > maxRecipients {
			return invalid("validation_error", "The `"+field+"` field has more than 50 recipients.")
		}
		for _, a := range list {
			if _, err := mail.ParseAddress(a); err != nil {
				return invalid("validation_error", "Invalid `"+field+"` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.")
			}
		}
	}
	return nil
}

func checkTags(d *draft) *refusal {
	odd := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", r)
	}
	for _, t := range d.Tags {
		if t.Name == "" || len(t.Name) > 256 || len(t.Value) > 256 || strings.ContainsFunc(t.Name+t.Value, odd) {
			return invalid("validation_error", "Tags should only contain ASCII letters, numbers, underscores, or dashes.")
		}
	}
	return nil
}

func checkFiles(d *draft) *refusal {
	size := len(d.HTML) + len(d.Text)
	for _, f := range d.Attachments {
		if f.Filename == "" {
			return invalid("invalid_attachment", "Attachment must have either a `content` or `path`, and a `filename`.")
		}
		name := strings.ToLower(f.Filename)
		if slices.ContainsFunc(blocked, func(ending string) bool { return strings.HasSuffix(name, ending) }) {
			return invalid("invalid_attachment", "The attachment type of `"+f.Filename+"` is not supported.")
		}
		size += f.Content.encoded
	}
	if size > maxSize {
		return invalid("validation_error", "The email with its attachments is larger than 40MB.")
	}
	return nil
}

// scheduled reads when an email is to be sent.
func (s *Server) scheduled(d *draft) (time.Time, *refusal) {
	if d.ScheduledAt == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, d.ScheduledAt)
	if err != nil {
		return time.Time{}, invalid("validation_error", "Invalid `scheduled_at` field.")
	}
	if at.After(s.now().Add(maxAhead)) {
		return time.Time{}, invalid("validation_error", "The `scheduled_at` field must be within 30 days.")
	}
	return at.UTC(), nil
}
