package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	selectWaiting = "SELECT details FROM frontdesk_scheduling_waiting"
	insertWaiting = "INSERT INTO frontdesk_scheduling_waiting (event_type, client, state, in_start, in_end, lapses_at, details, id) " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
	updateWaiting = "UPDATE frontdesk_scheduling_waiting SET event_type = ?, client = ?, state = ?, in_start = ?, in_end = ?, lapses_at = ?, " +
		"details = ? WHERE id = ?"
)

// AddWaiting stores who waits.
func (s schedulingStore) AddWaiting(ctx context.Context, w scheduling.Waiting) error {
	return s.together(ctx, func(_ *Tx, q queries) error {
		err := putWaiting(ctx, q, insertWaiting, w)
		if isUnique(q, err) {
			return frontdesk.Errorf(frontdesk.AlreadyExists, "%q waits already", w.ID)
		}
		return err
	})
}

func putWaiting(ctx context.Context, q queries, query string, w scheduling.Waiting) error {
	w = waitingInUTC(w)
	text, err := details(w)
	if err != nil {
		return err
	}
	_, err = q.exec(ctx, query, storable(w.EventType), storable(w.Client), string(w.State), micros(w.In.Start), micros(w.In.End), waitingLapses(w), text,
		storable(w.ID))
	return err
}

func waitingInUTC(w scheduling.Waiting) scheduling.Waiting {
	w.In = scheduling.Span{Start: w.In.Start.UTC(), End: w.In.End.UTC()}
	w.ExpiresAt, w.CreatedAt, w.UpdatedAt = w.ExpiresAt.UTC(), w.CreatedAt.UTC(), w.UpdatedAt.UTC()
	return w
}

// waitingLapses is when an offer ends, or what is first after the time in which a
// meeting may begin.
func waitingLapses(w scheduling.Waiting) int64 {
	if w.State == scheduling.WaitingOffered {
		return micros(w.ExpiresAt)
	}
	return micros(w.In.End) + 1
}

func scanWaiting(r row) (w scheduling.Waiting, err error) {
	var text string
	if err := r.Scan(&text); err != nil {
		return w, err
	}
	err = json.Unmarshal([]byte(text), &w)
	return waitingInUTC(w), err
}

func findWaiting(ctx context.Context, q queries, id, lock string) (*scheduling.Waiting, error) {
	w, err := first(ctx, q, scanWaiting, selectWaiting+" WHERE id = ?"+lock, storable(id))
	if err != nil {
		return nil, missing(err, fmt.Sprintf("entry %q of the waitlist", id))
	}
	return &w, nil
}

// ChangeWaiting changes an entry of the waitlist.
func (s schedulingStore) ChangeWaiting(ctx context.Context, id string, fn func(*scheduling.Waiting) error) (there *scheduling.Waiting, err error) {
	err = s.together(ctx, func(_ *Tx, q queries) error {
		w, err := findWaiting(ctx, q, id, q.dialect.rowLock)
		if err != nil {
			return err
		}
		old := *w
		if err := fn(w); err != nil {
			return callersError{err}
		}
		w.ID, w.EventType, w.CreatedAt = old.ID, old.EventType, old.CreatedAt
		if err := putWaiting(ctx, q, updateWaiting, *w); err != nil {
			return err
		}
		there, err = findWaiting(ctx, q, w.ID, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	return there, nil
}

// Waiting returns an entry of the waitlist.
func (s schedulingStore) Waiting(ctx context.Context, id string) (w *scheduling.Waiting, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		w, err = findWaiting(ctx, q, id, "")
		return err
	})
	return w, err
}

// WaitingFor lists who waits.
func (s schedulingStore) WaitingFor(ctx context.Context, f scheduling.WaitingFilter) (all []scheduling.Waiting, err error) {
	query, args := filterWaiting(f)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanWaiting, query, args...)
		return err
	})
	return all, err
}

func filterWaiting(f scheduling.WaitingFilter) (query string, args []any) {
	var where filter
	where.when(f.EventType != "", "event_type = ?", storable(f.EventType))
	where.when(f.Client != "", "client = ?", storable(f.Client))
	where.when(len(f.States) > 0, "state IN (?)", f.States)
	where.when(!f.Lapsed.IsZero(), "lapses_at <= ? AND state IN ('offered', 'waiting')", micros(f.Lapsed))
	where.when(!f.Start.IsZero(), "in_start <= ? AND in_end > ?", micros(f.Start), micros(f.Start))
	where.when(len(where.conditions) == 0, "id > ''")
	return selectWaiting + where.sql() + " ORDER BY id LIMIT ?", append(where.args, bounded(f.Limit))
}
