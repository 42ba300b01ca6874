package googlecalendar

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"

	"github.com/frontdesk-go/frontdesk"
)

// NewFromKey returns a calendar that acts as a service account, or as Options.Subject where
// domain-wide delegation allows it. Key is the JSON file that Google gives out. It makes
// no request. It returns Invalid when the key cannot be read ("key"), and what [New] returns.
func NewFromKey(key frontdesk.Secret, o *Options) (*Calendar, error) {
	if o == nil {
		o = &Options{}
	}
	config, err := google.JWTConfigFromJSON([]byte(key.Reveal()), ScopeEvents, ScopeFreeBusy)
	if err != nil {
		return nil, frontdesk.InvalidField("key", "must be the JSON key of a service account")
	}
	config.Subject = o.Subject
	return New(&keySource{config, o.HTTPClient}, o)
}

// keySource asks Google for a new token each time. A token is kept by the Calendar, which
// knows when Google refuses it.
type keySource struct {
	config *jwt.Config
	client *http.Client
}

// Token implements [oauth2.TokenSource].
func (k *keySource) Token() (*oauth2.Token, error) {
	ctx := context.Background()
	if k.client != nil {
		ctx = context.WithValue(ctx, oauth2.HTTPClient, k.client)
	}
	return k.config.TokenSource(ctx).Token()
}
