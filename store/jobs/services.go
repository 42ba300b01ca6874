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
func (s Services) works(o Options, wake func()) (all []work) {
	if s.Billing != nil {
		all = append(all, billingWorks(s.Billing, o, wake)...)
	}
	return all
}

func billingWorks(b Billing, o Options, wake func()) []work {
	look := func(context.Context, ...int64) error { wake(); return nil }
	return []work{
		{kind: store.JobProcessEvents, queue: billingQueue, timeout: rowsTime, run: b.Process, due: b.ProcessDue},
		{kind: store.JobDeliverEffects, queue: billingQueue, timeout: rowsTime, run: b.Deliver, due: b.DeliverDue},
		{kind: "billing.sweep", queue: billingUpkeep, timeout: rowsTime, every: o.SweepEvery, run: look},
		{kind: helpKind, queue: billingUpkeep, timeout: rowsTime, run: look},
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
