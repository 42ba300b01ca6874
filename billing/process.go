package billing

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/frontdesk-go/frontdesk"
)

// Process brings the events with these inbox ids to rest. An event that fails
// is settled with its error and tried again later by itself, without holding up
// the others; the error that Process returns is the store's, and says that some
// events may still be waiting. Events that are done, or in the hands of another
// worker, are passed over.
func (s *Service) Process(ctx context.Context, ids ...int64) (err error) {
	ctx, end := s.begin(ctx, "billing.Process")
	defer end(&err)
	ctx = frontdesk.WithActor(ctx, frontdesk.System("billing"))
	if s.options.PayloadOnly {
		return s.processPayloads(ctx, ids)
	}
	return s.sideBySide(ctx, ids, s.processReading)
}

// atOnce is how many events are read from the provider side by side, so that one
// that is slow there does not hold up the others.
const atOnce = 8

func (s *Service) sideBySide(ctx context.Context, ids []int64, work func(context.Context, int64) error) error {
	errs := make([]error, len(ids))
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for n, id := range ids {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			errs[n] = work(ctx, id)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// processReading brings one event to rest by reading its objects from the provider.
func (s *Service) processReading(ctx context.Context, id int64) error {
	e, err := s.store.TakeEvent(ctx, id, s.lease())
	if err != nil {
		return notWaiting(err)
	}
	err = s.guard(e.Attempts, func() error { return s.read(ctx, e) })
	if err == nil || ctx.Err() != nil {
		return err // a lease that is left ends by itself
	}
	return notWaiting(s.store.SettleEvent(ctx, e.ID, s.failure(ctx, e, err)))
}

// notWaiting forgives that an event or effect needs no work from this worker.
func notWaiting(err error) error {
	for _, code := range []frontdesk.Code{frontdesk.Aborted, frontdesk.FailedPrecondition, frontdesk.NotFound} {
		if errors.Is(err, code) {
			return nil
		}
	}
	return err
}

// guard turns a panic into an error, so that one event cannot end the worker,
// and does not begin work that has ended a worker at every attempt.
func (s *Service) guard(attempts int, work func() error) (err error) {
	if attempts > s.options.MaxAttempts {
		return frontdesk.Errorf(frontdesk.Internal, "no attempt has come to an end")
	}
	defer func() {
		if p := recover(); p != nil {
			s.options.Logger.Error("billing: panic", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = frontdesk.Errorf(frontdesk.Internal, "panic: %T", p)
		}
	}()
	return work()
}

// settle ends an event's processing.
func settle(ctx context.Context, st Store, e *Event, state EventState, why string) error {
	return st.SettleEvent(ctx, e.ID, Settlement{Lease: e.Lease, State: string(state), Error: why})
}

// failure settles an event that could not be processed.
func (s *Service) failure(ctx context.Context, e *Event, cause error) Settlement {
	out := s.retry(e.Attempts, cause)
	if errors.Is(cause, frontdesk.Aborted) {
		out = s.inLine(cause)
	}
	out.Lease, out.State = e.Lease, string(EventFailed)
	if out.NextAt.IsZero() {
		out.State = string(EventDead)
		s.options.Logger.ErrorContext(ctx, "billing: event is dead", "event", e.ProviderID, "type", e.Type, "error", out.Error)
	}
	return out
}
