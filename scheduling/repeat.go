package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// MaxRepeats is how many meetings a series has at most.
const MaxRepeats = 52

// Repeat says when the meetings of a series are. They have the wall clock of the first, in the zone of the
// organizer's schedule: a time that clocks skip is told by the clocks from before, and of one
// that comes twice the first is meant (RFC 5545, 3.3.5).
type Repeat struct {
	Every    Frequency
	Interval int // each so many days, weeks or months; 0: each
	Count    int // of meetings, the first included: 2 to MaxRepeats
}

// Frequency is how often a meeting recurs.
type Frequency string

// How often a meeting recurs. Months without the day of the first are passed over (RFC 5545, 3.3.10).
const (
	Daily   Frequency = "daily"
	Weekly  Frequency = "weekly"
	Monthly Frequency = "monthly"
)

// maxInterval is how many days, weeks or months may be between meetings.
const maxInterval = 366

func (r *Repeat) check() error {
	orElse(&r.Interval, 1)
	var c complaints
	c.when(r.Every != Daily && r.Every != Weekly && r.Every != Monthly, "repeat.every", "must be daily, weekly or monthly")
	c.between("repeat.interval", r.Interval, 1, maxInterval)
	c.between("repeat.count", r.Count, 2, MaxRepeats)
	return c.err()
}

// starts are the starts of the series that begins with the first. It fails with Invalid when its days
// do not come often enough.
func (r *Repeat) starts(z *zone, first time.Time) ([]time.Time, error) {
	local := first.In(z.location)
	all := []time.Time{first.UTC()}
	for i := 1; len(all) < r.Count; i++ {
		if i > 12*MaxRepeats {
			return nil, frontdesk.InvalidField("repeat", "comes too seldom")
		}
		if wall := r.wall(local, i); wall.Day() == local.Day() || r.Every != Monthly {
			all = append(all, z.instant(wall))
		}
	}
	return all, nil
}

// wall is what the clock shows at the start with the number, written as if it were UTC.
func (r *Repeat) wall(local time.Time, number int) time.Time {
	year, month, day := local.Date()
	n := number * r.Interval
	switch r.Every {
	case Daily:
		day += n
	case Weekly:
		day += 7 * n
	case Monthly:
		month += time.Month(n)
	}
	return time.Date(year, month, day, local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
}

// instant is when the clock shows the wall time: the first time it does, or, if it never does, when it would
// if it had not been put forward.
func (z *zone) instant(wall time.Time) time.Time {
	w := wall.Unix()
	s := z.at(w - 2*day) // no offset is that far from UTC
	for w-s.offset >= s.end {
		next := z.at(s.end)
		if w-next.offset < next.start {
			break
		}
		s = next
	}
	return time.Unix(w-s.offset, 0).UTC()
}
