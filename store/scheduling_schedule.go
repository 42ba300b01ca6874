package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	selectSchedules = "SELECT revision, details FROM frontdesk_scheduling_schedules WHERE "
	insertSchedule  = "INSERT INTO frontdesk_scheduling_schedules (revision, expert, details, id) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
	updateSchedule  = "UPDATE frontdesk_scheduling_schedules SET revision = ?, expert = ?, details = ? WHERE id = ? AND revision = ?"
	deleteSchedule  = "DELETE FROM frontdesk_scheduling_schedules WHERE id = ?"
	countUses       = "SELECT (SELECT COUNT(*) FROM frontdesk_scheduling_uses WHERE schedule = ?) + " +
		"(SELECT COUNT(*) FROM frontdesk_scheduling_settings WHERE schedule = ?)"
)

// Schedule returns a schedule.
func (s schedulingStore) Schedule(ctx context.Context, id string) (*scheduling.Schedule, error) {
	var there scheduling.Schedule
	err := s.read(ctx, func(q queries) (err error) {
		there, err = first(ctx, q, scanSchedule, selectSchedules+"id = ?", storable(id))
		return missing(err, fmt.Sprintf("schedule %q", id))
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

// Schedules lists those of the experts, by id.
func (s schedulingStore) Schedules(ctx context.Context, experts ...string) (all []scheduling.Schedule, err error) {
	if len(experts) == 0 {
		return nil, ctx.Err()
	}
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanSchedule, selectSchedules+"expert IN (?) ORDER BY id", storables(experts))
		return err
	})
	return all, err
}

func scanSchedule(r row) (s scheduling.Schedule, err error) {
	var text string
	var revision int
	if err := r.Scan(&revision, &text); err != nil {
		return s, err
	}
	err = json.Unmarshal([]byte(text), &s)
	s.Revision, s.UpdatedAt = revision, s.UpdatedAt.UTC()
	return s, err
}

// SaveSchedule stores the schedule if nobody else has saved it meanwhile.
func (s schedulingStore) SaveSchedule(ctx context.Context, in scheduling.Schedule) (*scheduling.Schedule, error) {
	in.UpdatedAt = in.UpdatedAt.UTC()
	text, err := details(in)
	if err != nil {
		return nil, err
	}
	var there scheduling.Schedule
	err = s.together(ctx, func(_ *Tx, q queries) error {
		if err := save(ctx, q, in.Revision, insertSchedule, updateSchedule, storable(in.Expert), text, storable(in.ID)); err != nil {
			return err
		}
		there, err = first(ctx, q, scanSchedule, selectSchedules+"id = ?", storable(in.ID))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

// DeleteSchedule deletes a schedule that nobody names. Whoever names it meanwhile has held
// its row.
func (s schedulingStore) DeleteSchedule(ctx context.Context, id string) error {
	id = storable(id)
	return s.together(ctx, func(_ *Tx, q queries) error {
		n, err := q.exec(ctx, deleteSchedule, id)
		if err := changed(n, err, fmt.Sprintf("schedule %q", id)); err != nil {
			return err
		}
		uses, err := first(ctx, q, scalar[int64], countUses, id, id)
		if err == nil && uses > 0 {
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "the schedule %q is in use", id)
		}
		return err
	})
}
