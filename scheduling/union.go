package scheduling

import (
	"iter"
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
	*stretch
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
		if s := e.next(); s != nil {
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
		if h := &u.heads[i]; h.start < first.start {
			first = *h
		}
	}
	slot := u.engines[first.query].slot(first.stretch)
	u.advance(first.start)
	return slot, true
}

// advance goes beyond the instant, and lets go of the queries that end.
func (u *union) advance(at int64) {
	u.having = u.having[:0]
	ended := false
	for i := range u.heads {
		h := &u.heads[i]
		if h.start != at {
			continue
		}
		u.having = append(u.having, h.query)
		if !h.pop() {
			h.stretch = u.engines[h.query].next()
			ended = ended || h.stretch == nil
		}
	}
	if ended {
		u.heads = slices.DeleteFunc(u.heads, func(h ahead) bool { return h.stretch == nil })
	}
}
