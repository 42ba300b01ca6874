package billingtest_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

func TestProvider(t *testing.T) {
	billingtest.TestProvider(t, func(t *testing.T) billingtest.ProviderHarness {
		fake := billingtest.NewProvider()
		return billingtest.ProviderHarness{Provider: fake, Driver: fake}
	})
}
