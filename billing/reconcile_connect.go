package billing

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// accounts compares what concerns connected accounts, where the provider has any.
func (r *reconciliation) accounts(ctx context.Context) error {
	provider, err := able[Connect](r.Service)
	if err != nil {
		return nil //nolint:nilerr // a provider without accounts has nothing to compare
	}
	if err := compare(ctx, r, provider.ListTransfers(ctx, TransferFilter{Since: r.since})); err != nil {
		return err
	}
	if err := compare(ctx, r, provider.ListApplicationFees(ctx, ApplicationFeeFilter{Since: r.since})); err != nil {
		return err
	}
	for after := ""; ; {
		linked, err := r.store.LinkedAccounts(ctx, after, maxPage)
		if err != nil || len(linked) == 0 {
			return err
		}
		for _, after = range linked {
			if err := r.account(ctx, provider, after); err != nil {
				return err
			}
		}
	}
}

// account compares one account. One that has been deauthorised or deleted cannot be
// read, which does not end the run.
func (r *reconciliation) account(ctx context.Context, provider Connect, account string) error {
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return compare(ctx, r, alone(provider.GetAccount(ctx, account))) },
		func(ctx context.Context) error { return r.holder(ctx, account) },
		func(ctx context.Context) error {
			return compare(ctx, r, provider.ListPayouts(ctx, PayoutFilter{Account: account, Since: r.since}))
		},
		func(ctx context.Context) error { return r.movements(ctx, provider, account) },
		func(ctx context.Context) error { return r.events(ctx, account) },
	} {
		err := step(ctx)
		if errors.Is(err, frontdesk.PermissionDenied) || errors.Is(err, frontdesk.NotFound) {
			r.report.Refused = append(r.report.Refused, account)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alone is a list of one.
func alone[O Object](o O, err error) iter.Seq2[O, error] {
	return func(yield func(O, error) bool) { yield(o, err) }
}

// movements writes the lines of the account's balance that no object has told of.
func (r *reconciliation) movements(ctx context.Context, provider Connect, account string) error {
	var lines []Movement
	for m, err := range provider.ListMovements(ctx, MovementFilter{Account: account, Since: r.since}) {
		if err != nil {
			return err
		}
		lines = append(lines, m)
	}
	const atOnce = 100
	all := moved(account, lines, true)
	for len(all) > 0 {
		n := min(atOnce, len(all))
		wrote, err := r.postLines(ctx, account, all[:n])
		if err != nil {
			return err
		}
		r.report.Entries += wrote
		all = all[n:]
	}
	return nil
}

func (s *Service) postLines(ctx context.Context, account string, lines []position) (wrote int, err error) {
	err = s.store.InTx(ctx, func(tx Store) error {
		wrote, err = s.enter(ctx, tx, account, lines, s.now())
		return err
	})
	return wrote, err
}

// importAccount reads what an account that has just been linked holds. What was
// before is no news to anybody.
func (s *Service) importAccount(ctx context.Context, account string) error {
	provider, err := able[Connect](s)
	if err != nil {
		return err
	}
	run := s.reconciliation(ReconcileOptions{Window: importWindow, Import: true})
	return run.account(ctx, provider, account)
}

// importWindow is how far back an account's payouts and balance are read when it is
// linked: further than any payout takes to come back.
const importWindow = 90 * 24 * time.Hour
