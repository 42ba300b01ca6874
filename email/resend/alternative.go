package resend

import (
	"bytes"
	"io"
	"slices"

	"github.com/frontdesk-go/frontdesk/email"
)

// files are the attachments, and the alternatives as attachments: Resend knows no forms of
// a mail but text and HTML. Gmail and Outlook read an invitation in either place.
func files(m *email.Message) []email.Attachment {
	if len(m.Alternatives) == 0 {
		return m.Attachments
	}
	var all []email.Attachment
	for _, a := range m.Attachments {
		if !slices.ContainsFunc(m.Alternatives, func(alternative email.Alternative) bool { return alternative.Name == a.Name }) {
			all = append(all, a)
		}
	}
	for _, a := range m.Alternatives {
		all = append(all, email.Attachment{
			Name: a.Name, ContentType: a.ContentType, Size: int64(len(a.Content)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(a.Content)), nil },
		})
	}
	return all
}
