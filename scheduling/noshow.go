package scheduling

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// NoShow says that nobody came. It fails with FailedPrecondition before the start, and unless the booking
// was confirmed. Repeated, it is no error. It is for the hosts of the meeting and staff.
func (s *Service) NoShow(ctx context.Context, booking string) (_ *Booking, err error) {
	const op = "scheduling.NoShow"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToHost(ctx, op, booking)
	if err != nil {
		return nil, err
	}
	var there *Booking
	err = s.store.InTx(ctx, func(tx Store) error {
		var before Status
		m, b, err := s.changeBooking(ctx, tx, f.meeting.ID, f.booking.ID, func(m *Meeting, b *Booking) error {
			before = b.Status
			if before != StatusConfirmed && before != StatusDone && before != StatusNoShow {
				return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", before)
			}
			if s.now().Before(m.Start) {
				return frontdesk.Errorf(frontdesk.FailedPrecondition, "it has not begun")
			}
			b.Status = StatusNoShow
			return nil
		})
		if there = b; err != nil || before == StatusNoShow {
			return err
		}
		if err := s.announce(ctx, tx, Change{Kind: MeetingNoShow, Meeting: *m, Booking: *b, By: f.by()}, ""); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded, map[string]string{"status": string(before)}, map[string]string{"status": string(b.Status)})
	})
	if err != nil {
		return nil, err
	}
	return there.shown(), nil
}
