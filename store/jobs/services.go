package jobs

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
)

// Services are whose work is done. One that is nil has no jobs.
type Services struct {
	Billing Billing
}

// Billing is what the jobs need of *billing.Service. Its methods return an error only
// when the store fails: what goes wrong with a row is that row's to remember.
type Billing interface {
	Process(ctx context.Context, ids ...int64) error
	Deliver(ctx context.Context, ids ...int64) error
	ProcessDue(ctx context.Context, limit int) (int, error)
	DeliverDue(ctx context.Context, limit int) (int, error)
	Reconcile(ctx context.Context, o billing.ReconcileOptions) (*billing.Report, error)
	Prune(ctx context.Context, before time.Time) (int, error)
}

var _ Billing = (*billing.Service)(nil)

// works lists what the services do.
func (s Services) works(o Options, keepOn func() bool) (all []work) {
	if s.Billing != nil {
		all = append(all, billingWorks(s.Billing, o, keepOn)...)
	}
	return all
}

func billingWorks(b Billing, o Options, keepOn func() bool) []work {
	drain := func(ctx context.Context, _ ...int64) error { return drained(ctx, keepOn, b.ProcessDue, b.DeliverDue) }
	return []work{
		{kind: store.JobProcessEvents, queue: billingQueue, timeout: rowsTime, run: b.Process, due: b.ProcessDue},
		{kind: store.JobDeliverEffects, queue: billingQueue, timeout: rowsTime, run: b.Deliver, due: b.DeliverDue},
		{kind: "billing.sweep", queue: billingUpkeep, timeout: sweepTime, every: o.SweepEvery, run: drain},
		{kind: helpKind, queue: billingUpkeep, timeout: sweepTime, run: drain},
		{kind: "billing.reconcile", queue: billingUpkeep, timeout: upkeepTime, sleeps: o.ReconcileEvery, run: func(ctx context.Context, _ ...int64) error {
			_, err := b.Reconcile(ctx, billing.ReconcileOptions{})
			return err
		}},
		{kind: "billing.prune", queue: billingUpkeep, timeout: upkeepTime, sleeps: pruneEvery(o), run: func(ctx context.Context, _ ...int64) error {
			_, err := b.Prune(ctx, o.Clock().Add(-o.Retention))
			return err
		}},
	}
}

func pruneEvery(o Options) time.Duration {
	if o.Retention < 0 {
		return o.Retention
	}
	return day
}

// drained works off batch after batch until nothing is due, or the Runner stops.
func drained(ctx context.Context, keepOn func() bool, dues ...func(context.Context, int) (int, error)) error {
	for more := true; more && keepOn(); {
		more = false
		for _, due := range dues {
			n, err := due(ctx, batchRows)
			if err != nil {
				return err
			}
			more = more || n > 0
		}
	}
	return nil
}
