package notify

import (
	"context"
	"errors"
)

// Chain makes one hook of several: each is told every change, also when one before it fails. Then the
// outbox tells all of them again, so they must not mind to hear a change twice: those of this package and of
// package booking do not.
//
//	billing.Options{OnChange: notify.Chain(notify.Billing(mail, nil), booking.Hook(sched))}
func Chain[C any](hooks ...func(ctx context.Context, c C) error) func(ctx context.Context, c C) error {
	return func(ctx context.Context, c C) error {
		var errs []error
		for _, hook := range hooks {
			errs = append(errs, hook(ctx, c))
		}
		return errors.Join(errs...)
	}
}
