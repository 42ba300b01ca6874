package scheduling

import (
	"context"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// drainAtOnce is how many effects Drain takes at a time.
const drainAtOnce = 32

// Drain carries out, before it returns, every effect that is due: new ones, those to be tried
// again, and those whose worker died.
func (s *Service) Drain(ctx context.Context) error {
	for {
		n, err := s.DeliverDue(ctx, drainAtOnce)
		if err != nil || n == 0 {
			return err
		}
	}
}

// DeliverDue carries out the effects that wait longest, at most limit, and says how many it has
// taken up.
func (s *Service) DeliverDue(ctx context.Context, limit int) (int, error) {
	ids, err := s.store.DueEffects(ctx, s.now(), limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), s.Deliver(ctx, ids...)
}

// Prune deletes the effects that were done before the time, and says how many. It is for
// administrators and the system.
func (s *Service) Prune(ctx context.Context, before time.Time) (n int, err error) {
	const op = "scheduling.Prune"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "effects"); err != nil {
		return 0, err
	}
	return s.store.PruneEffects(ctx, before)
}

// Effects lists the outbox, newest first. It is for administrators and the system. Payloads hold personal
// data.
func (s *Service) Effects(ctx context.Context, f EffectFilter) (_ []Effect, err error) {
	const op = "scheduling.Effects"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	if !isStaff(a) {
		return nil, s.refuse(ctx, op, "effects", errNotAllowed)
	}
	return s.store.Effects(ctx, f)
}

// Retry tries an effect that is dead again, from its first attempt. It fails with NotFound, and with
// FailedPrecondition unless it is dead. It is for administrators and the system.
func (s *Service) Retry(ctx context.Context, id int64) (err error) {
	const op = "scheduling.Retry"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	resource := fmt.Sprintf("effect:%d", id)
	if err := s.permitStaff(ctx, op, resource); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := tx.RetryEffect(ctx, id, s.now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, resource, frontdesk.Succeeded, nil, nil)
	})
}
