package billingtest

import (
	"iter"
	"maps"
	"slices"
)

// newest yields the ids that may be in use, from the last down, and only those
// below before unless that is 0.
func newest(last, before int64) iter.Seq[int64] {
	if before > 0 {
		last = min(last, before-1)
	}
	return func(yield func(int64) bool) {
		for id := last; id > 0 && yield(id); id-- {
		}
	}
}

// earliest lists the ids of the rows that are wanted, oldest first.
func earliest[V any](rows map[int64]V, limit int, wanted func(V) bool) []int64 {
	var ids []int64
	for id := range maps.Keys(rows) {
		if wanted(rows[id]) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(len(ids), max(limit, 0))]
}
