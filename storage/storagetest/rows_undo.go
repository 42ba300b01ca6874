package storagetest

import "slices"

// rowsUndo is how to take back the writes of the running transaction.
type rowsUndo struct{ steps []func() }

func (u *rowsUndo) mark() int { return len(u.steps) }

func (u *rowsUndo) rollback(mark int) {
	for _, step := range slices.Backward(u.steps[mark:]) {
		step()
	}
	u.steps = u.steps[:mark]
}

func (u *rowsUndo) forget() { u.steps = nil }

// rowsTable is a map whose writes can be taken back. Its rows are replaced, never changed
// in place.
type rowsTable[K comparable, V any] struct {
	rows map[K]V
	undo *rowsUndo
}

func newRowsTable[K comparable, V any](u *rowsUndo) rowsTable[K, V] {
	return rowsTable[K, V]{rows: make(map[K]V), undo: u}
}

func (t rowsTable[K, V]) put(k K, v V) {
	t.remember(k)
	t.rows[k] = v
}

func (t rowsTable[K, V]) remove(k K) {
	t.remember(k)
	delete(t.rows, k)
}

func (t rowsTable[K, V]) remember(k K) {
	old, had := t.rows[k]
	t.undo.steps = append(t.undo.steps, func() {
		if had {
			t.rows[k] = old
		} else {
			delete(t.rows, k)
		}
	})
}
