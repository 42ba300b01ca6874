package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	selectEventTypes = "SELECT place, revision, details FROM frontdesk_scheduling_event_types"
	insertEventType  = "INSERT INTO frontdesk_scheduling_event_types (revision, owner, slug, place, details, id) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
	updateEventType  = "UPDATE frontdesk_scheduling_event_types SET revision = ?, owner = ?, slug = ?, place = ?, details = ? WHERE id = ? AND revision = ?"
	deleteEventType  = "DELETE FROM frontdesk_scheduling_event_types WHERE id = ?"
	placeEventType   = "UPDATE frontdesk_scheduling_event_types SET place = ? WHERE id = ?"
	deleteUses       = "DELETE FROM frontdesk_scheduling_uses WHERE event_type = ?"
	insertUse        = "INSERT INTO frontdesk_scheduling_uses (event_type, schedule) VALUES (?, ?) ON CONFLICT DO NOTHING"
	selectTypesOf    = "SELECT id FROM frontdesk_scheduling_event_types WHERE owner = ? ORDER BY id"
)

// EventType returns an event type.
func (s schedulingStore) EventType(ctx context.Context, id string) (*scheduling.EventType, error) {
	var there scheduling.EventType
	err := s.read(ctx, func(q queries) (err error) {
		there, err = first(ctx, q, scanEventType, selectEventTypes+" WHERE id = ?", storable(id))
		return missing(err, fmt.Sprintf("event type %q", id))
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

// EventTypes lists those of the owners, or all.
func (s schedulingStore) EventTypes(ctx context.Context, owners ...string) (all []scheduling.EventType, err error) {
	var where filter
	where.when(len(owners) > 0, "owner IN (?)", storables(owners))
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanEventType, selectEventTypes+where.sql()+" ORDER BY owner, place, id", where.args...)
		return err
	})
	return all, err
}

func scanEventType(r row) (e scheduling.EventType, err error) {
	var text string
	var place, revision int
	if err := r.Scan(&place, &revision, &text); err != nil {
		return e, err
	}
	err = json.Unmarshal([]byte(text), &e)
	e.Order, e.Revision = place, revision
	e.CreatedAt, e.UpdatedAt = e.CreatedAt.UTC(), e.UpdatedAt.UTC()
	return e, err
}

// SaveEventType stores the event type if nobody else has saved it meanwhile.
func (s schedulingStore) SaveEventType(ctx context.Context, in scheduling.EventType) (*scheduling.EventType, error) {
	in.CreatedAt, in.UpdatedAt = in.CreatedAt.UTC(), in.UpdatedAt.UTC()
	text, err := details(in)
	if err != nil {
		return nil, err
	}
	var there scheduling.EventType
	err = s.together(ctx, func(_ *Tx, q queries) error {
		err := save(ctx, q, in.Revision, insertEventType, updateEventType,
			storable(in.Owner), storable(in.Slug), in.Order, text, storable(in.ID))
		if isUnique(q, err) {
			return errSlug
		}
		if err != nil {
			return err
		}
		if err := saveUses(ctx, q, in); err != nil {
			return err
		}
		there, err = first(ctx, q, scanEventType, selectEventTypes+" WHERE id = ?", storable(in.ID))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

var errSlug = &frontdesk.Error{Code: frontdesk.AlreadyExists, Fields: []frontdesk.Field{{Name: "slug", Message: "is that of another event type"}}}

// saveUses stores which schedules the event type names.
func saveUses(ctx context.Context, q queries, e scheduling.EventType) error {
	if _, err := q.exec(ctx, deleteUses, storable(e.ID)); err != nil {
		return err
	}
	named := []string{e.Schedule}
	for _, h := range e.Hosts {
		named = append(named, h.Schedule)
	}
	named = slices.DeleteFunc(named, func(id string) bool { return id == "" })
	if err := holdSchedules(ctx, q, named...); err != nil {
		return err
	}
	for _, id := range named {
		if _, err := q.exec(ctx, insertUse, storable(e.ID), storable(id)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteEventType deletes an event type.
func (s schedulingStore) DeleteEventType(ctx context.Context, id string) error {
	return s.together(ctx, func(_ *Tx, q queries) error {
		n, err := q.exec(ctx, deleteEventType, storable(id))
		if err := changed(n, err, fmt.Sprintf("event type %q", id)); err != nil {
			return err
		}
		_, err = q.exec(ctx, deleteUses, storable(id))
		return err
	})
}

// OrderEventTypes puts the owner's event types in order.
func (s schedulingStore) OrderEventTypes(ctx context.Context, owner string, ids []string) error {
	return s.together(ctx, func(_ *Tx, q queries) error {
		all, err := list(ctx, q, scalar[string], selectTypesOf+q.dialect.rowLock, storable(owner))
		if err != nil {
			return err
		}
		if !slices.Equal(all, slices.Sorted(slices.Values(ids))) {
			return errOrder
		}
		for place, id := range ids {
			if _, err := q.exec(ctx, placeEventType, place, id); err != nil {
				return err
			}
		}
		return nil
	})
}

var errOrder = frontdesk.Errorf(frontdesk.FailedPrecondition, "the order must name all event types of the owner, each once")
