package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// locale writes amounts and times as readers of one language do. The forms are those of
// Unicode's CLDR, with the sign U+2212 for minus.
type locale struct {
	months, days [12]string // from January, from Sunday
	symbols      map[frontdesk.Currency]string
	symbolLast   bool   // 49,00 €
	point        string // before the decimals
	group        string // between thousands
	ungrouped    int    // numbers of so many digits are not grouped
	day, date    string // %[1]s weekday, %[2]d day, %[3]s month, %[4]d year
	percent      string
	hello        string
}

// space does not break: an amount stays with its currency.
const (
	space = "\u00a0"
	minus = "\u2212"
)

var locales = map[Language]*locale{
	English: {
		months: [12]string{
			"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December",
		},
		days: [12]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		symbols: map[frontdesk.Currency]string{
			"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥", "inr": "₹", "brl": "R$", "cad": "CA$", "aud": "A$",
		},
		point: ".", group: ",", ungrouped: 3,
		day: "%[2]d %[3]s %[4]d", date: "%[1]s %[2]d %[3]s %[4]d",
		percent: "%d%%", hello: "Hello",
	},
	Portuguese: {
		months: [12]string{
			"janeiro", "fevereiro", "março", "abril", "maio", "junho",
			"julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
		},
		days: [12]string{
			"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado",
		},
		symbols: map[frontdesk.Currency]string{
			"eur": "€", "usd": "US$", "gbp": "£", "jpy": "JP¥", "inr": "₹", "brl": "R$", "cad": "CA$", "aud": "AU$",
		},
		symbolLast: true,
		point:      ",", group: space, ungrouped: 4,
		day: "%[2]d de %[3]s de %[4]d", date: "%[1]s, %[2]d de %[3]s de %[4]d",
		percent: "%d" + space + "%%", hello: "Olá",
	},
}

// money writes an amount with all the decimals of its currency: "€4,900.00", "4900,00 €".
func (l *locale) money(m frontdesk.Money) string {
	sign, digits := "", m.Decimal()
	if m.Amount < 0 {
		sign, digits = minus, digits[1:]
	}
	whole, decimals, fraction := strings.Cut(digits, ".")
	number := l.grouped(whole)
	if fraction {
		number += l.point + decimals
	}
	symbol, known := l.symbols[m.Currency]
	if !known {
		symbol = strings.ToUpper(string(m.Currency))
	}
	switch {
	case l.symbolLast:
		return sign + number + space + symbol
	case known:
		return sign + symbol + number
	}
	return sign + symbol + space + number
}

// grouped puts the separator between thousands.
func (l *locale) grouped(digits string) string {
	if len(digits) <= l.ungrouped {
		return digits
	}
	first := (len(digits)-1)%3 + 1
	var b strings.Builder
	b.WriteString(digits[:first])
	for i := first; i < len(digits); i += 3 {
		b.WriteString(l.group + digits[i:i+3])
	}
	return b.String()
}

// calendar writes t's day in t's zone, in the form.
func (l *locale) calendar(form string, t time.Time) string {
	return fmt.Sprintf(form, l.days[t.Weekday()], t.Day(), l.months[t.Month()-1], t.Year())
}

// clock writes the time of day with the zone: "15:00 CET (UTC+1)".
func (l *locale) clock(t time.Time) string { return t.Format("15:04") + " " + zoneName(t) }

// span writes from when to when, with the zone. The date stands before an end on another
// day, the zone after a start which has another.
func (l *locale) span(start, end time.Time) string {
	from, to := start.Format("15:04"), l.clock(end)
	if zoneName(start) != zoneName(end) {
		from = l.clock(start)
	}
	if start.YearDay() != end.YearDay() || start.Year() != end.Year() {
		return from + " – " + l.calendar(l.day, end) + ", " + to
	}
	return from + "–" + to
}

// spanIn is span in another zone, with the date if that is another one there.
func (l *locale) spanIn(zone string, start, end time.Time) (string, error) {
	there, err := time.LoadLocation(zone)
	if err != nil {
		return "", err
	}
	span := l.span(start.In(there), end.In(there))
	if start.In(there).Day() != start.Day() {
		span = l.calendar(l.day, start.In(there)) + ", " + span
	}
	return span, nil
}

// zoneName names t's zone and how far it is from UTC: "CET (UTC+1)", "UTC−3" where the zone has no
// name of its own.
func zoneName(t time.Time) string {
	name, seconds := t.Zone()
	utc := "UTC" + offset(seconds)
	switch {
	case name == "UTC", strings.ContainsAny(name, "+-0123456789"):
		if seconds == 0 {
			return "UTC"
		}
		return utc
	}
	return name + space + "(" + utc + ")"
}

// offset is "+1", "−3:30".
func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = minus, -seconds
	}
	hours, minutes := seconds/3600, seconds/60%60
	if minutes == 0 {
		return sign + strconv.Itoa(hours)
	}
	return fmt.Sprintf("%s%d:%02d", sign, hours, minutes)
}

// greeting is "Hello Ana," and without a name "Hello,".
func (l *locale) greeting(person string) string {
	return strings.TrimSpace(l.hello+" "+oneLine(person)) + ","
}

func (l *locale) percentage(n int) string { return fmt.Sprintf(l.percent, n) }
