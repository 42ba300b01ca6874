package email_test

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/frontdesk-go/frontdesk/email"
)

// FuzzValidate: whatever passes makes header lines that say what the message says, and
// no line more.
func FuzzValidate(f *testing.F) {
	f.Add("Ada", "ada@example.com", "Hi", "X-Topic", "a")
	f.Add("O'Brien \"Öz\"", "a+b@mail.example.co.uk", "Olá 😀", "List-Unsubscribe", "<mailto:x@example.com>")
	f.Add("a\r\nBcc: eve@example.com", "ada@example.com\n", "a\u2028b", "X\r\nBcc", "\x00")
	f.Fuzz(func(t *testing.T, name, address, subject, header, value string) {
		m := email.Message{
			From: mail.Address{Address: "desk@example.com"}, To: []mail.Address{{Name: name, Address: address}},
			Subject: subject, Text: "Hello", Headers: map[string]string{header: value}, Key: "k",
		}
		if m.Validate() != nil {
			return
		}
		for _, line := range []string{name, address, subject, header, value} {
			if strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("%q passes", line)
			}
		}
		read, err := mail.ParseAddress(m.To[0].String())
		if err != nil || read.Address != address || read.Name != name {
			t.Fatalf("%q with the name %q is read as %v, %v", address, name, read, err)
		}
		if strings.EqualFold(header, "Bcc") {
			t.Fatalf("the header %q passes", header)
		}
	})
}
