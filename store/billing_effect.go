package store

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

const effectColumns = "id, name, object_kind, object_account, object_id, milestone, client, state, attempts, last_error, " +
	"created_at, next_at, lease, lease_until, payload"

// AddEffect stores the effect unless it is there, and reports whether it was new.
func (s billingStore) AddEffect(ctx context.Context, e billing.Effect) (added bool, err error) {
	if e.State == "" {
		return false, frontdesk.InvalidField("state", "must not be empty")
	}
	err = s.atomically(ctx, func(tx *Tx, q queries) error {
		ids, err := list(ctx, q, scalar[int64], `INSERT INTO frontdesk_billing_effects
			(name, object_kind, object_account, object_id, milestone, client, state, attempts, last_error, created_at, next_at, payload)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
			e.Name, string(e.Object.Kind), e.Object.Account, e.Object.ID, e.Milestone, e.Client, string(e.State), e.Attempts,
			storable(e.LastError), micros(e.CreatedAt), micros(e.NextAt), notNull(e.Payload))
		if added = len(ids) > 0; err != nil || e.State != billing.EffectPending {
			return err
		}
		return tx.enqueue(ctx, JobDeliverEffects, e.NextAt, ids...)
	})
	return added && err == nil, err
}

// TakeEffect leases an effect for delivery.
func (s billingStore) TakeEffect(ctx context.Context, id int64, l billing.Lease) (*billing.Effect, error) {
	e, err := take(ctx, s.session, effectWork, effectColumns, scanEffect, id, l)
	if err != nil {
		return nil, err
	}
	return &e, nil
}

// SettleEffect ends a lease.
func (s billingStore) SettleEffect(ctx context.Context, id int64, st billing.Settlement) error {
	return effectWork.settle(ctx, s.session, id, st, "")
}

// Effects lists, newest first.
func (s billingStore) Effects(ctx context.Context, f billing.EffectFilter) (effects []billing.Effect, err error) {
	var where filter
	where.when(len(f.States) > 0, "state IN (?)", f.States)
	where.when(len(f.States) > 0 && within(f.States, effectTrouble), "state IN ('failed', 'dead')") // see trouble
	where.when(f.Object != billing.Key{}, "object_id = ? AND object_kind = ? AND object_account = ?",
		f.Object.ID, string(f.Object.Kind), f.Object.Account)
	where.when(f.Before > 0, "id < ?", f.Before)
	query := "SELECT " + effectColumns + " FROM frontdesk_billing_effects" + where.sql() + " ORDER BY id DESC LIMIT ?"
	err = s.read(ctx, func(q queries) (err error) {
		effects, err = list(ctx, q, scanEffect, query, append(where.args, bounded(f.Limit))...)
		return err
	})
	return effects, err
}

var effectTrouble = []billing.EffectState{billing.EffectFailed, billing.EffectDead}

// DueEffects lists ids that a worker should take, oldest first.
func (s billingStore) DueEffects(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	return effectWork.listDue(ctx, s.session, now, limit)
}

func scanEffect(r row) (e billing.Effect, err error) {
	var created, next, until int64
	err = r.Scan(&e.ID, &e.Name, &e.Object.Kind, &e.Object.Account, &e.Object.ID, &e.Milestone, &e.Client, &e.State, &e.Attempts,
		&e.LastError, &created, &next, &e.Lease, &until, &e.Payload)
	e.CreatedAt, e.NextAt, e.LeaseUntil = moment(created), moment(next), moment(until)
	return e, err
}
