package wire_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	oldSecret = "whsec_old"
	newSecret = "whsec_new"
)

var (
	signedAt = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	someBody = []byte(`{"id":"evt_1","object":"event","type":"customer.created"}`)
)

// v1 is the signature alone.
func v1(body []byte, secret string, at time.Time) string {
	_, sig, _ := strings.Cut(wire.Sign(body, secret, at), ",")
	return sig
}

func TestVerify(t *testing.T) {
	stamp := fmt.Sprintf("t=%d", signedAt.Unix())
	good := wire.Sign(someBody, newSecret, signedAt)
	other := v1(someBody, "whsec_other", signedAt)
	badHex := "v1=" + strings.Repeat("zz", 32)
	rolled := []string{newSecret, oldSecret}
	tests := []struct {
		rule    string
		header  string
		secrets []string
		after   time.Duration // from signing to verification
		ok      bool
	}{
		{"a signature made now is good", good, rolled, 0, true},
		{"one made 300 s ago is good", good, rolled, 300 * time.Second, true},
		{"300.9 s are 300 whole seconds", good, rolled, 300*time.Second + 900*time.Millisecond, true},
		{"one made 301 s ago is too old", good, rolled, 301 * time.Second, false},
		{"one made 300 s ahead is good", good, rolled, -300 * time.Second, true},
		{"one made 301 s ahead is refused", good, rolled, -301 * time.Second, false},
		{"one made 10 years ahead is refused", good, rolled, -10 * 365 * 24 * time.Hour, false},
		{"the old secret is good while it is configured", wire.Sign(someBody, oldSecret, signedAt), rolled, 0, true},
		{"the old secret is refused once it is removed", wire.Sign(someBody, oldSecret, signedAt), []string{newSecret}, 0, false},
		{"two signatures are good if the first is", good + "," + other, rolled, 0, true},
		{"two signatures are good if the second is", stamp + "," + other + "," + v1(someBody, newSecret, signedAt), rolled, 0, true},
		{"two signatures are refused if neither is good", stamp + "," + other + "," + other, rolled, 0, false},
		{"bad hex beside a good signature is skipped", stamp + "," + badHex + "," + v1(someBody, newSecret, signedAt), rolled, 0, true},
		{"a short signature beside a good one is skipped", stamp + ",v1=00," + v1(someBody, newSecret, signedAt), rolled, 0, true},
		{"bad hex alone is refused", stamp + "," + badHex, rolled, 0, false},
		{"only v0 is refused", strings.Replace(good, "v1=", "v0=", 1), rolled, 0, false},
		{"v0 beside v1 is skipped", good + ",v0=00", rolled, 0, true},
		{"the time may follow the signature", v1(someBody, newSecret, signedAt) + "," + stamp, rolled, 0, true},
		{"a missing time is refused", v1(someBody, newSecret, signedAt), rolled, 0, false},
		{"a time that is no number is refused", "t=now," + v1(someBody, newSecret, signedAt), rolled, 0, false},
		{"an empty time is refused", "t=," + v1(someBody, newSecret, signedAt), rolled, 0, false},
		{"a negative time is refused", "t=-1," + v1(someBody, newSecret, signedAt), rolled, 0, false},
		{"a time beyond 64 bits is refused", "t=99999999999999999999," + v1(someBody, newSecret, signedAt), rolled, 0, false},
		{"two equal headers joined are good", good + "," + good, rolled, 0, true},
		{"two headers joined are good by the first", good + "," + wire.Sign(someBody, "whsec_other", signedAt.Add(time.Second)), rolled, 0, true},
		{"two headers joined are good by the second", wire.Sign(someBody, "whsec_other", signedAt.Add(-time.Hour)) + "," + good, rolled, 0, true},
		{"a time without a signature of its own lends it to no other", good + fmt.Sprintf(",t=%d", signedAt.Add(time.Hour).Unix()), rolled, time.Hour, false},
		{"three times are refused", good + ",t=1,t=2", rolled, 0, false},
		{"sixteen signatures are read", stamp + strings.Repeat(","+other, 15) + "," + v1(someBody, newSecret, signedAt), rolled, 0, true},
		{"seventeen signatures are refused", good + strings.Repeat(","+other, 16), rolled, 0, false},
		{"an empty header is refused", "", rolled, 0, false},
		{"a trailing comma is refused", good + ",", rolled, 0, false},
		{"a space before v1 is refused", strings.Replace(good, ",v1", ", v1", 1), rolled, 0, false},
		{"the signature of an empty secret is refused", wire.Sign(someBody, "", signedAt), []string{""}, 0, false},
		{"no secret at all refuses", good, nil, 0, false},
		{"a secret with a trailing newline is another secret", good, []string{newSecret + "\n"}, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			err := wire.Verify(tt.header, someBody, tt.secrets, signedAt.Add(tt.after))
			if tt.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.NotEmpty(t, frontdesk.Fields(err))
			assert.Equal(t, "stripe_signature", frontdesk.Fields(err)[0].Name)
			assertSilent(t, err)
		})
	}
}

// assertSilent checks that an error tells neither a secret nor a signature that would be good.
func assertSilent(t *testing.T, err error) {
	t.Helper()
	text := fmt.Sprintf("%+v %#v %s", err, err, err)
	for _, secret := range []string{oldSecret, newSecret} {
		assert.NotContains(t, text, secret)
		_, sig, _ := strings.Cut(v1(someBody, secret, signedAt), "=")
		assert.NotContains(t, text, sig)
	}
}

func TestVerifyBindsTheBodyAndTheTime(t *testing.T) {
	header := wire.Sign(someBody, newSecret, signedAt)
	secrets := []string{newSecret}

	t.Run("one changed byte of the body is refused", func(t *testing.T) {
		changed := append([]byte{}, someBody...)
		changed[len(changed)-2]++
		require.ErrorIs(t, wire.Verify(header, changed, secrets, signedAt), frontdesk.Invalid)
	})
	t.Run("a changed time is refused though it is fresh", func(t *testing.T) {
		later := fmt.Sprintf("t=%d,%s", signedAt.Unix()+1, v1(someBody, newSecret, signedAt))
		require.ErrorIs(t, wire.Verify(later, someBody, secrets, signedAt), frontdesk.Invalid)
	})
	t.Run("an empty body can be signed", func(t *testing.T) {
		require.NoError(t, wire.Verify(wire.Sign(nil, newSecret, signedAt), nil, secrets, signedAt))
	})
}

func TestSignIsStripesScheme(t *testing.T) {
	// From: printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
	const want = "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
	assert.Equal(t, want, wire.Sign([]byte("{}"), "whsec_test", time.Unix(1700000000, 0)))
}

func FuzzVerify(f *testing.F) {
	secrets := []string{newSecret, oldSecret}
	good := wire.Sign(someBody, newSecret, signedAt)
	for _, header := range []string{
		"", ",", "=", "t=,v1=", good, good + "," + good, "t=1,t=2,t=3", "v1=" + strings.Repeat("0", 64),
		"t=" + strings.Repeat("0", 400) + "1,v1=00", "t=1,v1=" + strings.Repeat("é", 32), strings.Repeat("v1=,", 40),
	} {
		f.Add(header, someBody)
	}
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		err := wire.Verify(header, body, secrets, signedAt)
		if err == nil {
			requireSigned(t, header, body, secrets)
			return
		}
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
}

// requireSigned checks that the header holds a signature that Sign would make at one of its times.
func requireSigned(t *testing.T, header string, body []byte, secrets []string) {
	t.Helper()
	for at := signedAt.Add(-wire.Tolerance); !at.After(signedAt.Add(wire.Tolerance)); at = at.Add(time.Second) {
		for _, secret := range secrets {
			_, sig, _ := strings.Cut(v1(body, secret, at), "=")
			if strings.Contains(strings.ToLower(header), sig) {
				return
			}
		}
	}
	t.Fatalf("accepted without a signature: %s", hex.EncodeToString([]byte(header)))
}

func BenchmarkVerify(b *testing.B) {
	body := eventOf5KB(b)
	header := wire.Sign(body, newSecret, signedAt)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := wire.Verify(header, body, []string{newSecret}, signedAt); err != nil {
			b.Fatal(err)
		}
	}
}
