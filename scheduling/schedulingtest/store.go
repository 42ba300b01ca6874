package schedulingtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var _ scheduling.Store = (*Store)(nil)

// Store is a scheduling.Store in memory, for tests and demos. It keeps every promise of
// the interface except that it forgets all when the process ends, and it is safe for
// concurrent use.
//
// Only one call or transaction runs at a time. A function given to InTx that uses the
// outer store, not the one it is given, waits until its context ends.
type Store struct {
	turn  chan struct{} // holds a token while somebody works: a mutex that honours contexts
	data  *data
	outer bool // false for the store of a transaction
	ended bool // the transaction that the store belongs to is over
}

// data is what a Store remembers.
type data struct {
	undo   *undo
	lastID int64 // never taken back, like a database's sequence

	settings   table[string, scheduling.Settings]
	schedules  table[string, scheduling.Schedule]
	eventTypes table[string, scheduling.EventType]
	meetings   table[string, scheduling.Meeting]
	bookings   table[string, string] // the meetings that they are in
	keys       table[string, string] // of bookings, to their meetings
	waiting    table[string, scheduling.Waiting]
	packs      table[string, scheduling.Pack]
	effects    table[int64, effect]
	effectKeys table[string, int64]
	audit      table[int64, frontdesk.AuditEvent]
}

// effect is an effect, and when its last attempt began.
type effect struct {
	scheduling.Effect
	taken time.Time
}

// NewStore returns an empty store.
func NewStore() *Store {
	u := new(undo)
	return &Store{turn: make(chan struct{}, 1), outer: true, data: &data{
		undo:       u,
		settings:   newTable[string, scheduling.Settings](u),
		schedules:  newTable[string, scheduling.Schedule](u),
		eventTypes: newTable[string, scheduling.EventType](u),
		meetings:   newTable[string, scheduling.Meeting](u),
		bookings:   newTable[string, string](u),
		keys:       newTable[string, string](u),
		waiting:    newTable[string, scheduling.Waiting](u),
		packs:      newTable[string, scheduling.Pack](u),
		effects:    newTable[int64, effect](u),
		effectKeys: newTable[string, int64](u),
		audit:      newTable[int64, frontdesk.AuditEvent](u),
	}}
}

func (d *data) nextID() int64 {
	d.lastID++
	return d.lastID
}

// InTx runs fn in one transaction.
func (s *Store) InTx(ctx context.Context, fn func(scheduling.Store) error) error {
	return s.do(ctx, func(d *data) error {
		tx := &Store{turn: make(chan struct{}, 1), data: d}
		defer tx.end()
		return fn(tx)
	})
}

// end waits for goroutines of the transaction that are still at work, and refuses
// those that come later.
func (s *Store) end() {
	s.turn <- struct{}{}
	s.ended = true
	<-s.turn
}

// do runs fn with the data to itself. What fn wrote is undone when it fails or panics,
// or when ctx has ended meanwhile.
func (s *Store) do(ctx context.Context, fn func(*data) error) error {
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

func (s *Store) attempt(ctx context.Context, fn func(*data) error) error {
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
func (s *Store) Audit(ctx context.Context, e frontdesk.AuditEvent) error {
	return s.do(ctx, func(d *data) error {
		d.audit.put(d.nextID(), copyAudit(e))
		return nil
	})
}

// AuditLog returns all that was audited, oldest first.
func (s *Store) AuditLog(ctx context.Context) ([]frontdesk.AuditEvent, error) {
	var log []frontdesk.AuditEvent
	err := s.do(ctx, func(d *data) error {
		for _, id := range slices.Sorted(maps.Keys(d.audit.rows)) {
			log = append(log, copyAudit(d.audit.rows[id]))
		}
		return nil
	})
	return log, err
}

func copyAudit(e frontdesk.AuditEvent) frontdesk.AuditEvent {
	e.Time = utc(e.Time)
	e.Before, e.After = maps.Clone(e.Before), maps.Clone(e.After)
	return e
}

// bounded is how many rows a list may return.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}

// first are the first rows, so many at most.
func first[T any](all []T, limit int) []T { return all[:min(max(limit, 0), len(all))] }

// anyOf reports whether v is one of those asked for; none asks for all.
func anyOf[T comparable](asked []T, v T) bool { return len(asked) == 0 || slices.Contains(asked, v) }

func notFound(what, id string) error {
	return frontdesk.Errorf(frontdesk.NotFound, "there is no %s %q", what, id)
}
