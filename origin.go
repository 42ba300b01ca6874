package frontdesk

import (
	"net/http"
	"net/netip"
	"strings"
	"unicode"
)

// An Origin is where a request came from. It is evidence for the audit log and
// decides nothing. Its parts are empty when unknown.
type Origin struct {
	IP        netip.Addr // of the peer
	UserAgent string     // printable, at most 512 bytes
	RequestID string     // joins audit events to the host's logs
}

const (
	maxUserAgent = 512
	maxRequestID = 128
)

// FromRequest returns the origin of r.
//
// The address is that of r.RemoteAddr. Headers such as X-Forwarded-For are not read,
// for anybody may send them: a host behind a proxy that it trusts sets RemoteAddr first.
// The request id is X-Request-Id if that is at most 128 letters, digits, dots,
// hyphens and underscores.
func FromRequest(r *http.Request) Origin {
	return Origin{
		IP:        address(r.RemoteAddr),
		UserAgent: printable(r.UserAgent()),
		RequestID: token(r.Header.Get("X-Request-Id")),
	}
}

// address reads an IP address, with a port, as servers set it, or without one, as
// middleware for proxies does.
func address(s string) netip.Addr {
	ip, err := netip.ParseAddr(s)
	if err != nil {
		withPort, _ := netip.ParseAddrPort(s)
		ip = withPort.Addr()
	}
	return ip.Unmap().WithZone("")
}

func printable(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxUserAgent)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}

func token(s string) string {
	foreign := func(r rune) bool { return !strings.ContainsRune(tokenRunes, r) }
	if len(s) > maxRequestID || strings.ContainsFunc(s, foreign) {
		return ""
	}
	return s
}

const tokenRunes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
