package billingtest

import (
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// effectIdentity is what makes an effect the same one.
type effectIdentity struct {
	name      string
	object    billing.Key
	milestone string
}

// AddEffect stores the effect unless it is there, and reports whether it was new.
func (s *Store) AddEffect(ctx context.Context, e billing.Effect) (bool, error) {
	added := false
	err := s.do(ctx, func(d *data) error {
		identity := effectIdentity{e.Name, e.Object, e.Milestone}
		if _, known := d.effectIDs.rows[identity]; known {
			return nil
		}
		e.ID, added = d.nextID(), true
		e.CreatedAt, e.NextAt, e.LeaseUntil = utc(e.CreatedAt), utc(e.NextAt), utc(e.LeaseUntil)
		e.Payload = slices.Clone(e.Payload)
		d.effectIDs.put(identity, e.ID)
		d.effects.put(e.ID, e)
		return nil
	})
	return added && err == nil, err
}

// TakeEffect leases an effect, as TakeEvent does.
func (s *Store) TakeEffect(ctx context.Context, id int64, l billing.Lease) (*billing.Effect, error) {
	var taken billing.Effect
	err := s.do(ctx, func(d *data) error {
		e, found := d.effects.rows[id]
		if !found {
			return frontdesk.Errorf(frontdesk.NotFound, "there is no effect %d", id)
		}
		c, err := effectClaim(e).taken(string(billing.EffectDelivering), l)
		if err != nil {
			return err
		}
		taken = withEffectClaim(e, c)
		d.effects.put(id, taken)
		return nil
	})
	if err != nil {
		return nil, err
	}
	taken.Payload = slices.Clone(taken.Payload)
	return &taken, nil
}

// SettleEffect ends a lease, as SettleEvent does.
func (s *Store) SettleEffect(ctx context.Context, id int64, st billing.Settlement) error {
	return s.do(ctx, func(d *data) error {
		c, err := effectClaim(d.effects.rows[id]).settled(st)
		if err != nil {
			return err
		}
		d.effects.put(id, withEffectClaim(d.effects.rows[id], c))
		return nil
	})
}

// Effects lists, newest first.
func (s *Store) Effects(ctx context.Context, f billing.EffectFilter) ([]billing.Effect, error) {
	var found []billing.Effect
	err := s.do(ctx, func(d *data) error {
		for id := range newest(d.lastID, f.Before) {
			e, there := d.effects.rows[id]
			if !there || !selectsEffect(f, e) {
				continue
			}
			e.Payload = slices.Clone(e.Payload)
			if found = append(found, e); len(found) == bounded(f.Limit) {
				break
			}
		}
		return nil
	})
	return found, err
}

// DueEffects lists ids that a worker should take, oldest first.
func (s *Store) DueEffects(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	var due []int64
	err := s.do(ctx, func(d *data) error {
		due = earliest(d.effects.rows, limit, func(e billing.Effect) bool { return effectClaim(e).due(now) })
		return nil
	})
	return due, err
}

func effectClaim(e billing.Effect) claim {
	return claim{string(e.State), e.Attempts, e.LastError, e.NextAt, e.Lease, e.LeaseUntil}
}

func withEffectClaim(e billing.Effect, c claim) billing.Effect {
	e.State, e.Attempts, e.LastError = billing.EffectState(c.state), c.attempts, c.lastError
	e.NextAt, e.Lease, e.LeaseUntil = c.nextAt, c.lease, c.leaseUntil
	return e
}

func selectsEffect(f billing.EffectFilter, e billing.Effect) bool {
	return (len(f.States) == 0 || slices.Contains(f.States, e.State)) &&
		(f.Object == billing.Key{} || f.Object == e.Object)
}
