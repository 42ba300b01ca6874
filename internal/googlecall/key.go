package googlecall

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"

	"github.com/frontdesk-go/frontdesk"
)

// KeySource returns the tokens of a service account, or of the subject where domain-wide
// delegation allows it. Key is the JSON file that Google gives out; one that cannot be read is
// Invalid with the field "key". It asks Google, through the client if there is one, for a new
// token each time: see [Tokens].
func KeySource(key frontdesk.Secret, subject string, client *http.Client, scopes ...string) (oauth2.TokenSource, error) {
	config, err := google.JWTConfigFromJSON([]byte(key.Reveal()), scopes...)
	if err != nil {
		return nil, frontdesk.InvalidField("key", "must be the JSON key of a service account")
	}
	config.Subject = subject
	return &keySource{config, client}, nil
}

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
