package scheduling

import "time"

// Span is the time from Start to End; End itself is not in it.
type Span struct{ Start, End time.Time }

// Empty reports whether no time is in it.
func (s Span) Empty() bool { return !s.Start.Before(s.End) }

// Overlaps reports whether some time is in both.
func (s Span) Overlaps(o Span) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

// Contains reports whether all of o is in it.
func (s Span) Contains(o Span) bool { return !o.Start.Before(s.Start) && !o.End.After(s.End) }

// Duration is how long it is.
func (s Span) Duration() time.Duration { return s.End.Sub(s.Start) }

// Widened is the span with more time at both ends.
func (s Span) Widened(before, after time.Duration) Span {
	return Span{Start: s.Start.Add(-before), End: s.End.Add(after)}
}
