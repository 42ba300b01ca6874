package scheduling

import (
	"context"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// Hold keeps a start of an event type for whoever asks, until the Ticket's Booking.ExpiresAt:
// nobody else is offered the time meanwhile. Take makes a booking of it. Answers and a location may come then; a
// pack is used then. It is for whom Book is for and refuses what Book refuses. Whoever holds
// Options.MaxHolds slots, a guest of the same experts, gets QuotaExceeded.
func (s *Service) Hold(ctx context.Context, r Request) (_ *Ticket, err error) {
	const op = "scheduling.Hold"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.request(ctx, op, r, func(t *EventType, b *Booking) error {
		b.Status, b.ExpiresAt = StatusHeld, s.heldUntil(t)
		return nil
	})
}

var errHolds = frontdesk.Errorf(frontdesk.QuotaExceeded, "too many slots are held at once")

// mayHold refuses a hold to who has enough of them. Hosts and staff may hold what they like.
func (s *Service) mayHold(ctx context.Context, tx Store, c caller, sv *survey, b *Booking) error {
	if b.Status != StatusHeld || c.hosts(sv.query.Type.experts()...) {
		return nil
	}
	held := 0
	now := s.now()
	seen := make(map[string]bool)
	for _, f := range holders(b, sv) {
		f.From, f.Limit = now, 500
		all, err := tx.Meetings(ctx, f)
		if err != nil {
			return err
		}
		for _, m := range all {
			for _, o := range m.Bookings {
				if !seen[o.ID] && o.Status == StatusHeld && o.Live(now) && o.sameHolder(b) && (o.Key == "" || o.Key != b.Key) {
					seen[o.ID] = true
					held++
				}
			}
		}
	}
	if held >= s.options.MaxHolds {
		return errHolds
	}
	return nil
}

// holders are where to look for what the booking's client or guest holds.
func holders(b *Booking, sv *survey) []MeetingFilter {
	if b.Client != "" {
		return []MeetingFilter{{Client: b.Client, Statuses: []Status{StatusHeld, StatusPending, StatusConfirmed}}}
	}
	var all []MeetingFilter
	for _, h := range sv.hosts {
		all = append(all, MeetingFilter{Host: h.Expert, Statuses: []Status{StatusHeld}})
	}
	return all
}

func (b *Booking) sameHolder(o *Booking) bool {
	if b.Client != "" || o.Client != "" {
		return b.Client == o.Client
	}
	return strings.EqualFold(b.Guest.Email, o.Guest.Email)
}
