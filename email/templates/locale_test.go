package templates

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

func TestMoneyIsWrittenAsItsReadersDo(t *testing.T) {
	for _, test := range []struct {
		money               frontdesk.Money
		english, portuguese string // _ is a space that does not break
	}{
		{frontdesk.Money{Amount: 490000, Currency: "eur"}, "€4,900.00", "4900,00_€"},
		{frontdesk.Money{Amount: 1000000, Currency: "eur"}, "€10,000.00", "10_000,00_€"},
		{frontdesk.Money{Amount: 12345678950, Currency: "eur"}, "€123,456,789.50", "123_456_789,50_€"},
		{frontdesk.Money{Amount: 99999, Currency: "eur"}, "€999.99", "999,99_€"},
		{frontdesk.Money{Amount: 0, Currency: "eur"}, "€0.00", "0,00_€"},
		{frontdesk.Money{Amount: -5, Currency: "eur"}, "−€0.05", "−0,05_€"},
		{frontdesk.Money{Amount: -123456, Currency: "chf"}, "−CHF_1,234.56", "−1234,56_CHF"},
		{frontdesk.Money{Amount: 490000, Currency: "usd"}, "$4,900.00", "4900,00_US$"},
		{frontdesk.Money{Amount: 490000, Currency: "gbp"}, "£4,900.00", "4900,00_£"},
		{frontdesk.Money{Amount: 490000, Currency: "brl"}, "R$4,900.00", "4900,00_R$"},
		{frontdesk.Money{Amount: 490000, Currency: "aud"}, "A$4,900.00", "4900,00_AU$"},
		{frontdesk.Money{Amount: 4900, Currency: "jpy"}, "¥4,900", "4900_JP¥"},
		{frontdesk.Money{Amount: 4900000, Currency: "kwd"}, "KWD_4,900.000", "4900,000_KWD"},
		{frontdesk.Money{Amount: math.MinInt64, Currency: "eur"}, "−€92,233,720,368,547,758.08", "−92_233_720_368_547_758,08_€"},
	} {
		assert.Equal(t, test.english, strings.ReplaceAll(locales[English].money(test.money), space, "_"))
		assert.Equal(t, test.portuguese, strings.ReplaceAll(locales[Portuguese].money(test.money), space, "_"))
	}
}

func TestDatesAreWrittenAsTheirReadersDo(t *testing.T) {
	english, portuguese := locales[English], locales[Portuguese]
	day := time.Date(2026, time.November, 19, 15, 0, 0, 0, time.UTC)
	assert.Equal(t, "19 November 2026", english.calendar(english.day, day))
	assert.Equal(t, "Thursday 19 November 2026", english.calendar(english.date, day))
	assert.Equal(t, "19 de novembro de 2026", portuguese.calendar(portuguese.day, day))
	assert.Equal(t, "quinta-feira, 19 de novembro de 2026", portuguese.calendar(portuguese.date, day))
	for month := range 12 {
		for day := range 7 {
			at := time.Date(2026, time.Month(month+1), day+1, 0, 0, 0, 0, time.UTC)
			assert.Equal(t, at.Format("Monday 2 January 2006"), english.calendar(english.date, at))
			assert.NotContains(t, portuguese.calendar(portuguese.date, at), "%!")
		}
	}
}

func TestTimesNameTheirZone(t *testing.T) {
	for _, test := range []struct {
		zone, at, want string
	}{
		{"Europe/Berlin", "2026-11-19T15:00:00Z", "16:00 CET_(UTC+1)"},
		{"Europe/Berlin", "2026-07-19T15:00:00Z", "17:00 CEST_(UTC+2)"},
		{"Europe/Lisbon", "2026-11-19T15:00:00Z", "15:00 WET_(UTC+0)"},
		{"Europe/London", "2026-07-19T15:00:00Z", "16:00 BST_(UTC+1)"},
		{"America/New_York", "2026-11-19T15:00:00Z", "10:00 EST_(UTC−5)"},
		{"America/Sao_Paulo", "2026-11-19T15:00:00Z", "12:00 UTC−3"},
		{"Asia/Kathmandu", "2026-11-19T15:00:00Z", "20:45 UTC+5:45"},
		{"Asia/Kolkata", "2026-11-19T15:00:00Z", "20:30 IST_(UTC+5:30)"},
		{"America/St_Johns", "2026-11-19T15:00:00Z", "11:30 NST_(UTC−3:30)"},
		{"UTC", "2026-11-19T15:00:00Z", "15:00 UTC"},
		{"Atlantic/Azores", "2026-07-19T15:00:00Z", "15:00 UTC"},
	} {
		assert.Equal(t, test.want, strings.ReplaceAll(locales[English].clock(in(t, test.zone, test.at)), space, "_"), test.zone)
	}
}

func TestSpansSayWhatChangesWithinThem(t *testing.T) {
	for _, test := range []struct {
		rule, zone, start, end, want string
	}{
		{"on one day", "Europe/Berlin", "2026-11-19T15:00:00Z", "2026-11-19T15:45:00Z", "16:00–16:45 CET_(UTC+1)"},
		{"over midnight", "Europe/Berlin", "2026-11-19T22:30:00Z", "2026-11-19T23:30:00Z", "23:30 – 20 November 2026, 00:30 CET_(UTC+1)"},
		{"over new year", "UTC", "2026-12-31T23:30:00Z", "2027-01-01T00:30:00Z", "23:30 – 1 January 2027, 00:30 UTC"},
		{"while clocks go back", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:15:00Z", "02:30 CEST_(UTC+2)–02:15 CET_(UTC+1)"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			span := locales[English].span(in(t, test.zone, test.start), in(t, test.zone, test.end))
			assert.Equal(t, test.want, strings.ReplaceAll(span, space, "_"))
		})
	}
}

func TestAnotherZoneNamesTheDateWhereItDiffers(t *testing.T) {
	start := in(t, "Europe/Berlin", "2026-11-19T22:30:00Z")
	span, err := locales[English].spanIn("Asia/Tokyo", start, start.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, "20 November 2026, 07:30–08:30 JST"+space+"(UTC+9)", span)
	span, err = locales[Portuguese].spanIn("Europe/Lisbon", start, start.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, "22:30–23:30 WET"+space+"(UTC+0)", span)
}

func TestReadersGetTheLanguageTheyRead(t *testing.T) {
	for asked, want := range map[Language]Language{
		"en": English, "en-GB": English, "EN_us": English, "pt-PT": Portuguese, "pt": Portuguese, "pt-BR": Portuguese, "pt_AO": Portuguese,
		"de": "fallback", "": "fallback", "p": "fallback", "ptx": "fallback",
	} {
		assert.Equal(t, want, match(asked, "fallback"), asked)
	}
}

func in(t *testing.T, zone, at string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	moment, err := time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	return moment.In(location)
}
