package frontdesk_test

import (
	"errors"
	"testing"

	"github.com/frontdesk-go/frontdesk"
)

func TestExponents(t *testing.T) {
	for currency, want := range map[frontdesk.Currency]int{
		"bif": 0, "clp": 0, "djf": 0, "gnf": 0, "isk": 0, "jpy": 0, "kmf": 0, "krw": 0, "pyg": 0,
		"rwf": 0, "ugx": 0, "uyi": 0, "vnd": 0, "vuv": 0, "xaf": 0, "xof": 0, "xpf": 0,
		"eur": 2, "usd": 2, "gbp": 2, "chf": 2, "huf": 2, "twd": 2, "mga": 2, "mru": 2, "idr": 2, "cop": 2,
		"sle": 2, "ved": 2, "xad": 2, "xcg": 2, "zwg": 2,
		"bhd": 3, "iqd": 3, "jod": 3, "kwd": 3, "lyd": 3, "omr": 3, "tnd": 3,
		"clf": 4, "uyw": 4,
	} {
		if got := currency.Exponent(); got != want || !currency.Valid() {
			t.Errorf("%q.Exponent() = %d, want %d", currency, got, want)
		}
	}
}

func TestCurrenciesAreISO4217s(t *testing.T) {
	counts := map[int]int{}
	for _, currency := range allCurrencies() {
		counts[currency.Exponent()]++
	}
	const withdrawn = 6
	for exponent, want := range map[int]int{0: 17, 1: 0, 2: 139 + withdrawn, 3: 7, 4: 2} {
		if counts[exponent] != want {
			t.Errorf("%d currencies have the exponent %d, want %d", counts[exponent], exponent, want)
		}
	}
}

// allCurrencies tries every code of three letters.
func allCurrencies() []frontdesk.Currency {
	var all []frontdesk.Currency
	for n := range 26 * 26 * 26 {
		code := []byte{'a' + byte(n/676), 'a' + byte(n/26%26), 'a' + byte(n%26)}
		if c := frontdesk.Currency(code); c.Valid() {
			all = append(all, c)
		}
	}
	return all
}

func TestCurrenciesWithdrawnSince2020AreKnown(t *testing.T) {
	for _, c := range []frontdesk.Currency{"ang", "bgn", "cuc", "hrk", "sll", "zwl"} {
		if !c.Valid() || c.Exponent() != 2 {
			t.Errorf("%q is not known, or its exponent is %d", c, c.Exponent())
		}
	}
}

func TestParseCurrencyReadsEitherCase(t *testing.T) {
	for _, s := range []string{"eur", "EUR", "Eur"} {
		if got, err := frontdesk.ParseCurrency(s); err != nil || got != "eur" {
			t.Errorf("ParseCurrency(%q) = %q, %v", s, got, err)
		}
	}
}

func TestParseCurrencyRefuses(t *testing.T) {
	for _, s := range []string{"", "zzz", "xau", "xxx", "dem", "eu", "euro", " eur", "eur ", "€", "978", "ÊUR"} {
		got, err := frontdesk.ParseCurrency(s)
		fields := frontdesk.Fields(err)
		if got != "" || !errors.Is(err, frontdesk.Invalid) || len(fields) != 1 || fields[0].Name != "currency" {
			t.Errorf("ParseCurrency(%q) = %q, %v", s, got, err)
		}
	}
}

func TestOnlyLowerCaseIsValid(t *testing.T) {
	if c := frontdesk.Currency("EUR"); c.Valid() || c.Exponent() != 0 {
		t.Errorf("%q is valid, or has the exponent %d", c, c.Exponent())
	}
}
