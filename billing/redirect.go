package billing

import (
	"net/url"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// returnURL makes a return target absolute: a path on the host's own origin, or
// a URL whose origin is allow-listed. Nothing of a request is ever its source.
func (s *Service) returnURL(field, target string) (string, error) {
	if target == "" {
		return "", frontdesk.InvalidField(field, "is required")
	}
	if strings.ContainsFunc(target, unsafeInURL) {
		return "", frontdesk.InvalidField(field, "has a character that browsers read as another")
	}
	if strings.HasPrefix(target, "/") {
		return s.ownURL(field, target)
	}
	u, err := url.Parse(target)
	if err != nil || u.User != nil || !s.allowed(u) {
		return "", frontdesk.InvalidField(field, "must be a path, or a URL on an origin in Options.AllowedOrigins")
	}
	return target, nil
}

func (s *Service) ownURL(field, path string) (string, error) {
	if strings.HasPrefix(path, "//") {
		return "", frontdesk.InvalidField(field, "names another host")
	}
	if s.base == nil {
		return "", frontdesk.InvalidField(field, "is a path, which needs Options.BaseURL")
	}
	return s.base.Scheme + "://" + s.base.Host + path, nil
}

// allowed reports whether the URL's origin is the host's own or listed.
func (s *Service) allowed(u *url.URL) bool {
	same := func(o *url.URL) bool {
		return o != nil && o.Scheme == u.Scheme && o.Host == strings.ToLower(u.Host)
	}
	return same(s.base) || slices.ContainsFunc(s.options.AllowedOrigins, func(o string) bool { return same(origin(o)) })
}

// unsafeInURL reports control characters, spaces and the backslash, which
// browsers take for a slash.
func unsafeInURL(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f || r > 0x7e }

// origin parses "scheme://host[:port]", or returns nil when it is nothing like it.
func origin(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
}
