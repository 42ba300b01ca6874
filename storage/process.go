package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/frontdesk-go/frontdesk"
)

// Process brings the versions with these ids to the document store, or out of it. One
// that fails is settled with its error and tried again later by itself; the error that
// Process returns is the Store's, and says that some versions may still be waiting.
// Versions that are in the hands of another worker, not due, or over are passed over.
func (s *Service) Process(ctx context.Context, ids ...int64) (err error) {
	ctx, end := s.begin(ctx, "storage.Process")
	defer end(&err)
	ctx = frontdesk.WithActor(ctx, frontdesk.System("storage"))
	for _, id := range ids {
		err = errors.Join(err, s.process(ctx, id))
	}
	return err
}

func (s *Service) process(ctx context.Context, id int64) error {
	v, err := s.store.TakeVersion(ctx, id, s.docs.Name(), s.lease())
	if err != nil {
		return notWaiting(err)
	}
	return s.carry(ctx, v)
}

// processTaken is Process of a version that is taken already.
func (s *Service) processTaken(ctx context.Context, v *Version) (err error) {
	ctx, end := s.begin(ctx, "storage.Process")
	defer end(&err)
	return s.carry(frontdesk.WithActor(ctx, frontdesk.System("storage")), v)
}

// carry brings a version that is taken as far as it goes, and writes down how far that is.
func (s *Service) carry(ctx context.Context, v *Version) error {
	spool := v.Transfer.Spool
	out := s.attempt(ctx, v)
	s.tell(ctx, v, out)
	ctx, cancel := closing(ctx)
	defer cancel()
	if err := s.settle(ctx, v, out); err != nil {
		return errors.Join(notWaiting(err), s.abandon(ctx, v.ID, out, err))
	}
	if out.Spool == "" {
		s.discard(ctx, spool)
	}
	return nil
}

// abandon removes an object that was stored after the lease had been lost, unless it is
// the version's.
func (s *Service) abandon(ctx context.Context, id int64, out verdict, cause error) error {
	if out.State != StateStored || notWaiting(cause) != nil {
		return nil
	}
	v, err := s.store.Version(ctx, id)
	if err == nil && v.Transfer.ObjectID == out.ObjectID && v.State != StateRemoving {
		return nil
	}
	if err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
		return err
	}
	if err := s.docs.Delete(ctx, out.ObjectID); err != nil {
		s.options.Logger.WarnContext(ctx, "storage: an object is left to the sweep", "object", out.ObjectID, "error", err)
	}
	return nil
}

// notWaiting forgives that a version needs no work from this worker.
func notWaiting(err error) error {
	switch frontdesk.CodeOf(err) {
	case frontdesk.Aborted, frontdesk.FailedPrecondition, frontdesk.NotFound:
		return nil
	}
	return err
}

// tell says what a person should look at.
func (s *Service) tell(ctx context.Context, v *Version, out verdict) {
	switch {
	case out.State == StateDead || out.State == StateInfected:
		s.options.Logger.ErrorContext(ctx, "storage: version is "+string(out.State), "version", *v, "error", out.Error)
	case v.State == StateRemoving && v.Transfer.Attempts > s.options.MaxAttempts:
		s.options.Logger.ErrorContext(ctx, "storage: object cannot be removed", "version", *v, "error", out.Error)
	}
}

// settle writes down how an attempt ended, with what follows for the client.
func (s *Service) settle(ctx context.Context, v *Version, out verdict) error {
	store := v.Transfer.Store
	return s.store.InTx(ctx, func(tx Store) error {
		if !out.pauseUntil.IsZero() {
			if err := tx.Pause(ctx, store, v.Client, out.pauseUntil); err != nil {
				return err
			}
		}
		if out.forgetFolder {
			if err := tx.SetFolder(ctx, store, v.Client, ""); err != nil {
				return err
			}
		}
		return tx.SettleVersion(ctx, v.ID, out.Settlement)
	})
}

// attempt tries to bring a version further and says what became of it.
func (s *Service) attempt(ctx context.Context, v *Version) (out verdict) {
	t := s.newTransfer(v)
	before := t.done.Load()
	err := t.run(ctx, func(ctx context.Context) error { return s.guarded(ctx, t) })
	switch {
	case t.ended != "":
		out = t.settlement(t.ended)
	case ctx.Err() != nil:
		out = s.interrupted(t, ctx.Err())
	default:
		out = s.judge(t, err)
		out.Free = out.Free || t.done.Load() > before
	}
	out.Lease, out.At = v.Transfer.Lease, s.now()
	return out
}

// guarded turns a panic into an error, so that one version cannot end the worker.
func (s *Service) guarded(ctx context.Context, t *transfer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.options.Logger.ErrorContext(ctx, "storage: panic", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = frontdesk.Errorf(frontdesk.Internal, "panic: %T", p)
		}
	}()
	if t.v.State == StateRemoving {
		return s.remove(ctx, t)
	}
	if t.v.Transfer.Attempts > s.options.MaxAttempts {
		return frontdesk.Errorf(frontdesk.Internal, "no attempt has come to an end")
	}
	if t.v.State == StateHeld {
		if err := s.scan(ctx, t); err != nil || t.ended != "" {
			return err
		}
	}
	return s.put(ctx, t)
}

// remove removes the object and the bytes in the spool. Nothing is remembered of a
// version before both are gone.
func (s *Service) remove(ctx context.Context, t *transfer) error {
	if id := t.v.Transfer.ObjectID; id != "" {
		if err := s.docs.Delete(ctx, id); err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
			return err
		}
	}
	if name := t.v.Transfer.Spool; name != "" {
		if err := s.options.Spool.Remove(ctx, name); err != nil {
			return err
		}
	}
	t.ended = StateRemoved
	return nil
}
