package frontdesk

import "strings"

// A Currency is an ISO 4217 code in lower case, such as "eur".
type Currency string

// ParseCurrency returns the currency with the code s, in either case. It returns
// Invalid with the field "currency" if there is none.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToLower(s))
	if !c.Valid() {
		return "", errCurrency()
	}
	return c, nil
}

func errCurrency() error {
	return InvalidField("currency", "must be an ISO 4217 code such as eur")
}

// Valid reports whether c is the code of a currency, in lower case.
//
// Codes that ISO 4217 withdrew since 2020, such as "hrk", are valid, for there are records
// in them. Codes of what has no minor unit, such as gold, are not.
func (c Currency) Valid() bool {
	_, ok := exponents[c]
	return ok
}

// Exponent returns the number of decimals that count minor units, according to ISO 4217:
// 2 for eur, 0 for jpy, 3 for kwd. It is 0 if c is not valid.
//
// Payment providers differ from it for a few currencies; their adapters convert.
func (c Currency) Exponent() int { return exponents[c] }

// exponents is ISO 4217's list one of January 2026, with the codes withdrawn since 2020.
var exponents = invert(map[int]string{
	0: `bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf`,

	2: `aed afn all amd aoa ars aud awg azn bam bbd bdt bmd bnd bob bov brl bsd btn bwp byn
		bzd cad cdf che chf chw cny cop cou crc cup cve czk dkk dop dzd egp ern etb eur fjd
		fkp gbp gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr irr jmd kes kgs khr kpw
		kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn mxv myr
		mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg
		sek sgd shp sle sos srd ssp stn svc syp szl thb tjs tmt top try ttd twd tzs uah usd
		usn uyu uzs ved ves wst xad xcd xcg yer zar zmw zwg ` +
		`ang bgn cuc hrk sll zwl`, // withdrawn

	3: `bhd iqd jod kwd lyd omr tnd`,

	4: `clf uyw`,
})

func invert(codes map[int]string) map[Currency]int {
	exponents := make(map[Currency]int)
	for exponent, list := range codes {
		for code := range strings.FieldsSeq(list) {
			exponents[Currency(code)] = exponent
		}
	}
	return exponents
}
