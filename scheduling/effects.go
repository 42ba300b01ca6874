package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// reminderDue is the payload of an EffectRemind.
type reminderDue struct {
	Sequence int           // of the meeting; another one means that it is another time by now
	Before   time.Duration // the start
}

// refundDue is the payload of an EffectRefund.
type refundDue struct {
	Order   Order
	Payment string
	Amount  frontdesk.Money // in total
}

// releaseDue is the payload of an EffectRelease.
type releaseDue struct{ Order Order }

// offerDue is the payload of an EffectOffer: the time that became free.
type offerDue struct {
	EventType string
	Hosts     []string
	Span      Span
}

// dueCalendars stores that calendars are to show the meeting as it is. The key is of this change alone: one that is
// equal to another before it may still undo one in between.
func (s *Service) dueCalendars(ctx context.Context, tx Store, m *Meeting) error {
	if len(s.options.Calendars) == 0 {
		return nil
	}
	key := fmt.Sprintf("calendar/%s/%s", m.ID, newID(s.now()))
	return s.plan(ctx, tx, Effect{Key: key, Kind: EffectCalendar, Meeting: m.ID}, struct{}{})
}

// dueRefund stores that so much in all is to be given back of a payment. The key is the
// refund's: it happens once.
func (s *Service) dueRefund(ctx context.Context, tx Store, key string, meeting, booking string, r refundDue) error {
	return s.plan(ctx, tx, Effect{Key: "refund/" + key, Kind: EffectRefund, Meeting: meeting, Booking: booking}, r)
}

// dueRelease stores that nobody is to pay for the order any more.
func (s *Service) dueRelease(ctx context.Context, tx Store, meeting, booking string, o Order) error {
	return s.plan(ctx, tx, Effect{Key: "release/" + o.ID, Kind: EffectRelease, Meeting: meeting, Booking: booking}, releaseDue{o})
}

// dueOffer stores that the time, which the meeting does not take any more or in which it has seats
// again, is to be offered to who waits.
func (s *Service) dueOffer(ctx context.Context, tx Store, m *Meeting, freed Span) error {
	if !freed.Start.After(s.now()) {
		return nil
	}
	waiting, err := tx.WaitingFor(ctx, WaitingFilter{
		EventType: m.EventType, States: []WaitingState{WaitingOpen, WaitingOffered}, Start: freed.Start, Limit: 1,
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	key := fmt.Sprintf("offer/%s/%s", m.ID, newID(s.now()))
	return s.plan(ctx, tx, Effect{Key: key, Kind: EffectOffer, Meeting: m.ID}, offerDue{m.EventType, m.Hosts, freed})
}

// plan stores an effect that is due at its NextAt, or else at once, with its payload.
func (s *Service) plan(ctx context.Context, tx Store, e Effect, payload any) (err error) {
	if e.Payload, err = json.Marshal(payload); err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "the effect %s cannot be written: %w", e.Key, err)
	}
	e.State, e.CreatedAt = EffectPending, s.now()
	orElse(&e.NextAt, e.CreatedAt)
	_, err = tx.AddEffect(ctx, e)
	return err
}

// payloadOf reads the payload of an effect.
func payloadOf[T any](e *Effect) (payload T, err error) {
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return payload, frontdesk.Errorf(frontdesk.Internal, "the effect %s cannot be read: %w", e.Key, err)
	}
	return payload, nil
}
