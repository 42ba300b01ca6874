package email

import (
	"context"
	"time"
)

// drainAtOnce is how many messages Drain takes at a time.
const drainAtOnce = 32

// Drain sends, before it returns, every message that is due: new ones, those to be
// tried again, and those whose worker died.
func (s *Service) Drain(ctx context.Context) error {
	for {
		n, err := s.DeliverDue(ctx, drainAtOnce)
		if err != nil || n == 0 {
			return err
		}
	}
}

// DeliverDue sends the oldest due messages, at most limit, and says how many it has
// taken up.
func (s *Service) DeliverDue(ctx context.Context, limit int) (int, error) {
	ids, err := s.store.DueMessages(ctx, s.mailer.Name(), s.now(), limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), s.Deliver(ctx, ids...)
}

// Prune deletes the messages created before the time that wait for no worker, with
// their attempts and events, and says how many. Their keys can be used again.
func (s *Service) Prune(ctx context.Context, before time.Time) (n int, err error) {
	const op = "email.Prune"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, "emails", "", toOperate); err != nil {
		return 0, err
	}
	return s.store.PruneMessages(ctx, before)
}

// PurgeBodies deletes the bodies and attachments of the messages created before the
// time that wait for no worker, and says of how many. Their log stays; they cannot be
// sent again.
func (s *Service) PurgeBodies(ctx context.Context, before time.Time) (n int, err error) {
	const op = "email.PurgeBodies"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, "emails", "", toOperate); err != nil {
		return 0, err
	}
	return s.store.PurgeBodies(ctx, before)
}
