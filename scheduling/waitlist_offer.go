package scheduling

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// offerPause is how long an offer waits for a calendar that still shows what was there before.
const offerPause = 30 * time.Second

// offer holds the time that became free for who waits longest of those whom it suits, and what is left of it
// for the next.
func (s *Service) offer(ctx context.Context, e *Effect) error {
	due, err := payloadOf[offerDue](e)
	if err != nil || !due.Span.Start.After(s.now()) {
		return err
	}
	waiting, err := s.store.WaitingFor(ctx, WaitingFilter{
		EventType: due.EventType, States: []WaitingState{WaitingOpen}, Start: due.Span.Start, Limit: 500,
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	if err := s.cleared(ctx, e.Meeting); err != nil {
		return err
	}
	for i := range waiting {
		if err := s.offerTo(ctx, &due, &waiting[i]); err != nil {
			return err
		}
	}
	return nil
}

// cleared passes once the calendars of the hosts do not show any more what was there before: they
// would keep everybody away.
func (s *Service) cleared(ctx context.Context, meeting string) error {
	pending, err := s.pendingCalendars(ctx, meeting)
	for _, id := range pending {
		err = cmp.Or(err, s.deliver(ctx, id))
	}
	if err != nil || len(pending) == 0 {
		return err
	}
	if pending, err = s.pendingCalendars(ctx, meeting); err != nil || len(pending) == 0 {
		return err
	}
	return notYet(offerPause)
}

// offerTo makes the offer to one who waits, if it suits and was not made before.
func (s *Service) offerTo(ctx context.Context, due *offerDue, w *Waiting) error {
	declined, err := s.declined(ctx, due, w)
	if err != nil || declined {
		return err
	}
	t, err := s.store.EventType(ctx, w.EventType)
	if frontdesk.CodeOf(err) == frontdesk.NotFound || err == nil && !t.Active {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.holdFor(ctx, t, due.Span.Start, w)
	if errors.Is(err, ErrSlotTaken) || errors.Is(err, errNotWaiting) {
		return nil
	}
	if _, refused := errors.AsType[Reason](err); refused || frontdesk.CodeOf(err) == frontdesk.Invalid {
		return nil // it does not suit, or not what the event type has become
	}
	return err
}

// declined reports whether the time was offered before, and not taken.
func (s *Service) declined(ctx context.Context, due *offerDue, w *Waiting) (bool, error) {
	for _, id := range w.Declined {
		m, err := s.store.Meeting(ctx, id)
		if frontdesk.CodeOf(err) == frontdesk.NotFound {
			continue
		}
		if err != nil {
			return false, err
		}
		same := func(h string) bool { return slices.Contains(due.Hosts, h) }
		if m.Start.Equal(due.Span.Start) && slices.ContainsFunc(m.Hosts, same) {
			return true, nil
		}
	}
	return false, nil
}

var errNotWaiting = frontdesk.Errorf(frontdesk.Aborted, "nobody waits any more")

// holdFor holds the start for who waits.
func (s *Service) holdFor(ctx context.Context, t *EventType, start time.Time, w *Waiting) error {
	const op = "scheduling.Offer"
	r := Request{EventType: t.ID, Expert: w.Expert, Start: start, Duration: w.Duration, Seats: w.Seats, Client: w.Client, Guest: w.Guest}
	if err := r.check(t, false); err != nil {
		return err
	}
	wanted, err := r.wish(t)
	if err != nil {
		return err
	}
	sv, err := s.consider(ctx, wanted)
	if err != nil {
		return err
	}
	if sv.location, err = locationOf(t, Location{}); err != nil {
		return err
	}
	_, c := callerOf(ctx)
	b, err := s.draft(c, t, &r)
	if err != nil {
		return err
	}
	b.Status, b.ExpiresAt = StatusHeld, s.now().Add(s.options.OfferFor)
	if start.Before(b.ExpiresAt) {
		b.ExpiresAt = start
	}
	return s.store.InTx(ctx, func(tx Store) error { return s.propose(ctx, tx, op, c, sv, b, w.ID) })
}

// propose places the hold and offers it, unless who waited does not any more.
func (s *Service) propose(ctx context.Context, tx Store, op string, c caller, sv *survey, b Booking, waiting string) error {
	w, err := tx.ChangeWaiting(ctx, waiting, func(w *Waiting) error {
		if w.State != WaitingOpen {
			return errNotWaiting
		}
		w.State, w.Booking, w.ExpiresAt, w.UpdatedAt = WaitingOffered, b.ID, b.ExpiresAt, s.now()
		return nil
	})
	if err != nil {
		return err
	}
	m, _, err := s.place(ctx, tx, sv, b)
	if err != nil {
		return err
	}
	change := Change{Kind: WaitlistOffered, Meeting: *m, Booking: *m.booking(b.ID), By: c.by(), Waiting: w}
	if err := s.announce(ctx, tx, change, w.ID); err != nil {
		return err
	}
	return s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded, nil, map[string]string{"meeting": m.ID, "waiting": w.ID})
}
