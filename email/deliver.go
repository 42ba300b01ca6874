package email

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Deliver sends the messages with these ids. One that fails is settled with its error
// and tried again later by itself; the error that Deliver returns is the store's, and
// says that some messages may still be waiting. Messages that are in the hands of
// another worker, not due, or over are passed over.
func (s *Service) Deliver(ctx context.Context, ids ...int64) (err error) {
	ctx, end := s.begin(ctx, "email.Deliver")
	defer end(&err)
	ctx = frontdesk.WithActor(ctx, frontdesk.System("email"))
	for _, id := range ids {
		err = errors.Join(err, s.deliver(ctx, id))
	}
	return err
}

func (s *Service) deliver(ctx context.Context, id int64) error {
	e, err := s.store.TakeMessage(ctx, id, s.mailer.Name(), s.lease())
	if err != nil {
		return notWaiting(err)
	}
	out := s.attempt(ctx, e)
	if out.Status == StatusFailed {
		s.options.Logger.ErrorContext(ctx, "email: message has failed", "entry", *e, "error", out.Error)
	}
	ctx, cancel := closing(ctx)
	defer cancel()
	return notWaiting(s.settle(ctx, e, out))
}

// notWaiting forgives that a message needs no work from this worker.
func notWaiting(err error) error {
	for _, code := range []frontdesk.Code{frontdesk.Aborted, frontdesk.FailedPrecondition, frontdesk.NotFound} {
		if errors.Is(err, code) {
			return nil
		}
	}
	return err
}

// settle writes down how an attempt ended, with what the provider has told about the
// message before its id was known.
func (s *Service) settle(ctx context.Context, e *Entry, out verdict) error {
	return s.store.InTx(ctx, func(tx Store) error {
		if !out.parkUntil.IsZero() {
			if err := tx.Park(ctx, e.Provider, out.parkUntil); err != nil {
				return err
			}
		}
		events, err := tx.SettleMessage(ctx, e.ID, out.Settlement)
		for _, ev := range events {
			err = errors.Join(err, s.apply(ctx, tx, e.ID, ev))
		}
		return err
	})
}

// attempt tries to send a message and says what became of it.
func (s *Service) attempt(ctx context.Context, e *Entry) verdict {
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	out := s.guarded(ctx, e)
	out.Lease, out.At = e.Lease, s.now()
	return out
}

// guarded turns a panic into an error, so that one message cannot end the worker.
func (s *Service) guarded(ctx context.Context, e *Entry) (out verdict) {
	defer func() {
		if p := recover(); p != nil {
			s.options.Logger.ErrorContext(ctx, "email: panic", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			out = s.uncertain(e, frontdesk.Errorf(frontdesk.Internal, "panic: %T", p))
		}
	}()
	return s.try(ctx, e)
}

func (s *Service) try(ctx context.Context, e *Entry) verdict {
	if e.Attempts > s.options.MaxAttempts {
		return s.failed(e, OutcomeWithheld, frontdesk.Errorf(frontdesk.Internal, "no attempt has come to an end"))
	}
	m, withheld, err := s.load(ctx, e)
	switch {
	case errors.Is(err, frontdesk.NotFound):
		return s.failed(e, OutcomeWithheld, err)
	case ctx.Err() != nil:
		return s.interrupted(e, ctx.Err())
	case err != nil:
		return s.deferred(e, OutcomeWithheld, err)
	case len(m.To) == 0:
		return verdict{Settlement: Settlement{Outcome: OutcomeWithheld, Status: StatusSuppressed, Withheld: withheld,
			UncertainSince: e.UncertainSince}}
	}
	if out, ended := s.resolve(ctx, e); ended {
		return out
	}
	receipt, err := s.mailer.Send(ctx, m)
	out := s.judge(e, receipt, err)
	out.Withheld = union(withheld, receipt.Refused)
	return out
}

// load reads the message as it is to be sent, and who must not get it.
func (s *Service) load(ctx context.Context, e *Entry) (*Message, map[string]string, error) {
	m, err := s.store.Message(ctx, e.ID)
	if err != nil {
		return nil, nil, err
	}
	withheld, err := s.withheld(ctx, e)
	if err != nil {
		return nil, nil, err
	}
	m.withhold(withheld)
	return m, withheld, nil
}

// resolve finds out about an earlier attempt that may have sent the message. When the
// message must not be sent now, it says what becomes of it instead.
func (s *Service) resolve(ctx context.Context, e *Entry) (verdict, bool) {
	if e.UncertainSince.IsZero() || s.remembered(e) {
		return verdict{}, false
	}
	finder, can := s.mailer.(Finder)
	if !can {
		return s.failed(e, OutcomeWithheld, errUncertain), true
	}
	receipt, err := finder.Find(ctx, e.Key, e.UncertainSince)
	switch {
	case err == nil:
		return s.sent(OutcomeFound, receipt, e.Withheld), true
	case errors.Is(err, frontdesk.NotFound):
		e.UncertainSince = time.Time{} // the provider is sure: this attempt is like the first
		return verdict{}, false
	}
	out := s.limited(e, err)
	out.Outcome = OutcomeWithheld
	return out, true
}

// remembered reports whether the provider still knows the key of the uncertain attempt
// when this one ends.
func (s *Service) remembered(e *Entry) bool {
	r, can := s.mailer.(Remembering)
	return can && s.now().Add(workTime).Before(e.UncertainSince.Add(r.Remembers()))
}

var errUncertain = frontdesk.Errorf(frontdesk.OutcomeUnknown, "it may have been sent, and cannot be looked up")
