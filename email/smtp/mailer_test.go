package smtp_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func TestMailer(t *testing.T) {
	emailtest.TestMailer(t, func(t *testing.T) emailtest.Harness {
		s := serve(t, nil)
		return emailtest.Harness{
			Mailer: s.mailer(s.options()),
			Driver: driver{s},
			Refusals: []frontdesk.Code{
				frontdesk.Invalid, frontdesk.Unauthenticated, frontdesk.FailedPrecondition, frontdesk.Declined,
				frontdesk.QuotaExceeded, frontdesk.Unavailable,
			},
			NoTags: true,
		}
	})
}

// driver shows the suite what the server has accepted, and breaks it.
type driver struct{ *server }

func (d driver) Calls() int {
	calls, dials := d.count()
	return calls + dials
}

func (d driver) LoseNext() { d.next(fault{lose: true}) }

func (d driver) RefuseRecipient(address string) { d.refuse(address, noMailbox) }

var noMailbox = answer(550, [3]int{5, 1, 1}, "no such mailbox")

func (d driver) FailNext(err error) {
	f, known := map[frontdesk.Code]fault{
		frontdesk.Invalid:            {data: answer(552, [3]int{5, 3, 4}, "message too big")},
		frontdesk.Unauthenticated:    {mail: answer(530, [3]int{5, 7, 0}, "authentication required")},
		frontdesk.FailedPrecondition: {mail: answer(553, [3]int{5, 7, 1}, "sender address not allowed")},
		frontdesk.Declined:           {data: answer(554, [3]int{5, 7, 1}, "refused by policy")},
		frontdesk.QuotaExceeded:      {data: answer(550, [3]int{5, 4, 5}, "daily user sending limit exceeded")},
		frontdesk.Unavailable:        {data: answer(451, [3]int{4, 3, 0}, "try again later")},
	}[frontdesk.CodeOf(err)]
	if !known {
		d.t.Fatalf("an SMTP server does not fail with %v", err)
	}
	d.next(f)
}

func (d driver) Mails() []emailtest.Mail {
	var all []emailtest.Mail
	for _, r := range d.accepted() {
		all = append(all, d.parse(r))
	}
	return all
}

// parse reads a mail as a recipient's program does.
func (d driver) parse(r received) emailtest.Mail {
	raw, err := mail.ReadMessage(bytes.NewReader(r.data))
	require.NoError(d.t, err)
	var m emailtest.Mail
	m.ProviderID = strings.Trim(raw.Header.Get("Message-Id"), "<>")
	m.From = d.addresses(raw.Header, "From")[0]
	m.To, m.Cc, m.ReplyTo = d.addresses(raw.Header, "To"), d.addresses(raw.Header, "Cc"), d.addresses(raw.Header, "Reply-To")
	m.Bcc = hidden(r.to, m.Recipients())
	m.Headers = map[string]string{}
	for name, values := range raw.Header {
		m.Headers[name], err = new(mime.WordDecoder).DecodeHeader(values[0])
		require.NoError(d.t, err)
	}
	m.Subject = m.Headers["Subject"]
	for _, name := range []string{"X-Entity-Ref-ID"} {
		m.Headers[name] = raw.Header.Get(name)
	}
	d.part(&m, raw.Header, raw.Body)
	return m
}

// hidden are those who got the mail and are not named in it.
func hidden(to, named []string) []mail.Address {
	var all []mail.Address
	for _, address := range to {
		if !slices.Contains(named, address) {
			all = append(all, mail.Address{Address: address})
		}
	}
	return all
}

func (d driver) addresses(h mail.Header, name string) []mail.Address {
	list, err := h.AddressList(name)
	if errors.Is(err, mail.ErrHeaderNotPresent) {
		return nil
	}
	require.NoError(d.t, err)
	var all []mail.Address
	for _, a := range list {
		all = append(all, *a)
	}
	return all
}

// header is that of a mail, or of a part.
type header interface{ Get(string) string }

func (d driver) part(m *emailtest.Mail, h header, body io.Reader) {
	mediaType, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	require.NoError(d.t, err)
	if strings.HasPrefix(mediaType, "multipart/") {
		for parts := multipart.NewReader(body, parameters["boundary"]); ; {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return
			}
			require.NoError(d.t, err)
			d.part(m, p.Header, p)
		}
	}
	content := d.decode(h, body)
	disposition, named, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	switch {
	case disposition != "":
		name, err := new(mime.WordDecoder).DecodeHeader(named["filename"])
		require.NoError(d.t, err)
		m.Attachments = append(m.Attachments, file(name, mediaType, strings.Trim(h.Get("Content-Id"), "<>"), content))
	case mediaType == "text/html":
		m.HTML = string(content)
	case mediaType == "text/plain":
		m.Text = string(content)
	default:
		m.Alternatives = append(m.Alternatives, email.Alternative{ContentType: mime.FormatMediaType(mediaType, parameters), Content: content})
	}
}

func (d driver) decode(h header, body io.Reader) []byte {
	switch h.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	require.NoError(d.t, err)
	return content
}

// file is an attachment whose content is in memory.
func file(name, contentType, contentID string, content []byte) email.Attachment {
	return email.Attachment{
		Name: name, ContentType: contentType, ContentID: contentID, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

var _ gosmtp.Backend = (*server)(nil)
