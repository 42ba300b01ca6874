package billing

import (
	"context"
	"slices"
)

// Entitled reports whether the client has a subscription that entitles to one
// of the given things, each a product, a price or a lookup key; without any, to
// anything at all. It looks at all of the client's subscriptions: those that
// are trialing or active entitle, past due ones only with
// Options.PastDueEntitles, and ones whose invoices are voided while collection
// is paused do not. An error is never a "no".
func (s *Service) Entitled(ctx context.Context, client string, things ...string) (ok bool, err error) {
	const op = "billing.Entitled"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := validClient(client); err != nil {
		return false, err
	}
	if err := s.allow(ctx, op, client, toRead); err != nil {
		return false, err
	}
	f := ObjectFilter{Kind: KindSubscription, Client: client, States: liveStates, Limit: maxPage}
	subs, err := list[*Subscription](ctx, s.store, f)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(subs, func(sub *Subscription) bool {
		return s.entitles(sub) && sub.covers(things)
	}), nil
}

func (s *Service) entitles(sub *Subscription) bool {
	switch sub.Status {
	case SubscriptionStatusActive, SubscriptionStatusTrialing:
		return sub.Pause != PauseVoid
	case SubscriptionStatusPastDue:
		return s.options.PastDueEntitles && sub.Pause != PauseVoid
	}
	return false
}

func (s *Subscription) covers(things []string) bool {
	return len(things) == 0 || slices.ContainsFunc(s.Items, func(i SubscriptionItem) bool {
		return slices.ContainsFunc([]string{i.Product, i.Price, i.Lookup}, func(name string) bool {
			return name != "" && slices.Contains(things, name)
		})
	})
}
