package scheduling

import "time"

// horizonDays is what the zero Horizon allows.
const horizonDays = 365

// last is the number of the last day that can be booked on the day today.
func (h Horizon) last(today int64) int64 {
	switch {
	case h.Days <= 0 && h.Until.IsZero():
		return today + horizonDays
	case h.Days <= 0:
		return h.Until.number()
	}
	last := today + int64(h.Days)
	if h.Business {
		last = businessDay(today, int64(h.Days))
	}
	if !h.Until.IsZero() {
		last = min(last, h.Until.number())
	}
	return last
}

// businessDay is the nth Monday to Friday after the day.
func businessDay(d, n int64) int64 {
	d += n / 5 * 7
	if n%5 == 0 {
		// Whole weeks from a weekend end with the Friday before it.
		return d - max(0, (weekdayOf(d)+6)%7-4)
	}
	for n %= 5; n > 0; {
		d++
		if w := weekdayOf(d); w != int64(time.Saturday) && w != int64(time.Sunday) {
			n--
		}
	}
	return d
}
