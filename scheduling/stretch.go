package scheduling

// stretch is starts that can be booked: the first, and by steps all before the end.
type stretch struct {
	start, end, step int64
	hosts            HostSet
	seats            int // left in the meeting that begins then; 0: it would be a new one
}

// pop leaves the first start, and reports whether there is another.
func (s *stretch) pop() bool {
	s.start += s.step
	return s.start < s.end
}

// nextFree is next for a team of one that only the hours, the grid and busy time bound. Beyond its
// limit the range ends, or the horizon is near.
func (t *team) nextFree() *stretch {
	m := &t.members[0]
	at, busy := t.at, m.busy[m.busyAt:]
	for !t.done {
		for end := min(t.until, t.limit); at < end; {
			s := step(t.anchor, at, t.step)
			for len(busy) > 0 && busy[0].end <= s {
				busy = busy[1:]
			}
			until := end
			at = end
			if len(busy) > 0 && busy[0].start < end {
				until, at = busy[0].start, busy[0].end
			}
			if s < until {
				t.at, m.busyAt = at, len(m.busy)-len(busy)
				t.found.start, t.found.end, t.found.step = s, until, t.step
				return &t.found
			}
		}
		t.at = at
		if t.until > t.limit {
			t.plain, m.busyAt = false, len(m.busy)-len(busy)
			return t.search()
		}
		t.done = !t.nextSection()
		at = t.at
	}
	return nil
}
