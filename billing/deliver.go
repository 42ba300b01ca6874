package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Deliver tells the outbox's effects with these ids to Options.OnChange. An
// effect that the hook refuses is tried again later by itself; the error that
// Deliver returns is the store's. The hook is told each change once, except
// when the process dies inside it: then again with the same Key.
func (s *Service) Deliver(ctx context.Context, ids ...int64) (err error) {
	ctx, end := s.begin(ctx, "billing.Deliver")
	defer end(&err)
	ctx = frontdesk.WithActor(ctx, frontdesk.System("billing"))
	for _, id := range ids {
		err = errors.Join(err, s.deliver(ctx, id))
	}
	return err
}

func (s *Service) deliver(ctx context.Context, id int64) error {
	e, err := s.store.TakeEffect(ctx, id, s.lease())
	if err != nil {
		return notWaiting(err)
	}
	err = s.guard(e.Attempts, func() error { return s.hook(ctx, e) })
	out := Settlement{State: string(EffectDone)}
	switch {
	case err != nil && ctx.Err() != nil:
		return err // it was interrupted, not refused: the lease ends by itself
	case err != nil:
		out = s.undelivered(ctx, e, err)
	}
	out.Lease = e.Lease
	ctx, cancel := closing(ctx)
	defer cancel()
	return notWaiting(s.store.SettleEffect(ctx, e.ID, out))
}

// hook runs the host's hook, unless the change has been overtaken.
func (s *Service) hook(ctx context.Context, e *Effect) error {
	c, err := e.Change()
	if err != nil {
		return err
	}
	if s.options.OnChange == nil {
		return nil // the host has taken its hook away
	}
	stale, err := s.overtaken(ctx, c)
	if err != nil || stale {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	return s.options.OnChange(ctx, c)
}

// overtaken reports whether telling c would be wrong by now: nobody wants to
// read that a payment failed after it has succeeded.
func (s *Service) overtaken(ctx context.Context, c Change) (bool, error) {
	switch c.(type) {
	case PaymentFailed, PaymentActionRequired, SubscriptionPastDue:
	default:
		return false, nil
	}
	o, err := known(ctx, s.store, c.About().Object)
	if sub, ok := o.(*Subscription); ok {
		return sub.Status == SubscriptionStatusActive, err
	}
	return o != nil && terminal(o), err
}

func (s *Service) undelivered(ctx context.Context, e *Effect, cause error) Settlement {
	out := s.retry(e.Attempts, cause)
	out.State = string(EffectFailed)
	if out.NextAt.IsZero() {
		out.State = string(EffectDead)
		s.options.Logger.ErrorContext(ctx, "billing: effect is dead", "effect", e.Name, "object", e.Object.String(), "error", out.Error)
	}
	return out
}
