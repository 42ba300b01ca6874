package emailtest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"sync/atomic"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var contentRules = []mailerRule{
	{"a message arrives with all that it has", checkWhole},
	{"text or HTML alone is enough", checkOneBody},
	{"names, subject and bodies of any script arrive", checkScripts},
	{"lines of any length and a lone dot arrive", checkLines},
	{"blind copies arrive and the other recipients do not see them", checkBcc},
	{"attachments of any kind arrive byte by byte", checkAttachments},
	{"further forms of the text arrive, if only as files", checkAlternatives},
	{"an inline image keeps its content id", checkInline},
	{"each attempt opens the attachments anew and closes them", checkReopen},
	{"a message whose attachment cannot be read is not sent", checkBrokenAttachment},
	{"a message whose attachment is not as long as it says is not sent", checkWrongSize},
}

// arrived compares what the recipients got with what was sent.
func (t *mailerTest) arrived(got Mail, want *email.Message) {
	t.Helper()
	equalText(t, "the sender", got.From, want.From)
	equalAddresses(t, "to", got.To, want.To)
	equalAddresses(t, "cc", got.Cc, want.Cc)
	equalAddresses(t, "bcc", got.Bcc, want.Bcc)
	equalAddresses(t, "reply-to", got.ReplyTo, want.ReplyTo)
	equal(t, "the subject", got.Subject, want.Subject)
	equal(t, "the text", unix(got.Text), unix(want.Text))
	equal(t, "the HTML", unix(got.HTML), unix(want.HTML))
	for name, value := range want.Headers {
		equal(t, "the header "+name, got.Headers[name], value)
	}
	if !t.harness.NoTags {
		equalText(t, "the tags", got.Tags, want.Tags)
	}
	t.sameFiles(got.Attachments, want.Attachments)
}

func equalAddresses(t *mailerTest, what string, got, want []mail.Address) {
	t.Helper()
	if what == "bcc" { // which says only who, not under what name
		got, want = bare(got), bare(want)
	}
	if len(got)+len(want) > 0 {
		equalText(t, what, got, want)
	}
}

func bare(addresses []mail.Address) []mail.Address {
	var all []mail.Address
	for _, a := range addresses {
		all = append(all, mail.Address{Address: a.Address})
	}
	return all
}

// unix is the text as it is on the way, with its line ends as they are here.
func unix(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

func (t *mailerTest) sameFiles(got, want []email.Attachment) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d attachments arrived, want %d", len(got), len(want))
	}
	for i := range want {
		equal(t, "the name", got[i].Name, want[i].Name)
		equal(t, "the media type", got[i].ContentType, want[i].ContentType)
		equal(t, "the content id", got[i].ContentID, want[i].ContentID)
		gotten, sent := t.content(got[i]), t.content(want[i])
		if !bytes.Equal(gotten, sent) {
			t.Errorf("%s arrived with %d bytes that differ from the %d that were sent", want[i].Name, len(gotten), len(sent))
		}
	}
}

func (t *mailerTest) content(a email.Attachment) []byte {
	t.Helper()
	content, err := content(a)
	if err != nil {
		t.Fatalf("the attachment cannot be read: %v", err)
	}
	return content
}

func checkWhole(t *mailerTest) {
	m := t.message()
	m.To = append(m.To, mail.Address{Address: "bare@example.com"})
	m.Cc = []mail.Address{{Name: "Grace, Hopper", Address: "grace@example.com"}}
	m.Bcc = []mail.Address{{Address: "archive@example.com"}}
	m.ReplyTo = []mail.Address{{Name: "Help", Address: "help@example.com"}, {Address: "sales@example.com"}}
	m.Headers = map[string]string{"List-Unsubscribe": "<https://example.com/u?id=1>", "X-Entity-Ref-ID": "42"}
	m.Tags = map[string]string{"template": "receipt", "client": "acme_1"}
	m.Attachments = []email.Attachment{textFile("note.txt", "hello\n")}
	t.send(m)
	t.arrived(t.only(), m)
}

func checkOneBody(t *mailerTest) {
	text, html := t.message(), t.message()
	text.HTML, html.Text = "", ""
	t.send(text)
	t.arrived(t.only(), text)
	t.send(html)
	t.holds(2, "HTML alone is a message")
	got := t.driver.Mails()[1]
	equal(t, "the HTML", unix(got.HTML), html.HTML)
}

func checkScripts(t *mailerTest) {
	m := t.message()
	m.From.Name, m.To[0].Name = "Escritório São João", `O'Brien "Öz" 山田`
	m.Subject = "Fatura nº 7 — 49,00 € 😀 " + strings.Repeat("ção ", 40)
	m.Text, m.HTML = "Olá, 世界 😀", "<p>Olá, <b>世界</b> 😀 &amp; =20</p>"
	t.send(m)
	got := t.only()
	equal(t, "the subject", strings.TrimSpace(got.Subject), strings.TrimSpace(m.Subject))
	got.Subject = m.Subject
	t.arrived(got, m)
}

func checkLines(t *mailerTest) {
	m := t.message()
	m.Text = "first\n.\n..\nFrom here\n" + strings.Repeat("x", 5000) + "\nlast"
	m.HTML = "<p>" + strings.Repeat("y=3D ", 3000) + "</p>\n.\n"
	t.send(m)
	t.arrived(t.only(), m)
}

func checkBcc(t *mailerTest) {
	m := t.message()
	m.Bcc = []mail.Address{{Address: "hidden@example.com"}}
	t.send(m)
	got := t.only()
	equal(t, "whether the hidden one gets it", got.Has("hidden@example.com"), true)
	for name, value := range got.Headers {
		if strings.Contains(value, "hidden@") || strings.EqualFold(name, "Bcc") {
			t.Errorf("the header %s tells of the blind copy", name)
		}
	}
}

func checkAttachments(t *mailerTest) {
	m := t.message()
	bin := bytes.Repeat([]byte("\x00\xff\r\n.\r\nbinary=3D\x1b"), 16<<10)
	m.Attachments = []email.Attachment{
		{Name: "fatura nº 7.pdf", ContentType: "application/pdf", Size: int64(len(bin)), Open: opener(bin)},
		{Name: "empty.bin", ContentType: "application/octet-stream", Open: opener(nil)},
		textFile("crlf.txt", "one\r\n.\r\ntwo\nthree\r"),
	}
	t.send(m)
	t.arrived(t.only(), m)
}

func checkAlternatives(t *mailerTest) {
	m := t.message()
	invitation := email.Alternative{
		Name: "invite.ics", ContentType: "text/calendar; method=REQUEST; charset=utf-8",
		Content: []byte("BEGIN:VCALENDAR\r\nSUMMARY:Reunião\r\nEND:VCALENDAR\r\n"),
	}
	m.Alternatives = []email.Alternative{invitation}
	m.Attachments = []email.Attachment{textFile("note.txt", "hello"), textFile("invite.ics", "the same as a file")}
	t.send(m)
	got := t.only()
	equal(t, "the text", unix(got.Text), m.Text)
	equal(t, "the HTML", unix(got.HTML), m.HTML)
	if t.harness.NoAlternatives {
		t.sameFiles(got.Attachments, []email.Attachment{m.Attachments[0], {
			Name: invitation.Name, ContentType: invitation.ContentType, Size: int64(len(invitation.Content)), Open: opener(invitation.Content),
		}})
		return
	}
	t.sameFiles(got.Attachments, m.Attachments)
	if len(got.Alternatives) != 1 {
		t.Fatalf("%d alternatives arrived, want 1", len(got.Alternatives))
	}
	equal(t, "the alternative", unix(string(got.Alternatives[0].Content)), unix(string(invitation.Content)))
	equal(t, "its media type", mediaType(t, got.Alternatives[0]), mediaType(t, invitation))
}

// mediaType is that of the alternative with its method, however it is written.
func mediaType(t *mailerTest, a email.Alternative) string {
	t.Helper()
	parsed, parameters, err := mime.ParseMediaType(a.ContentType)
	if err != nil {
		t.Fatalf("%q is not a media type: %v", a.ContentType, err)
	}
	return parsed + " " + parameters["method"]
}

func checkInline(t *mailerTest) {
	m := t.message()
	m.HTML = `<img src="cid:logo@frontdesk">`
	png := []byte("\x89PNG\r\n\x1a\n")
	m.Attachments = []email.Attachment{{
		Name: "logo.png", ContentType: "image/png", Size: int64(len(png)), ContentID: "logo@frontdesk", Open: opener(png),
	}}
	t.send(m)
	t.arrived(t.only(), m)
}

func checkReopen(t *mailerTest) {
	var opened, closed atomic.Int64
	m := t.message()
	m.Attachments = []email.Attachment{counted(textFile("note.txt", "hello"), &opened, &closed)}
	t.driver.FailNext(frontdesk.Unavailable)
	_, err := t.m.Send(t.ctx, m)
	t.refused(err, frontdesk.Unavailable, "the first attempt fails")
	t.send(m)
	t.arrived(t.only(), m)
	equal(t, "how many readers are still open", opened.Load()-closed.Load(), 0)
}

func checkBrokenAttachment(t *mailerTest) {
	closed := broken(10)
	closed.Open = func() (io.ReadCloser, error) { return nil, errOnPurpose }
	for _, a := range []email.Attachment{broken(10), broken(4 << 20), closed} {
		m := t.message()
		m.Attachments = []email.Attachment{a}
		_, err := t.m.Send(t.ctx, m)
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("failed with %v, want the reader's own error within reach", err)
		}
		if code := frontdesk.CodeOf(err); code == frontdesk.OutcomeUnknown {
			t.Errorf("the code is %s, and it is known that nothing was sent", code)
		}
	}
	t.holds(0, "a message without its attachment is not the message")
	t.send(t.message())
	t.holds(1, "the next message is sent")
}

func checkWrongSize(t *mailerTest) {
	for _, size := range []int64{4, 6} {
		m := t.message()
		a := textFile("note.txt", "hello")
		a.Size = size
		m.Attachments = []email.Attachment{a}
		_, err := t.m.Send(t.ctx, m)
		t.refused(err, frontdesk.Invalid, "the size is wrong")
	}
	t.holds(0, "what is cut off or goes on is not the attachment")
}
