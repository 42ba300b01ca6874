package scheduling

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// complaints gathers what is wrong with the fields of a value.
type complaints []error

func (c *complaints) add(field, format string, args ...any) {
	*c = append(*c, frontdesk.InvalidField(field, format, args...))
}

// when adds the complaint if it is true.
func (c *complaints) when(wrong bool, field, format string, args ...any) {
	if wrong {
		c.add(field, format, args...)
	}
}

func (c *complaints) err() error { return errors.Join(*c...) }

// item names a part of a list: "weekly[2]".
func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// text passes UTF-8 without control characters but, in long texts, line breaks.
func (c *complaints) text(field, text string, longest int, lines bool) {
	switch {
	case len(text) > longest:
		c.add(field, "is longer than %d bytes", longest)
	case !utf8.ValidString(text):
		c.add(field, "is not UTF-8 text")
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && (!lines || r != '\n' && r != '\t') }):
		c.add(field, "has a control character")
	}
}

// minutes passes whole minutes in the bounds.
func (c *complaints) minutes(field string, d, least, most time.Duration) {
	switch {
	case d < least || d > most:
		c.add(field, "must be between %v and %v", least, most)
	case d%time.Minute != 0:
		c.add(field, "must be whole minutes")
	}
}

// between passes numbers in the bounds.
func (c *complaints) between(field string, n, least, most int) {
	c.when(n < least || n > most, field, "must be between %d and %d", least, most)
}

// most passes lists that are not too long.
func (c *complaints) most(field string, n, most int) {
	c.when(n > most, field, "has more than %d entries", most)
}

func (c *complaints) date(field string, d Date) {
	ok := d.Year > 0 && d.Year < 10_000 && DateOf(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)) == d
	c.when(!ok, field, "is no date of the calendar")
}

// dates passes two dates in their order.
func (c *complaints) dates(at string, from, to Date) {
	before := len(*c)
	c.date(at+".from", from)
	c.date(at+".to", to)
	c.when(len(*c) == before && to.number() < from.number(), at+".to", "is before from")
}

func (c *complaints) zone(field, name string) {
	if err := validZone(field, name); err != nil {
		*c = append(*c, err)
	}
}

// validZone passes what LoadZone knows.
func validZone(field, name string) error {
	if name == "" {
		return frontdesk.InvalidField(field, "is required")
	}
	if _, err := loadZone(name); err != nil {
		return frontdesk.InvalidField(field, "must be the IANA name of a time zone, such as Europe/Lisbon")
	}
	return nil
}
