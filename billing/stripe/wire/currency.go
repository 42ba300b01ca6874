package wire

import (
	"math"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// decimals has the currencies that Stripe counts otherwise than ISO 4217: ISK and
// UGX have no decimals any more, but Stripe kept two; the ariary's fifths are no
// decimals to Stripe (docs.stripe.com/currencies).
var decimals = map[frontdesk.Currency]int{"isk": 2, "ugx": 2, "mga": 0}

// inTens are the currencies of three decimals that Stripe takes in tens only.
var inTens = []frontdesk.Currency{"bhd", "jod", "kwd", "omr", "tnd"}

// surplus returns how many decimals more Stripe writes than ISO 4217.
func surplus(c frontdesk.Currency) int {
	if n, special := decimals[c]; special {
		return n - c.Exponent()
	}
	return 0
}

// ToStripe returns the amount as Stripe counts it in that currency. It returns
// Invalid with the field "currency" for an unknown currency, and with the field
// "amount" for what Stripe cannot take: a fraction of an ariary, a last digit that
// is not 0 in a currency of three decimals, or a number that does not fit.
func ToStripe(m frontdesk.Money) (int64, error) {
	c, err := frontdesk.ParseCurrency(string(m.Currency))
	if err != nil {
		return 0, err
	}
	if slices.Contains(inTens, c) && m.Amount%10 != 0 {
		return 0, frontdesk.InvalidField("amount", "must end in 0 in %s", c)
	}
	return shift(m.Amount, surplus(c), c)
}

// FromStripe returns what Stripe means by amount in currency. It returns Invalid
// with the field "currency" for an unknown currency, and with the field "amount"
// for what the currency has no minor unit for (a fraction of a króna, which Stripe
// took until April 2023) or for a number that does not fit. No amount in no
// currency is the zero Money.
func FromStripe(amount int64, currency string) (frontdesk.Money, error) {
	if amount == 0 && currency == "" {
		return frontdesk.Money{}, nil
	}
	c, err := frontdesk.ParseCurrency(currency)
	if err != nil {
		return frontdesk.Money{}, err
	}
	minor, err := shift(amount, -surplus(c), c)
	if err != nil {
		return frontdesk.Money{}, err
	}
	return frontdesk.Money{Amount: minor, Currency: c}, nil
}

// shift moves the decimal point of amount by n places: 0, 2 or -2.
func shift(amount int64, n int, c frontdesk.Currency) (int64, error) {
	switch {
	case n > 0 && (amount > math.MaxInt64/100 || amount < math.MinInt64/100):
		return 0, frontdesk.InvalidField("amount", "is too large")
	case n > 0:
		return amount * 100, nil
	case n < 0 && amount%100 != 0:
		return 0, frontdesk.InvalidField("amount", "must be a whole number of %s", c)
	case n < 0:
		return amount / 100, nil
	}
	return amount, nil
}

// counter converts the amounts of one object, and keeps the first error.
type counter struct {
	currency string
	err      error
}

func (c *counter) money(amount int64) frontdesk.Money {
	m, err := FromStripe(amount, c.currency)
	if err != nil && c.err == nil {
		c.err = err
	}
	return m
}

func (c *counter) minor(amount int64) int64 { return c.money(amount).Amount }
