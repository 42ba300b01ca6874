package scheduling

import (
	"context"
	"slices"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// EventTypes lists what an expert offers, in its order: to the expert, administrators and the
// system all, and to everybody else what is active.
func (s *Service) EventTypes(ctx context.Context, expert string) (_ []EventType, err error) {
	ctx, end := s.begin(ctx, "scheduling.EventTypes")
	defer end(&err)
	all, err := s.store.EventTypes(ctx, expert)
	if err != nil || seesAll(ctx, expert) {
		return all, err
	}
	return slices.DeleteFunc(all, func(t EventType) bool { return !t.Active }), nil
}

// EventType returns an event type; one that is not active is NotFound for whom EventTypes does
// not list it.
func (s *Service) EventType(ctx context.Context, id string) (_ *EventType, err error) {
	ctx, end := s.begin(ctx, "scheduling.EventType")
	defer end(&err)
	t, err := s.store.EventType(ctx, id)
	if err != nil {
		return nil, unknown(err)
	}
	if !t.Active && !seesAll(ctx, t.Owner) {
		return nil, errUnknown
	}
	return t, nil
}

// seesAll reports whether the actor, if there is one, sees what an expert does not offer.
func seesAll(ctx context.Context, expert string) bool {
	a, err := frontdesk.ActorFrom(ctx)
	return err == nil && (isStaff(a) || a.MayReadExpert(expert))
}

// SaveEventType replaces all of an event type, or stores a new one that has no ID; what is
// booked already stays as it is. What is wrong is Invalid, and names every field: see
// [EventType.Validate]. It fails with Aborted unless the Revision is that of what it
// replaces, 0 for a new one, and with AlreadyExists when another of the owner has the Slug. It
// is for the owner, administrators and the system; only these two add hosts beside the owner.
func (s *Service) SaveEventType(ctx context.Context, n EventType) (saved *EventType, err error) {
	const op = "scheduling.SaveEventType"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := s.permitExpert(ctx, op, n.Owner)
	if err != nil {
		return nil, err
	}
	if err := n.Validate(); err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		next := n // the transaction may run again
		if err := s.succeed(ctx, tx, &next); err != nil {
			return err
		}
		if err := mayHost(ctx, tx, a, &next); err != nil {
			return err
		}
		if err := ownSchedule(ctx, tx, next.Owner, next.Schedule); err != nil {
			return err
		}
		if saved, err = tx.SaveEventType(ctx, next); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "event_type:"+next.ID, frontdesk.Succeeded, nil, shown(saved))
	})
	if err != nil {
		return nil, s.refuse(ctx, op, "event_type:"+n.ID, err)
	}
	return saved, nil
}

// succeed makes n the next revision of what is there.
func (s *Service) succeed(ctx context.Context, tx Store, n *EventType) error {
	n.UpdatedAt = s.now()
	if n.ID == "" {
		n.ID, n.Revision, n.CreatedAt = newID(n.UpdatedAt), 0, n.UpdatedAt
		return nil
	}
	old, err := tx.EventType(ctx, n.ID)
	if err == nil && old.Owner != n.Owner {
		err = errUnknown
	}
	if err != nil {
		return unknown(err)
	}
	n.CreatedAt, n.Order = old.CreatedAt, old.Order
	return nil
}

// mayHost passes hosts that the actor may speak for. Experts speak for themselves: whoever
// else takes part in their meetings is added by an administrator, and stays.
func mayHost(ctx context.Context, tx Store, a frontdesk.Actor, n *EventType) error {
	if isStaff(a) {
		return nil
	}
	known := []Host{{Expert: n.Owner}}
	if old, err := tx.EventType(ctx, n.ID); err == nil {
		known = append(known, old.Hosts...)
	} else if frontdesk.CodeOf(err) != frontdesk.NotFound {
		return err
	}
	for i, h := range n.Hosts {
		if !slices.ContainsFunc(known, func(k Host) bool { return k.Expert == h.Expert }) {
			return frontdesk.InvalidField(item("hosts", i)+".expert", "is somebody whom an administrator must add")
		}
	}
	return nil
}

func shown(t *EventType) map[string]string {
	return map[string]string{
		"owner": t.Owner, "slug": t.Slug, "price": strconv.FormatInt(t.Price.Amount, 10), "currency": string(t.Price.Currency),
		"active": strconv.FormatBool(t.Active), "hosts": strconv.Itoa(len(t.Hosts)), "revision": strconv.Itoa(t.Revision),
	}
}

// ActivateEventType says whether an event type can be booked. It is for the owner,
// administrators and the system.
func (s *Service) ActivateEventType(ctx context.Context, id string, active bool) (saved *EventType, err error) {
	const op = "scheduling.ActivateEventType"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	err = s.editEventType(ctx, op, id, func(tx Store, t *EventType) error {
		before := strconv.FormatBool(t.Active)
		t.Active, t.UpdatedAt = active, s.now()
		if saved, err = tx.SaveEventType(ctx, *t); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "event_type:"+id, frontdesk.Succeeded,
			map[string]string{"active": before}, map[string]string{"active": strconv.FormatBool(active)})
	})
	return saved, err
}

// DeleteEventType deletes an event type. Meetings stay as they are. It is for the owner,
// administrators and the system.
func (s *Service) DeleteEventType(ctx context.Context, id string) (err error) {
	const op = "scheduling.DeleteEventType"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.editEventType(ctx, op, id, func(tx Store, t *EventType) error {
		if err := tx.DeleteEventType(ctx, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "event_type:"+id, frontdesk.Succeeded, shown(t), nil)
	})
}

// editEventType gives fn an event type that the actor may change.
func (s *Service) editEventType(ctx context.Context, op, id string, fn func(Store, *EventType) error) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		t, err := tx.EventType(ctx, id)
		if err == nil && !mayEdit(a, t.Owner) {
			err = errUnknown
		}
		if err != nil {
			return unknown(err)
		}
		return fn(tx, t)
	})
	return s.refuse(ctx, op, "event_type:"+id, err)
}

// OrderEventTypes puts the event types of an expert in the order of ids, which are all of
// them: FailedPrecondition otherwise. It is for the expert, administrators and the system.
func (s *Service) OrderEventTypes(ctx context.Context, expert string, ids []string) (err error) {
	const op = "scheduling.OrderEventTypes"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.permitExpert(ctx, op, expert); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := tx.OrderEventTypes(ctx, expert, ids); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "expert:"+expert, frontdesk.Succeeded, nil, map[string]string{"event_types": strconv.Itoa(len(ids))})
	})
}
