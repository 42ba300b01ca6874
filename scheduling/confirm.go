package scheduling

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Confirm accepts a booking that waits for a host: it takes place. One that is confirmed already
// stays as it is. It is for the hosts of its meeting and staff.
func (s *Service) Confirm(ctx context.Context, booking string) (_ *Booking, err error) {
	const op = "scheduling.Confirm"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToHost(ctx, op, booking)
	if err != nil {
		return nil, err
	}
	var b *Booking
	err = s.store.InTx(ctx, func(tx Store) error {
		b, err = s.confirm(ctx, tx, op, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.shown(), nil
}

func (s *Service) confirm(ctx context.Context, tx Store, op string, f *found) (*Booking, error) {
	var there Booking
	m, b, err := s.changeBooking(ctx, tx, f.meeting.ID, f.booking.ID, func(_ *Meeting, b *Booking) error {
		there = *b
		switch b.Status {
		case StatusConfirmed:
			return errSettled
		case StatusPending:
			if b.lapsed(s.now()) {
				return frontdesk.Errorf(frontdesk.FailedPrecondition, "the time to confirm is over")
			}
			b.Status, b.ExpiresAt = StatusConfirmed, time.Time{}
			return nil
		}
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", b.Status)
	})
	if errors.Is(err, errSettled) {
		return &there, nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.welcome(ctx, tx, f.by(), m, b); err != nil {
		return nil, err
	}
	return b, s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded,
		map[string]string{"status": string(StatusPending)}, map[string]string{"status": string(b.Status)})
}

// Decline refuses a booking that waits for a host: all that was paid is given back. One that is
// declined already stays as it is. It is for the hosts of its meeting and staff.
func (s *Service) Decline(ctx context.Context, booking, reason string) (_ *Booking, err error) {
	const op = "scheduling.Decline"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToHost(ctx, op, booking)
	if err != nil {
		return nil, err
	}
	var c complaints
	c.text("reason", reason, MaxNote, true)
	if err := c.err(); err != nil {
		return nil, err
	}
	var b *Booking
	err = s.store.InTx(ctx, func(tx Store) error {
		_, b, err = s.conclude(ctx, tx, op, f.meeting.ID, f.booking.ID, func(_ *Meeting, b *Booking) (conclusion, error) {
			switch b.Status {
			case StatusDeclined:
				return conclusion{}, errSettled
			case StatusPending:
				return conclusion{status: StatusDeclined, kind: MeetingDeclined, by: f.by(), reason: reason, share: all}, nil
			}
			return conclusion{}, frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", b.Status)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.shown(), nil
}
