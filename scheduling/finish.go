package scheduling

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Finish ends the meetings that are over: what was confirmed is StatusDone. It ends up to limit
// meetings and says how many. It is for upkeep: administrators and the system.
func (s *Service) Finish(ctx context.Context, limit int) (ended int, err error) {
	const op = "scheduling.Finish"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "meetings"); err != nil {
		return 0, err
	}
	var errs []error
	filter := MeetingFilter{Statuses: []Status{StatusConfirmed}, To: s.now()}
	for ended < limit {
		all, err := s.store.Meetings(ctx, filter)
		if err != nil {
			return ended, errors.Join(append(errs, err)...)
		}
		for i := range all {
			if all[i].End.After(s.now()) || ended == limit {
				continue
			}
			if err := s.store.InTx(ctx, func(tx Store) error { return s.finish(ctx, tx, op, all[i].ID) }); err != nil {
				errs = append(errs, err)
				continue
			}
			ended++
		}
		if len(all) < 50 {
			break
		}
		last := all[len(all)-1]
		filter.After = MeetingCursor{Start: last.Start, ID: last.ID}
	}
	return ended, errors.Join(errs...)
}

func (s *Service) finish(ctx context.Context, tx Store, op, meeting string) error {
	now := s.now()
	_, err := tx.ChangeMeeting(ctx, meeting, now, func(m *Meeting) error {
		if m.End.After(now) {
			return errSettled // it was moved meanwhile
		}
		for i := range m.Bookings {
			if b := &m.Bookings[i]; b.Status == StatusConfirmed {
				b.Status, b.UpdatedAt = StatusDone, now
			}
		}
		m.UpdatedAt = now
		m.settle()
		return nil
	})
	if errors.Is(err, errSettled) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.audit(ctx, tx, op, "meeting:"+meeting, frontdesk.Succeeded, nil, map[string]string{"status": string(StatusDone), "at": now.Format(time.RFC3339)})
}
