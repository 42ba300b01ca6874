package ical

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// frequency is what a rule counts.
type frequency string

const (
	daily   frequency = "DAILY"
	weekly  frequency = "WEEKLY"
	monthly frequency = "MONTHLY"
	yearly  frequency = "YEARLY"
)

// nthDay is a day of the week, or the nth of them; counted from the end when n is below zero.
type nthDay struct {
	n   int
	day time.Weekday
}

// rule is an RRULE.
type rule struct {
	freq                          frequency
	interval                      int64
	count                         int
	until                         *moment
	months, monthDays, yearDays   []int
	days                          []nthDay
	hours, minutes, seconds, pick []int
	weekStart                     time.Weekday
}

var weekdays = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday,
	"TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

// readRule reads a rule. Parts that are not understood are errors: without them there would be
// other dates.
func readRule(text string) (*rule, error) {
	r := &rule{interval: 1, weekStart: time.Monday}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(text)), ";") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		if seen[name] || !r.part(name, value) {
			return nil, unknown("a rule has a part that is not understood")
		}
		seen[name] = true
	}
	if !r.sound() {
		return nil, unknown("a rule has parts that do not fit together")
	}
	return r, nil
}

func (r *rule) part(name, value string) (ok bool) {
	switch name {
	case "FREQ":
		r.freq = frequency(value)
		return slices.Contains([]frequency{daily, weekly, monthly, yearly}, r.freq)
	case "INTERVAL":
		n, err := strconv.Atoi(value)
		r.interval = int64(n)
		return err == nil && n >= 1 && n <= 100_000
	case "COUNT":
		n, err := strconv.Atoi(value)
		r.count = n
		return err == nil && n >= 1
	case "UNTIL":
		until, err := readMoment(&property{name: "RRULE"}, value)
		r.until = &until
		return err == nil
	case "WKST":
		r.weekStart, ok = weekdays[value]
		return ok
	case "BYDAY":
		return r.byDay(value)
	}
	return r.list(name, value)
}

func (r *rule) list(name, value string) (ok bool) {
	switch name {
	case "BYMONTH":
		r.months, ok = numbers(value, 1, 12, false)
	case "BYMONTHDAY":
		r.monthDays, ok = numbers(value, 1, 31, true)
	case "BYYEARDAY":
		r.yearDays, ok = numbers(value, 1, 366, true)
	case "BYSETPOS":
		r.pick, ok = numbers(value, 1, 366, true)
	case "BYHOUR":
		r.hours, ok = numbers(value, 0, 23, false)
	case "BYMINUTE":
		r.minutes, ok = numbers(value, 0, 59, false)
	case "BYSECOND":
		r.seconds, ok = numbers(value, 0, 59, false)
	}
	return ok
}

func (r *rule) byDay(value string) bool {
	for text := range strings.SplitSeq(value, ",") {
		if len(text) < 2 {
			return false
		}
		at := len(text) - 2
		day, ok := weekdays[text[at:]]
		n := 0
		if number := text[:at]; ok && number != "" {
			var list []int
			if list, ok = numbers(number, 1, 53, true); ok {
				n = list[0]
			}
		}
		if !ok || len(r.days) > 400 {
			return false
		}
		r.days = append(r.days, nthDay{n, day})
	}
	return true
}

// numbers reads a list of numbers from least to most, or of such below zero.
func numbers(text string, least, most int, signed bool) ([]int, bool) {
	var list []int
	for item := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(item)
		size := n
		if signed && n < 0 {
			size = -n
		}
		if err != nil || size < least || size > most {
			return nil, false
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.Compact(list), true
}

// sound reports whether the parts may stand together (RFC 5545, 3.3.10).
func (r *rule) sound() bool {
	ordinal := slices.ContainsFunc(r.days, func(d nthDay) bool { return d.n != 0 })
	switch {
	case r.freq == "", r.count > 0 && r.until != nil:
		return false
	case ordinal && r.freq != monthly && r.freq != yearly:
		return false
	case r.freq == weekly && r.monthDays != nil, r.freq != yearly && r.yearDays != nil:
		return false
	}
	return r.pick == nil || r.months != nil || r.monthDays != nil || r.yearDays != nil || r.days != nil ||
		r.hours != nil || r.minutes != nil || r.seconds != nil
}

// begun fills in from the first date what the rule leaves open.
func (r *rule) begun(start moment) {
	first := time.Unix(start.wall, 0).UTC()
	if r.freq == weekly && r.days == nil {
		r.days = []nthDay{{0, first.Weekday()}}
	}
	noDay := r.days == nil && r.monthDays == nil && r.yearDays == nil
	if noDay && r.freq == yearly && r.months == nil {
		r.months = []int{int(first.Month())}
	}
	if noDay && (r.freq == monthly || r.freq == yearly) {
		r.monthDays = []int{first.Day()}
	}
	if start.whole || r.hours == nil {
		r.hours = []int{first.Hour()}
	}
	if start.whole || r.minutes == nil {
		r.minutes = []int{first.Minute()}
	}
	if start.whole || r.seconds == nil {
		r.seconds = []int{first.Second()}
	}
}
