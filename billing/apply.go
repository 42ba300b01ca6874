package billing

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// apply writes a state of an object, unless a newer one is known, with the
// effects of what changed. The caller holds the object's lock, and tx is the
// transaction that gives it back. It reports whether it wrote.
func (s *Service) apply(ctx context.Context, tx Store, next Object, o owner) (bool, error) {
	fill(&next.Head().Customer, o.customer)
	before, err := known(ctx, tx, next.Key())
	if err != nil {
		return false, err
	}
	if before != nil && next.Head().Version.Rank == RankRead {
		next.Head().Version.At = later(before.Head().Version.At, next.Head().Version.At)
	}
	after, changed := merge(before, next)
	if !changed {
		next.Head().RowID = before.Head().RowID
		return false, nil
	}
	if err := tx.PutObject(ctx, after); err != nil {
		return false, err
	}
	next.Head().RowID = after.Head().RowID
	return true, s.follow(ctx, tx, before, after, o)
}

// known is the object as it is mirrored, or nil.
func known(ctx context.Context, st Store, k Key) (Object, error) {
	o, err := st.Object(ctx, k)
	if errors.Is(err, frontdesk.NotFound) {
		return nil, nil
	}
	return o, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// follow writes what follows from a change.
func (s *Service) follow(ctx context.Context, tx Store, before, after Object, o owner) error {
	quiet := before == nil && after.Head().Created.Before(o.quiet)
	for _, c := range s.reached(before, after, o) {
		if quiet {
			break
		}
		if err := s.tell(ctx, tx, c); err != nil {
			return err
		}
	}
	if err := s.post(ctx, tx, after); err != nil {
		return err
	}
	switch after := after.(type) {
	case *Payment:
		if before == nil {
			return s.wake(ctx, tx, after.Key())
		}
	case *Transfer:
		return s.nameTransfer(ctx, tx, after, o)
	case *Customer:
		if after.Deleted && (before == nil || !before.Head().Deleted) {
			return s.endSubscriptions(ctx, tx, after, o)
		}
	case *Subscription:
		if !quiet && o.client != "" && !after.Deleted && after.Status.Live() && (before == nil || !before.(*Subscription).Status.Live()) {
			return s.findDuplicates(ctx, tx, after, o)
		}
	}
	return nil
}

// tell puts a change into the outbox, once. Without a hook it is done with that.
func (s *Service) tell(ctx context.Context, tx Store, c Change) error {
	e, err := effectOf(c)
	if err != nil {
		return err
	}
	e.State, e.CreatedAt = EffectPending, s.now()
	if s.options.OnChange == nil {
		e.State = EffectDone
	}
	_, err = tx.AddEffect(ctx, e)
	return err
}

// endSubscriptions cancels what a deleted customer had: the provider has done so too.
func (s *Service) endSubscriptions(ctx context.Context, tx Store, c *Customer, o owner) error {
	f := ObjectFilter{Kind: KindSubscription, Account: c.Account, Customer: c.ID, Limit: maxPage}
	subs, err := list[*Subscription](ctx, tx, f)
	if err != nil {
		return err
	}
	for _, sub := range subs {
		if sub.Status.Terminal() {
			continue
		}
		// The version stays, so that the subscription's own end, which says more, is still news.
		sub.Status, sub.CanceledAt, sub.EndedAt = SubscriptionStatusCanceled, c.Version.At, c.Version.At
		if err := s.applyLocked(ctx, tx, sub, o); err != nil {
			return err
		}
	}
	return nil
}

// applyLocked applies next under its lock, inside one transaction.
func (s *Service) applyLocked(ctx context.Context, tx Store, next Object, o owner) error {
	key, l := next.Key().String(), s.lease()
	if err := tx.Lock(ctx, key, l); err != nil {
		return err
	}
	if _, err := s.apply(ctx, tx, next, o); err != nil {
		return err
	}
	return tx.Unlock(ctx, key, l.Token)
}
