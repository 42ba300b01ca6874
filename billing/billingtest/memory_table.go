package billingtest

import (
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

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

// undoTable is a map whose writes can be taken back. Its rows are replaced, never
// changed in place.
type undoTable[K comparable, V any] struct {
	rows map[K]V
	undo *undo
}

func newUndoTable[K comparable, V any](u *undo) undoTable[K, V] {
	return undoTable[K, V]{rows: make(map[K]V), undo: u}
}

func (t undoTable[K, V]) put(k K, v V) {
	t.remember(k)
	t.rows[k] = v
}

func (t undoTable[K, V]) remove(k K) {
	t.remember(k)
	delete(t.rows, k)
}

func (t undoTable[K, V]) remember(k K) {
	old, had := t.rows[k]
	t.undo.steps = append(t.undo.steps, func() {
		if had {
			t.rows[k] = old
		} else {
			delete(t.rows, k)
		}
	})
}

// data is what a Store remembers.
type data struct {
	undo   *undo
	lastID int64 // never taken back, like a database's sequence

	events     undoTable[int64, billing.Event]
	eventIDs   undoTable[eventIdentity, int64]
	effects    undoTable[int64, billing.Effect]
	effectIDs  undoTable[effectIdentity, int64]
	objects    undoTable[billing.Key, mirrored]
	objectRows undoTable[string, billing.Key]
	links      undoTable[billing.Ref, link]
	locks      undoTable[string, billing.Lease]
	operations undoTable[string, billing.Operation]
	intents    undoTable[intent, string] // the id of the latest operation
	accounts   undoTable[string, accountLink]
	entries    undoTable[string, []billing.Entry]         // by account, oldest first
	balances   undoTable[string, []billing.LedgerBalance] // by account, in order of currency
	audit      undoTable[int64, frontdesk.AuditEvent]
}

func newData() *data {
	u := new(undo)
	return &data{
		undo:       u,
		events:     newUndoTable[int64, billing.Event](u),
		eventIDs:   newUndoTable[eventIdentity, int64](u),
		effects:    newUndoTable[int64, billing.Effect](u),
		effectIDs:  newUndoTable[effectIdentity, int64](u),
		objects:    newUndoTable[billing.Key, mirrored](u),
		objectRows: newUndoTable[string, billing.Key](u),
		links:      newUndoTable[billing.Ref, link](u),
		locks:      newUndoTable[string, billing.Lease](u),
		operations: newUndoTable[string, billing.Operation](u),
		intents:    newUndoTable[intent, string](u),
		accounts:   newUndoTable[string, accountLink](u),
		entries:    newUndoTable[string, []billing.Entry](u),
		balances:   newUndoTable[string, []billing.LedgerBalance](u),
		audit:      newUndoTable[int64, frontdesk.AuditEvent](u),
	}
}

func (d *data) nextID() int64 {
	d.lastID++
	return d.lastID
}
