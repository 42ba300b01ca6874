package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	addedChangeColumns = "key, kind, meeting, booking, state, attempts, last_error, created_at, next_at, lease, lease_until, payload"
	changeColumns      = "id, " + addedChangeColumns

	insertChange = "INSERT INTO frontdesk_scheduling_effects (" + addedChangeColumns + ", due_at, taken_at) " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING id"
	selectChange     = "SELECT " + changeColumns + " FROM frontdesk_scheduling_effects WHERE id = ?"
	dueChange        = "state = 'pending' AND due_at <= ?"
	selectDueChanges = "SELECT id FROM frontdesk_scheduling_effects WHERE " + dueChange + " ORDER BY due_at, id LIMIT ?"
	takeChange       = "UPDATE frontdesk_scheduling_effects SET lease = ?, lease_until = ?, due_at = ?, taken_at = ?, attempts = attempts + 1 " +
		"WHERE id = ? AND " + dueChange + " RETURNING " + changeColumns
	settleChange = "UPDATE frontdesk_scheduling_effects SET state = ?, last_error = ?, " +
		"attempts = CASE WHEN attempts > 0 THEN attempts - ? ELSE 0 END, lease = '', lease_until = ?"
	setNextAt     = ", next_at = ?, due_at = ?"
	retryChange   = "UPDATE frontdesk_scheduling_effects SET state = 'pending', attempts = 0, next_at = ?, due_at = ? WHERE id = ? AND state = 'dead'"
	ofChangeLease = " WHERE id = ? AND lease = ? AND lease <> ''"

	// dropChanges deletes what nobody holds.
	dropChanges = "DELETE FROM frontdesk_scheduling_effects WHERE meeting = ? AND kind = ? AND state = 'pending' AND lease = ''"

	pruneChanges = "DELETE FROM frontdesk_scheduling_effects WHERE id IN (SELECT id FROM frontdesk_scheduling_effects " +
		"WHERE state = 'done' AND taken_at < ? ORDER BY taken_at, id LIMIT ?)"
)

// AddEffect stores the effect unless there is one with its key.
func (s schedulingStore) AddEffect(ctx context.Context, e scheduling.Effect) (added bool, err error) {
	if e.State == "" {
		return false, frontdesk.InvalidField("state", "must not be empty")
	}
	due := micros(e.NextAt)
	if e.Lease != "" {
		due = afterLease(e.LeaseUntil)
	}
	err = s.atomically(ctx, func(tx *Tx, q queries) error {
		ids, err := list(ctx, q, scalar[int64], insertChange, storable(e.Key), string(e.Kind), storable(e.Meeting), storable(e.Booking), string(e.State),
			e.Attempts, storable(e.LastError), micros(e.CreatedAt), micros(e.NextAt), e.Lease, micros(e.LeaseUntil), notNull(e.Payload), due, micros(e.CreatedAt))
		if added = len(ids) > 0; err != nil || e.State != scheduling.EffectPending {
			return err
		}
		return tx.enqueue(ctx, JobDeliverChanges, e.NextAt, ids...)
	})
	return added && err == nil, err
}

// DropEffects deletes effects that are not to happen any more.
func (s schedulingStore) DropEffects(ctx context.Context, kind scheduling.EffectKind, meeting, booking string) error {
	query, args := dropChanges, []any{storable(meeting), string(kind)}
	if booking != "" {
		query, args = query+" AND booking = ?", append(args, storable(booking))
	}
	return s.write(ctx, func(q queries) error {
		_, err := q.exec(ctx, query, args...)
		return err
	})
}

// TakeEffect leases an effect.
func (s schedulingStore) TakeEffect(ctx context.Context, id int64, l scheduling.Lease) (*scheduling.Effect, error) {
	var e scheduling.Effect
	err := s.atomically(ctx, func(_ *Tx, q queries) (err error) {
		e, err = first(ctx, q, scanChange, takeChange, l.Token, micros(l.Until), afterLease(l.Until), micros(l.Now), id, micros(l.Now))
		if errors.Is(err, errNoRow) {
			return whyChangeNotTaken(ctx, q, id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &e, nil
}

// whyChangeNotTaken says why an effect cannot be taken.
func whyChangeNotTaken(ctx context.Context, q queries, id int64) error {
	e, err := first(ctx, q, scanChange, selectChange, id)
	switch {
	case err != nil:
		return missing(err, fmt.Sprintf("effect %d", id))
	case e.State != scheduling.EffectPending:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do for effect %d, it is %s", id, e.State)
	}
	return frontdesk.Errorf(frontdesk.Aborted, "effect %d is not to be tried yet, or another lease on it is alive", id)
}

// SettleEffect ends a lease.
func (s schedulingStore) SettleEffect(ctx context.Context, id int64, st scheduling.Settlement) error {
	free := 0
	if st.Free {
		free = 1
	}
	query, args := settleChange, []any{string(st.State), storable(st.Error), free, noTime}
	if st.State == scheduling.EffectPending {
		query, args = query+setNextAt, append(args, micros(st.NextAt), micros(st.NextAt))
	}
	return s.atomically(ctx, func(tx *Tx, q queries) error {
		n, err := q.exec(ctx, query+ofChangeLease, append(args, id, st.Lease)...)
		if err == nil && n == 0 {
			return whyChangeNotSettled(ctx, q, id)
		}
		if err != nil || st.State != scheduling.EffectPending {
			return err
		}
		return tx.enqueue(ctx, JobDeliverChanges, st.NextAt, id)
	})
}

func whyChangeNotSettled(ctx context.Context, q queries, id int64) error {
	if _, err := first(ctx, q, scanChange, selectChange, id); err != nil {
		return missing(err, fmt.Sprintf("effect %d", id))
	}
	return frontdesk.Errorf(frontdesk.Aborted, "the lease on effect %d was lost", id)
}

// RetryEffect tries a dead effect anew.
func (s schedulingStore) RetryEffect(ctx context.Context, id int64, at time.Time) error {
	return s.atomically(ctx, func(tx *Tx, q queries) error {
		n, err := q.exec(ctx, retryChange, micros(at), micros(at), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return whyChangeNotRetried(ctx, q, id)
		}
		return tx.enqueue(ctx, JobDeliverChanges, at, id)
	})
}

func whyChangeNotRetried(ctx context.Context, q queries, id int64) error {
	e, err := first(ctx, q, scanChange, selectChange, id)
	if err != nil {
		return missing(err, fmt.Sprintf("effect %d", id))
	}
	return frontdesk.Errorf(frontdesk.FailedPrecondition, "effect %d is %s", id, e.State)
}

// Effects lists, newest first.
func (s schedulingStore) Effects(ctx context.Context, f scheduling.EffectFilter) (all []scheduling.Effect, err error) {
	query, args := filterChanges(f)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanChange, query, args...)
		return err
	})
	return all, err
}

func filterChanges(f scheduling.EffectFilter) (query string, args []any) {
	var where filter
	where.when(len(f.States) > 0, "state IN (?)", f.States)
	where.when(f.Meeting != "", "meeting = ?", storable(f.Meeting))
	where.when(f.Before > 0, "id < ?", f.Before)
	return "SELECT " + changeColumns + " FROM frontdesk_scheduling_effects" + where.sql() + " ORDER BY id DESC LIMIT ?",
		append(where.args, bounded(f.Limit))
}

// DueEffects lists what a worker should take.
func (s schedulingStore) DueEffects(ctx context.Context, now time.Time, limit int) (ids []int64, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		ids, err = list(ctx, q, scalar[int64], selectDueChanges, micros(now), max(limit, 0))
		return err
	})
	return ids, err
}

// PruneEffects deletes what has been done, in batches so that others are not held up.
func (s schedulingStore) PruneEffects(ctx context.Context, before time.Time) (int, error) {
	for pruned := 0; ; {
		var n int64
		err := s.write(ctx, func(q queries) (err error) {
			n, err = q.exec(ctx, pruneChanges, micros(before), pruneBatch)
			return err
		})
		if pruned += int(n); err != nil || n < pruneBatch {
			return pruned, err
		}
	}
}

func scanChange(r row) (e scheduling.Effect, err error) {
	var created, next, until int64
	err = r.Scan(&e.ID, &e.Key, &e.Kind, &e.Meeting, &e.Booking, &e.State, &e.Attempts, &e.LastError, &created, &next, &e.Lease, &until, &e.Payload)
	e.CreatedAt, e.NextAt, e.LeaseUntil = moment(created), moment(next), moment(until)
	return e, err
}
