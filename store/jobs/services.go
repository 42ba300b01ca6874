package jobs

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/store"
)

// Services are whose work is done. One that is nil has no jobs.
type Services struct {
	Billing    Billing
	Email      Email
	Storage    Storage
	Scheduling Scheduling
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

// Email is what the jobs need of *email.Service. Its methods return an error only when
// the store fails: what goes wrong with a message is that message's to remember.
type Email interface {
	Deliver(ctx context.Context, ids ...int64) error
	DeliverDue(ctx context.Context, limit int) (int, error)
	PurgeBodies(ctx context.Context, before time.Time) (int, error)
	Prune(ctx context.Context, before time.Time) (int, error)
}

// Storage is what the jobs need of *storage.Service. ProcessDue returns an error only when
// the store fails: what goes wrong with a version is that version's to remember.
type Storage interface {
	ProcessDue(ctx context.Context, limit int) (int, error)
	Sweep(ctx context.Context, o *storage.SweepOptions) (*storage.SweepReport, error)
}

// Scheduling is what the jobs need of *scheduling.Service. Deliver and DeliverDue return an error only
// when the store fails: what goes wrong with an effect is that effect's to remember.
type Scheduling interface {
	Deliver(ctx context.Context, ids ...int64) error
	DeliverDue(ctx context.Context, limit int) (int, error)
	Lapse(ctx context.Context, limit int) (int, error)
	Finish(ctx context.Context, limit int) (int, error)
	Prune(ctx context.Context, before time.Time) (int, error)
}

var (
	_ Billing    = (*billing.Service)(nil)
	_ Email      = (*email.Service)(nil)
	_ Storage    = (*storage.Service)(nil)
	_ Scheduling = (*scheduling.Service)(nil)
)

// works lists what the services do. Wake makes the lanes of a kind look for what is due,
// and reports whether they run.
func (s Services) works(o Options, wake func(kind string) bool) (all []work) {
	if s.Billing != nil {
		all = append(all, billingWorks(s.Billing, o, wake)...)
	}
	if s.Email != nil {
		all = append(all, emailWorks(s.Email, o, wake)...)
	}
	if s.Storage != nil {
		all = append(all, storageWorks(s.Storage, o, wake)...)
	}
	if s.Scheduling != nil {
		all = append(all, schedulingWorks(s.Scheduling, o, wake)...)
	}
	return all
}

func billingWorks(b Billing, o Options, wake func(kind string) bool) []work {
	return append(sweeps(billingService, o, wake, store.JobProcessEvents, store.JobDeliverEffects), []work{
		{kind: store.JobProcessEvents, service: billingService, timeout: rowsTime, run: b.Process, due: b.ProcessDue},
		{kind: store.JobDeliverEffects, service: billingService, timeout: rowsTime, run: b.Deliver, due: b.DeliverDue},
		{kind: "billing.reconcile", service: billingService, timeout: upkeepTime, sleeps: o.ReconcileEvery, run: func(ctx context.Context, _ ...int64) error {
			_, err := b.Reconcile(ctx, billing.ReconcileOptions{})
			return err
		}},
		cleaning("billing.prune", billingService, o.Clock, o.Retention, b.Prune),
	}...)
}

func emailWorks(e Email, o Options, wake func(kind string) bool) []work {
	return append(sweeps(emailService, o, wake, store.JobDeliverMessages), []work{
		{kind: store.JobDeliverMessages, service: emailService, timeout: rowsTime, due: e.DeliverDue, run: func(ctx context.Context, ids ...int64) error {
			defer wake(store.JobDeliverMessages) // a retry may be the end of a pause, for which others wait that have no job
			return e.Deliver(ctx, ids...)
		}},
		cleaning("email.purge", emailService, o.Clock, o.BodyRetention, e.PurgeBodies),
		cleaning("email.prune", emailService, o.Clock, o.MessageRetention, e.Prune),
	}...)
}

// sweeps are the jobs that make the lanes of the kinds look for what is due: regularly,
// and when another process calls for help.
func sweeps(s service, o Options, wake func(kind string) bool, kinds ...string) []work {
	look := func(context.Context, ...int64) error {
		for _, kind := range kinds {
			wake(kind)
		}
		return nil
	}
	return []work{
		{kind: string(s) + ".sweep", service: s, timeout: rowsTime, every: o.SweepEvery, run: look},
		{kind: s.help(), service: s, timeout: rowsTime, run: look},
	}
}

// cleaning is a daily job that deletes what is older than the retention, unless that is
// for ever.
func cleaning(kind string, s service, clock func() time.Time, retention time.Duration, run func(context.Context, time.Time) (int, error)) work {
	return work{kind: kind, service: s, timeout: upkeepTime, sleeps: daily(retention), run: func(ctx context.Context, _ ...int64) error {
		_, err := run(ctx, clock().Add(-retention))
		return err
	}}
}

func daily(retention time.Duration) time.Duration {
	if retention < 0 {
		return retention
	}
	return day
}
