package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

// openProvider returns Stripe, or the provider in memory, which is then also
// the second result.
func openProvider(c config, clock *demoClock, log *slog.Logger) (billing.PaymentProvider, *billingtest.Provider, error) {
	if c.stripe.inMemory() {
		fake := billingtest.NewProviderWith(&billingtest.ProviderOptions{
			Clock: clock.Now, WebhookSecret: c.memorySecret(), Seed: freshSeed(), Pages: c.appURL + demoPages,
		})
		return fake, fake, nil
	}
	p, err := stripe.New(c.stripe.key.Reveal(), &stripe.Options{
		WebhookSecrets: c.stripe.secrets, APIBase: c.stripe.apiBase, Logger: log,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET or STRIPE_API_BASE: %w", err)
	}
	return p, nil, nil
}

// freshSeed makes the ids of one start of the provider in memory differ from
// those of the starts before, which the database still knows.
func freshSeed() string { return strings.ToLower(rand.Text()[:10]) }

// memorySecret is what webhooks of the provider in memory are signed with: the
// secret that is set, a known one in the demo, and otherwise one that nobody knows.
func (c config) memorySecret() frontdesk.Secret {
	if len(c.stripe.secrets) > 0 {
		return c.stripe.secrets[0]
	}
	known := ""
	if c.demo {
		known = demoSecret
	}
	return frontdesk.NewSecret(cmp.Or(known, rand.Text()))
}
