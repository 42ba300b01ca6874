package emailtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"sync/atomic"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var sendRules = []mailerRule{
	{"the mailer has a name", checkMailerName},
	{"each message has a provider id of its own", checkProviderIDs},
	{"a message that is not valid reaches nobody, and its field is named", checkInvalid},
	{"a line end in any field is refused before a call", checkInjection},
	{"a message whose context has ended is not sent", checkEndedContext},
	{"many messages at once are each sent once", checkManyAtOnce},
	{"of three recipients the one who is refused is named and the others get it once", checkRefusedRecipient},
	{"a message all of whose recipients are refused is Declined", checkAllRefused},
}

func checkMailerName(t *mailerTest) {
	if t.m.Name() == "" {
		t.Error("the name is empty")
	}
}

func checkProviderIDs(t *mailerTest) {
	first, second := t.send(t.message()), t.send(t.message())
	if first.ProviderID == second.ProviderID {
		t.Errorf("two messages have the provider id %q", first.ProviderID)
	}
	equalText(t, "the refused recipients", first.Refused, map[string]string(nil))
	for i, m := range t.driver.Mails() {
		equal(t, "the provider's own id of it", m.ProviderID, []string{first.ProviderID, second.ProviderID}[i])
	}
}

// invalid are changes that make a message one that is refused, by the field.
var invalid = map[string]func(*email.Message){
	"from":                        func(m *email.Message) { m.From = mail.Address{} },
	"to":                          func(m *email.Message) { m.To = nil },
	"to[1]":                       func(m *email.Message) { m.To = append(m.To, mail.Address{Address: "not an address"}) },
	"cc[0]":                       func(m *email.Message) { m.Cc = []mail.Address{{Address: "a@b@c"}} },
	"bcc[0]":                      func(m *email.Message) { m.Bcc = []mail.Address{{Name: "Nobody"}} },
	"reply_to[0]":                 func(m *email.Message) { m.ReplyTo = []mail.Address{{Address: "x"}} },
	"text":                        func(m *email.Message) { m.Text, m.HTML = "", "" },
	"key":                         func(m *email.Message) { m.Key = "" },
	"attachments[0].name":         func(m *email.Message) { m.Attachments[0].Name = "" },
	"attachments[0].content_type": func(m *email.Message) { m.Attachments[0].ContentType = "pdf" },
	"attachments[0].size":         func(m *email.Message) { m.Attachments[0].Size = 31_000_000 },
	"attachments[0].open":         func(m *email.Message) { m.Attachments[0].Open = nil },
	"alternatives[0].name": func(m *email.Message) {
		m.Alternatives = []email.Alternative{{ContentType: "text/calendar", Content: []byte("x")}}
	},
	"alternatives[0].content_type": func(m *email.Message) {
		m.Alternatives = []email.Alternative{{Name: "a", ContentType: "image/png", Content: []byte("x")}}
	},
	"alternatives[0].content": func(m *email.Message) {
		m.Alternatives = []email.Alternative{{Name: "a", ContentType: "text/calendar"}}
	},
	`headers["Subject"]`: func(m *email.Message) { m.Headers = map[string]string{"Subject": "other"} },
	`headers["X Y"]`:     func(m *email.Message) { m.Headers = map[string]string{"X Y": "z"} },
	`tags["a b"]`:        func(m *email.Message) { m.Tags = map[string]string{"a b": "c"} },
}

func checkInvalid(t *mailerTest) {
	for field, change := range invalid {
		m := t.message()
		m.Attachments = []email.Attachment{textFile("note.txt", "hi")}
		change(m)
		_, err := t.m.Send(t.ctx, m)
		t.refused(err, frontdesk.Invalid, field+" is wrong")
		t.names(err, field)
	}
	equal(t, "the number of calls", t.driver.Calls(), 0)
	t.holds(0, "a message that is refused is not sent")
}

// injections are the places where a line end would make a header.
var injections = map[string]func(m *email.Message, evil string){
	"from":   func(m *email.Message, evil string) { m.From.Name += evil },
	"to[0]":  func(m *email.Message, evil string) { m.To[0].Name += evil },
	"cc[0]":  func(m *email.Message, evil string) { m.Cc = []mail.Address{{Address: "x@example.com" + evil}} },
	"bcc[0]": func(m *email.Message, evil string) { m.Bcc = []mail.Address{{Address: "x" + evil + "@example.com"}} },
	"reply_to[0]": func(m *email.Message, evil string) {
		m.ReplyTo = []mail.Address{{Name: evil, Address: "x@example.com"}}
	},
	"subject":                     func(m *email.Message, evil string) { m.Subject += evil },
	"key":                         func(m *email.Message, evil string) { m.Key += evil },
	`headers["X-Topic"]`:          func(m *email.Message, evil string) { m.Headers = map[string]string{"X-Topic": "a" + evil} },
	`tags["topic"]`:               func(m *email.Message, evil string) { m.Tags = map[string]string{"topic": "a" + evil} },
	"attachments[0].name":         func(m *email.Message, evil string) { m.Attachments[0].Name += evil },
	"attachments[0].content_type": func(m *email.Message, evil string) { m.Attachments[0].ContentType += evil },
	"alternatives[0].content_type": func(m *email.Message, evil string) {
		m.Alternatives = []email.Alternative{{Name: "a", ContentType: "text/calendar" + evil, Content: []byte("x")}}
	},
	"attachments[0].content_id": func(m *email.Message, evil string) { m.Attachments[0].ContentID = evil },
}

func checkInjection(t *mailerTest) {
	for field, change := range injections {
		for _, evil := range []string{"\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\r", "\x00"} {
			m := t.message()
			m.Attachments = []email.Attachment{textFile("note.txt", "hi")}
			change(m, evil)
			_, err := t.m.Send(t.ctx, m)
			t.refused(err, frontdesk.Invalid, fmt.Sprintf("%s has %q", field, evil))
			t.names(err, field)
		}
	}
	m := t.message()
	m.Headers = map[string]string{"X-Topic\r\nBcc": "eve@example.com"}
	_, err := t.m.Send(t.ctx, m)
	t.refused(err, frontdesk.Invalid, "the name of a header has a line end")
	equal(t, "the number of calls", t.driver.Calls(), 0)
}

func checkEndedContext(t *mailerTest) {
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	_, err := t.m.Send(ctx, t.message())
	t.refused(err, frontdesk.Canceled, "whoever asked has gone")
	t.holds(0, "a message is not sent after its context has ended")
}

func checkManyAtOnce(t *mailerTest) {
	messages := make([]*email.Message, contenders)
	for i := range messages {
		messages[i] = t.message()
	}
	for _, err := range contend(func(i int) error {
		_, err := t.m.Send(t.ctx, messages[i])
		return err
	}) {
		if err != nil {
			t.Errorf("Send beside others failed: %v", err)
		}
	}
	got := map[string]int{}
	for _, m := range t.driver.Mails() {
		got[m.Subject]++
	}
	for _, m := range messages {
		equal(t, "how often it was sent", got[m.Subject], 1)
	}
}

func checkRefusedRecipient(t *mailerTest) {
	driving[RecipientDriver](t).RefuseRecipient("gone@example.com")
	m := t.message()
	m.To = []mail.Address{{Address: "ada@example.com"}, {Address: "gone@example.com"}}
	m.Cc = []mail.Address{{Address: "bob@example.com"}}
	r := t.send(m)
	equal(t, "the number of refused recipients", len(r.Refused), 1)
	if r.Refused["gone@example.com"] == "" {
		t.Errorf("the refused are %v, want gone@example.com with the provider's reason", r.Refused)
	}
	t.holds(1, "the others get it exactly once")
}

func checkAllRefused(t *mailerTest) {
	driving[RecipientDriver](t).RefuseRecipient("gone@example.com")
	m := t.message()
	m.To = []mail.Address{{Address: "gone@example.com"}}
	_, err := t.m.Send(t.ctx, m)
	t.refused(err, frontdesk.Declined, "there is nobody left to send it to")
	t.holds(0, "nobody gets it")
	t.send(t.message())
	t.holds(1, "the next message is sent")
}

// textFile is an attachment with the text.
func textFile(name, text string) email.Attachment {
	return email.Attachment{Name: name, ContentType: "text/plain", Size: int64(len(text)), Open: opener([]byte(text))}
}

// counted is an attachment that counts what is open.
func counted(a email.Attachment, opened, closed *atomic.Int64) email.Attachment {
	open := a.Open
	a.Open = func() (io.ReadCloser, error) {
		opened.Add(1)
		r, err := open()
		return &countedReader{r, closed}, err
	}
	return a
}

type countedReader struct {
	io.ReadCloser
	closed *atomic.Int64
}

func (r *countedReader) Close() error {
	r.closed.Add(1)
	return r.ReadCloser.Close()
}

var errOnPurpose = errors.New("on purpose")

// broken is an attachment whose reader fails half-way.
func broken(size int64) email.Attachment {
	return email.Attachment{Name: "a.txt", ContentType: "text/plain", Size: size, Open: func() (io.ReadCloser, error) {
		half := strings.NewReader(strings.Repeat("x", int(size/2)))
		return io.NopCloser(io.MultiReader(half, failingReader{})), nil
	}}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errOnPurpose }
