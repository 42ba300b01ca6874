package stripe_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

// TestProvider runs the adapter against a Stripe that remembers what it is told.
func TestProvider(t *testing.T) {
	billingtest.TestProvider(t, func(t *testing.T) billingtest.ProviderHarness {
		fake := billingtest.NewProvider()
		server := httptest.NewServer(fake.Handler())
		t.Cleanup(server.Close)
		p, err := stripe.New("sk_test_fake", &stripe.Options{
			WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret("whsec_fake")},
			APIBase:        server.URL,
			// net/http resends by itself what a kept-alive connection has lost.
			HTTPClient:  &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
			MaxAttempts: 1,
		})
		require.NoError(t, err)
		return billingtest.ProviderHarness{Provider: p, Driver: fake}
	})
}
