package email

import (
	"cmp"
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// verdict is a settlement, and what follows for the provider's whole queue.
type verdict struct {
	Settlement
	parkUntil time.Time
}

// judge says what becomes of a message after the mailer's answer.
func (s *Service) judge(e *Entry, r Receipt, err error) verdict {
	switch frontdesk.CodeOf(err) {
	case frontdesk.RateLimited, frontdesk.QuotaExceeded:
		return s.limited(e, err)
	case frontdesk.Unavailable, frontdesk.Aborted,
		frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.FailedPrecondition: // the operator can mend these
		return s.deferred(e, OutcomeDeferred, err)
	case frontdesk.Invalid, frontdesk.Declined, frontdesk.AlreadyExists, frontdesk.NotFound, frontdesk.Unimplemented:
		return s.failed(e, OutcomeRefused, err)
	}
	if err == nil {
		return s.sent(OutcomeSent, r, nil)
	}
	return s.uncertain(e, err)
}

func (s *Service) sent(how Outcome, r Receipt, withheld map[string]string) verdict {
	return verdict{Settlement: Settlement{Outcome: how, Status: StatusSent, ProviderID: r.ProviderID, Withheld: union(withheld, r.Refused)}}
}

func (s *Service) failed(e *Entry, how Outcome, cause error) verdict {
	return verdict{Settlement: Settlement{
		Outcome: how, Status: StatusFailed, UncertainSince: e.UncertainSince, Withheld: e.Withheld,
		Code: frontdesk.CodeOf(cause).String(), Error: bounded(cause.Error()),
	}}
}

// deferred tries again later, unless the attempts are used up.
func (s *Service) deferred(e *Entry, how Outcome, cause error) verdict {
	out := s.failed(e, how, cause)
	if e.Attempts < s.options.MaxAttempts {
		out.Status, out.NextAt = StatusQueued, s.now().Add(backoff(e.Attempts, cause))
	}
	return out
}

// interrupted leaves the message to another worker: this one was told to stop before it
// asked the provider.
func (s *Service) interrupted(e *Entry, cause error) verdict {
	out := s.failed(e, OutcomeWithheld, cause)
	out.Status, out.NextAt, out.Free = StatusQueued, s.now(), true
	return out
}

// limited rests the provider's whole queue for as long as it asks, if it does. An
// attempt that found the limit does not count.
func (s *Service) limited(e *Entry, cause error) verdict {
	var pause time.Duration
	switch frontdesk.CodeOf(cause) {
	case frontdesk.RateLimited:
		pause = frontdesk.RetryAfter(cause)
	case frontdesk.QuotaExceeded:
		pause = cmp.Or(frontdesk.RetryAfter(cause), s.options.QuotaPause)
	}
	if pause == 0 {
		return s.deferred(e, OutcomeDeferred, cause)
	}
	out := s.failed(e, OutcomeDeferred, cause)
	out.parkUntil = s.now().Add(min(pause, maxPause))
	out.Status, out.NextAt, out.Free = StatusQueued, out.parkUntil, true
	return out
}

// uncertain tries again later only if it can then be known whether this attempt
// has sent the message.
func (s *Service) uncertain(e *Entry, cause error) verdict {
	if e.UncertainSince.IsZero() {
		e.UncertainSince = e.LeaseUntil.Add(-leaseTime) // when the attempt began
	}
	_, remembers := s.mailer.(Remembering)
	_, finds := s.mailer.(Finder)
	if remembers || finds {
		return s.deferred(e, OutcomeUncertain, cause)
	}
	return s.failed(e, OutcomeUncertain, cause)
}

// withheld are the recipients who must not get the message, with the reason. After an
// uncertain attempt those of that attempt are among them: the same key stands for the
// same message.
func (s *Service) withheld(ctx context.Context, e *Entry) (map[string]string, error) {
	var before, suppressed map[string]string
	if !e.UncertainSince.IsZero() {
		before = e.Withheld
	}
	if e.Override {
		return before, nil
	}
	found, err := s.store.Suppressions(ctx, SuppressionFilter{Addresses: e.recipients(), Limit: MaxRecipients})
	if len(found) > 0 {
		suppressed = make(map[string]string, len(found))
	}
	for _, sup := range found {
		suppressed[sup.Address] = string(sup.Reason)
	}
	return union(before, suppressed), err
}

// union is both by normal address with bounded reasons, or nil for nothing.
func union(a, b map[string]string) map[string]string {
	if len(a)+len(b) == 0 {
		return nil
	}
	all := make(map[string]string, len(a)+len(b))
	for _, m := range []map[string]string{a, b} {
		for address, reason := range m {
			all[normal(address)] = bounded(reason)
		}
	}
	return all
}
