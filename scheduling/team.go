package scheduling

import (
	"math"
	"slices"
)

// team is hosts who meet together, and the starts at which they can.
type team struct {
	rules   *rules
	members []member
	hosts   HostSet
	joins   []join // by start; meetings with seats left
	pack    []int64

	run interval // in which all of them are there
	grid
	at    int64   // nothing before it is looked at
	done  bool    // no candidate is left
	plain bool    // nextFree finds what is before the limit
	limit int64   // of the range, and of what is surely within the horizon
	found stretch // last
}

// member is a host in a team, and how far the search has come.
type member struct {
	*host
	walker  walker
	open    interval
	busyAt  int // what is busy before it has ended
	tallies [MaxLimits]tally
}

// join is a meeting with seats left.
type join struct {
	start int64
	seats int
}

// rewind begins a search, or begins it again.
func (t *team) rewind() {
	t.run, t.grid = interval{end: math.MinInt64}, grid{start: math.MaxInt64, end: math.MinInt64, until: math.MinInt64}
	t.at, t.done, t.plain = t.rules.from, false, false
	t.found = stretch{hosts: t.hosts}
	for i := range t.members {
		m := &t.members[i]
		m.busyAt, m.tallies, m.segment = 0, [MaxLimits]tally{}, segment{}
		m.open = interval{}
		if !t.rules.waive.Hours {
			m.walker.start(&m.table)
		}
	}
	if len(t.members) == 1 && len(t.joins) == 0 && t.pack == nil && len(t.rules.limits) == 0 {
		t.plain, t.limit = true, min(t.rules.to, t.members[0].sure)
	}
}

// next is the next stretch, of a meeting to join before that of a new one.
func (t *team) next() *stretch {
	if t.plain {
		return t.nextFree()
	}
	return t.search()
}

func (t *team) search() *stretch {
	for {
		s, ok := t.candidate()
		ok = ok && s < t.rules.to
		if len(t.joins) > 0 && (!ok || t.joins[0].start <= s) {
			j := t.joins[0]
			t.joins, t.at = t.joins[1:], max(t.at, j.start+1)
			t.found.start, t.found.end, t.found.step, t.found.seats = j.start, j.start+1, 1, j.seats
			return &t.found
		}
		if !ok {
			return nil
		}
		if t.at = t.refused(s); t.at > s {
			continue
		}
		t.at = max(s+1, t.clearUntil())
		t.found.start, t.found.end, t.found.step, t.found.seats = s, t.at, t.step, 0
		return &t.found
	}
}

// clearUntil is until when, after a start that is free, the rest of its section's are too.
func (t *team) clearUntil() int64 {
	if t.pack != nil {
		return math.MinInt64
	}
	until := min(t.until, t.rules.to)
	if len(t.joins) > 0 {
		until = min(until, t.joins[0].start)
	}
	for i := range t.members {
		m := &t.members[i]
		if m.busyAt < len(m.busy) {
			until = min(until, m.busy[m.busyAt].start)
		}
		until = min(until, m.sure)
		for j := range t.rules.limits {
			until = min(until, m.tallies[j].until)
		}
	}
	return until
}

// refused is the next start that might do, if that is not this one.
func (t *team) refused(s int64) int64 {
	for i := range t.members {
		if next := t.members[i].refused(t.rules, s); next > s {
			return next
		}
	}
	return s
}

func (m *member) refused(r *rules, s int64) int64 {
	if end := m.busyUntil(s); end > s {
		return end
	}
	if s >= m.sure && m.localDay(s) > m.last {
		return s + 1
	}
	for i := range r.limits {
		if t := m.tally(r, i, s); t.closed {
			return t.until
		}
	}
	return s
}

// busyUntil is until when starts are not free, or the start when it is. Starts never get less.
func (m *member) busyUntil(s int64) int64 {
	for ; m.busyAt < len(m.busy); m.busyAt++ {
		if b := &m.busy[m.busyAt]; b.end > s {
			if b.start <= s {
				return b.end
			}
			break
		}
	}
	return s
}

func (m *member) tally(r *rules, i int, at int64) *tally {
	t := &m.tallies[i]
	if at < t.from || at >= t.until {
		*t = m.count(r.limits[i], at, r.length)
	}
	return t
}

// candidate is the next start that the hours and the grid allow, not before t.at.
func (t *team) candidate() (int64, bool) {
	for !t.done {
		if t.start < t.at {
			t.start = t.onGrid(t.at)
		}
		s := t.start
		if t.pack != nil {
			s = min(s, t.packed())
		}
		if s < t.until {
			return s, true
		}
		t.done = !t.nextSection()
	}
	return 0, false
}

// nextSection goes to the next part of the grid in which something may start.
func (t *team) nextSection() bool {
	for {
		if t.end >= t.run.end {
			if !t.nextRun() {
				return false
			}
			if t.run.end-t.rules.length < t.at {
				t.end = t.run.end
				continue
			}
			t.enter(t.run)
		}
		t.section(t.members[0].table.pieces, t.rules, t.run)
		if t.end > t.at {
			t.until = min(t.end, t.run.end-t.rules.length+1)
			t.at = max(t.at, t.low)
			t.start = math.MinInt64
			return true
		}
	}
}

// nextRun finds the next time in which all members are there.
func (t *team) nextRun() bool {
	if t.rules.waive.Hours {
		first := t.run.end == math.MinInt64
		t.run = t.rules.hours
		return first
	}
	if len(t.members) == 1 {
		var ok bool
		t.run, ok = t.members[0].walker.run()
		return ok
	}
	for {
		low, high, ok := t.common()
		if !ok {
			return false
		}
		if low < high {
			t.run = interval{low, high}
			return true
		}
	}
}

// common is what is common to the members' runs; whoever's run ends with it goes on to the next.
func (t *team) common() (low, high int64, ok bool) {
	low, high = math.MinInt64, math.MaxInt64
	for i := range t.members {
		m := &t.members[i]
		if m.open.start >= m.open.end {
			if m.open, ok = m.walker.run(); !ok {
				return 0, 0, false
			}
		}
		low, high = max(low, m.open.start), min(high, m.open.end)
	}
	for i := range t.members {
		if m := &t.members[i]; m.open.end == high {
			m.open.start = high
		}
	}
	return low, high, true
}

// packed is the first start of the section, not before t.at, that steps from the end of what was busy last.
func (t *team) packed() int64 {
	at := max(t.at, t.low)
	next := int64(math.MaxInt64)
	i, found := slices.BinarySearch(t.pack, at)
	if found {
		return at
	}
	if i < len(t.pack) {
		next = t.pack[i]
	}
	if i > 0 && t.pack[i-1] >= t.low {
		next = min(next, step(t.pack[i-1], at, t.rules.step))
	}
	return next
}
