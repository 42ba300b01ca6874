package calendarserver

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A recurring event is expanded as far as the first of these.
const (
	maxInstances = 400
	maxDays      = 10 * 366
)

// rule is an RRULE of RFC 5545 as far as it is understood here: DAILY or WEEKLY, with
// INTERVAL, COUNT or UNTIL, and BYDAY in weekly ones.
type rule struct {
	weekly   bool
	interval int
	count    int
	until    time.Time
	days     []time.Weekday
}

var weekdays = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

// rulesOf reads the recurrence of a resource; one that is not understood is not taken.
func rulesOf(v resource) (all []rule, ok bool) {
	if v["recurrence"] == nil {
		return nil, true
	}
	lines, isList := v["recurrence"].([]any)
	for _, line := range lines {
		text, _ := line.(string)
		r, ok := parseRule(text)
		if !ok {
			return nil, false
		}
		all = append(all, r)
	}
	return all, isList && len(all) == 1
}

func parseRule(line string) (rule, bool) {
	text, found := strings.CutPrefix(line, "RRULE:")
	r := rule{interval: 1}
	frequency := ""
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		ok := true
		switch name {
		case "FREQ":
			frequency = value
		case "INTERVAL":
			r.interval, ok = positive(value)
		case "COUNT":
			r.count, ok = positive(value)
		case "UNTIL":
			r.until, ok = parseUntil(value)
		case "BYDAY":
			r.days, ok = parseDays(value)
		case "WKST":
		default:
			ok = false
		}
		if !ok {
			return rule{}, false
		}
	}
	r.weekly = frequency == "WEEKLY"
	sound := r.weekly || frequency == "DAILY" && r.days == nil
	return r, found && sound && (r.count == 0 || r.until.IsZero())
}

func positive(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 15)
	return int(n), err == nil && n > 0
}

func parseUntil(text string) (time.Time, bool) {
	for _, layout := range []string{"20060102T150405Z", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			if layout == "20060102" {
				t = t.Add(24*time.Hour - 1)
			}
			return t, true
		}
	}
	return time.Time{}, false
}

func parseDays(text string) (days []time.Weekday, ok bool) {
	for name := range strings.SplitSeq(text, ",") {
		day, known := weekdays[name]
		if !known {
			return nil, false
		}
		days = append(days, day)
	}
	return days, true
}

// starts are the days, counted from the first, on which a rule has an instance.
func (r rule) starts(first time.Time) (all []time.Time) {
	begin := first.AddDate(0, 0, -int(first.Weekday()+6)%7) // its Monday
	for n := range maxDays {
		day := first.AddDate(0, 0, n)
		if !r.has(n, daysBetween(begin, day)/7, day, first) {
			continue
		}
		if !r.until.IsZero() && day.After(r.until) {
			break
		}
		if all = append(all, day); len(all) == r.count || len(all) == maxInstances {
			break
		}
	}
	return all
}

func (r rule) has(n, week int, day, first time.Time) bool {
	if !r.weekly {
		return n%r.interval == 0
	}
	days := r.days
	if days == nil {
		days = []time.Weekday{first.Weekday()}
	}
	return week%r.interval == 0 && slices.Contains(days, day.Weekday())
}

func daysBetween(a, b time.Time) int {
	return int(midnight(b).Sub(midnight(a)) / (24 * time.Hour))
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
