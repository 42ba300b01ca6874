package scheduling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/frontdesk-go/frontdesk"
)

// purpose keeps tokens apart: one for a booking opens nothing else.
type purpose string

const (
	forBooking purpose = "booking"
	forWaiting purpose = "waiting"
	forFeed    purpose = "feed"
)

// token is what whoever has it may use the thing with that id for; empty without secrets.
func (s *Service) token(p purpose, id string) string {
	if len(s.options.Secrets) == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(sign(s.options.Secrets[0], p, id))
}

// proven reports whether the token was made for the thing, with any of the secrets.
func (s *Service) proven(p purpose, id, token string) bool {
	given, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(given) != sha256.Size {
		return false
	}
	ok := false
	for _, secret := range s.options.Secrets {
		ok = hmac.Equal(given, sign(secret, p, id)) || ok
	}
	return ok
}

func sign(secret frontdesk.Secret, p purpose, id string) []byte {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte("frontdesk.scheduling." + string(p) + "\x00" + id))
	return mac.Sum(nil)
}
