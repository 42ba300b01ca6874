package billing

import "context"

// Events lists the inbox, newest first, without payloads.
func (s *Service) Events(ctx context.Context, f EventFilter) (all []Event, err error) {
	const op = "billing.Events"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.allow(ctx, op, "", toOperate); err != nil {
		return nil, err
	}
	return s.store.Events(ctx, f)
}

// Effects lists the outbox, newest first.
func (s *Service) Effects(ctx context.Context, f EffectFilter) (all []Effect, err error) {
	const op = "billing.Effects"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.allow(ctx, op, "", toOperate); err != nil {
		return nil, err
	}
	return s.store.Effects(ctx, f)
}

// Replay processes an event anew, whatever became of it before. What it changed
// already stays as it is, and no effect happens a second time. Aborted while a
// worker has it.
func (s *Service) Replay(ctx context.Context, id int64) (err error) {
	const op = "billing.Replay"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.allow(ctx, op, "", toOperate); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := tx.ReplayEvent(ctx, id, s.now()); err != nil {
			return err
		}
		e, err := tx.Event(ctx, id)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "event:"+e.ProviderID, nil, nil)
	})
}
