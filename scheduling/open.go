package scheduling

import (
	"sync"
	"time"
)

// Open appends to dst when the schedule is open in the span, in order and in UTC. What touches is one, and
// what goes on beyond the span ends with it. A schedule whose zones are not known is never open: see Validate.
//
// It allocates nothing when dst has room, and may be called concurrently.
func (s *Schedule) Open(dst []Span, in Span) []Span {
	home, err := loadZone(s.Zone)
	bounds := interval{seconds(in.Start), secondsUp(in.End)}
	if err != nil || bounds.start >= bounds.end {
		return dst
	}
	o := openers.Get().(*opener)
	defer openers.Put(o)
	if !o.table.prepare(s, home, bounds) {
		return dst
	}
	o.walker.start(&o.table)
	for run, ok := o.walker.run(); ok; run, ok = o.walker.run() {
		dst = append(dst, clip(run, in))
	}
	return dst
}

// opener is what Open needs for a while.
type opener struct {
	table  timetable
	walker walker
}

var openers = sync.Pool{New: func() any { return new(opener) }}

// clip is the run in UTC, less what is outside.
func clip(run interval, in Span) Span {
	s := Span{Start: instant(run.start), End: instant(run.end)}
	if s.Start.Before(in.Start) {
		s.Start = in.Start.UTC()
	}
	if s.End.After(in.End) {
		s.End = in.End.UTC()
	}
	return s
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// farSeconds bounds times to some 35,000 years, so that sums of them never overflow.
const farSeconds = 1 << 40

func seconds(t time.Time) int64 { return min(max(t.Unix(), -farSeconds), farSeconds) }

// secondsUp is the first whole second that is not before.
func secondsUp(t time.Time) int64 {
	s := seconds(t)
	if t.Nanosecond() > 0 {
		s++
	}
	return s
}

func wholeSeconds(d time.Duration) int64 { return int64(d / time.Second) }
