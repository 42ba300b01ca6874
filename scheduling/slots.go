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
	for s, ok := e.next(); ok; s, ok = e.next() {
		// Made in place, a Slot costs less than to find it; returned from a function, more.
		seats, joins := s.seats, s.seats > 0
		if !joins {
			seats = e.places
		}
		from, to := time.Unix(s.at, 0).UTC(), time.Unix(s.at+e.length, 0).UTC()
		if !yield(Slot{Start: from, End: to, Hosts: s.hosts, Seats: seats, Joins: joins}) {
			return
		}
	}
}
