package jobs

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk/store"
)

// meetingsAtOnce is how many meetings one call ends.
const meetingsAtOnce = 50

func schedulingWorks(s Scheduling, o Options, wake func(kind string) bool) []work {
	return append(sweeps(schedulingService, o, wake, store.JobDeliverChanges), []work{
		{kind: store.JobDeliverChanges, service: schedulingService, timeout: rowsTime, run: s.Deliver, due: s.DeliverDue},
		{kind: "scheduling.lapse", service: schedulingService, timeout: rowsTime, every: o.LapseEvery, run: func(ctx context.Context, _ ...int64) error {
			return errors.Join(whole(ctx, s.Lapse), whole(ctx, s.Finish))
		}},
		cleaning("scheduling.prune", schedulingService, o.Clock, o.ChangeRetention, s.Prune),
	}...)
}

// whole ends all that is to be ended, which may be more than one call takes on.
func whole(ctx context.Context, end func(ctx context.Context, limit int) (int, error)) error {
	for {
		n, err := end(ctx, meetingsAtOnce)
		if err != nil || n < meetingsAtOnce {
			return err
		}
	}
}
