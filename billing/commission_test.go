package billing_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func in(c frontdesk.Currency) func(int64) frontdesk.Money {
	return func(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: c} }
}

func TestCommission(t *testing.T) {
	euros, yen, dinars := in("eur"), in("jpy"), in("kwd")
	tests := []struct {
		rule   string
		of     billing.Commission
		charge frontdesk.Money
		want   int64
	}{
		{"no rule keeps nothing", billing.Commission{}, euros(10000), 0},
		{"a share is kept", billing.Commission{BasisPoints: 1500}, euros(10000), 1500},
		{"half a unit is rounded up", billing.Commission{BasisPoints: 5000}, euros(3), 2},
		{"less than half a unit is rounded down", billing.Commission{BasisPoints: 4999}, euros(1), 0},
		{"more than half a unit is rounded up", billing.Commission{BasisPoints: 5001}, euros(1), 1},
		{"2.5 percent of 0.20 is half a unit, and rounded up", billing.Commission{BasisPoints: 250}, euros(20), 1},
		{"2.5 percent of 0.19 is less, and rounded down", billing.Commission{BasisPoints: 250}, euros(19), 0},
		{"the smallest share of a small charge is nothing", billing.Commission{BasisPoints: 1}, euros(4999), 0},
		{"the smallest share counts once it is half a unit", billing.Commission{BasisPoints: 1}, euros(5000), 1},
		{"all of it may be kept", billing.Commission{BasisPoints: 10000}, euros(12345), 12345},
		{"a fixed part is added", billing.Commission{BasisPoints: 1000, Fixed: euros(30)}, euros(10000), 1030},
		{"a fixed part alone is enough", billing.Commission{Fixed: euros(30)}, euros(10000), 30},
		{"a fixed part above the charge keeps all of it, no more", billing.Commission{Fixed: euros(500)}, euros(300), 300},
		{"share and fixed part together keep no more than the charge", billing.Commission{BasisPoints: 9000, Fixed: euros(500)}, euros(1000), 1000},
		{"a minimum lifts a small share", billing.Commission{BasisPoints: 100, Minimum: euros(50)}, euros(1000), 50},
		{"a minimum leaves a greater share alone", billing.Commission{BasisPoints: 1000, Minimum: euros(50)}, euros(1000), 100},
		{"a minimum counts after the fixed part", billing.Commission{BasisPoints: 100, Fixed: euros(45), Minimum: euros(50)}, euros(1000), 55},
		{"a minimum above the charge keeps all of it, no more", billing.Commission{Minimum: euros(500)}, euros(300), 300},
		{"a maximum caps a great share", billing.Commission{BasisPoints: 1000, Maximum: euros(500)}, euros(10000), 500},
		{"a maximum caps the fixed part too", billing.Commission{BasisPoints: 400, Fixed: euros(200), Maximum: euros(500)}, euros(10000), 500},
		{"a maximum leaves a smaller share alone", billing.Commission{BasisPoints: 100, Maximum: euros(500)}, euros(10000), 100},
		{"a maximum above the charge changes nothing", billing.Commission{BasisPoints: 10000, Maximum: euros(500)}, euros(300), 300},
		{"a maximum that is absent does not cap", billing.Commission{BasisPoints: 1000, Maximum: frontdesk.Money{}}, euros(10000), 1000},
		{"a maximum of zero in the charge's currency keeps nothing", billing.Commission{BasisPoints: 1000, Maximum: euros(0)}, euros(10000), 0},
		{"a minimum and a fixed part of zero change nothing", billing.Commission{BasisPoints: 1000, Fixed: euros(0), Minimum: euros(0)}, euros(10000), 1000},
		{"a minimum that is the maximum is the commission", billing.Commission{BasisPoints: 1000, Minimum: euros(70), Maximum: euros(70)}, euros(10000), 70},
		{"a currency without decimals is rounded to whole units", billing.Commission{BasisPoints: 1500}, yen(333), 50},
		{"half a yen is rounded up", billing.Commission{BasisPoints: 1500}, yen(330), 50},
		{"parts are in yen, not in hundredths", billing.Commission{BasisPoints: 1000, Fixed: yen(30), Maximum: yen(120)}, yen(1000), 120},
		{"a currency of three decimals is rounded to thousandths", billing.Commission{BasisPoints: 1250}, dinars(1234), 154},
		{"the greatest charge does not overflow", billing.Commission{BasisPoints: 10000}, euros(math.MaxInt64), math.MaxInt64},
		{"half of the greatest charge is rounded up", billing.Commission{BasisPoints: 5000}, euros(math.MaxInt64), 1 << 62},
		{"greatest parts do not overflow", billing.Commission{BasisPoints: 10000, Fixed: euros(math.MaxInt64), Minimum: euros(math.MaxInt64)}, euros(math.MaxInt64), math.MaxInt64},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			got, err := test.of.Of(test.charge)
			require.NoError(t, err)
			require.Equal(t, frontdesk.Money{Amount: test.want, Currency: test.charge.Currency}, got)
		})
	}
}

func TestCommissionRefusals(t *testing.T) {
	euros, dollars := in("eur"), in("usd")
	tests := []struct {
		rule   string
		of     billing.Commission
		charge frontdesk.Money
		fields []string
	}{
		{"a charge of nothing", billing.Commission{}, euros(0), []string{"amount"}},
		{"a charge below zero", billing.Commission{}, euros(-1), []string{"amount"}},
		{"a charge in no currency", billing.Commission{}, frontdesk.Money{Amount: 100}, []string{"amount"}},
		{"a charge in an unknown currency", billing.Commission{}, in("xyz1")(100), []string{"amount"}},
		{"a share below zero", billing.Commission{BasisPoints: -1}, euros(100), []string{"basis_points"}},
		{"a share above the whole", billing.Commission{BasisPoints: 10001}, euros(100), []string{"basis_points"}},
		{"a fixed part in another currency", billing.Commission{Fixed: dollars(1)}, euros(100), []string{"fixed"}},
		{"a fixed part in no currency", billing.Commission{Fixed: in("")(1)}, euros(100), []string{"fixed"}},
		{"a fixed part below zero", billing.Commission{Fixed: euros(-1)}, euros(100), []string{"fixed"}},
		{"a minimum in another currency", billing.Commission{Minimum: dollars(1)}, euros(100), []string{"minimum"}},
		{"a minimum below zero", billing.Commission{Minimum: euros(-1)}, euros(100), []string{"minimum"}},
		{"a maximum in another currency", billing.Commission{Maximum: dollars(1)}, euros(100), []string{"maximum"}},
		{"a maximum of zero in another currency", billing.Commission{Maximum: dollars(0)}, euros(100), []string{"maximum"}},
		{"a maximum below zero", billing.Commission{Maximum: euros(-1)}, euros(100), []string{"maximum", "minimum"}},
		{"a minimum above the maximum", billing.Commission{Minimum: euros(2), Maximum: euros(1)}, euros(100), []string{"minimum"}},
		{"a minimum above a maximum of zero", billing.Commission{Minimum: euros(1), Maximum: euros(0)}, euros(100), []string{"minimum"}},
		{
			"everything at once", billing.Commission{BasisPoints: -1, Fixed: dollars(1), Minimum: dollars(2), Maximum: dollars(3)}, euros(0),
			[]string{"amount", "basis_points", "fixed", "minimum", "maximum"},
		},
	}
	for _, test := range tests {
		t.Run(test.rule+" is refused with its field", func(t *testing.T) {
			got, err := test.of.Of(test.charge)
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Zero(t, got)
			require.Equal(t, test.fields, fieldNames(err))
		})
	}
}

func fieldNames(err error) []string {
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	return names
}

// The commission is what exact arithmetic makes of the same sentence.
func TestCommissionProperty(t *testing.T) {
	checks(t, 2000, func(r *rapid.T) {
		charge := amounts(1).Draw(r, "charge")
		c := billing.Commission{BasisPoints: rapid.Int64Range(0, 10_000).Draw(r, "basis points")}
		for name, part := range map[string]*frontdesk.Money{"fixed": &c.Fixed, "minimum": &c.Minimum, "maximum": &c.Maximum} {
			if rapid.Bool().Draw(r, "with "+name) {
				*part = in("eur")(amounts(0).Draw(r, name))
			}
		}
		got, err := c.Of(in("eur")(charge))
		if c.Maximum != (frontdesk.Money{}) && c.Minimum.Amount > c.Maximum.Amount {
			require.ErrorIs(r, err, frontdesk.Invalid)
			return
		}
		require.NoError(r, err)
		require.Equal(r, exactly(c, charge), got.Amount)
	})
}

// amounts are small ones as often as those near the limit.
func amounts(least int64) *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64Range(least, 20_000),
		rapid.Int64Range(least, math.MaxInt64),
		rapid.Int64Range(math.MaxInt64-20_000, math.MaxInt64),
	)
}

func exactly(c billing.Commission, charge int64) int64 {
	twice := new(big.Rat).SetFrac(big.NewInt(charge), big.NewInt(5000))
	twice.Mul(twice, new(big.Rat).SetInt64(c.BasisPoints))
	twice.Add(twice, new(big.Rat).SetInt64(1)) // half a unit, twice
	fee := new(big.Int).Quo(twice.Num(), new(big.Int).Mul(twice.Denom(), big.NewInt(2)))
	fee.Add(fee, big.NewInt(c.Fixed.Amount))
	fee = greater(fee, big.NewInt(c.Minimum.Amount))
	if c.Maximum != (frontdesk.Money{}) {
		fee = smaller(fee, big.NewInt(c.Maximum.Amount))
	}
	return smaller(fee, big.NewInt(charge)).Int64()
}

func greater(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

func smaller(a, b *big.Int) *big.Int {
	if a.Cmp(b) > 0 {
		return b
	}
	return a
}

func TestCommissions(t *testing.T) {
	rules := billing.Commissions{
		Default:   billing.Commission{BasisPoints: 1000},
		Expert:    map[string]billing.Commission{"nina": {BasisPoints: 800}, "free": {}},
		EventType: map[string]billing.Commission{"workshop": {BasisPoints: 500}},
	}
	for _, test := range []struct {
		rule, expert, eventType string
		want                    int64
	}{
		{"the default counts for strangers", "omar", "call", 1000},
		{"an expert's rule counts before the default", "nina", "call", 800},
		{"an event type's rule counts before the expert's", "nina", "workshop", 500},
		{"an event type's rule counts for everybody", "omar", "workshop", 500},
		{"an empty rule of an expert keeps nothing", "free", "call", 0},
		{"no event type has no rule of its own", "nina", "", 800},
	} {
		t.Run(test.rule, func(t *testing.T) {
			got, err := rules.Rule(t.Context(), test.expert, test.eventType)
			require.NoError(t, err)
			require.Equal(t, test.want, got.BasisPoints)
		})
	}
}
