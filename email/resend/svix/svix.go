// Package svix signs and verifies webhooks as Svix does, which Resend and others use,
// and as the Standard Webhooks describe (https://docs.svix.com/receiving/verifying-payloads/how-manual).
//
// The signature is HMAC-SHA256 over the message's id, the time and the bytes of the
// body, so verify before parsing. Only version 1 is known; others are passed over.
package svix

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tolerance is how far the time of a signature may lie from now, either way.
const Tolerance = 5 * time.Minute

// What is wrong with a delivery.
var (
	ErrHeaders   = errors.New("the id, the time or the signature is missing or malformed")
	ErrTime      = errors.New("the signature is too old or too new")
	ErrSignature = errors.New("no signature matches")
	ErrSecret    = errors.New("the secret is empty or not base64")
)

// Keys are the secrets that a webhook may be signed with: several while one is
// being replaced by another. They appear in no printed form.
type Keys struct{ keys func() [][]byte }

// ParseKeys reads secrets of the form "whsec_BASE64"; the prefix may be missing. It
// fails with ErrSecret when one is unusable or there is none.
func ParseKeys(secrets ...string) (Keys, error) {
	if len(secrets) == 0 {
		return Keys{}, ErrSecret
	}
	keys := make([][]byte, len(secrets))
	for i, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) == 0 {
			return Keys{}, ErrSecret
		}
		keys[i] = key
	}
	return Keys{func() [][]byte { return keys }}, nil
}

// Verify checks the signature of body and its age, and returns the id of the delivery,
// which is the same when it is delivered again. The zero Keys verify nothing.
func (k Keys) Verify(h http.Header, body []byte, now time.Time) (id string, err error) {
	d, ok := read(h)
	if !ok {
		return "", ErrHeaders
	}
	seconds, err := strconv.ParseInt(d.timestamp, 10, 64)
	if err != nil {
		return "", ErrHeaders
	}
	if age := now.Unix() - seconds; age > int64(Tolerance/time.Second) || age < -int64(Tolerance/time.Second) {
		return "", ErrTime
	}
	if !k.match(d, body) {
		return "", ErrSignature
	}
	return d.id, nil
}

// match compares every signature with every key, and always all of them.
func (k Keys) match(d delivery, body []byte) bool {
	if k.keys == nil {
		return false
	}
	matched := false
	for _, key := range k.keys() {
		want := sum(key, d.id, d.timestamp, body)
		for signature := range strings.FieldsSeq(d.signature) {
			text, ok := strings.CutPrefix(signature, "v1,")
			if !ok {
				continue
			}
			got, err := base64.StdEncoding.DecodeString(text)
			if err == nil && hmac.Equal(got, want) {
				matched = true
			}
		}
	}
	return matched
}

// Sign returns the headers of a delivery, signed with each of the keys.
func (k Keys) Sign(id string, at time.Time, body []byte) http.Header {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	if k.keys != nil {
		for _, key := range k.keys() {
			signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(sum(key, id, timestamp, body)))
		}
	}
	h := http.Header{}
	h.Set("Svix-Id", id)
	h.Set("Svix-Timestamp", timestamp)
	h.Set("Svix-Signature", strings.Join(signatures, " "))
	return h
}

func sum(key []byte, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// delivery is what the headers say.
type delivery struct{ id, timestamp, signature string }

// read takes the headers named after Svix, or else those of the Standard Webhooks.
func read(h http.Header) (delivery, bool) {
	for _, prefix := range []string{"Svix-", "Webhook-"} {
		d := delivery{h.Get(prefix + "Id"), h.Get(prefix + "Timestamp"), h.Get(prefix + "Signature")}
		if d.id != "" && d.timestamp != "" && d.signature != "" {
			return d, true
		}
	}
	return delivery{}, false
}
