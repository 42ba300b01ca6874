package schedulingtest

import (
	"cmp"
	"context"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// checkRevision refuses to save over what somebody else has saved.
func checkRevision(given, stored int) error {
	if given != stored {
		return frontdesk.Errorf(frontdesk.Aborted, "somebody else has saved it: its revision is %d, not %d", stored, given)
	}
	return nil
}

// Settings returns the expert's settings.
func (s *Store) Settings(ctx context.Context, expert string) (*scheduling.Settings, error) {
	return find(ctx, s, "settings of", expert, func(d *data) table[string, scheduling.Settings] { return d.settings }, copySettings)
}

// find returns a row of the table.
func find[V any](ctx context.Context, s *Store, what, id string, in func(*data) table[string, V], clone func(V) V) (*V, error) {
	var v V
	err := s.do(ctx, func(d *data) error {
		row, found := in(d).rows[id]
		if !found {
			return notFound(what, id)
		}
		v = clone(row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// SaveSettings stores the settings if nobody else has saved them meanwhile.
func (s *Store) SaveSettings(ctx context.Context, in scheduling.Settings) (*scheduling.Settings, error) {
	saved := copySettings(in)
	saved.Revision++
	err := s.do(ctx, func(d *data) error {
		if err := checkRevision(in.Revision, d.settings.rows[in.Expert].Revision); err != nil {
			return err
		}
		d.settings.put(in.Expert, copySettings(saved))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &saved, nil
}

// Schedule returns a schedule.
func (s *Store) Schedule(ctx context.Context, id string) (*scheduling.Schedule, error) {
	return find(ctx, s, "schedule", id, func(d *data) table[string, scheduling.Schedule] { return d.schedules }, copySchedule)
}

// Schedules lists those of the experts, by id.
func (s *Store) Schedules(ctx context.Context, experts ...string) ([]scheduling.Schedule, error) {
	var all []scheduling.Schedule
	err := s.do(ctx, func(d *data) error {
		for _, one := range d.schedules.where(func(one scheduling.Schedule) bool { return slices.Contains(experts, one.Expert) }) {
			all = append(all, copySchedule(one))
		}
		return nil
	})
	slices.SortFunc(all, func(a, b scheduling.Schedule) int { return cmp.Compare(a.ID, b.ID) })
	return all, err
}

// SaveSchedule stores the schedule if nobody else has saved it meanwhile.
func (s *Store) SaveSchedule(ctx context.Context, in scheduling.Schedule) (*scheduling.Schedule, error) {
	saved := copySchedule(in)
	saved.Revision++
	err := s.do(ctx, func(d *data) error {
		if err := checkRevision(in.Revision, d.schedules.rows[in.ID].Revision); err != nil {
			return err
		}
		d.schedules.put(in.ID, copySchedule(saved))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &saved, nil
}

// DeleteSchedule deletes a schedule that nobody names.
func (s *Store) DeleteSchedule(ctx context.Context, id string) error {
	return s.do(ctx, func(d *data) error {
		if _, found := d.schedules.rows[id]; !found {
			return notFound("schedule", id)
		}
		if d.named(id) {
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "the schedule %q is in use", id)
		}
		d.schedules.remove(id)
		return nil
	})
}

// named reports whether settings or an event type name the schedule.
func (d *data) named(schedule string) bool {
	for _, s := range d.settings.rows {
		if s.Schedule == schedule {
			return true
		}
	}
	for _, e := range d.eventTypes.rows {
		if e.Schedule == schedule || slices.ContainsFunc(e.Hosts, func(h scheduling.Host) bool { return h.Schedule == schedule }) {
			return true
		}
	}
	return false
}

// EventType returns an event type.
func (s *Store) EventType(ctx context.Context, id string) (*scheduling.EventType, error) {
	return find(ctx, s, "event type", id, func(d *data) table[string, scheduling.EventType] { return d.eventTypes }, copyEventType)
}

// EventTypes lists those of the owners, or all.
func (s *Store) EventTypes(ctx context.Context, owners ...string) ([]scheduling.EventType, error) {
	var all []scheduling.EventType
	err := s.do(ctx, func(d *data) error {
		for _, e := range d.eventTypes.where(func(e scheduling.EventType) bool { return anyOf(owners, e.Owner) }) {
			all = append(all, copyEventType(e))
		}
		return nil
	})
	slices.SortFunc(all, func(a, b scheduling.EventType) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// SaveEventType stores the event type if nobody else has saved it meanwhile.
func (s *Store) SaveEventType(ctx context.Context, in scheduling.EventType) (*scheduling.EventType, error) {
	saved := copyEventType(in)
	saved.Revision++
	err := s.do(ctx, func(d *data) error {
		if err := checkRevision(in.Revision, d.eventTypes.rows[in.ID].Revision); err != nil {
			return err
		}
		for _, other := range d.eventTypes.rows {
			if other.Owner == in.Owner && other.Slug == in.Slug && other.ID != in.ID {
				return errSlug
			}
		}
		d.eventTypes.put(in.ID, copyEventType(saved))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &saved, nil
}

var errSlug = &frontdesk.Error{Code: frontdesk.AlreadyExists, Fields: []frontdesk.Field{{Name: "slug", Message: "is that of another event type"}}}

// DeleteEventType deletes an event type.
func (s *Store) DeleteEventType(ctx context.Context, id string) error {
	return s.do(ctx, func(d *data) error {
		if _, found := d.eventTypes.rows[id]; !found {
			return notFound("event type", id)
		}
		d.eventTypes.remove(id)
		return nil
	})
}

// OrderEventTypes puts the owner's event types in order.
func (s *Store) OrderEventTypes(ctx context.Context, owner string, ids []string) error {
	return s.do(ctx, func(d *data) error {
		all := d.eventTypes.where(func(e scheduling.EventType) bool { return e.Owner == owner })
		if len(ids) != len(all) {
			return errOrder
		}
		for _, e := range all {
			e.Order = slices.Index(ids, e.ID)
			if e.Order < 0 {
				return errOrder
			}
			d.eventTypes.put(e.ID, e)
		}
		return nil
	})
}

var errOrder = frontdesk.Errorf(frontdesk.FailedPrecondition, "the order must name all event types of the owner, each once")
