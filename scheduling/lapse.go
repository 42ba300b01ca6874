package scheduling

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Lapse ends what is held, or waits for a host, and whose time is over; it ends offers to who waits, too. It looks at up to limit
// meetings, and as many who wait, and says how many it ended. Errors are joined; one meeting does not keep others
// from their end. It is for upkeep: administrators and the system.
func (s *Service) Lapse(ctx context.Context, limit int) (ended int, err error) {
	const op = "scheduling.Lapse"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "meetings"); err != nil {
		return 0, err
	}
	ids, err := s.store.LapsedMeetings(ctx, s.now(), limit)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, id := range ids {
		if err := s.store.InTx(ctx, func(tx Store) error { return s.lapse(ctx, tx, id) }); err != nil {
			errs = append(errs, err)
			continue
		}
		ended++
	}
	waited, err := s.lapseWaiting(ctx, limit)
	return ended + waited, errors.Join(append(errs, err)...)
}

// lapse ends the meeting's bookings whose time is over.
func (s *Service) lapse(ctx context.Context, tx Store, meeting string) error {
	m, err := tx.Meeting(ctx, meeting)
	if err != nil {
		return err
	}
	for i := range m.Bookings {
		if !m.Bookings[i].lapsed(s.now()) {
			continue
		}
		_, _, err := s.conclude(ctx, tx, "scheduling.Lapse", m.ID, m.Bookings[i].ID, func(_ *Meeting, b *Booking) (conclusion, error) {
			if !b.lapsed(s.now()) {
				return conclusion{}, errSettled
			}
			return conclusion{status: StatusExpired, kind: MeetingExpired, by: By{ID: "lapse", Role: frontdesk.RoleSystem}, share: all}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lapsed reports whether its time is over.
func (b *Booking) lapsed(now time.Time) bool {
	return (b.Status == StatusHeld || b.Status == StatusPending) && !b.ExpiresAt.IsZero() && !now.Before(b.ExpiresAt)
}
