package scheduling

import (
	"iter"
	"time"
)

// Slot is a meeting that can be booked.
type Slot struct {
	Start, End time.Time // UTC
	Hosts      HostSet   // who can host it: of Query.Hosts. For RoundRobin the fixed ones and all the others that are free: see Pick
	Seats      int       // left; at least 1
	Joins      bool      // there is a meeting already, in which the seats are
}

// Slots yields what can be booked, by start, each start once. It is lazy: a caller who wants the next
// slot, or a page, breaks. The answer depends on the Query alone, never on the process's
// zone or clock, and a start is in it if and only if [Check] passes.
//
// Slots that are not asked for cost nothing and none allocates: what it needs is pooled. It may be called concurrently,
// and yields nothing when the Query is not valid.
func Slots(q Query) iter.Seq[Slot] {
	return func(yield func(Slot) bool) { each(&q, yield) }
}

func each(q *Query, yield func(Slot) bool) {
	e := engines.Get().(*engine)
	defer e.give()
	if e.open(q) != nil {
		return
	}
	var slot Slot // changed in place: to make each anew takes twice as long
	for s := e.next(); s != nil; s = e.next() {
		slot.Hosts, slot.Seats, slot.Joins = s.hosts, s.seats, s.seats > 0
		if !slot.Joins {
			slot.Seats = e.places
		}
		slot.End = time.Unix(s.start, 0).UTC()
		for at := s.start; at < s.end; at += s.step {
			if slot.Start = slot.End; s.step != e.length {
				slot.Start = time.Unix(at, 0).UTC()
			}
			slot.End = time.Unix(at+e.length, 0).UTC()
			if !yield(slot) {
				return
			}
		}
	}
}
