package scheduling

import "math"

// grid is where starts lie in one section of an open run.
type grid struct {
	anchor, step int64 // starts are whole steps after the anchor
	low, end     int64 // of the section
	until        int64 // nothing starts from it on: it would not end in the run
	start        int64 // the next one
	piece        int   // of the first host's timetable: nothing before it is looked at
	midnight     int64 // AlignWindow: where the next section begins
}

// enter begins with a run.
func (g *grid) enter(run interval) {
	g.end, g.midnight = run.start, math.MinInt64
}

// section goes on to what follows.
func (g *grid) section(pieces []segment, r *rules, run interval) {
	g.low, g.step = g.end, r.step
	if r.align == AlignClock {
		g.clockSection(pieces, run)
		return
	}
	if g.midnight == math.MinInt64 {
		g.midnight = g.dateChange(pieces, run.start-1)
	}
	g.anchor, g.end = g.low, run.end
	if g.midnight < run.end {
		g.midnight = g.dateChange(pieces, g.midnight)
		g.end = min(run.end, g.midnight)
	}
}

// clockSection is the rest of a local day with one offset.
func (g *grid) clockSection(pieces []segment, run interval) {
	for g.piece < len(pieces)-1 && pieces[g.piece].end <= g.low {
		g.piece++
	}
	p := &pieces[g.piece]
	g.anchor = dayOf(g.low+p.offset)*day - p.offset
	g.end = min(run.end, g.anchor+day, p.end)
}

// dateChange is the first instant after the given one at which the local date is another than just before.
func (g *grid) dateChange(pieces []segment, after int64) int64 {
	for ; g.piece < len(pieces); g.piece++ {
		p := &pieces[g.piece]
		if p.end <= after {
			continue
		}
		local := max(after, p.start) + p.offset
		if change := (dayOf(local)+1)*day - p.offset; change < p.end {
			return change
		}
		if g.piece+1 < len(pieces) && dayOf(p.end-1+p.offset) != dayOf(p.end+pieces[g.piece+1].offset) {
			return p.end
		}
	}
	return math.MaxInt64
}

// onGrid is the first start of the section that is not before.
func (g *grid) onGrid(at int64) int64 {
	if s := g.start + g.step; g.start < at && at <= s {
		return s
	}
	return step(g.anchor, at, g.step)
}

// step is the first whole step from the anchor that is not before.
func step(anchor, at, by int64) int64 {
	if at <= anchor {
		return anchor
	}
	up := at - anchor + by - 1
	if up>>32 == 0 { // and so is by: is divided in half the time
		return anchor + up - int64(uint32(up&math.MaxUint32)%uint32(by&math.MaxUint32))
	}
	return anchor + up - up%by
}
