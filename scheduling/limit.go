package scheduling

import "time"

// limit is a Limit in seconds.
type limit struct {
	per      Period
	meetings int64
	time     int64
}

// tally says of a limit whether its period is closed, from one instant until another.
type tally struct {
	from, until int64
	closed      bool
}

// count finds the tally that holds at the instant, for one more meeting of the length.
func (h *host) count(l limit, at, length int64) tally {
	s := h.homeSegment(at)
	first, after := l.per.days(dayOf(at+s.offset), h.diary.WeekStart)
	meetings, taken := h.total(after)
	meetingsBefore, takenBefore := h.total(first)
	meetings, taken = meetings-meetingsBefore, taken-takenBefore
	return tally{
		from:   max(s.start, first*day-s.offset),
		until:  min(s.end, after*day-s.offset),
		closed: l.meetings > 0 && meetings+1 > l.meetings || l.time > 0 && taken+length > l.time,
	}
}

// days are the numbers of the first day of the period in which the day is, and of the one after its last.
func (p Period) days(d int64, weekStart time.Weekday) (first, after int64) {
	year, month, _ := time.Unix(d*day, 0).UTC().Date()
	switch p {
	case PerWeek:
		first = d - ((weekdayOf(d)-int64(weekStart))%7+7)%7
		return first, first + 7
	case PerMonth:
		return Date{year, month, 1}.number(), Date{year, month + 1, 1}.number()
	case PerYear:
		return Date{year, time.January, 1}.number(), Date{year + 1, time.January, 1}.number()
	}
	return d, d + 1
}
