package scheduling

import "slices"

// host is a Diary made ready for a search.
type host struct {
	diary *Diary
	home  *zone
	last  int64 // number of the last day within the horizon
	sure  int64 // before this instant all is within it

	table  timetable
	busy   []interval // starts that what is busy rules out, by the first
	booked []tallied  // by day, for limits

	segment segment // of home, looked up last
}

// tallied is a meeting on its local day, with how many there are and how long they take up to and with it.
type tallied struct{ day, count, time int64 }

// localDay is the number of the schedule's day on which the instant is.
func (h *host) localDay(at int64) int64 { return dayOf(at + h.homeSegment(at).offset) }

func (h *host) homeSegment(at int64) *segment {
	if at < h.segment.start || at >= h.segment.end {
		h.segment = h.home.at(at)
	}
	return &h.segment
}

// prepareBusy finds the starts that are not free. Meetings of ours with the ref to be moved do not count.
func (h *host) prepareBusy(r *rules) {
	in, lead, before := r.busyRange(), r.length+r.after-1, r.before
	list := h.diary.Busy
	kept := slices.Grow(h.busy[:0], len(list))[:len(list)]
	n, sorted, last := 0, true, int64(-farSeconds)
	for i := range list {
		b := &list[i]
		blocked := b.blocked()
		start := blocked.Start.Unix()
		if start >= in.end {
			continue
		}
		end := blocked.End.Unix()
		if blocked.End.Nanosecond() > 0 {
			end++
		}
		if end <= in.start || start >= end || r.moves(b) {
			continue
		}
		start = max(start, -farSeconds)
		sorted, last = sorted && last <= start, start
		kept[n] = interval{start - lead, min(end, farSeconds) + before}
		n++
	}
	h.busy = kept[:n]
	if !sorted {
		slices.SortFunc(h.busy, byStart)
	}
}

// moves reports whether it is the meeting that would be moved.
func (r *rules) moves(b *Busy) bool { return r.moving != "" && b.Source == "" && b.Ref == r.moving }

// blocked is what other meetings, with their buffers, must not touch.
func (b *Busy) blocked() *Span {
	if b.Blocked.End.IsZero() {
		return &b.Span
	}
	return &b.Blocked
}

func (h *host) prepareBooked(moving string) {
	h.booked = h.booked[:0]
	for i := range h.diary.Booked {
		b := &h.diary.Booked[i]
		if moving == "" || b.Ref != moving {
			d := h.localDay(seconds(b.Start))
			h.booked = append(h.booked, tallied{d, 1, wholeSeconds(b.Duration())})
		}
	}
	if !slices.IsSortedFunc(h.booked, byDay) {
		slices.SortFunc(h.booked, byDay)
	}
	for i := 1; i < len(h.booked); i++ {
		h.booked[i].count += h.booked[i-1].count
		h.booked[i].time += h.booked[i-1].time
	}
}

func byDay(a, b tallied) int { return int(a.day - b.day) }

// total is how many meetings there are before the day, and how long they take.
func (h *host) total(before int64) (count, time int64) {
	i, _ := slices.BinarySearchFunc(h.booked, before, func(b tallied, d int64) int { return int(b.day - d) })
	if i == 0 {
		return 0, 0
	}
	return h.booked[i-1].count, h.booked[i-1].time
}
