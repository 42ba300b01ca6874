package schedulingtest

import (
	"cmp"
	"context"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// AddWaiting stores who waits.
func (s *Store) AddWaiting(ctx context.Context, w scheduling.Waiting) error {
	return s.do(ctx, func(d *data) error {
		if _, found := d.waiting.rows[w.ID]; found {
			return frontdesk.Errorf(frontdesk.AlreadyExists, "%q waits already", w.ID)
		}
		d.waiting.put(w.ID, copyWaiting(w))
		return nil
	})
}

// ChangeWaiting changes an entry of the waitlist.
func (s *Store) ChangeWaiting(ctx context.Context, id string, fn func(*scheduling.Waiting) error) (*scheduling.Waiting, error) {
	return edit(ctx, s, "entry of the waitlist", id, func(d *data) table[string, scheduling.Waiting] { return d.waiting }, copyWaiting,
		func(w *scheduling.Waiting) error {
			old := *w
			if err := fn(w); err != nil {
				return err
			}
			w.ID, w.EventType, w.CreatedAt = old.ID, old.EventType, old.CreatedAt
			return nil
		})
}

// edit stores what fn makes of a row of the table.
func edit[V any](ctx context.Context, s *Store, what, id string, in func(*data) table[string, V], clone func(V) V, fn func(*V) error) (*V, error) {
	var v V
	err := s.do(ctx, func(d *data) error {
		row, found := in(d).rows[id]
		if !found {
			return notFound(what, id)
		}
		v = clone(row)
		if err := fn(&v); err != nil {
			return err
		}
		v = clone(v)
		in(d).put(id, clone(v))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// Waiting returns an entry of the waitlist.
func (s *Store) Waiting(ctx context.Context, id string) (*scheduling.Waiting, error) {
	return find(ctx, s, "entry of the waitlist", id, func(d *data) table[string, scheduling.Waiting] { return d.waiting }, copyWaiting)
}

// WaitingFor lists who waits.
func (s *Store) WaitingFor(ctx context.Context, f scheduling.WaitingFilter) ([]scheduling.Waiting, error) {
	var all []scheduling.Waiting
	err := s.do(ctx, func(d *data) error {
		found := d.waiting.where(func(w scheduling.Waiting) bool { return waitsFor(f, w) })
		slices.SortFunc(found, func(a, b scheduling.Waiting) int { return cmp.Compare(a.ID, b.ID) })
		for _, w := range first(found, bounded(f.Limit)) {
			all = append(all, copyWaiting(w))
		}
		return nil
	})
	return all, err
}

func waitsFor(f scheduling.WaitingFilter, w scheduling.Waiting) bool {
	return (f.EventType == "" || w.EventType == f.EventType) &&
		(f.Client == "" || w.Client == f.Client) &&
		anyOf(f.States, w.State) &&
		(f.Lapsed.IsZero() || w.State == scheduling.WaitingOffered && !w.ExpiresAt.After(f.Lapsed) ||
			w.State == scheduling.WaitingOpen && w.In.End.Before(f.Lapsed)) &&
		(f.Start.IsZero() || !f.Start.Before(w.In.Start) && f.Start.Before(w.In.End))
}
