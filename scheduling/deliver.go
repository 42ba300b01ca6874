package scheduling

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Deliver carries out the outbox's effects with these ids: it tells Options.OnChange, writes
// calendars, gives money back and offers what became free. An effect that fails is tried again
// later by itself; the error that Deliver returns is the store's. Effects that are in the hands of
// another worker, not due, or over are passed over.
//
// Each effect is carried out once, except when the process dies in it: then again, with the same
// keys. What calendars and Options.Payments are asked for may be repeated.
func (s *Service) Deliver(ctx context.Context, ids ...int64) (err error) {
	ctx, end := s.begin(ctx, "scheduling.Deliver")
	defer end(&err)
	ctx = frontdesk.WithActor(ctx, frontdesk.System("scheduling"))
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
	out := s.judge(ctx, e, s.attempt(ctx, e))
	out.Lease = e.Lease
	ctx, cancel := closing(ctx)
	defer cancel()
	return notWaiting(s.store.SettleEffect(ctx, e.ID, out))
}

// notWaiting forgives that an effect needs no work from this worker.
func notWaiting(err error) error {
	switch frontdesk.CodeOf(err) {
	case frontdesk.Aborted, frontdesk.FailedPrecondition, frontdesk.NotFound:
		return nil
	}
	return err
}

// attempt tries to carry out an effect. A panic ends the attempt, not the worker.
func (s *Service) attempt(ctx context.Context, e *Effect) (err error) {
	if e.Attempts > s.options.MaxAttempts {
		return frontdesk.Errorf(frontdesk.Internal, "no attempt has come to an end")
	}
	defer func() {
		if p := recover(); p != nil {
			s.options.Logger.ErrorContext(ctx, "scheduling: panic", "effect", e.Key, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = frontdesk.Errorf(frontdesk.Internal, "panic: %T", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	return s.carryOut(ctx, e)
}

func (s *Service) carryOut(ctx context.Context, e *Effect) error {
	switch e.Kind {
	case EffectTell:
		return s.tell(ctx, e)
	case EffectRemind:
		return s.tellReminder(ctx, e)
	case EffectCalendar:
		return s.syncCalendars(ctx, e)
	case EffectRefund:
		return s.giveBack(ctx, e)
	case EffectRelease:
		return s.release(ctx, e)
	case EffectOffer:
		return s.offer(ctx, e)
	}
	return frontdesk.Errorf(frontdesk.Unimplemented, "there are no effects of the kind %q", e.Kind)
}

// judge says what becomes of an effect after an attempt.
func (s *Service) judge(ctx context.Context, e *Effect, err error) Settlement {
	out := Settlement{State: EffectPending}
	var not notYet
	switch {
	case err == nil:
		return Settlement{State: EffectDone}
	case ctx.Err() != nil: // it was interrupted, not refused: another worker goes on
		out.NextAt, out.Free = s.now(), true
	case errors.As(err, &not):
		out.NextAt, out.Free = s.now().Add(time.Duration(not)), true
	case e.Attempts < s.options.MaxAttempts:
		out.NextAt = s.now().Add(backoff(e.Attempts, err))
	default:
		out.State = EffectDead
		s.options.Logger.ErrorContext(ctx, "scheduling: effect is dead", "effect", e.Key, "id", e.ID, "code", frontdesk.CodeOf(err).String())
	}
	out.Error = bounded(err.Error())
	return out
}

// notYet says that an effect waits so long for another one. That is no attempt.
type notYet time.Duration

func (n notYet) Error() string { return "it waits for another effect" }
