package stripe_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

func TestNew(t *testing.T) {
	secret := frontdesk.NewSecret(testSecret)
	for _, c := range []struct {
		rule, key string
		options   *stripe.Options
		field     string
	}{
		{"a blank key is refused", " \n", &stripe.Options{WebhookSecrets: []frontdesk.Secret{secret}}, "key"},
		{"a key in two lines is refused", "sk_test_a\nsk_test_b", &stripe.Options{WebhookSecrets: []frontdesk.Secret{secret}}, "key"},
		{"nil options are refused, for there is no webhook secret", testKey, nil, "webhook_secrets"},
		{"an empty list of secrets is refused", testKey, &stripe.Options{WebhookSecrets: []frontdesk.Secret{}}, "webhook_secrets"},
		{"a zero secret is refused", testKey, &stripe.Options{WebhookSecrets: []frontdesk.Secret{secret, {}}}, "webhook_secrets"},
		{"a blank secret is refused", testKey, &stripe.Options{WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(" \t")}}, "webhook_secrets"},
		{"an address without a scheme is refused", testKey, &stripe.Options{WebhookSecrets: []frontdesk.Secret{secret}, APIBase: "api.example.com"}, "api_base"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p, err := stripe.New(c.key, c.options)
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, c.field, frontdesk.Fields(err)[0].Name)
			assert.Nil(t, p)
		})
	}
	t.Run("a key from a file may end in a line break", func(t *testing.T) {
		s := &script{answers: []answer{answers}}
		p, err := stripe.New(testKey+"\n", &stripe.Options{
			WebhookSecrets: []frontdesk.Secret{secret},
			HTTPClient:     &http.Client{Transport: s},
		})
		require.NoError(t, err)
		require.NoError(t, reads(t.Context(), p))
		assert.Equal(t, "Bearer "+testKey, s.requests[0].Header.Get("Authorization"))
	})
}

func TestRequests(t *testing.T) {
	t.Run("two providers keep their own keys", func(t *testing.T) {
		one, two := &script{answers: []answer{answers}}, &script{answers: []answer{answers}}
		for s, key := range map[*script]string{one: "sk_test_one", two: "sk_live_two"} {
			p, err := stripe.New(key, &stripe.Options{
				WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
				HTTPClient:     &http.Client{Transport: s},
			})
			require.NoError(t, err)
			require.NoError(t, reads(t.Context(), p))
			assert.Equal(t, "Bearer "+key, s.requests[0].Header.Get("Authorization"))
		}
	})
	t.Run("the pinned version is sent, and neither telemetry nor the name of this host", func(t *testing.T) {
		s, p := scripted(t, answers)
		for range 2 {
			require.NoError(t, creates(t.Context(), p))
		}
		for _, r := range s.requests {
			assert.Equal(t, "2023-10-16", r.Header.Get("Stripe-Version"))
			assert.Empty(t, r.Header.Get("X-Stripe-Client-Telemetry"))
			assert.Empty(t, r.Header.Get("X-Stripe-Client-User-Agent"))
		}
	})
	t.Run("the account of a ref or a write is sent and comes back in the object", func(t *testing.T) {
		s, p := scripted(t, answers)
		c, err := p.GetCustomer(t.Context(), billing.Ref{Account: "acct_1", ID: "cus_1"})
		require.NoError(t, err)
		assert.Equal(t, "acct_1", s.requests[0].Header.Get("Stripe-Account"))
		assert.Equal(t, billing.Ref{Account: "acct_1", ID: "cus_1"}, c.Ref)
	})
	t.Run("no idempotency key is sent with a read", func(t *testing.T) {
		s, p := scripted(t, answers)
		require.NoError(t, reads(t.Context(), p))
		assert.Empty(t, s.requests[0].Header.Get("Idempotency-Key"))
	})
	t.Run("the caller's HTTP client is left as it was", func(t *testing.T) {
		c := &http.Client{}
		_, err := stripe.New(testKey, &stripe.Options{WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)}, HTTPClient: c})
		require.NoError(t, err)
		assert.Equal(t, http.Client{}, *c)
	})
}
