package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Tolerance is how far a signature's time may be from now, in either direction.
const Tolerance = 300 * time.Second

// A header may be two headers joined by a proxy, and Stripe signs with each
// secret that is being rolled. The bounds keep an unsigned request from costing
// more than a few hashes of its body.
const (
	maxClaims     = 2
	maxSignatures = 16
)

// Sign returns the Stripe-Signature header of body as Stripe sends it.
func Sign(body []byte, secret string, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	sum := digest(stamp, body, secret)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(sum[:])
}

// Verify checks the Stripe-Signature header of body: one of its v1 signatures
// must be made with one of the secrets, at most [Tolerance] before or after now,
// in whole seconds. An empty secret matches nothing. Body must be the bytes as
// they were received.
//
// Everything wrong is Invalid, with the field "stripe_signature".
func Verify(header string, body []byte, secrets []string, now time.Time) error {
	var claims [maxClaims]claim
	n, err := parseHeader(header, &claims)
	if err != nil {
		return err
	}
	fresh := false
	for i := range claims[:n] {
		if !claims[i].fresh(now) {
			continue
		}
		fresh = true
		if claims[i].signed(body, secrets) {
			return nil
		}
	}
	if !fresh {
		return errSignature("was made more than %d seconds before or after now", int(Tolerance/time.Second))
	}
	return errSignature("does not match the body under any configured secret")
}

func errSignature(format string, args ...any) error {
	return frontdesk.InvalidField("stripe_signature", format, args...)
}

// claim is a time and what is said to be signed at it.
type claim struct {
	stamp string // as written, for it is part of what is signed
	at    int64
	sigs  [maxSignatures][sha256.Size]byte
	n     int
}

// parseHeader fills claims and says how many they are. A second time starts the
// second claim. Signatures of other schemes and those that are no hex are skipped.
func parseHeader(header string, claims *[maxClaims]claim) (int, error) {
	current, versioned := 0, false
	for item := range strings.SplitSeq(header, ",") {
		key, value, found := strings.Cut(item, "=")
		switch {
		case !found:
			return 0, errSignature("must be a list such as t=1,v1=2")
		case key == "t":
			if claims[current].stamp != "" && claims[current].stamp != value {
				current++
			}
			if current == maxClaims {
				return 0, errSignature("has more than %d times", maxClaims)
			}
			if !claims[current].stampAs(value) {
				return 0, errSignature("has a time that is not in Unix seconds")
			}
		case key == "v1":
			versioned = true
			if !claims[current].add(value) {
				return 0, errSignature("has more than %d signatures", maxSignatures)
			}
		}
	}
	switch {
	case claims[0].stamp == "":
		return 0, errSignature("has no time")
	case !versioned:
		return 0, errSignature("has no v1 signature")
	}
	return current + 1, nil
}

func (c *claim) stampAs(value string) bool {
	at, err := strconv.ParseUint(value, 10, 62)
	if err != nil {
		return false
	}
	c.stamp, c.at = value, int64(at)
	return true
}

// add keeps a signature, or skips one that is malformed. It reports whether
// there was room.
func (c *claim) add(value string) bool {
	if c.n == maxSignatures {
		return false
	}
	if len(value) != hex.EncodedLen(sha256.Size) {
		return true
	}
	var text [2 * sha256.Size]byte
	copy(text[:], value)
	if _, err := hex.Decode(c.sigs[c.n][:], text[:]); err == nil {
		c.n++
	}
	return true
}

func (c *claim) fresh(now time.Time) bool {
	limit := int64(Tolerance / time.Second)
	age := now.Unix() - c.at
	return -limit <= age && age <= limit
}

// signed compares every signature with every secret's, in constant time.
func (c *claim) signed(body []byte, secrets []string) bool {
	if c.n == 0 {
		return false
	}
	ok := false
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		want := digest(c.stamp, body, secret)
		for i := range c.sigs[:c.n] {
			ok = hmac.Equal(c.sigs[i][:], want[:]) || ok
		}
	}
	return ok
}

// digest signs "stamp.body".
func digest(stamp string, body []byte, secret string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, []byte(secret))
	var prefix [24]byte
	mac.Write(append(append(prefix[:0], stamp...), '.'))
	mac.Write(body)
	mac.Sum(sum[:0])
	return sum
}
