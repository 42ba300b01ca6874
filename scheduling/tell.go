package scheduling

import (
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	// linkPatience is how long telling of a booking waits for its video call, so that the link is in it.
	linkPatience = 10 * time.Minute
	linkPause    = 20 * time.Second
)

// tell tells the host's hook a change, unless it has been overtaken.
func (s *Service) tell(ctx context.Context, e *Effect) error {
	c, err := payloadOf[Change](e)
	if err != nil || s.options.OnChange == nil { // the host has taken its hook away
		return err
	}
	overtaken, err := s.overtaken(ctx, &c)
	if err != nil || overtaken {
		return err
	}
	if c.Meeting.JoinURL, err = s.joinURL(ctx, e, &c); err != nil {
		return err
	}
	return s.options.OnChange(ctx, c)
}

// overtaken reports whether telling would be wrong by now: nobody wants to read of an offer that is over.
func (s *Service) overtaken(ctx context.Context, c *Change) (bool, error) {
	if c.Kind != WaitlistOffered || c.Waiting == nil {
		return false, nil
	}
	w, err := s.store.Waiting(ctx, c.Waiting.ID)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return true, nil
	}
	return err == nil && (w.State != WaitingOffered || w.Booking != c.Booking.ID || !s.now().Before(w.ExpiresAt)), err
}

// joinURL is where the video call is as of now. Whoever is told of a meeting whose calendar is just
// making the call waits for it, within reason.
func (s *Service) joinURL(ctx context.Context, e *Effect, c *Change) (string, error) {
	m, err := s.store.Meeting(ctx, c.Meeting.ID)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return c.Meeting.JoinURL, nil
	}
	if err != nil || m.JoinURL != "" || !s.makesCall(e, c, m) {
		return m.joined(), err
	}
	pending, err := s.pendingCalendars(ctx, m.ID)
	if err != nil || len(pending) == 0 {
		return "", err
	}
	for _, id := range pending {
		if err := s.deliver(ctx, id); err != nil {
			return "", err
		}
	}
	if m, err = s.store.Meeting(ctx, m.ID); err != nil || m.JoinURL != "" {
		return m.joined(), err
	}
	if pending, err = s.pendingCalendars(ctx, m.ID); err != nil || len(pending) == 0 {
		return "", err
	}
	return "", notYet(linkPause)
}

func (m *Meeting) joined() string {
	if m == nil {
		return ""
	}
	return m.JoinURL
}

// makesCall reports whether the change is one that people need the link of a video call for.
func (s *Service) makesCall(e *Effect, c *Change, m *Meeting) bool {
	return (c.Kind == MeetingBooked || c.Kind == MeetingMoved) && m.Location.Kind == ByCalendar &&
		m.Status == StatusConfirmed && s.now().Sub(e.CreatedAt) < linkPatience
}

// pendingCalendars are the effects by which calendars will show the meeting, oldest first.
func (s *Service) pendingCalendars(ctx context.Context, meeting string) (ids []int64, err error) {
	all, err := s.store.Effects(ctx, EffectFilter{States: []EffectState{EffectPending}, Meeting: meeting, Limit: 500})
	for _, e := range slices.Backward(all) {
		if e.Kind == EffectCalendar {
			ids = append(ids, e.ID)
		}
	}
	return ids, err
}

// tellReminder reminds of a meeting that still takes place as it was when the reminder was set.
func (s *Service) tellReminder(ctx context.Context, e *Effect) error {
	due, err := payloadOf[reminderDue](e)
	if err != nil || s.options.OnChange == nil {
		return err
	}
	m, err := s.store.Meeting(ctx, e.Meeting)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	i := slices.IndexFunc(m.Bookings, func(b Booking) bool { return b.ID == e.Booking && b.Status == StatusConfirmed })
	if i < 0 || m.Status != StatusConfirmed || m.Sequence != due.Sequence || !s.now().Before(m.Start) {
		return nil
	}
	return s.options.OnChange(ctx, Change{
		Kind: MeetingReminder, Key: e.Key, At: m.Start.Add(-due.Before), Meeting: *m, Booking: m.Bookings[i], Before: due.Before,
	})
}
