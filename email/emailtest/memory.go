package emailtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var _ email.Store = (*Store)(nil)

// Store is an email.Store in memory, for tests and demos. It keeps every promise of
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

// eventIdentity is what an event is known by.
type eventIdentity struct{ provider, id string }

// providerRef names a message at a provider.
type providerRef struct{ provider, id string }

// heard is an event, the message that it belongs to, and when it came.
type heard struct {
	email.Event
	message int64
	seq     int64
}

// data is what a Store remembers.
type data struct {
	undo   *undo
	lastID int64 // never taken back, like a database's sequence

	entries    table[int64, email.Entry]
	keys       table[string, int64]
	messages   table[int64, email.Message]
	attempts   table[int64, []email.Attempt]
	sent       table[providerRef, int64]
	events     table[eventIdentity, heard]
	parks      table[string, time.Time]
	suppressed table[string, email.Suppression]
	audit      table[int64, frontdesk.AuditEvent]
}

// NewStore returns an empty store.
func NewStore() *Store {
	u := new(undo)
	return &Store{turn: make(chan struct{}, 1), outer: true, data: &data{
		undo:       u,
		entries:    newTable[int64, email.Entry](u),
		keys:       newTable[string, int64](u),
		messages:   newTable[int64, email.Message](u),
		attempts:   newTable[int64, []email.Attempt](u),
		sent:       newTable[providerRef, int64](u),
		events:     newTable[eventIdentity, heard](u),
		parks:      newTable[string, time.Time](u),
		suppressed: newTable[string, email.Suppression](u),
		audit:      newTable[int64, frontdesk.AuditEvent](u),
	}}
}

func (d *data) nextID() int64 {
	d.lastID++
	return d.lastID
}

// InTx runs fn in one transaction.
func (s *Store) InTx(ctx context.Context, fn func(email.Store) error) error {
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

// utc drops the zone and the monotonic reading, as a database does.
func utc(t time.Time) time.Time { return t.Round(0).UTC() }

// bounded is how many rows a list may return.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}
