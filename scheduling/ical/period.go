package ical

import (
	"slices"
	"time"
)

// dayOf is a date as days since 1970.
func dayOf(year int, month time.Month, day int) int64 {
	return floor(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), daySeconds)
}

func dateOf(day int64) time.Time { return time.Unix(day*daySeconds, 0).UTC() }

// floor divides and rounds down.
func floor(a, b int64) int64 {
	if a%b < 0 {
		return a/b - 1
	}
	return a / b
}

func weekdayOf(day int64) time.Weekday {
	return time.Weekday(day + 4 - 7*floor(day+4, 7)) // 1970 began on a Thursday
}

// period is the number of the day, week, month or year of the rule that a day lies in.
func (r *rule) period(day int64) int64 {
	date := dateOf(day)
	switch r.freq {
	case daily:
		return day
	case weekly:
		return floor(day+4-int64(r.weekStart), 7)
	case monthly:
		return int64(date.Year())*12 + int64(date.Month()) - 1
	}
	return int64(date.Year())
}

// bounds are the first and the last day of a period.
func (r *rule) bounds(period int64) (first, last int64) {
	switch r.freq {
	case daily:
		return period, period
	case weekly:
		first = period*7 - 4 + int64(r.weekStart)
		return first, first + 6
	case monthly:
		year, month := int(floor(period, 12)), time.Month(period-12*floor(period, 12)+1)
		return dayOf(year, month, 1), dayOf(year, month+1, 1) - 1
	}
	return dayOf(int(period), time.January, 1), dayOf(int(period)+1, time.January, 1) - 1
}

// walls are the times of a period, in order.
func (r *rule) walls(period int64, b *budget) ([]int64, error) {
	var walls []int64
	first, last := r.bounds(period)
	perDay := len(r.hours) * len(r.minutes) * len(r.seconds)
	for from := first; from <= last; {
		m := monthOf(from)
		to := min(last, m.last)
		if r.months == nil || slices.Contains(r.months, m.month) {
			if err := b.spend(int(to-from) + 1); err != nil {
				return nil, err
			}
			for day := from; day <= to; day++ {
				if !r.matches(day, m, first, last) {
					continue
				}
				if err := b.spend(perDay); err != nil {
					return nil, err
				}
				walls = r.times(walls, day)
			}
		}
		from = to + 1
	}
	if r.pick == nil {
		return walls, nil
	}
	return r.picked(walls), nil
}

// month is a month's days.
type month struct {
	month       int
	first, last int64
}

func monthOf(day int64) month {
	date := dateOf(day)
	return month{int(date.Month()), dayOf(date.Year(), date.Month(), 1), dayOf(date.Year(), date.Month()+1, 1) - 1}
}

// matches reports whether the day is one of the rule's. first and last are the period's.
func (r *rule) matches(day int64, m month, first, last int64) bool {
	if r.freq == monthly || r.freq == yearly && r.months != nil {
		first, last = m.first, m.last // the nth of the month, not of the year
	}
	return nth(r.monthDays, day, m.first, m.last) &&
		(r.yearDays == nil || r.freq != yearly || nthOfYear(r.yearDays, day)) &&
		(r.days == nil || slices.ContainsFunc(r.days, func(d nthDay) bool {
			return d.day == weekdayOf(day) &&
				(d.n == 0 || int64(d.n) == (day-first)/7+1 || int64(-d.n) == (last-day)/7+1)
		}))
}

func nthOfYear(list []int, day int64) bool {
	year := dateOf(day).Year()
	return nth(list, day, dayOf(year, time.January, 1), dayOf(year+1, time.January, 1)-1)
}

// nth reports whether the day is one of those counted from first, or back from last. No list
// is all days.
func nth(list []int, day, first, last int64) bool {
	return list == nil || slices.Contains(list, int(day-first)+1) || slices.Contains(list, int(day-last)-1)
}

func (r *rule) times(walls []int64, day int64) []int64 {
	for _, hour := range r.hours {
		for _, minute := range r.minutes {
			for _, second := range r.seconds {
				walls = append(walls, day*daySeconds+int64(hour*3600+minute*60+second))
			}
		}
	}
	return walls
}

// picked are the times that BYSETPOS picks.
func (r *rule) picked(walls []int64) []int64 {
	var picked []int64
	for _, n := range r.pick {
		at := n - 1
		if n < 0 {
			at = len(walls) + n
		}
		if at >= 0 && at < len(walls) {
			picked = append(picked, walls[at])
		}
	}
	slices.Sort(picked)
	return slices.Compact(picked)
}
