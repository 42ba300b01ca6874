package resend

import (
	"context"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Send implements [email.Mailer].
func (m *Mailer) Send(ctx context.Context, msg *email.Message) (email.Receipt, error) {
	return m.sendOne(ctx, msg, "")
}

// SendAt implements [email.Scheduler]. Resend takes times of the next 30 days.
func (m *Mailer) SendAt(ctx context.Context, msg *email.Message, at time.Time) (email.Receipt, error) {
	if at.IsZero() {
		return email.Receipt{}, frontdesk.InvalidField("at", "must be a time")
	}
	return m.sendOne(ctx, msg, at.UTC().Format(time.RFC3339Nano))
}

func (m *Mailer) sendOne(ctx context.Context, msg *email.Message, at string) (email.Receipt, error) {
	if err := msg.Validate(); err != nil {
		return email.Receipt{}, err
	}
	content, err := object(describe(msg, at), files(msg))
	if err != nil {
		return email.Receipt{}, err
	}
	var sent struct{ ID string }
	if err := m.do(ctx, call{path: "emails", key: msg.Key, body: content}, &sent); err != nil {
		return email.Receipt{}, err
	}
	return receipt(sent.ID)
}

// receipt refuses an answer without an id: the mail may have been sent, and events
// could not be joined with it.
func receipt(id string) (email.Receipt, error) {
	if id == "" {
		return email.Receipt{}, frontdesk.Errorf(frontdesk.OutcomeUnknown, "resend: the answer has no id")
	}
	return email.Receipt{ProviderID: id}, nil
}

// Cancel implements [email.Scheduler].
func (m *Mailer) Cancel(ctx context.Context, providerID string) error {
	if strings.Trim(providerID, " .") == "" { // dots would lead out of the path
		return frontdesk.InvalidField("provider_id", "must be the id of a message")
	}
	var canceled struct{}
	err := m.do(ctx, call{path: "emails/" + url.PathEscape(providerID) + "/cancel"}, &canceled)
	if refused, ok := err.(*frontdesk.Error); ok && refused.Code == frontdesk.Invalid { //nolint:errorlint // do's own, not a cause
		refused.Code, refused.Fields = frontdesk.FailedPrecondition, nil
		refused.Message = "the message cannot be taken back any more"
	}
	return err
}

// message is a mail without its attachments, as Resend reads it.
type message struct {
	From        string            `json:"from"`
	To          []string          `json:"to"`
	Cc          []string          `json:"cc,omitempty"`
	Bcc         []string          `json:"bcc,omitempty"`
	ReplyTo     []string          `json:"reply_to,omitempty"`
	Subject     string            `json:"subject"`
	HTML        string            `json:"html,omitempty"`
	Text        string            `json:"text,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	Tags        []tag             `json:"tags,omitempty"`
	ScheduledAt string            `json:"scheduled_at,omitempty"`
}

type tag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func describe(m *email.Message, at string) message {
	return message{
		From:        format(m.From),
		To:          formatAll(m.To),
		Cc:          formatAll(m.Cc),
		Bcc:         formatAll(m.Bcc),
		ReplyTo:     formatAll(m.ReplyTo),
		Subject:     m.Subject,
		HTML:        m.HTML,
		Text:        m.Text,
		Headers:     m.Headers,
		Tags:        tags(m.Tags),
		ScheduledAt: at,
	}
}

// tags are in the order of their names: the same message is the same bytes.
func tags(given map[string]string) []tag {
	var list []tag
	for _, name := range slices.Sorted(maps.Keys(given)) {
		list = append(list, tag{name, given[name]})
	}
	return list
}

func formatAll(given []mail.Address) []string {
	var list []string
	for _, a := range given {
		list = append(list, format(a))
	}
	return list
}

// format writes an address with its name as people write it: Resend encodes it for
// the mail. The name is quoted only where it must be.
func format(a mail.Address) string {
	name := strings.TrimSpace(a.Name)
	switch {
	case name == "":
		return a.Address
	case strings.ContainsAny(name, `()<>[]:;@\,."`):
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + a.Address + ">"
}
