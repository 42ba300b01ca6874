package schedulingtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// AddEffect stores the effect unless there is one with its key.
func (s *Store) AddEffect(ctx context.Context, e scheduling.Effect) (bool, error) {
	if e.State == "" {
		return false, frontdesk.InvalidField("state", "must not be empty")
	}
	added := false
	err := s.do(ctx, func(d *data) error {
		if _, known := d.effectKeys.rows[e.Key]; known {
			return nil
		}
		e.ID, added = d.nextID(), true
		d.effectKeys.put(e.Key, e.ID)
		d.effects.put(e.ID, effect{copyEffect(e), utc(e.CreatedAt)})
		return nil
	})
	return added && err == nil, err
}

// DropEffects deletes effects that are not to happen any more.
func (s *Store) DropEffects(ctx context.Context, kind scheduling.EffectKind, meeting, booking string) error {
	return s.do(ctx, func(d *data) error {
		for id, e := range d.effects.rows {
			if e.Kind == kind && e.Meeting == meeting && (booking == "" || e.Booking == booking) && e.State == scheduling.EffectPending && e.Lease == "" {
				d.forget(id)
			}
		}
		return nil
	})
}

func (d *data) forget(id int64) {
	d.effectKeys.remove(d.effects.rows[id].Key)
	d.effects.remove(id)
}

// leased reports whether the effect's lease holds others off.
func (e effect) leased(now time.Time) bool { return e.Lease != "" && !e.LeaseUntil.Before(now) }

func (e effect) due(now time.Time) bool {
	return e.State == scheduling.EffectPending && !e.NextAt.After(now) && !e.leased(now)
}

func (d *data) effect(id int64) (effect, error) {
	e, found := d.effects.rows[id]
	if !found {
		return e, frontdesk.Errorf(frontdesk.NotFound, "there is no effect %d", id)
	}
	return e, nil
}

// TakeEffect leases an effect.
func (s *Store) TakeEffect(ctx context.Context, id int64, l scheduling.Lease) (*scheduling.Effect, error) {
	var e effect
	err := s.do(ctx, func(d *data) (err error) {
		if e, err = d.effect(id); err != nil {
			return err
		}
		switch {
		case e.State != scheduling.EffectPending:
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do, it is %s", e.State)
		case !e.due(l.Now):
			return frontdesk.Errorf(frontdesk.Aborted, "it is not to be tried yet, or somebody else does")
		}
		e.Attempts++
		e.Lease, e.LeaseUntil, e.taken = l.Token, utc(l.Until), utc(l.Now)
		d.effects.put(id, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	taken := copyEffect(e.Effect)
	return &taken, nil
}

// SettleEffect ends a lease.
func (s *Store) SettleEffect(ctx context.Context, id int64, st scheduling.Settlement) error {
	return s.do(ctx, func(d *data) error {
		e, err := d.effect(id)
		if err != nil {
			return err
		}
		if e.Lease == "" || e.Lease != st.Lease {
			return frontdesk.Errorf(frontdesk.Aborted, "the lease was lost")
		}
		e.State, e.LastError, e.Lease, e.LeaseUntil = st.State, st.Error, "", time.Time{}
		if st.State == scheduling.EffectPending {
			e.NextAt = utc(st.NextAt)
		}
		if st.Free && e.Attempts > 0 {
			e.Attempts--
		}
		d.effects.put(id, e)
		return nil
	})
}

// RetryEffect tries a dead effect anew.
func (s *Store) RetryEffect(ctx context.Context, id int64, at time.Time) error {
	return s.do(ctx, func(d *data) error {
		e, err := d.effect(id)
		if err != nil {
			return err
		}
		if e.State != scheduling.EffectDead {
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", e.State)
		}
		e.State, e.Attempts, e.NextAt = scheduling.EffectPending, 0, utc(at)
		d.effects.put(id, e)
		return nil
	})
}

// Effects lists, newest first.
func (s *Store) Effects(ctx context.Context, f scheduling.EffectFilter) ([]scheduling.Effect, error) {
	var all []scheduling.Effect
	err := s.do(ctx, func(d *data) error {
		found := d.effects.where(func(e effect) bool {
			return anyOf(f.States, e.State) && (f.Meeting == "" || e.Meeting == f.Meeting) && (f.Before <= 0 || e.ID < f.Before)
		})
		slices.SortFunc(found, func(a, b effect) int { return cmp.Compare(b.ID, a.ID) })
		for _, e := range first(found, bounded(f.Limit)) {
			all = append(all, copyEffect(e.Effect))
		}
		return nil
	})
	return all, err
}

// dueSince is since when a worker may take the effect.
func (e effect) dueSince() time.Time {
	if e.Lease != "" && e.LeaseUntil.After(e.NextAt) {
		return e.LeaseUntil
	}
	return e.NextAt
}

// DueEffects lists what a worker should take.
func (s *Store) DueEffects(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := s.do(ctx, func(d *data) error {
		due := d.effects.where(func(e effect) bool { return e.due(now) })
		slices.SortFunc(due, func(a, b effect) int { return cmp.Or(a.dueSince().Compare(b.dueSince()), cmp.Compare(a.ID, b.ID)) })
		for _, e := range first(due, limit) {
			ids = append(ids, e.ID)
		}
		return nil
	})
	return ids, err
}

// PruneEffects deletes what has been done.
func (s *Store) PruneEffects(ctx context.Context, before time.Time) (int, error) {
	pruned := 0
	err := s.do(ctx, func(d *data) error {
		pruned = 0
		for id, e := range d.effects.rows {
			if e.State == scheduling.EffectDone && e.taken.Before(before) {
				d.forget(id)
				pruned++
			}
		}
		return nil
	})
	return pruned, err
}
