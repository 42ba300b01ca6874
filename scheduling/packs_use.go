package scheduling

import (
	"context"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// usePack takes one meeting of the event type from the client's pack, in the transaction
// that books it. Two bookings never get the last one.
func (s *Service) usePack(ctx context.Context, tx Store, id, client string, t *EventType) error {
	now := s.now()
	_, err := tx.ChangePack(ctx, id, func(p *Pack) error {
		switch {
		case client == "" || p.Client != client:
			return errUnknown
		case !slices.Contains(p.EventTypes, t.ID):
			return frontdesk.InvalidField("pack", "is not for this event type")
		case p.Left(now) < 1:
			return errPackUsed
		}
		p.Used++
		p.UpdatedAt = now
		return nil
	})
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return frontdesk.InvalidField("pack", "is none of the client's")
	}
	return err
}

// errPackUsed says that nothing can be booked with a pack now.
var errPackUsed = frontdesk.Errorf(frontdesk.FailedPrecondition, "the pack is not paid, used up or over")

// returnToPack gives the meeting back to the pack that it was booked from. A pack that
// is not there any more gets nothing.
func (s *Service) returnToPack(ctx context.Context, tx Store, id string) error {
	_, err := tx.ChangePack(ctx, id, func(p *Pack) error {
		p.Used, p.UpdatedAt = max(p.Used-1, 0), s.now()
		return nil
	})
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	return err
}
