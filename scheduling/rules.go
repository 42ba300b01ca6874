package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// lookBack is how far before a start its grid can begin: the local date of the start, and
// the one before, whatever journeys are made on them.
const lookBack = 5 * day

// rules are what a Query says of all hosts, in seconds.
type rules struct {
	length, step  int64
	before, after int64
	align         Align
	limits        []limit
	seats         int // wanted
	places        int // of a new meeting
	waive         Waiver
	moving        string
	now           int64

	from, to int64    // starts are in [from, to)
	hours    interval // in which the grid is made
}

// set reads what needs no host, and fails with Invalid.
func (r *rules) set(q *Query) error {
	if q.Type == nil {
		return frontdesk.InvalidField("type", "is required")
	}
	if q.Now.IsZero() {
		return frontdesk.InvalidField("now", "is required")
	}
	t := q.Type
	*r = rules{
		before: wholeSeconds(max(t.Before, 0)), after: wholeSeconds(max(t.After, 0)),
		align: t.Align, seats: max(q.Seats, 1), places: max(t.Seats, 1), waive: q.Waive, moving: q.Moving, limits: r.limits[:0],
	}
	if err := r.setLength(q); err != nil {
		return err
	}
	r.setGrid(t)
	if err := r.setLimits(t); err != nil {
		return err
	}
	if q.Seats < 0 || r.seats > max(t.Seats, 1) {
		return frontdesk.InvalidField("seats", "must be between 1 and the %d of the event type", max(t.Seats, 1))
	}
	r.setRange(q)
	return nil
}

func (r *rules) setLength(q *Query) error {
	d := q.length()
	if d <= 0 || d%time.Minute != 0 || d > MaxDuration {
		return frontdesk.InvalidField("duration", "must be whole minutes and no longer than %v", MaxDuration)
	}
	if q.Moving == "" && !q.Type.offers(d) {
		return frontdesk.InvalidField("duration", "is none of the event type's")
	}
	r.length = wholeSeconds(d)
	return nil
}

// length is how long the meeting would be; 0 when nobody says.
func (q *Query) length() time.Duration {
	if q.Duration == 0 && q.Type != nil && len(q.Type.Durations) > 0 {
		return q.Type.Durations[0]
	}
	return q.Duration
}

func (t *EventType) offers(d time.Duration) bool {
	for _, offered := range t.Durations {
		if d == offered {
			return true
		}
	}
	return false
}

func (r *rules) setGrid(t *EventType) {
	r.step = wholeSeconds(t.Step)
	if r.step <= 0 {
		r.step = r.length
	}
	if r.waive.Grid {
		r.step, r.align = minute, AlignClock
	}
}

func (r *rules) setLimits(t *EventType) error {
	if len(t.Limits) > MaxLimits {
		return frontdesk.InvalidField("limits", "are more than %d", MaxLimits)
	}
	if r.waive.Limits {
		return nil
	}
	for _, l := range t.Limits {
		r.limits = append(r.limits, limit{l.Per, int64(l.Meetings), wholeSeconds(l.Time)})
	}
	return nil
}

// setRange takes what is asked, less what has passed or is too soon.
func (r *rules) setRange(q *Query) {
	r.now = secondsUp(q.Now)
	r.from = r.now
	if !r.waive.Notice {
		r.from = max(r.from, secondsUp(q.Now.Add(max(q.Type.Notice, 0))))
	}
	if !q.From.IsZero() {
		r.from = max(r.from, secondsUp(q.From))
	}
	r.to = farSeconds
	if !q.To.IsZero() {
		r.to = secondsUp(q.To)
	} else if r.waive.Horizon {
		r.to = r.from + horizonDays*day
	}
}

// reach ends the range with the last instant within a horizon.
func (r *rules) reach(end int64) {
	r.to = min(r.to, end)
	r.hours = interval{r.from - lookBack, r.to + r.length}
}

// busyRange is in which busy time counts.
func (r *rules) busyRange() interval {
	in := interval{r.from - r.before, r.to + r.length + r.after}
	if r.align == AlignPack {
		in.start = r.hours.start - r.before
	}
	return in
}
