package billing

import "context"

var liveStates = []string{
	string(SubscriptionStatusTrialing), string(SubscriptionStatusActive), string(SubscriptionStatusPastDue),
	string(SubscriptionStatusUnpaid), string(SubscriptionStatusPaused),
}

// findDuplicates tells when a subscription that has just become live is not the
// client's only one. The gate makes two that become live at once see each other,
// also when they are of two customers of the client.
func (s *Service) findDuplicates(ctx context.Context, tx Store, sub *Subscription, o owner) error {
	client := Key{"client", Ref{sub.Account, o.client}}
	return s.gate(ctx, tx, client, func(tx Store) error {
		f := ObjectFilter{Kind: KindSubscription, Account: sub.Account, Client: o.client, States: liveStates, Limit: maxPage}
		others, err := list[*Subscription](ctx, tx, f)
		if err != nil {
			return err
		}
		for _, other := range others {
			if other.ID == sub.ID || !s.conflict(other, sub) {
				continue
			}
			if err := s.tell(ctx, tx, duplicate(other, sub, o.client)); err != nil {
				return err
			}
		}
		return nil
	})
}

// conflict reports whether two live subscriptions of one client are one too many.
func (s *Service) conflict(a, b *Subscription) bool {
	return !s.options.ManySubscriptions || a.shares(b)
}

// shares reports whether the two have a product in common.
func (s *Subscription) shares(o *Subscription) bool {
	products := map[string]bool{}
	for _, i := range s.Items {
		products[i.Product] = true
	}
	for _, i := range o.Items {
		if products[i.Product] {
			return true
		}
	}
	return false
}

func duplicate(a, b *Subscription, client string) Change {
	if b.Created.Before(a.Created) || b.Created.Equal(a.Created) && b.ID < a.ID {
		a, b = b, a
	}
	m := Milestone{Name: changeDuplicateSubscription, Object: b.Key(), Step: "of " + a.ID, Client: client}
	return DuplicateSubscription{m, *a, *b}
}
