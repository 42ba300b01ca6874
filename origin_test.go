package frontdesk_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

func originOf(remoteAddr string, headers map[string]string) frontdesk.Origin {
	r := &http.Request{RemoteAddr: remoteAddr, Header: http.Header{}}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return frontdesk.FromRequest(r)
}

func TestOriginsAddressIsThePeers(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:5123":         "192.0.2.7",
		"192.0.2.7":              "192.0.2.7",
		"[2001:db8::1]:5123":     "2001:db8::1",
		"2001:db8::1":            "2001:db8::1",
		"[::ffff:192.0.2.7]:443": "192.0.2.7",
		"[fe80::1%eth0]:443":     "fe80::1",
		"fe80::1%<script>":       "fe80::1",
	} {
		if got := originOf(remote, nil).IP; got != netip.MustParseAddr(want) {
			t.Errorf("the address of %q is %v, want %s", remote, got, want)
		}
	}
	for _, remote := range []string{"", "@", "pipe", "localhost:80", "192.0.2.7:http", "1.2.3.4.5:80"} {
		if got := originOf(remote, nil).IP; got.IsValid() {
			t.Errorf("the address of %q is %v, want none", remote, got)
		}
	}
}

func TestOriginBelievesNoForwardingHeader(t *testing.T) {
	got := originOf("192.0.2.7:5123", map[string]string{
		"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9", "True-Client-Ip": "203.0.113.9",
		"Forwarded": "for=203.0.113.9", "Cf-Connecting-Ip": "203.0.113.9",
	}).IP
	if got.String() != "192.0.2.7" {
		t.Errorf("got %v", got)
	}
}

func TestOriginsRequestIDIsAPlainToken(t *testing.T) {
	for _, id := range []string{"a", "req_1.2-Z", strings.Repeat("x", 128)} {
		if got := originOf("", map[string]string{"X-Request-Id": id}).RequestID; got != id {
			t.Errorf("%q became %q", id, got)
		}
	}
	for _, id := range []string{
		"", " ", "a b", "a\nb", "a\x00", "<b>", `a"`, "é", "a\xff", "a/b", "a,b", "a:b", strings.Repeat("x", 129),
	} {
		if got := originOf("", map[string]string{"X-Request-Id": id}).RequestID; got != "" {
			t.Errorf("%q was taken as %q", id, got)
		}
	}
}

func TestOriginsUserAgentIsPrintableAndBounded(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux)":          "Mozilla/5.0 (X11; Linux)",
		"a\r\nlevel=ERROR msg=forged":       "alevel=ERROR msg=forged",
		"a\x1b[31mb\x00c\td":                "a[31mbcd",
		"Ünïcode":                           "Ünïcode",
		"left\u202eright\u200b":             "leftright",
		"a\xffb\xc3":                        "ab",
		strings.Repeat("x", 600):            strings.Repeat("x", 512),
		strings.Repeat("x", 511) + "\u00e9": strings.Repeat("x", 511),
	} {
		if got := originOf("", map[string]string{"User-Agent": agent}).UserAgent; got != want {
			t.Errorf("%q became %q, want %q", agent, got, want)
		}
	}
}

func FuzzOriginIsSafeToStore(f *testing.F) {
	f.Add("192.0.2.7:80", "curl/8", "req_1")
	f.Add("fe80::1%\n", "\x00\xff\u202e", "é")
	f.Fuzz(func(t *testing.T, remote, agent, id string) {
		got := originOf(remote, map[string]string{"User-Agent": agent, "X-Request-Id": id})
		all := got.IP.String() + got.UserAgent + got.RequestID
		if !utf8.ValidString(all) || strings.ContainsFunc(all, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is not printable", all)
		}
		if len(got.UserAgent) > 512 || len(got.RequestID) > 128 {
			t.Errorf("%d bytes of user agent, %d of request id", len(got.UserAgent), len(got.RequestID))
		}
	})
}
