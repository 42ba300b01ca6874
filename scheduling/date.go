package scheduling

import (
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Date is a day of the calendar, in no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date as ISO 8601 has it: "2027-03-14". It fails with Invalid.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, frontdesk.Errorf(frontdesk.Invalid, "%q is no date like 2027-03-14", s)
	}
	return DateOf(t), nil
}

// DateOf is the date of an instant in its own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// String is the date as ISO 8601 has it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// IsZero reports whether it is no date.
func (d Date) IsZero() bool { return d == Date{} }

// MarshalText is String; the zero Date is empty.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText is ParseDate; no text is the zero Date.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}
