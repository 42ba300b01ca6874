package billingtest

import "github.com/frontdesk-go/frontdesk"

// country is what one means for the accounts in it.
type country struct {
	delay    int64 // the least days until a charge is paid out
	currency frontdesk.Currency
}

// elsewhere is what holds in countries that are not listed.
var elsewhere = country{7, "usd"}

// countries are written down from memory of what Stripe's accounts show; Stripe
// tells each platform its own. https://docs.stripe.com/payouts#payout-speed
var countries = map[string]country{
	"US": {2, "usd"}, "AU": {2, "aud"}, "CA": {3, "cad"}, "NZ": {3, "nzd"},
	"GB": {3, "gbp"}, "CH": {3, "chf"}, "DK": {3, "dkk"}, "NO": {3, "nok"}, "SE": {3, "sek"},
	"AT": {3, "eur"}, "BE": {3, "eur"}, "DE": {3, "eur"}, "ES": {3, "eur"}, "FI": {3, "eur"}, "FR": {3, "eur"},
	"IE": {3, "eur"}, "IT": {3, "eur"}, "LU": {3, "eur"}, "NL": {3, "eur"}, "PT": {3, "eur"},
	"CY": {7, "eur"}, "EE": {7, "eur"}, "GR": {7, "eur"}, "HR": {7, "eur"}, "LT": {7, "eur"}, "LV": {7, "eur"},
	"MT": {7, "eur"}, "SI": {7, "eur"}, "SK": {7, "eur"},
	"BG": {7, "bgn"}, "CZ": {7, "czk"}, "HU": {7, "huf"}, "PL": {7, "pln"}, "RO": {7, "ron"},
	"BR": {30, "brl"}, "HK": {7, "hkd"}, "JP": {4, "jpy"}, "MX": {7, "mxn"}, "SG": {4, "sgd"},
}

func countryOf(code string) country {
	if c, listed := countries[code]; listed {
		return c
	}
	return elsewhere
}
