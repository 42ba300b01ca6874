package billing

import (
	"context"
	"time"
)

// drainAtOnce is how many rows Drain takes at a time.
const drainAtOnce = 32

// Drain brings to rest, before it returns, every event and effect that is due:
// new ones, those to be tried again, and those whose worker died.
func (s *Service) Drain(ctx context.Context) (err error) {
	for {
		events, err := s.ProcessDue(ctx, drainAtOnce)
		if err != nil {
			return err
		}
		effects, err := s.DeliverDue(ctx, drainAtOnce)
		if err != nil {
			return err
		}
		if events+effects == 0 {
			return nil
		}
	}
}

// ProcessDue brings the oldest due events to rest, at most limit, and says how
// many it has taken up.
func (s *Service) ProcessDue(ctx context.Context, limit int) (int, error) {
	return s.due(ctx, limit, s.store.DueEvents, s.Process)
}

// DeliverDue tells the oldest due effects, at most limit, and says how many it
// has taken up.
func (s *Service) DeliverDue(ctx context.Context, limit int) (int, error) {
	return s.due(ctx, limit, s.store.DueEffects, s.Deliver)
}

func (s *Service) due(ctx context.Context, limit int,
	list func(context.Context, time.Time, int) ([]int64, error), work func(context.Context, ...int64) error) (int, error) {
	ids, err := list(ctx, s.now(), limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), work(ctx, ids...)
}

// Prune deletes events that were done or ignored and received before the time,
// and says how many. A pruned event that the provider sends again is processed
// again, without a second effect.
func (s *Service) Prune(ctx context.Context, before time.Time) (n int, err error) {
	ctx, end := s.begin(ctx, "billing.Prune")
	defer end(&err)
	if err := s.allow(ctx, "billing.Prune", "", toOperate); err != nil {
		return 0, err
	}
	return s.store.PruneEvents(ctx, before)
}
