package storage

import (
	"cmp"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// verdict is a settlement, and what follows for the client.
type verdict struct {
	Settlement
	pauseUntil   time.Time
	forgetFolder bool
}

// settlement is how things stand, in the state.
func (t *transfer) settlement(state State) verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := &t.v.Transfer
	out := verdict{Settlement: Settlement{
		State: state, ObjectID: k.ObjectID, Spool: k.Spool, Session: k.Session, ScannedAt: k.ScannedAt, Done: t.done.Load(),
	}}
	if state == StateStored || state == StateInfected || state == StateRemoved {
		out.Spool, out.Session = "", nil
	}
	return out
}

// judge says what becomes of a version after an attempt that has failed.
func (s *Service) judge(t *transfer, err error) verdict {
	switch frontdesk.CodeOf(err) {
	case frontdesk.QuotaExceeded:
		return s.full(t, err)
	case frontdesk.RateLimited:
		out := s.deferred(t, err)
		if frontdesk.RetryAfter(err) > 0 && out.State != StateDead {
			out.Free = true
		}
		return out
	case frontdesk.Invalid, frontdesk.Unimplemented:
		return s.hopeless(t, err)
	case frontdesk.AlreadyExists: // the id is taken: another is as good
		t.keep(func(v *Version) { v.Transfer.ObjectID, v.Transfer.Session = "", nil })
	case frontdesk.FailedPrecondition: // the folder may be gone: it is made again
		out := s.deferred(t, err)
		out.forgetFolder = true
		return out
	}
	return s.deferred(t, err)
}

// hopeless does not try again, except to remove: that is promised.
func (s *Service) hopeless(t *transfer, cause error) verdict {
	if t.v.State == StateRemoving {
		return s.deferred(t, cause)
	}
	out := t.settlement(StateDead)
	out.Error = bounded(cause.Error())
	return out
}

// deferred tries again later, unless the attempts are used up.
func (s *Service) deferred(t *transfer, cause error) verdict {
	attempts := t.v.Transfer.Attempts
	if attempts >= s.options.MaxAttempts && t.v.State != StateRemoving {
		return s.hopeless(t, cause)
	}
	out := t.settlement(t.v.State)
	out.NextAt, out.Error = s.now().Add(backoff(attempts, cause)), bounded(cause.Error())
	return out
}

// full rests the queue of the client, and of no other.
func (s *Service) full(t *transfer, cause error) verdict {
	if t.v.State == StateRemoving {
		return s.deferred(t, cause)
	}
	out := t.settlement(t.v.State)
	out.pauseUntil = s.now().Add(min(cmp.Or(frontdesk.RetryAfter(cause), s.options.QuotaPause), maxPause))
	out.NextAt, out.Error, out.Free = out.pauseUntil, bounded(cause.Error()), true
	return out
}

// interrupted leaves the version to another worker: this one was told to stop.
func (s *Service) interrupted(t *transfer, cause error) verdict {
	out := t.settlement(t.v.State)
	out.NextAt, out.Error, out.Free = s.now(), bounded(cause.Error()), true
	return out
}
