package frontdesk

import (
	"errors"
	"strconv"
	"strings"
)

// Money is an exact amount in one currency. Two amounts are the same if they are ==.
// The zero Money is nothing, in no currency, and cannot be added to money in one.
type Money struct {
	// Amount counts minor units: 4900 is 49.00 EUR, 500 is 500 JPY.
	Amount int64 `json:"amount"`

	// Currency tells what the minor unit is.
	Currency Currency `json:"currency"`
}

// ParseMoney reads a decimal number of major units, such as "49", "49.00" or "-0.05".
// A sign may lead it, and a point must stand between digits.
//
// It returns Invalid with the field "currency" if c is not valid, and with the field
// "amount" if decimal is no such number, has more decimals than the currency, or
// does not fit.
func ParseMoney(decimal string, c Currency) (Money, error) {
	if !c.Valid() {
		return Money{}, errCurrency()
	}
	whole, decimals, point := strings.Cut(decimal, ".")
	missing := c.Exponent() - len(decimals)
	switch {
	case !endsInDigit(whole), point && !endsInDigit(decimals):
		return Money{}, errDecimal()
	case missing < 0:
		return Money{}, InvalidField("amount", "must not have more than %d decimals", c.Exponent())
	}
	amount, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", missing), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return Money{}, errRange()
	case err != nil:
		return Money{}, errDecimal()
	}
	return Money{amount, c}, nil
}

func endsInDigit(s string) bool {
	return s != "" && '0' <= s[len(s)-1] && s[len(s)-1] <= '9'
}

// Add returns m + n. It returns Invalid with the field "currency" if the two have
// different currencies, and with the field "amount" if the sum does not fit.
func (m Money) Add(n Money) (Money, error) {
	sum := m.Amount + n.Amount
	return m.with(n, sum, (sum > m.Amount) == (n.Amount > 0))
}

// Sub returns m - n. It returns the errors of Add.
func (m Money) Sub(n Money) (Money, error) {
	difference := m.Amount - n.Amount
	return m.with(n, difference, (difference < m.Amount) == (n.Amount > 0))
}

// with returns what m and n make, if fits says that it did not overflow.
func (m Money) with(n Money, amount int64, fits bool) (Money, error) {
	switch {
	case m.Currency != n.Currency:
		return Money{}, InvalidField("currency", "must be %q, not %q", m.Currency, n.Currency)
	case !fits:
		return Money{}, errRange()
	}
	return Money{amount, m.Currency}, nil
}

// IsZero reports whether the amount is zero, in whatever currency.
func (m Money) IsZero() bool { return m.Amount == 0 }

// Decimal returns the amount in major units, with all the decimals of its currency:
// "49.00", "-0.05", "500" for yen. ParseMoney reads it back. If the currency is not
// valid, it is the amount in minor units.
func (m Money) Decimal() string {
	sign, digits := "", strconv.FormatInt(m.Amount, 10)
	if m.Amount < 0 {
		sign, digits = "-", digits[1:]
	}
	n := m.Currency.Exponent()
	if n == 0 {
		return sign + digits
	}
	digits = strings.Repeat("0", max(0, n+1-len(digits))) + digits
	point := len(digits) - n
	return sign + digits[:point] + "." + digits[point:]
}

// String returns the amount and the currency for logs and plain texts: "49.00 EUR".
func (m Money) String() string {
	return strings.TrimSpace(m.Decimal() + " " + strings.ToUpper(string(m.Currency)))
}

func errDecimal() error {
	return InvalidField("amount", "must be a decimal number such as 49.00")
}

func errRange() error {
	return InvalidField("amount", "is out of range")
}
