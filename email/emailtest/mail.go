package emailtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Mail is a message as a provider has accepted it. Its attachments can be opened at
// any time.
type Mail struct {
	email.Message
	ProviderID string
	AcceptedAt time.Time
	SendAt     time.Time // of a scheduled one
	Canceled   bool      // it was scheduled, and taken back
}

// Recipients are the addresses of all who get it, those in Bcc last.
func (m Mail) Recipients() []string {
	var all []string
	for _, a := range slices.Concat(m.To, m.Cc, m.Bcc) {
		all = append(all, a.Address)
	}
	return all
}

// Has reports whether the address is among the recipients, in whatever case.
func (m Mail) Has(address string) bool {
	return slices.ContainsFunc(m.Recipients(), func(a string) bool { return strings.EqualFold(a, address) })
}

// keep copies the message with all that its attachments hold.
func keep(m *email.Message) (email.Message, error) {
	kept := *m
	kept.To, kept.Cc, kept.Bcc, kept.ReplyTo = slices.Clone(m.To), slices.Clone(m.Cc), slices.Clone(m.Bcc), slices.Clone(m.ReplyTo)
	kept.Headers, kept.Tags, kept.Attachments = maps.Clone(m.Headers), maps.Clone(m.Tags), slices.Clone(m.Attachments)
	kept.Alternatives = slices.Clone(m.Alternatives)
	for i, a := range m.Alternatives {
		kept.Alternatives[i].Content = bytes.Clone(a.Content)
	}
	for i, a := range m.Attachments {
		content, err := content(a)
		if err != nil {
			return kept, fmt.Errorf("attachments[%d]: %w", i, err)
		}
		kept.Attachments[i].Open = opener(content)
	}
	return kept, nil
}

// opener opens content that is in memory.
func opener(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

// content reads an attachment, which must be as long as it says.
func content(a email.Attachment) ([]byte, error) {
	r, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, a.Size+1))
	if err == nil && int64(len(content)) != a.Size {
		err = frontdesk.Errorf(frontdesk.Invalid, "it does not have the size it says")
	}
	return content, err
}

// fingerprint is the same for messages with the same content.
func fingerprint(m email.Message) string {
	var files []any
	for _, a := range m.Attachments {
		content, err := content(a)
		files = append(files, a.Name, a.ContentType, a.ContentID, content, err)
	}
	text, err := json.Marshal([]any{
		[]mail.Address{m.From}, m.To, m.Cc, m.Bcc, m.ReplyTo, m.Subject, m.Text, m.HTML, m.Headers, m.Tags, m.Alternatives, files,
	})
	return fmt.Sprintf("%x %v", sha256.Sum256(text), err)
}
