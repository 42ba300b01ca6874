package smtp

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"mime"
	"net/mail"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/frontdesk-go/frontdesk/email"
)

// MessageID is the Message-ID of a message, without its angle brackets. It is the same
// for the same key and sender's domain, and does not show the key.
func MessageID(m *email.Message) string {
	sum := sha256.Sum256([]byte(m.Key))
	return hex.EncodeToString(sum[:16]) + "@" + domain(m.From.Address)
}

func domain(address string) string { return address[strings.LastIndex(address, "@")+1:] }

// letter is a mail ready to be sent: its envelope, its content, and its files.
type letter struct {
	from    string
	to      []string
	content *gomail.Msg
	files   []*fileReader
}

func (m *Mailer) compose(msg *email.Message) *letter {
	l := &letter{from: msg.From.Address, to: recipients(msg), content: gomail.NewMsg(gomail.WithNoDefaultUserAgent())}
	l.head(m, msg)
	l.bodies(msg)
	for i := range msg.Attachments {
		l.files = append(l.files, &fileReader{file: &msg.Attachments[i]})
	}
	return l
}

// recipients are all addresses, each once.
func recipients(m *email.Message) []string {
	var all []string
	for _, a := range slices.Concat(m.To, m.Cc, m.Bcc) {
		if !slices.Contains(all, a.Address) {
			all = append(all, a.Address)
		}
	}
	return all
}

// head writes all header lines but Bcc.
func (l *letter) head(m *Mailer, msg *email.Message) {
	l.content.SetMessageIDWithValue(MessageID(msg))
	l.content.SetDateWithValue(m.options.Clock().UTC())
	l.content.FromMailAddress(&msg.From)
	l.content.ToMailAddress(pointers(msg.To)...)
	if len(msg.Cc) > 0 {
		l.content.CcMailAddress(pointers(msg.Cc)...)
	}
	if len(msg.ReplyTo) > 0 {
		l.content.ReplyToMailAddress(pointers(msg.ReplyTo)...)
	}
	l.content.Subject(msg.Subject)
	for _, name := range slices.Sorted(maps.Keys(msg.Headers)) {
		l.content.SetGenHeader(gomail.Header(name), msg.Headers[name])
	}
	if m.options.KeyHeader != "" {
		l.content.SetGenHeaderPreformatted(gomail.Header(m.options.KeyHeader), msg.Key)
	}
}

func pointers(addresses []mail.Address) []*mail.Address {
	list := make([]*mail.Address, len(addresses))
	for i := range addresses {
		list[i] = &addresses[i]
	}
	return list
}

// bodies puts the text before the HTML, and the alternatives last: readers show the last one that they can.
func (l *letter) bodies(msg *email.Message) {
	switch {
	case msg.Text == "":
		l.content.SetBodyString(gomail.TypeTextHTML, msg.HTML)
	case msg.HTML == "":
		l.content.SetBodyString(gomail.TypeTextPlain, msg.Text)
	default:
		l.content.SetBodyString(gomail.TypeTextPlain, msg.Text)
		l.content.AddAlternativeString(gomail.TypeTextHTML, msg.HTML)
	}
	for _, a := range msg.Alternatives {
		l.content.AddAlternativeString(uncoded(a.ContentType), string(a.Content))
	}
}

// uncoded is the media type without a charset, which go-mail adds.
func uncoded(mediaType string) gomail.ContentType {
	parsed, parameters, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return gomail.ContentType(mediaType) // Validate has found it to be a media type
	}
	delete(parameters, "charset")
	return gomail.ContentType(mime.FormatMediaType(parsed, parameters))
}
