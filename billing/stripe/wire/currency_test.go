package wire_test

import (
	"math"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMoneyAndStripesAmounts(t *testing.T) {
	tests := []struct {
		money  frontdesk.Money
		stripe int64
	}{
		{frontdesk.Money{Amount: 4900, Currency: "eur"}, 4900},
		{frontdesk.Money{Amount: -4900, Currency: "eur"}, -4900},
		{frontdesk.Money{Amount: 500, Currency: "jpy"}, 500},
		{frontdesk.Money{Amount: 500, Currency: "xpf"}, 500},
		{frontdesk.Money{Amount: 5, Currency: "isk"}, 500},
		{frontdesk.Money{Amount: -5, Currency: "isk"}, -500},
		{frontdesk.Money{Amount: 5, Currency: "ugx"}, 500},
		{frontdesk.Money{Amount: 500, Currency: "mga"}, 5},
		{frontdesk.Money{Amount: 1045, Currency: "huf"}, 1045},
		{frontdesk.Money{Amount: 1045, Currency: "twd"}, 1045},
		{frontdesk.Money{Amount: 5120, Currency: "kwd"}, 5120},
		{frontdesk.Money{Amount: math.MaxInt64, Currency: "usd"}, math.MaxInt64},
	}
	for _, tt := range tests {
		t.Run(tt.money.String(), func(t *testing.T) {
			sent, err := wire.ToStripe(tt.money)
			require.NoError(t, err)
			assert.Equal(t, tt.stripe, sent)
			got, err := wire.FromStripe(tt.stripe, string(tt.money.Currency))
			require.NoError(t, err)
			assert.Equal(t, tt.money, got)
		})
	}
}

func TestToStripeRefuses(t *testing.T) {
	tests := []struct {
		rule, field string
		money       frontdesk.Money
	}{
		{"no currency", "currency", frontdesk.Money{Amount: 1}},
		{"an unknown currency", "currency", frontdesk.Money{Amount: 1, Currency: "zzz"}},
		{"a fraction of an ariary", "amount", frontdesk.Money{Amount: 501, Currency: "mga"}},
		{"a third decimal that is not 0", "amount", frontdesk.Money{Amount: 5124, Currency: "kwd"}},
		{"an amount that Stripe's decimals make too large", "amount", frontdesk.Money{Amount: math.MaxInt64, Currency: "isk"}},
		{"an amount that Stripe's decimals make too small", "amount", frontdesk.Money{Amount: math.MinInt64, Currency: "ugx"}},
	}
	for _, tt := range tests {
		t.Run(tt.rule+" is refused", func(t *testing.T) {
			_, err := wire.ToStripe(tt.money)
			requireField(t, err, tt.field)
		})
	}
}

func TestFromStripe(t *testing.T) {
	t.Run("the currency may be in capitals", func(t *testing.T) {
		m, err := wire.FromStripe(4900, "EUR")
		require.NoError(t, err)
		assert.Equal(t, frontdesk.Money{Amount: 4900, Currency: "eur"}, m)
	})
	t.Run("any third decimal is read", func(t *testing.T) {
		m, err := wire.FromStripe(5124, "kwd")
		require.NoError(t, err)
		assert.Equal(t, frontdesk.Money{Amount: 5124, Currency: "kwd"}, m)
	})
	t.Run("nothing in no currency is no money", func(t *testing.T) {
		m, err := wire.FromStripe(0, "")
		require.NoError(t, err)
		assert.Zero(t, m)
	})
	t.Run("something in no currency is refused", func(t *testing.T) {
		_, err := wire.FromStripe(1, "")
		requireField(t, err, "currency")
	})
	t.Run("a fraction of a króna is refused", func(t *testing.T) {
		_, err := wire.FromStripe(501, "isk")
		requireField(t, err, "amount")
	})
	t.Run("an ariary that does not fit is refused", func(t *testing.T) {
		_, err := wire.FromStripe(math.MaxInt64, "mga")
		requireField(t, err, "amount")
	})
}

func requireField(t *testing.T, err error, name string) {
	t.Helper()
	require.ErrorIs(t, err, frontdesk.Invalid)
	require.Len(t, frontdesk.Fields(err), 1)
	assert.Equal(t, name, frontdesk.Fields(err)[0].Name)
}
