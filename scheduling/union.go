package scheduling

import (
	"iter"
	"math"
	"slices"
	"sync"
)

// Union yields the starts at which at least one of the queries has a slot, by start, each once: the
// slot of the first query that has one, and the indexes of all that have. The indexes are
// valid until the loop goes on.
//
// It is how many experts are searched: a Query for each, of the same duration. It is as lazy as [Slots], and queries
// that are not valid have no slots.
func Union(qs []Query) iter.Seq2[Slot, []int] {
	return func(yield func(Slot, []int) bool) { eachOf(qs, yield) }
}

// union merges the slots of several queries.
type union struct {
	engines []*engine
	heads   []ahead
	having  []int
}

// ahead is the next slot of a query that has one.
type ahead struct {
	start
	query int
}

var unions = sync.Pool{New: func() any { return new(union) }}

func eachOf(qs []Query, yield func(Slot, []int) bool) {
	u := unions.Get().(*union)
	defer u.give()
	u.open(qs)
	for s, ok := u.next(); ok && yield(s, u.having); s, ok = u.next() {
	}
}

func (u *union) give() {
	for _, e := range u.engines {
		e.give()
	}
	u.engines, u.heads = u.engines[:0], u.heads[:0]
	unions.Put(u)
}

func (u *union) open(qs []Query) {
	for i := range qs {
		e := engines.Get().(*engine)
		u.engines = append(u.engines, e)
		if e.open(&qs[i]) != nil {
			continue
		}
		if s, ok := e.next(); ok {
			u.heads = append(u.heads, ahead{s, i})
		}
	}
}

// next is the next slot; u.having says who has it.
func (u *union) next() (Slot, bool) {
	if len(u.heads) == 0 {
		return Slot{}, false
	}
	first := u.heads[0]
	for i := range u.heads {
		if h := &u.heads[i]; h.at < first.at {
			first = *h
		}
	}
	u.advance(first.at)
	return u.engines[first.query].slot(first.start), true
}

// advance goes beyond the instant, and lets go of the queries that end.
func (u *union) advance(at int64) {
	u.having = u.having[:0]
	ended := false
	for i := range u.heads {
		h := &u.heads[i]
		if h.at != at {
			continue
		}
		u.having = append(u.having, h.query)
		var ok bool
		if h.start, ok = u.engines[h.query].next(); !ok {
			h.at, ended = never, true
		}
	}
	if ended {
		u.heads = slices.DeleteFunc(u.heads, func(h ahead) bool { return h.at == never })
	}
}

// never is after all starts.
const never = math.MaxInt64
