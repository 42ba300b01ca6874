package storagetest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var _ storage.Store = (*Rows)(nil)

// Rows is a storage.Store in memory, for tests and demos: what is remembered about
// documents, as Store has their bytes. It keeps every promise of the interface except
// that it forgets all when the process ends, and it is safe for concurrent use.
//
// Only one call or transaction runs at a time. A function given to InTx that uses the
// outer store, not the one it is given, waits until its context ends.
type Rows struct {
	turn  chan struct{} // holds a token while somebody works: a mutex that honours contexts
	data  *rowsData
	outer bool // false for the store of a transaction
	ended bool // the transaction that the store belongs to is over
}

// rowsData is what Rows remembers.
type rowsData struct {
	undo   *rowsUndo
	lastID int64 // never taken back, like a database's sequence

	documents rowsTable[string, rowsDocument]
	keys      rowsTable[rowsKey, string]
	versions  rowsTable[int64, storage.Version]
	receipts  rowsTable[int64, storage.Receipt]
	folders   rowsTable[rowsPlace, string]
	reserved  rowsTable[rowsPlace, string]
	pauses    rowsTable[rowsPlace, time.Time]
	audit     rowsTable[int64, frontdesk.AuditEvent]
}

// rowsDocument is a document, and whether it is deleted.
type rowsDocument struct {
	storage.Document
	deleted bool
}

// rowsKey is the key of a client's upload.
type rowsKey struct{ client, key string }

// rowsPlace is a client at a document store.
type rowsPlace struct{ store, client string }

// NewRows returns an empty store.
func NewRows() *Rows {
	u := new(rowsUndo)
	return &Rows{turn: make(chan struct{}, 1), outer: true, data: &rowsData{
		undo:      u,
		documents: newRowsTable[string, rowsDocument](u),
		keys:      newRowsTable[rowsKey, string](u),
		versions:  newRowsTable[int64, storage.Version](u),
		receipts:  newRowsTable[int64, storage.Receipt](u),
		folders:   newRowsTable[rowsPlace, string](u),
		reserved:  newRowsTable[rowsPlace, string](u),
		pauses:    newRowsTable[rowsPlace, time.Time](u),
		audit:     newRowsTable[int64, frontdesk.AuditEvent](u),
	}}
}

func (d *rowsData) nextID() int64 {
	d.lastID++
	return d.lastID
}

// InTx runs fn in one transaction.
func (s *Rows) InTx(ctx context.Context, fn func(storage.Store) error) error {
	return s.do(ctx, func(d *rowsData) error {
		tx := &Rows{turn: make(chan struct{}, 1), data: d}
		defer tx.end()
		return fn(tx)
	})
}

// end waits for goroutines of the transaction that are still at work, and refuses
// those that come later.
func (s *Rows) end() {
	s.turn <- struct{}{}
	s.ended = true
	<-s.turn
}

// do runs fn with the data to itself. What fn wrote is undone when it fails or panics,
// or when ctx has ended meanwhile.
func (s *Rows) do(ctx context.Context, fn func(*rowsData) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.ended {
		return frontdesk.Errorf(frontdesk.Internal, "the store of a transaction was used after its end")
	}
	return s.attempt(ctx, fn)
}

func (s *Rows) attempt(ctx context.Context, fn func(*rowsData) error) error {
	mark, committed := s.data.undo.mark(), false
	defer func() {
		if !committed {
			s.data.undo.rollback(mark)
		}
		if s.outer {
			s.data.undo.forget()
		}
	}()
	if err := fn(s.data); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	committed = true
	return nil
}

// Audit appends to the audit log, which AuditLog returns.
func (s *Rows) Audit(ctx context.Context, e frontdesk.AuditEvent) error {
	return s.do(ctx, func(d *rowsData) error {
		d.audit.put(d.nextID(), copyAudit(e))
		return nil
	})
}

// AuditLog returns all that was audited, oldest first.
func (s *Rows) AuditLog(ctx context.Context) ([]frontdesk.AuditEvent, error) {
	var log []frontdesk.AuditEvent
	err := s.do(ctx, func(d *rowsData) error {
		for _, id := range slices.Sorted(maps.Keys(d.audit.rows)) {
			log = append(log, copyAudit(d.audit.rows[id]))
		}
		return nil
	})
	return log, err
}

func copyAudit(e frontdesk.AuditEvent) frontdesk.AuditEvent {
	e.Time = rowTime(e.Time)
	e.Before, e.After = maps.Clone(e.Before), maps.Clone(e.After)
	return e
}

// rowTime drops the zone and the monotonic reading, as a database does.
func rowTime(t time.Time) time.Time { return t.Round(0).UTC() }
