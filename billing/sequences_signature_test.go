package billing_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

func (w *world) sign(body []byte) string { return wire.Sign(body, secret, w.now()) }

func TestSignatures(t *testing.T) {
	w := newWorld(t, billingtest.NewStore(), billing.Options{})
	w.owns("acme", "cus_1")
	w.provider.has(subscription("sub_1", "active"))
	body := happened(1, "customer.subscription.updated", subscription("sub_1", "active")).body()
	signed := func(secret string, age time.Duration) string { return wire.Sign(body, secret, w.now().Add(-age)) }
	for _, c := range []struct {
		rule      string
		signature []string
	}{
		{"301 s old is refused", []string{signed(secret, 301*time.Second)}},
		{"301 s in the future is refused", []string{signed(secret, -301*time.Second)}},
		{"10 years in the future is refused", []string{signed(secret, -10*365*24*time.Hour)}},
		{"another secret is refused", []string{signed("whsec_other", 0)}},
		{"an empty secret is refused", []string{signed("", 0)}},
		{"only v0 is refused", []string{strings.Replace(signed(secret, 0), "v1=", "v0=", 1)}},
		{"a missing time is refused", []string{signed(secret, 0)[len("t=1234567890,"):]}},
		{"a missing header is refused", nil},
		{"two headers are refused", []string{signed(secret, 0), signed(secret, 0)}},
		{"another body's signature is refused", []string{wire.Sign([]byte("{}"), secret, w.now())}},
	} {
		t.Run("sig_matrix: "+c.rule, func(t *testing.T) {
			require.Equal(t, http.StatusBadRequest, w.postSigned(body, c.signature...))
		})
	}
	t.Run("sig_matrix: what is refused is not stored", func(t *testing.T) {
		all, err := w.store.Events(t.Context(), billing.EventFilter{})
		require.NoError(t, err)
		require.Empty(t, all)
	})
	t.Run("sig_matrix: a signed body that is no event is refused and not stored", func(t *testing.T) {
		for _, body := range []string{
			`{}`, `null`, `[]`, ``, `{"id":"evt_1"}`, `{"type":"x"}`, `{"id":1,"type":"x"}`, `{"id":"","type":"x"}`,
			`{"id":"evt_1","ID":"evt_2","type":"x"}`, `{"id":"evt_1","type":"x"} {}`, `{"id":"evt_1","type":"x"`,
		} {
			require.Equal(t, http.StatusBadRequest, w.postSigned([]byte(body), w.sign([]byte(body))), body)
		}
		all, err := w.store.Events(t.Context(), billing.EventFilter{})
		require.NoError(t, err)
		require.Empty(t, all)
	})
	t.Run("sig_matrix: while a secret is rolled either one will do, then only the new one", func(t *testing.T) {
		w.provider.secrets = []string{"whsec_new", secret}
		two := signed(secret, 0) + ",v1=" + strings.SplitN(signed("whsec_new", 0), "v1=", 2)[1]
		for _, signature := range []string{signed(secret, 0), signed("whsec_new", 0), two, signed(secret, 300*time.Second), signed(secret, -300*time.Second)} {
			require.Equal(t, http.StatusOK, w.postSigned(body, signature))
		}
		w.provider.secrets = []string{"whsec_new"}
		require.Equal(t, http.StatusBadRequest, w.postSigned(body, signed(secret, 0)))
		require.Equal(t, http.StatusOK, w.postSigned(body, two))
	})
}
