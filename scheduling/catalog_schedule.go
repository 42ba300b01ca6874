package scheduling

import (
	"context"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// Schedules lists the schedules of an expert, by id. They are for the expert, administrators and the
// system.
func (s *Service) Schedules(ctx context.Context, expert string) (_ []Schedule, err error) {
	const op = "scheduling.Schedules"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitExpertReader(ctx, op, expert); err != nil {
		return nil, err
	}
	return s.store.Schedules(ctx, expert)
}

// Schedule returns a schedule. One of another expert is NotFound.
func (s *Service) Schedule(ctx context.Context, id string) (_ *Schedule, err error) {
	const op = "scheduling.Schedule"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	schedule, err := s.store.Schedule(ctx, id)
	if err == nil && !isStaff(a) && !a.MayReadExpert(schedule.Expert) {
		err = errUnknown
	}
	if err != nil {
		return nil, s.refuse(ctx, op, "schedule:"+id, unknown(err))
	}
	return schedule, nil
}

// SaveSchedule replaces all of a schedule, or stores a new one that has no ID. What is wrong
// is Invalid, and names every field: see [Schedule.Validate]. It fails with Aborted unless
// the Revision is that of what it replaces, 0 for a new one. It is for the expert,
// administrators and the system.
func (s *Service) SaveSchedule(ctx context.Context, n Schedule) (saved *Schedule, err error) {
	const op = "scheduling.SaveSchedule"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.permitExpert(ctx, op, n.Expert); err != nil {
		return nil, err
	}
	if err := n.Validate(); err != nil {
		return nil, err
	}
	fresh := n.ID == ""
	if n.UpdatedAt = s.now(); fresh {
		n.ID, n.Revision = newID(n.UpdatedAt), 0
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		if !fresh {
			if err := owned(ctx, tx.Schedule, n.ID, func(old *Schedule) bool { return old.Expert == n.Expert }); err != nil {
				return err
			}
		}
		if saved, err = tx.SaveSchedule(ctx, n); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "schedule:"+n.ID, frontdesk.Succeeded, nil, map[string]string{
			"expert": n.Expert, "zone": n.Zone, "weekly": strconv.Itoa(len(n.Weekly)), "overrides": strconv.Itoa(len(n.Overrides)),
			"stays": strconv.Itoa(len(n.Stays)), "revision": strconv.Itoa(saved.Revision),
		})
	})
	if err != nil {
		return nil, s.refuse(ctx, op, "schedule:"+n.ID, err)
	}
	return saved, nil
}

// DeleteSchedule deletes a schedule. It fails with FailedPrecondition while an event type or
// the expert's settings name it. It is for the expert, administrators and the system.
func (s *Service) DeleteSchedule(ctx context.Context, id string) (err error) {
	const op = "scheduling.DeleteSchedule"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		mine := func(old *Schedule) bool { return mayEdit(a, old.Expert) }
		if err := owned(ctx, tx.Schedule, id, mine); err != nil {
			return err
		}
		if err := tx.DeleteSchedule(ctx, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "schedule:"+id, frontdesk.Succeeded, nil, nil)
	})
	return s.refuse(ctx, op, "schedule:"+id, err)
}

// owned passes what is there and is somebody's, and hides everything else.
func owned[T any](ctx context.Context, find func(context.Context, string) (*T, error), id string, mine func(*T) bool) error {
	old, err := find(ctx, id)
	if err == nil && !mine(old) {
		err = errUnknown
	}
	return unknown(err)
}

func mayEdit(a frontdesk.Actor, expert string) bool {
	return a.OnBehalfOf == "" && (isStaff(a) || a.MayWriteExpert(expert))
}
