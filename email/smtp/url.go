package smtp

import (
	"net/url"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// ParseURL reads options from a URL, as configuration has them:
//
//	smtp://user:password@mail.example.com:587
//	smtps://user:password@mail.example.com
//	smtp://127.0.0.1:1025?tls=none
//
// The scheme smtps means [Implicit] TLS, and smtp [Mandatory] unless the parameter tls
// says otherwise. The parameter key_header is Options.KeyHeader. Errors are Invalid,
// name the field "smtp_url" and do not show the URL, which holds a password.
func ParseURL(text string) (Options, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return Options{}, frontdesk.InvalidField("smtp_url", "must be a URL with a host")
	}
	o := Options{Host: u.Hostname()}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		o.TLS = Implicit
	default:
		return Options{}, frontdesk.InvalidField("smtp_url", "must begin with smtp:// or smtps://")
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return Options{}, frontdesk.InvalidField("smtp_url", "must have neither a path nor a fragment")
	}
	if port := u.Port(); port != "" {
		if o.Port, err = strconv.Atoi(port); err != nil {
			return Options{}, frontdesk.InvalidField("smtp_url", "must have a number as its port")
		}
	}
	password, _ := u.User.Password()
	o.Username, o.Password = u.User.Username(), frontdesk.NewSecret(password)
	return o, o.parameters(u)
}

func (o *Options) parameters(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return frontdesk.InvalidField("smtp_url", "has a query that cannot be read")
	}
	for name, values := range query {
		switch {
		case name == "tls" && u.Scheme == "smtp" && len(values) == 1:
			o.TLS = TLS(values[0])
		case name == "key_header" && len(values) == 1:
			o.KeyHeader = values[0]
		default:
			return frontdesk.InvalidField("smtp_url", "has a parameter that does not belong there: %q", name)
		}
	}
	return nil
}
