package scheduling

import (
	"cmp"
	"slices"
)

// joinable gathers the meetings in which there are seats for the team, by start.
func (e *engine) joinable(t *team, seats int) {
	t.joins = nil
	if seats <= 1 {
		return
	}
	first := len(e.joins)
	for i := range t.members[0].diary.Booked {
		b := &t.members[0].diary.Booked[i]
		start := seconds(b.Start)
		if left := seats - b.Seats; left >= e.seats && start >= e.from && start < e.to && t.meets(b) {
			e.joins = append(e.joins, join{start, left})
		}
	}
	t.joins = e.joins[first:]
	slices.SortFunc(t.joins, func(a, b join) int { return cmp.Or(cmp.Compare(a.start, b.start), b.seats-a.seats) })
	t.joins = slices.CompactFunc(t.joins, func(a, b join) bool { return a.start == b.start })
}

// meets reports whether the meeting is one of the whole team, of the length that is wanted,
// within the horizon of all and not the one that would be moved.
func (t *team) meets(b *Booked) bool {
	r, start := t.rules, seconds(b.Start)
	if wholeSeconds(b.Duration()) != r.length || b.Start.Nanosecond() != 0 || r.moving != "" && b.Ref == r.moving {
		return false
	}
	for i := range t.members {
		m := &t.members[i]
		if m.localDay(start) > m.last || i > 0 && !m.diary.has(b) {
			return false
		}
	}
	return true
}

func (d *Diary) has(b *Booked) bool {
	for i := range d.Booked {
		if d.Booked[i].Ref == b.Ref && d.Booked[i].Start.Equal(b.Start) {
			return true
		}
	}
	return false
}
