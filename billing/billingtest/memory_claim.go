package billingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// claim is the part of an event or an effect that taking and settling change.
type claim struct {
	state      string
	attempts   int
	lastError  string
	nextAt     time.Time
	lease      string
	leaseUntil time.Time
}

// waiting reports whether a worker should take it from nextAt on.
func (c claim) waiting() bool {
	switch c.state {
	case string(billing.EventReceived), string(billing.EventFailed), string(billing.EffectPending):
		return true
	}
	return false
}

// working reports whether it has been taken and not settled.
func (c claim) working() bool {
	return c.state == string(billing.EventProcessing) || c.state == string(billing.EffectDelivering)
}

// alive reports whether its lease still holds others off.
func (c claim) alive(now time.Time) bool { return c.working() && !c.leaseUntil.Before(now) }

func (c claim) due(now time.Time) bool {
	return c.waiting() && !c.nextAt.After(now) || c.working() && !c.alive(now)
}

// taken is the claim after a worker took it, with the state that says so.
func (c claim) taken(working string, l billing.Lease) (claim, error) {
	switch {
	case c.due(l.Now):
		c.state, c.lease, c.leaseUntil = working, l.Token, utc(l.Until)
		c.attempts++
		return c, nil
	case c.alive(l.Now):
		return c, frontdesk.Errorf(frontdesk.Aborted, "another lease on it is alive")
	case c.waiting():
		return c, frontdesk.Errorf(frontdesk.Aborted, "it is not to be tried before %s", c.nextAt.Format(time.RFC3339))
	}
	return c, frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do, it is %s", c.state)
}

// settled is the claim after the holder of its lease has ended it.
func (c claim) settled(s billing.Settlement) (claim, error) {
	if !c.working() || c.lease != s.Lease {
		return c, frontdesk.Errorf(frontdesk.Aborted, "the lease was lost")
	}
	if s.Free {
		c.attempts--
	}
	return claim{state: s.State, attempts: c.attempts, lastError: s.Error, nextAt: utc(s.NextAt)}, nil
}
