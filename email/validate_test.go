package email_test

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

func valid() *email.Message {
	return &email.Message{
		From: mail.Address{Name: "Desk", Address: "desk@example.com"}, To: addresses("ada@example.com"),
		Subject: "Hi", Text: "Hello", Key: "k", Attachments: []email.Attachment{file(5)},
	}
}

func alternative(a email.Alternative) func(*email.Message) {
	return func(m *email.Message) { m.Alternatives = []email.Alternative{a} }
}

func file(size int64) email.Attachment {
	return email.Attachment{Name: "a.txt", ContentType: "text/plain", Size: size, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Repeat("x", int(size)))), nil
	}}
}

func many(n int) []mail.Address {
	var all []mail.Address
	for i := range n {
		all = append(all, mail.Address{Address: fmt.Sprintf("a%d@example.com", i)})
	}
	return all
}

func TestValidateRefuses(t *testing.T) {
	address := func(a string) func(*email.Message) {
		return func(m *email.Message) { m.To[0].Address = a }
	}
	header := func(name, value string) func(*email.Message) {
		return func(m *email.Message) { m.Headers = map[string]string{name: value} }
	}
	for _, c := range []struct {
		what   string
		change func(*email.Message)
		fields []string
	}{
		{"no sender", func(m *email.Message) { m.From = mail.Address{} }, []string{"from"}},
		{"no recipient", func(m *email.Message) { m.To = nil }, []string{"to"}},
		{"no recipient but copies", func(m *email.Message) { m.To, m.Cc = nil, many(1) }, []string{"to"}},
		{"51 recipients", func(m *email.Message) { m.To, m.Cc, m.Bcc = many(17), many(17), many(17) }, []string{"to"}},
		{"a display name as an address", address("Ada <ada@example.com>"), []string{"to[0]"}},
		{"an address without a domain", address("ada"), []string{"to[0]"}},
		{"an address of another script", address("ada@exämple.com"), []string{"to[0]"}},
		{"a literal domain", address("ada@[127.0.0.1]"), []string{"to[0]"}},
		{"a quoted local part", address(`"ada lovelace"@example.com`), []string{"to[0]"}},
		{"an address with a space", address("ada @example.com"), []string{"to[0]"}},
		{"two addresses in one", address("ada@example.com,eve@example.com"), []string{"to[0]"}},
		{"a long local part", address(strings.Repeat("a", 65) + "@example.com"), []string{"to[0]"}},
		{"a long address", address("a@" + strings.Repeat("a.", 130) + "com"), []string{"to[0]"}},
		{"a line end in an address", address("ada@example.com\n"), []string{"to[0]"}},
		{"a line end in a name", func(m *email.Message) { m.To[0].Name = "a\rb" }, []string{"to[0]"}},
		{"Unicode's line end in a name", func(m *email.Message) { m.From.Name = "a\u2028b" }, []string{"from"}},
		{"bytes that are no text in a name", func(m *email.Message) { m.From.Name = "a\xff" }, []string{"from"}},
		{"a long name", func(m *email.Message) { m.From.Name = strings.Repeat("a", 256) }, []string{"from"}},
		{"a tab in the subject", func(m *email.Message) { m.Subject = "a\tb" }, []string{"subject"}},
		{"a long subject", func(m *email.Message) { m.Subject = strings.Repeat("a", 999) }, []string{"subject"}},
		{"no body", func(m *email.Message) { m.Text = "" }, []string{"text"}},
		{"NUL in the text", func(m *email.Message) { m.Text = "a\x00" }, []string{"text"}},
		{"bytes that are no text in the HTML", func(m *email.Message) { m.HTML = "\xff" }, []string{"html"}},
		{"no key", func(m *email.Message) { m.Key = "" }, []string{"key"}},
		{"a long key", func(m *email.Message) { m.Key = strings.Repeat("k", 257) }, []string{"key"}},
		{"a space in the key", func(m *email.Message) { m.Key = "a b" }, []string{"key"}},
		{"a header's name with a colon", header("X:Y", "z"), []string{`headers["X:Y"]`}},
		{"a header's name that is empty", header("", "z"), []string{`headers[""]`}},
		{"a header of the message's own", header("reply-to", "x@example.com"), []string{`headers["reply-to"]`}},
		{"a header of the message's form", header("Content-Type", "text/html"), []string{`headers["Content-Type"]`}},
		{"the provider's key", header("Resend-Idempotency-Key", "x"), []string{`headers["Resend-Idempotency-Key"]`}},
		{"a line end in a header", header("X-Y", "z\r\nBcc: eve@example.com"), []string{`headers["X-Y"]`}},
		{"a header twice", func(m *email.Message) { m.Headers = map[string]string{"X-Y": "1", "x-y": "2"} }, []string{`headers["x-y"]`}},
		{"a tag with a space", func(m *email.Message) { m.Tags = map[string]string{"a": "b c"} }, []string{`tags["a"]`}},
		{"a file without a name", func(m *email.Message) { m.Attachments[0].Name = "" }, []string{"attachments[0].name"}},
		{"a file's name with a path", func(m *email.Message) { m.Attachments[0].Name = "../a" }, []string{"attachments[0].name"}},
		{"a file's name that is written backwards", func(m *email.Message) { m.Attachments[0].Name = "a\u202etxt.exe" }, []string{"attachments[0].name"}},
		{"a media type with a line end", func(m *email.Message) { m.Attachments[0].ContentType = "text/plain;\r\n a=b" }, []string{"attachments[0].content_type"}},
		{"half a media type", func(m *email.Message) { m.Attachments[0].ContentType = "text" }, []string{"attachments[0].content_type"}},
		{"a size below zero", func(m *email.Message) { m.Attachments[0].Size = -1 }, []string{"attachments[0].size"}},
		{"a file that cannot be opened", func(m *email.Message) { m.Attachments[0].Open = nil }, []string{"attachments[0].open"}},
		{"a content id in brackets", func(m *email.Message) { m.Attachments[0].ContentID = "<a>" }, []string{"attachments[0].content_id"}},
		{"an alternative without a name", alternative(email.Alternative{ContentType: "text/calendar", Content: []byte("x")}), []string{"alternatives[0].name"}},
		{"an alternative that is no text", alternative(email.Alternative{Name: "a", ContentType: "image/png", Content: []byte("x")}), []string{"alternatives[0].content_type"}},
		{"an alternative in another charset", alternative(email.Alternative{Name: "a", ContentType: "text/calendar; charset=latin1", Content: []byte("x")}), []string{"alternatives[0].content_type"}},
		{"an alternative that is not UTF-8", alternative(email.Alternative{Name: "a", ContentType: "text/calendar", Content: []byte("\xff")}), []string{"alternatives[0].content"}},
		{"an alternative of 40 MB in base64", alternative(email.Alternative{Name: "a", ContentType: "text/calendar", Content: bytes.Repeat([]byte("x"), 30_000_000)}), []string{"attachments[0].size"}},
		{"31 MB", func(m *email.Message) { m.Attachments[0].Size = 31_000_000 }, []string{"attachments[0].size"}},
		{"31 MB together", func(m *email.Message) { m.Attachments = []email.Attachment{file(15_500_000), file(15_500_000)} }, []string{"attachments[1].size"}},
		{"a size that overflows", func(m *email.Message) { m.Attachments[0].Size = 1<<63 - 1 }, []string{"attachments[0].size"}},
		{"40 MB of HTML", func(m *email.Message) { m.HTML, m.Attachments = strings.Repeat("x", 40_000_001), nil }, []string{"html"}},
		{"several things at once", func(m *email.Message) { m.From, m.Key, m.Text = mail.Address{}, "", "" }, []string{"from", "key", "text"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := valid()
			c.change(m)
			err := m.Validate()
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Equal(t, c.fields, fieldNames(err))
		})
	}
}

func TestValidatePasses(t *testing.T) {
	for what, change := range map[string]func(*email.Message){
		"the usual":                    func(*email.Message) {},
		"50 recipients":                func(m *email.Message) { m.To, m.Cc, m.Bcc = many(20), many(20), many(10) },
		"names of any script":          func(m *email.Message) { m.To[0].Name = `"O'Brien", 山田 😀` },
		"an address with a plus":       func(m *email.Message) { m.To[0].Address = "ada+news_1.x@mail.example.co.uk" },
		"the longest local part":       func(m *email.Message) { m.To[0].Address = strings.Repeat("a", 64) + "@example.com" },
		"HTML alone":                   func(m *email.Message) { m.Text, m.HTML = "", "<p>" },
		"tabs and line ends in a body": func(m *email.Message) { m.Text = "a\tb\r\nc" },
		"an empty subject":             func(m *email.Message) { m.Subject = "" },
		"the longest key":              func(m *email.Message) { m.Key = strings.Repeat("~", 256) },
		"headers for mailing lists": func(m *email.Message) {
			m.Headers = map[string]string{"List-Unsubscribe": "<mailto:x@example.com>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
		},
		"a media type with parameters": func(m *email.Message) {
			m.Attachments[0].ContentType = "text/calendar; charset=utf-8; method=REQUEST"
		},
		"29 MB": func(m *email.Message) { m.Attachments[0].Size = 29_000_000 },
	} {
		t.Run(what, func(t *testing.T) {
			m := valid()
			change(m)
			require.NoError(t, m.Validate())
		})
	}
}
