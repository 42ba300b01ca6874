package ical

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// mailto is an address as a URI (RFC 6068).
func mailto(email string) string {
	var uri strings.Builder
	uri.WriteString("mailto:")
	for _, b := range []byte(email) {
		if strings.IndexByte("%?#&;,:/[]\"<>\\^`{|}", b) >= 0 {
			const hex = "0123456789ABCDEF"
			uri.Write([]byte{'%', hex[b>>4], hex[b&15]})
		} else {
			uri.WriteByte(b)
		}
	}
	return uri.String()
}

func validEmail(field, email string) error {
	at := strings.LastIndexByte(email, '@')
	switch {
	case email == "":
		return frontdesk.InvalidField(field, "is required")
	case at <= 0, at == len(email)-1, !oneWord(email):
		return frontdesk.InvalidField(field, "is not an email address")
	}
	return nil
}

// oneWord reports whether the text is visible characters only.
func oneWord(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return isControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
	})
}

// webAddress is a URL in ASCII, and empty if it is none of the web.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || !oneWord(address) || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

func validWebAddress(field, address string) error {
	if address != "" && webAddress(address) == "" {
		return frontdesk.InvalidField(field, "is not a URL of the web")
	}
	return nil
}
