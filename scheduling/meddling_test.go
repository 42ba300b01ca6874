package scheduling_test

import (
	"context"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// meddling is a store before whose transactions somebody else does something: between what a service
// reads and what it writes.
type meddling struct {
	scheduling.Store
	before func()
}

func (m meddling) InTx(ctx context.Context, fn func(scheduling.Store) error) error {
	m.before()
	return m.Store.InTx(ctx, fn)
}

// deaf is a calendar that does not answer, not even when its caller has gone.
type deaf struct {
	scheduling.Calendar
	silent chan struct{}
}

func (d deaf) Busy(context.Context, []string, scheduling.Span, func(string) bool) (map[string][]scheduling.Busy, error) {
	<-d.silent
	return nil, nil
}
