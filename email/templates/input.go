package templates

import (
	"cmp"
	"errors"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// input collects what is wrong with a mail's fields, so that all of it is told at once.
type input struct {
	zone   *time.Location
	faults []error
}

func (in *input) add(err error) {
	if err != nil {
		in.faults = append(in.faults, err)
	}
}

func (in *input) refuse(field, message string) { in.add(frontdesk.InvalidField(field, "%s", message)) }

func (in *input) err() error { return errors.Join(in.faults...) }

// text asks for a text.
func (in *input) text(field, s string) {
	if strings.TrimSpace(s) == "" {
		in.refuse(field, "must not be empty")
	}
}

// money asks for an amount in a currency.
func (in *input) money(field string, m frontdesk.Money) {
	switch {
	case !m.Currency.Valid():
		in.refuse(field, "must be in a currency")
	case m.Amount < 0:
		in.refuse(field, "must not be negative")
	}
}

// optionalMoney is money, unless there is none.
func (in *input) optionalMoney(field string, m frontdesk.Money) {
	if m != (frontdesk.Money{}) {
		in.money(field, m)
	}
}

// moment asks for a time, and returns it in the recipient's zone.
func (in *input) moment(field string, t time.Time) time.Time {
	if t.IsZero() {
		in.refuse(field, "must not be empty")
	}
	return in.optional(t)
}

// optional returns the time in the recipient's zone, and the zero time as it is.
func (in *input) optional(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(in.zone)
}

// link asks for an absolute http or https URL.
func (in *input) link(field, s string) {
	u, err := url.Parse(s)
	switch {
	case s == "":
		in.refuse(field, "must not be empty")
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.ContainsFunc(s, unicode.IsSpace):
		in.refuse(field, "must be an absolute http or https URL")
	}
}

// optionalLink is link, unless there is none.
func (in *input) optionalLink(field, s string) {
	if s != "" {
		in.link(field, s)
	}
}

// address asks for a mail address, which may hold the name: "Ana Sousa <ana@acme.example>".
func (in *input) address(field, s, person string) mail.Address {
	if s == "" {
		in.refuse(field, "must not be empty")
		return mail.Address{}
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		in.refuse(field, "must be a mail address")
		return mail.Address{}
	}
	a.Name = shorten(cmp.Or(oneLine(person), oneLine(a.Name)))
	return *a
}

// setZone makes name the recipient's zone, unless it is empty.
func (in *input) setZone(field, name string) {
	if name != "" {
		in.zone = cmp.Or(in.location(field, name), in.zone)
	}
}

// location asks for an IANA zone. It is nil if there is none of that name.
func (in *input) location(field, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		in.refuse(field, "must be an IANA time zone such as Europe/Lisbon")
		return nil
	}
	return zone
}

// oneLine returns the text as a subject or a name may have it: with single spaces, and
// without control characters and those that turn the direction of what follows.
func oneLine(s string) string {
	printable := func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}
	return strings.Join(strings.Fields(strings.Map(printable, s)), " ")
}

// maxLine is how many bytes a subject or a name has at most: what the domain email takes, and
// more than anybody reads.
const maxLine = 250

// shorten cuts the text between two characters, and says that it did.
func shorten(line string) string {
	if len(line) <= maxLine {
		return line
	}
	end := maxLine - len("…")
	for !utf8.RuneStart(line[end]) {
		end--
	}
	return line[:end] + "…"
}

// clean returns the text as valid UTF-8, without control characters other than line ends
// and tabs.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}
