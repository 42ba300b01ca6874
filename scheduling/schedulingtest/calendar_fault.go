package schedulingtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// calendarFaults are what is to go wrong.
type calendarFaults struct {
	calls int
	fail  []error
	lose  int
}

// arrive counts a call and returns the error that it is to fail with.
func (c *Calendar) arrive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.faults.calls++
	if len(c.faults.fail) == 0 {
		return nil
	}
	err := c.faults.fail[0]
	c.faults.fail = c.faults.fail[1:]
	return err
}

// answer is what a write returns, unless that is lost.
func (c *Calendar) answer(ref *scheduling.EntryRef) (*scheduling.EntryRef, error) {
	if c.faults.lose == 0 {
		return ref, nil
	}
	c.faults.lose--
	return nil, frontdesk.Errorf(frontdesk.OutcomeUnknown, "schedulingtest: the answer was lost")
}

// FailNext makes the next call, of whichever method, fail with err before anything is carried
// out. Faults add up: the next call takes the next one. A nil err lets a call through.
func (c *Calendar) FailNext(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults.fail = append(c.faults.fail, err)
}

// LoseNext lets the next Put or Delete be carried out but loses the answer: the caller gets
// OutcomeUnknown.
func (c *Calendar) LoseNext() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults.lose++
}

// Calls is how many calls have come, failed ones included; those that were refused for
// their arguments never came.
func (c *Calendar) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.faults.calls
}
