package scheduling

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxDeclined is how many meetings that were offered and not taken are remembered.
const maxDeclined = 100

// offerTaken ends the wait of whom the booking was offered to, in the transaction in
// which it is taken. Of other bookings there is nothing to do.
func (s *Service) offerTaken(ctx context.Context, tx Store, m *Meeting, booking string) error {
	id, err := offeredTo(ctx, tx, m.EventType, booking)
	if err != nil || id == "" {
		return err
	}
	_, err = tx.ChangeWaiting(ctx, id, func(w *Waiting) error {
		if w.State == WaitingOffered && w.Booking == booking {
			s.endOffer(w, WaitingTaken)
		}
		return nil
	})
	return err
}

// offeredTo is the id of who was offered the booking, or empty.
func offeredTo(ctx context.Context, tx Store, eventType, booking string) (string, error) {
	all, err := tx.WaitingFor(ctx, WaitingFilter{EventType: eventType, States: []WaitingState{WaitingOffered}, Limit: 500})
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(w Waiting) bool { return w.Booking == booking })
	if i < 0 {
		return "", nil
	}
	return all[i].ID, nil
}

func (s *Service) endOffer(w *Waiting, next WaitingState) {
	w.State, w.ExpiresAt, w.UpdatedAt = next, time.Time{}, s.now()
}

// lapseWaiting ends offers whose time is over, so that who did not take one waits again, and waits
// whose time has passed; at most limit, of which it says how many. One does not keep others from their end.
func (s *Service) lapseWaiting(ctx context.Context, limit int) (int, error) {
	all, err := s.store.WaitingFor(ctx, WaitingFilter{Lapsed: s.now(), Limit: limit})
	if err != nil {
		return 0, err
	}
	var errs []error
	for i := range all {
		errs = append(errs, s.store.InTx(ctx, func(tx Store) error { return s.lapseOne(ctx, tx, &all[i]) }))
	}
	return len(all), errors.Join(errs...)
}

func (s *Service) lapseOne(ctx context.Context, tx Store, seen *Waiting) error {
	offered, err := offeredMeeting(ctx, tx, seen)
	if err != nil {
		return err
	}
	now := s.now()
	_, err = tx.ChangeWaiting(ctx, seen.ID, func(w *Waiting) error {
		switch {
		case w.State != seen.State || w.Booking != seen.Booking:
			return nil // somebody was faster
		case w.State == WaitingOffered && now.Before(w.ExpiresAt):
			return nil
		case w.State == WaitingOffered && offered != nil && offered.holds(w.Booking, now):
			s.endOffer(w, WaitingTaken)
			return nil
		case w.State == WaitingOffered:
			w.decline(offered)
		}
		next := WaitingOpen
		if !now.Before(w.In.End) {
			next = WaitingOver
		}
		s.endOffer(w, next)
		return nil
	})
	return err
}

// offeredMeeting is the meeting with the booking that was offered, or nil.
func offeredMeeting(ctx context.Context, tx Store, w *Waiting) (*Meeting, error) {
	if w.Booking == "" {
		return nil, nil
	}
	m, err := tx.MeetingOf(ctx, w.Booking)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil, nil
	}
	return m, err
}

// holds reports whether the booking is live.
func (m *Meeting) holds(booking string, now time.Time) bool {
	return slices.ContainsFunc(m.Bookings, func(b Booking) bool { return b.ID == booking && b.Live(now) })
}

// decline notes that the meeting was offered and not taken.
func (w *Waiting) decline(m *Meeting) {
	if m != nil {
		w.Declined = append(w.Declined, m.ID)
		w.Declined = w.Declined[max(0, len(w.Declined)-maxDeclined):]
	}
	w.Booking = ""
}
