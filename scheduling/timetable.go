package scheduling

import (
	"cmp"
	"slices"
	"time"
)

// Seconds. A local date lies within farDay of the same date in UTC, whatever the zone.
const (
	minute = 60
	day    = 24 * 60 * minute
	farDay = 26 * 60 * minute
)

// interval is the time [start, end) in seconds: of Unix time, or since a local midnight.
type interval struct{ start, end int64 }

// timetable is a Schedule made ready for a range of time. In each of its pieces the offset
// from UTC is constant, and so the wall clock is linear: edges of windows are integers there.
type timetable struct {
	pieces, spare []segment // of the range without a hole, with the offset that is judged by

	week    []interval // windows by start, since the midnight of Sunday
	weekday [8]int     // week[weekday[d]:weekday[d+1]] are those that start on the day d

	firstDate int64      // day number of dates[0]
	dates     []int32    // 1 + the index of the override that replaces the day; 0: none
	hours     []interval // of the overrides, each's by start
	hoursOf   []int      // hours[hoursOf[i]:hoursOf[i+1]] are those of the override i
}

// prepare reports whether the schedule's zones are known.
func (t *timetable) prepare(s *Schedule, home *zone, in interval) bool {
	t.pieces = appendSegments(t.pieces[:0], home, in)
	for i := range s.Stays {
		if !t.stay(&s.Stays[i], in) {
			return false
		}
	}
	t.prepareWeek(s.Weekly)
	t.prepareDates(s.Overrides, in)
	return true
}

func appendSegments(dst []segment, z *zone, in interval) []segment {
	for at := in.start; at < in.end; {
		s := z.at(at)
		at = s.end
		s.start, s.end = max(s.start, in.start), min(s.end, in.end)
		dst = append(dst, s)
	}
	return dst
}

// stay lets the stay's zone judge what lies on its dates there.
func (t *timetable) stay(s *Stay, in interval) bool {
	z, err := loadZone(s.Zone)
	if err != nil {
		return false
	}
	first, after := s.From.number()*day, (s.To.number()+1)*day
	end := min(in.end, after+farDay)
	for at := max(in.start, first-farDay); at < end; {
		s := z.at(at)
		at = s.end
		t.put(segment{
			start:  max(s.start, first-s.offset, in.start),
			end:    min(s.end, after-s.offset, in.end),
			offset: s.offset,
		})
	}
	return true
}

// put replaces the time of a piece.
func (t *timetable) put(p segment) {
	if p.start >= p.end {
		return
	}
	t.spare = t.spare[:0]
	for _, q := range t.pieces {
		if q.start < p.start {
			t.spare = append(t.spare, segment{q.start, min(q.end, p.start), q.offset})
		}
		if q.start <= p.start && p.start < q.end {
			t.spare = append(t.spare, p)
		}
		if q.end > p.end {
			t.spare = append(t.spare, segment{max(q.start, p.end), q.end, q.offset})
		}
	}
	t.pieces, t.spare = t.spare, t.pieces
}

func (t *timetable) prepareWeek(windows []Window) {
	t.week = t.week[:0]
	for i := range windows {
		if w := &windows[i]; w.Day >= time.Sunday && w.Day <= time.Saturday {
			t.week = appendHours(t.week, int64(w.Day)*day, Hours{w.Start, w.End})
		}
	}
	sortIntervals(t.week)
	n := 0
	for d := range int64(7) {
		t.weekday[d] = n
		for n < len(t.week) && t.week[n].start < (d+1)*day {
			n++
		}
	}
	t.weekday[7] = n
}

// appendHours appends the hours of the day that begins at midnight, but for what Validate refuses.
func appendHours(dst []interval, midnight int64, h Hours) []interval {
	if h.Start < 0 || h.Start >= 1440 || h.End <= h.Start || h.End > 2880 {
		return dst
	}
	return append(dst, interval{midnight + int64(h.Start)*minute, midnight + int64(h.End)*minute})
}

func sortIntervals(list []interval) {
	if !slices.IsSortedFunc(list, byStart) {
		slices.SortFunc(list, byStart)
	}
}

func byStart(a, b interval) int { return cmp.Compare(a.start, b.start) }

func (t *timetable) prepareDates(overrides []Override, in interval) {
	t.dates, t.hours, t.hoursOf = t.dates[:0], t.hours[:0], t.hoursOf[:0]
	if len(overrides) == 0 {
		return
	}
	low, high := dayOf(in.start-farDay)-1, dayOf(in.end+farDay)+1
	t.firstDate = low
	for i := range overrides {
		from, to := max(overrides[i].From.number(), low), min(overrides[i].To.number(), high)
		t.hoursOf = append(t.hoursOf, len(t.hours))
		if from > to {
			continue
		}
		for _, h := range overrides[i].Hours {
			t.hours = appendHours(t.hours, 0, h)
		}
		sortIntervals(t.hours[t.hoursOf[i]:])
		t.replace(from, to, int32(i+1))
	}
	t.hoursOf = append(t.hoursOf, len(t.hours))
}

func (t *timetable) replace(from, to int64, with int32) {
	for int64(len(t.dates)) <= to-t.firstDate {
		t.dates = append(t.dates, 0)
	}
	for d := from; d <= to; d++ {
		t.dates[d-t.firstDate] = with
	}
}

// override is the index of the override that replaces the day, or -1.
func (t *timetable) override(d int64) int {
	if i := d - t.firstDate; i >= 0 && i < int64(len(t.dates)) {
		return int(t.dates[i]) - 1
	}
	return -1
}

// dayOf is the number of the day in which a local time is; that of 1970-01-01 is 0.
func dayOf(local int64) int64 {
	if local < 0 {
		return (local+1)/day - 1
	}
	return local / day
}

// weekdayOf is the weekday of a day: 1970-01-01 was a Thursday.
func weekdayOf(d int64) int64 { return ((d+4)%7 + 7) % 7 }

// number is the date's day number.
func (d Date) number() int64 {
	return dayOf(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix())
}
