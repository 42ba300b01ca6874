package frontdesk_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/frontdesk-go/frontdesk"
)

func eur(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: "eur"} }

func TestParseMoneyReadsDecimals(t *testing.T) {
	tests := []struct {
		decimal  string
		currency frontdesk.Currency
		want     int64
	}{
		{"49.00", "eur", 4900},
		{"49", "eur", 4900},
		{"49.5", "eur", 4950},
		{"+49.00", "eur", 4900},
		{"-0.05", "eur", -5},
		{"-0", "eur", 0},
		{"0049.00", "eur", 4900},
		{"500", "jpy", 500},
		{"1.234", "kwd", 1234},
		{"1.2345", "clf", 12345},
		{"92233720368547758.07", "eur", math.MaxInt64},
		{"-92233720368547758.08", "eur", math.MinInt64},
	}
	for _, test := range tests {
		got, err := frontdesk.ParseMoney(test.decimal, test.currency)
		if want := (frontdesk.Money{Amount: test.want, Currency: test.currency}); err != nil || got != want {
			t.Errorf("ParseMoney(%q, %q) = %#v, %v", test.decimal, test.currency, got, err)
		}
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	tests := []struct {
		decimal  string
		currency frontdesk.Currency
		field    string
		message  string
	}{
		{"1.00", "zzz", "currency", "must be an ISO 4217 code such as eur"},
		{"1.00", "EUR", "currency", "must be an ISO 4217 code such as eur"},
		{"1.00", "", "currency", "must be an ISO 4217 code such as eur"},
		{"1.000", "eur", "amount", "must not have more than 2 decimals"},
		{"1.0", "jpy", "amount", "must not have more than 0 decimals"},
		{"92233720368547758.08", "eur", "amount", "is out of range"},
		{"-92233720368547758.09", "eur", "amount", "is out of range"},
		{"9223372036854775808", "jpy", "amount", "is out of range"},
		{"92233720368547759", "eur", "amount", "is out of range"},
	}
	for _, malformed := range []string{
		"", " ", "-", "+", ".", "1.", ".5", "-.5", "1.-5", "1.+5", "+-5", "--5", "5-", "1.2.", "1,00", "1 0",
		" 1", "1 ", "1e3", "0x1", "1_000", "NaN", "Inf", "€1", "١", "１.０", "1\x00",
	} {
		tests = append(tests, struct {
			decimal  string
			currency frontdesk.Currency
			field    string
			message  string
		}{malformed, "eur", "amount", "must be a decimal number such as 49.00"})
	}
	for _, test := range tests {
		got, err := frontdesk.ParseMoney(test.decimal, test.currency)
		fields := frontdesk.Fields(err)
		if got != (frontdesk.Money{}) || !errors.Is(err, frontdesk.Invalid) ||
			len(fields) != 1 || fields[0] != (frontdesk.Field{test.field, test.message}) {
			t.Errorf("ParseMoney(%q, %q) = %#v, %v; want %s %s",
				test.decimal, test.currency, got, err, test.field, test.message)
		}
	}
}

func FuzzParseMoneyReadsWhatDecimalWrites(f *testing.F) {
	for _, amount := range []int64{0, 1, -1, 5, -5, 99, 100, -100, 4900, math.MaxInt64, math.MinInt64} {
		for _, currency := range []string{"eur", "jpy", "kwd", "clf"} {
			f.Add(amount, currency)
		}
	}
	f.Fuzz(func(t *testing.T, amount int64, currency string) {
		c, err := frontdesk.ParseCurrency(currency)
		if err != nil {
			t.Skip()
		}
		want := frontdesk.Money{Amount: amount, Currency: c}
		if got, err := frontdesk.ParseMoney(want.Decimal(), c); err != nil || got != want {
			t.Errorf("%#v reads %q, which parses as %#v, %v", want, want.Decimal(), got, err)
		}
	})
}

func FuzzParseMoneyRefusesOrIsExact(f *testing.F) {
	for _, decimal := range []string{"49.00", "-0.05", "+1", "1.", ".5", "1.-5", "9223372036854775808", "0x1"} {
		f.Add(decimal)
	}
	f.Fuzz(func(t *testing.T, decimal string) {
		m, err := frontdesk.ParseMoney(decimal, "eur")
		if err != nil {
			if !errors.Is(err, frontdesk.Invalid) || len(frontdesk.Fields(err)) != 1 {
				t.Errorf("ParseMoney(%q) = %v, which names no field", decimal, err)
			}
			return
		}
		if again, err := frontdesk.ParseMoney(m.Decimal(), "eur"); err != nil || again != m {
			t.Errorf("%q is %v, and that is %v, %v", decimal, m, again, err)
		}
	})
}

func TestDecimalAndString(t *testing.T) {
	tests := []struct {
		money           frontdesk.Money
		decimal, string string
	}{
		{eur(4900), "49.00", "49.00 EUR"},
		{eur(-5), "-0.05", "-0.05 EUR"},
		{eur(5), "0.05", "0.05 EUR"},
		{eur(50), "0.50", "0.50 EUR"},
		{eur(-100), "-1.00", "-1.00 EUR"},
		{eur(0), "0.00", "0.00 EUR"},
		{eur(math.MaxInt64), "92233720368547758.07", "92233720368547758.07 EUR"},
		{eur(math.MinInt64), "-92233720368547758.08", "-92233720368547758.08 EUR"},
		{frontdesk.Money{Amount: 500, Currency: "jpy"}, "500", "500 JPY"},
		{frontdesk.Money{Amount: -500, Currency: "jpy"}, "-500", "-500 JPY"},
		{frontdesk.Money{Amount: 12, Currency: "kwd"}, "0.012", "0.012 KWD"},
		{frontdesk.Money{Amount: 12, Currency: "clf"}, "0.0012", "0.0012 CLF"},
		{frontdesk.Money{Amount: 500, Currency: "zzz"}, "500", "500 ZZZ"},
		{frontdesk.Money{}, "0", "0"},
	}
	for _, test := range tests {
		if got := test.money.Decimal(); got != test.decimal {
			t.Errorf("%#v.Decimal() = %q, want %q", test.money, got, test.decimal)
		}
		if got := test.money.String(); got != test.string {
			t.Errorf("%#v.String() = %q, want %q", test.money, got, test.string)
		}
	}
}

func TestAddAndSub(t *testing.T) {
	const least, most = math.MinInt64, math.MaxInt64
	tests := []struct {
		m, n           int64
		sum, diff      int64
		sumFits, dFits bool
	}{
		{4900, 100, 5000, 4800, true, true},
		{100, -4900, -4800, 5000, true, true},
		{0, 0, 0, 0, true, true},
		{most, 0, most, most, true, true},
		{least, 0, least, least, true, true},
		{most, 1, 0, most - 1, false, true},
		{least, -1, 0, least + 1, false, true},
		{most, -1, most - 1, 0, true, false},
		{least, 1, least + 1, 0, true, false},
		{0, least, least, 0, true, false},
		{-1, least, 0, most, false, true},
		{1, least, least + 1, 0, true, false},
		{most, most, 0, 0, false, true},
		{least, least, 0, 0, false, true},
		{most, least, -1, 0, true, false},
		{least, most, -1, 0, true, false},
	}
	for _, test := range tests {
		sum, err := eur(test.m).Add(eur(test.n))
		checkMoney(t, "sum", test.m, test.n, sum, err, test.sum, test.sumFits)
		diff, err := eur(test.m).Sub(eur(test.n))
		checkMoney(t, "difference", test.m, test.n, diff, err, test.diff, test.dFits)
	}
}

func checkMoney(t *testing.T, what string, m, n int64, got frontdesk.Money, err error, want int64, fits bool) {
	t.Helper()
	switch {
	case fits && (err != nil || got != eur(want)):
		t.Errorf("the %s of %d and %d is %v, %v; want %d", what, m, n, got, err, want)
	case !fits && (!errors.Is(err, frontdesk.Invalid) || frontdesk.Fields(err)[0].Name != "amount" || !got.IsZero()):
		t.Errorf("the %s of %d and %d is %v, %v; want an invalid amount", what, m, n, got, err)
	}
}

func TestMoneyInTwoCurrenciesHasNoSum(t *testing.T) {
	for _, other := range []frontdesk.Money{{Amount: 1, Currency: "usd"}, {Amount: 1}, {}} {
		for _, operation := range []func(frontdesk.Money) (frontdesk.Money, error){eur(1).Add, eur(1).Sub} {
			got, err := operation(other)
			if !errors.Is(err, frontdesk.Invalid) || frontdesk.Fields(err)[0].Name != "currency" || !got.IsZero() {
				t.Errorf("with %#v got %#v, %v", other, got, err)
			}
		}
	}
}

func TestIsZero(t *testing.T) {
	if !eur(0).IsZero() || !(frontdesk.Money{}).IsZero() || eur(-1).IsZero() {
		t.Error("zero is not told from other amounts")
	}
}

func TestMoneyInJSON(t *testing.T) {
	text, err := json.Marshal(eur(4900))
	if want := `{"amount":4900,"currency":"eur"}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
	var got frontdesk.Money
	if err := json.Unmarshal(text, &got); err != nil || got != eur(4900) {
		t.Errorf("it came back as %v, %v", got, err)
	}
}
