package stripe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

const (
	testEvent = `{"id": "evt_1", "object": "event", "type": "customer.updated", "created": 1700000000, "livemode": false, "data": {"object": ` + customer + `}}`
	liveEvent = `{"id": "evt_2", "object": "event", "type": "customer.updated", "created": 1700000000, "livemode": true, "data": {"object": ` + customer + `}}`
)

// connectEvent is what a Connect endpoint receives.
var connectEvent = `{"id": "evt_3", "object": "event", "type": "payout.paid", "account": "acct_1", "created": 1700000000, "livemode": false, "data": {"object": ` + payoutBody("") + `}}`

var now = time.Unix(1_700_000_100, 0).UTC()

// receiver returns a provider with a key and webhook secrets.
func receiver(t *testing.T, key string, secrets ...string) *stripe.Provider {
	t.Helper()
	o := &stripe.Options{}
	for _, s := range secrets {
		o.WebhookSecrets = append(o.WebhookSecrets, frontdesk.NewSecret(s))
	}
	p, err := stripe.New(key, o)
	require.NoError(t, err)
	return p
}

// signed are the headers of body, signed with each of the secrets.
func signed(body string, secrets ...string) http.Header {
	h := http.Header{}
	for _, s := range secrets {
		h.Add("Stripe-Signature", wire.Sign([]byte(body), s, now))
	}
	return h
}

func TestParseWebhook(t *testing.T) {
	t.Run("while a secret is rotated, events signed with either are accepted", func(t *testing.T) {
		p := receiver(t, testKey, "whsec_new", "whsec_old")
		for _, secret := range []string{"whsec_new", "whsec_old"} {
			e, err := p.ParseWebhook(signed(testEvent, secret), []byte(testEvent), now)
			require.NoError(t, err)
			assert.Equal(t, "evt_1", e.ProviderID)
			assert.Equal(t, "stripe", e.Provider)
			assert.Equal(t, testEvent, string(e.Payload))
		}
	})
	t.Run("once the old secret is gone, what it signed is refused", func(t *testing.T) {
		_, err := receiver(t, testKey, "whsec_new").ParseWebhook(signed(testEvent, "whsec_old"), []byte(testEvent), now)
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("one provider takes what the platform's endpoint and Connect's have signed", func(t *testing.T) {
		p := receiver(t, testKey, "whsec_platform", "whsec_connect")
		for secret, body := range map[string]string{"whsec_platform": testEvent, "whsec_connect": connectEvent} {
			_, err := p.ParseWebhook(signed(body, secret), []byte(body), now)
			require.NoError(t, err)
		}
		e, err := p.ParseWebhook(signed(connectEvent, "whsec_connect"), []byte(connectEvent), now)
		require.NoError(t, err)
		assert.Equal(t, billing.Key{Kind: billing.KindPayout, Ref: billing.Ref{Account: "acct_1", ID: "po_1"}}, e.Object)
	})
	t.Run("two providers with a secret each take only their own", func(t *testing.T) {
		providers := map[string]*stripe.Provider{
			"whsec_platform": receiver(t, testKey, "whsec_platform"), "whsec_connect": receiver(t, testKey, "whsec_connect"),
		}
		for own, p := range providers {
			for secret := range providers {
				_, err := p.ParseWebhook(signed(connectEvent, secret), []byte(connectEvent), now)
				if secret == own {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, frontdesk.Invalid)
				}
			}
		}
	})
	t.Run("a secret with a line break at its end works", func(t *testing.T) {
		_, err := receiver(t, testKey, "whsec_new\n").ParseWebhook(signed(testEvent, "whsec_new"), []byte(testEvent), now)
		require.NoError(t, err)
	})
	t.Run("a request without a signature is refused", func(t *testing.T) {
		_, err := receiver(t, testKey, testSecret).ParseWebhook(http.Header{}, []byte(testEvent), now)
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("two signature headers are refused, good as both are", func(t *testing.T) {
		_, err := receiver(t, testKey, testSecret).ParseWebhook(signed(testEvent, testSecret, testSecret), []byte(testEvent), now)
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("another body than the signed one is refused", func(t *testing.T) {
		_, err := receiver(t, testKey, testSecret).ParseWebhook(signed(testEvent, testSecret), []byte(liveEvent), now)
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("a signature of long ago is refused", func(t *testing.T) {
		_, err := receiver(t, testKey, testSecret).ParseWebhook(signed(testEvent, testSecret), []byte(testEvent), now.Add(time.Hour))
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("an event can be decoded after it was parsed", func(t *testing.T) {
		p := receiver(t, testKey, testSecret)
		e, err := p.ParseWebhook(signed(testEvent, testSecret), []byte(testEvent), now)
		require.NoError(t, err)
		objects, err := p.Decode(e)
		require.NoError(t, err)
		require.NotEmpty(t, objects)
		assert.Equal(t, "cus_1", objects[0].Key().ID)
	})
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		rule, key, body string
		skipped         bool
	}{
		{"a live key takes live events", "sk_live_x", liveEvent, false},
		{"a live key skips test events, which live Connect endpoints receive too", "sk_live_x", testEvent, true},
		{"a test key takes test events", "sk_test_x", testEvent, false},
		{"a test key skips live events", "sk_test_x", liveEvent, true},
		{"a restricted live key skips test events", "rk_live_x", testEvent, true},
		{"a key without a mode takes test events", "emulator", testEvent, false},
		{"a key without a mode takes live events", "emulator", liveEvent, false},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p := receiver(t, c.key, testSecret)
			e, err := p.ParseWebhook(signed(c.body, testSecret), []byte(c.body), now)
			require.NoError(t, err)
			assert.Equal(t, c.skipped, e.Skip != "", "skip: %q", e.Skip)
		})
	}
}
