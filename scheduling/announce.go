package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// announce stores that the change is to be told, in the transaction that made it. Step
// tells apart changes of one kind and booking.
func (s *Service) announce(ctx context.Context, tx Store, c Change, step string) error {
	if s.options.OnChange == nil {
		return nil
	}
	c.Key = fmt.Sprintf("%s/%s/%s/%s", c.Kind, c.Meeting.ID, c.Booking.ID, step)
	c.At = s.now()
	payload, err := json.Marshal(c)
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "the change cannot be written: %w", err)
	}
	_, err = tx.AddEffect(ctx, Effect{
		Key: c.Key, Kind: EffectTell, Meeting: c.Meeting.ID, Booking: c.Booking.ID, Payload: payload,
		State: EffectPending, CreatedAt: c.At, NextAt: c.At,
	})
	return err
}

// arrange stores what must happen around the meeting, now that it is as it is: its hosts'
// calendars are to show it, and people are reminded of it, and of nothing that it was before.
func (s *Service) arrange(ctx context.Context, tx Store, m *Meeting) error {
	if err := s.dueCalendars(ctx, tx, m); err != nil {
		return err
	}
	if err := tx.DropEffects(ctx, EffectRemind, m.ID, ""); err != nil {
		return err
	}
	if s.options.OnChange == nil {
		return nil
	}
	offsets, err := s.reminders(ctx, tx, m)
	if err != nil {
		return err
	}
	for _, b := range m.Bookings {
		if err := s.remind(ctx, tx, m, b, offsets); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) remind(ctx context.Context, tx Store, m *Meeting, b Booking, offsets []time.Duration) error {
	if b.Status != StatusConfirmed {
		return nil
	}
	for _, before := range offsets {
		at := m.Start.Add(-before)
		if !at.After(s.now()) {
			continue
		}
		key := fmt.Sprintf("remind/%s/%d/%s", b.ID, m.Sequence, before)
		e := Effect{Key: key, Kind: EffectRemind, Meeting: m.ID, Booking: b.ID, NextAt: at}
		if err := s.plan(ctx, tx, e, reminderDue{m.Sequence, before}); err != nil {
			return err
		}
	}
	return nil
}

// reminders are how long before its start people are reminded of the meeting.
func (s *Service) reminders(ctx context.Context, tx Store, m *Meeting) ([]time.Duration, error) {
	t, err := tx.EventType(ctx, m.EventType)
	if err == nil && t.Reminders != nil {
		return slices.Clone(t.Reminders), nil
	}
	if err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
		return nil, err
	}
	settings, err := tx.Settings(ctx, m.Hosts[0])
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return settings.Reminders, nil
}
