package schedulingtest

import "slices"

// undo is how to take back the writes of the running transaction.
type undo struct{ steps []func() }

func (u *undo) mark() int { return len(u.steps) }

func (u *undo) rollback(mark int) {
	for _, step := range slices.Backward(u.steps[mark:]) {
		step()
	}
	u.steps = u.steps[:mark]
}

func (u *undo) forget() { u.steps = nil }

// table is a map whose writes can be taken back. Its rows are replaced, never changed
// in place.
type table[K comparable, V any] struct {
	rows map[K]V
	undo *undo
}

func newTable[K comparable, V any](u *undo) table[K, V] {
	return table[K, V]{rows: make(map[K]V), undo: u}
}

func (t table[K, V]) put(k K, v V) {
	t.remember(k)
	t.rows[k] = v
}

func (t table[K, V]) remove(k K) {
	t.remember(k)
	delete(t.rows, k)
}

func (t table[K, V]) remember(k K) {
	old, had := t.rows[k]
	t.undo.steps = append(t.undo.steps, func() {
		if had {
			t.rows[k] = old
		} else {
			delete(t.rows, k)
		}
	})
}

// where are the rows that meet the condition, in no order.
func (t table[K, V]) where(condition func(V) bool) []V {
	var all []V
	for _, v := range t.rows {
		if condition(v) {
			all = append(all, v)
		}
	}
	return all
}
