package stripe

import (
	"context"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// GetSubscription implements [billing.Subscriptions].
func (p *Provider) GetSubscription(ctx context.Context, ref billing.Ref) (*billing.Subscription, error) {
	params := &stripego.SubscriptionParams{Params: reading(ref.Account)}
	return callOn(ctx, p, ref.ID, params, p.api.subscriptions.Get, wire.Subscription)
}

// ListSubscriptions implements [billing.Subscriptions]. Stripe would leave out
// the canceled ones if it were not asked for all.
func (p *Provider) ListSubscriptions(ctx context.Context, f billing.SubscriptionFilter) iter.Seq2[*billing.Subscription, error] {
	params := func() *stripego.SubscriptionListParams {
		return &stripego.SubscriptionListParams{
			ListParams: listing(f.Account),
			Customer:   optional(f.Customer),
			Status:     stripego.String("all"),
		}
	}
	return list(ctx, p, params, p.api.subscriptions.List, wire.Subscription)
}

// UpdateSubscription implements [billing.Subscriptions]. It reads the
// subscription first when it must find the item to change, or which kind of
// scheduled cancellation to undo. Several items and none named are Invalid ("item").
func (p *Provider) UpdateSubscription(ctx context.Context, w billing.Write, id string, u billing.SubscriptionUpdate) (*billing.Subscription, error) {
	if err := checkKey(&w.IdempotencyKey); err != nil {
		return nil, err
	}
	change, err := p.subscriptionChange(ctx, billing.Ref{Account: w.Account, ID: id}, u)
	if err != nil {
		return nil, err
	}
	if change.clearCancelAt {
		w.IdempotencyKey = derivedKey(w.IdempotencyKey, "cancel_at")
	}
	return callOn(ctx, p, id, change.params(w), p.api.subscriptions.Update, wire.Subscription)
}

// subscriptionChange is an update with what Stripe needs to know beyond it.
type subscriptionChange struct {
	items     []*stripego.SubscriptionItemsParams
	proration *string
	atEnd     *bool
	// clearCancelAt undoes a cancellation at a date. It goes under a key of its
	// own: once it is done, a repeated call finds nothing to clear, sends other
	// parameters, and Stripe would refuse those under the first key.
	clearCancelAt bool
}

func (p *Provider) subscriptionChange(ctx context.Context, ref billing.Ref, u billing.SubscriptionUpdate) (subscriptionChange, error) {
	var none subscriptionChange
	changesItem := u.Price != "" || u.Quantity != 0
	undoes := u.CancelAtPeriodEnd != nil && !*u.CancelAtPeriodEnd
	if u.Quantity < 0 {
		return none, frontdesk.InvalidField("quantity", "must not be negative")
	}
	c := subscriptionChange{atEnd: u.CancelAtPeriodEnd}
	if undoes || changesItem && u.Item == "" {
		now, err := p.GetSubscription(ctx, ref)
		if err != nil {
			return none, err
		}
		if undoes && !now.CancelAtPeriodEnd && !now.CancelAt.IsZero() {
			c.atEnd, c.clearCancelAt = nil, true
		}
		if changesItem && u.Item == "" {
			if u.Item, err = onlyItem(now); err != nil {
				return none, err
			}
		}
	}
	if changesItem {
		c.proration = stripego.String(string(proration(u.Proration)))
		c.items = []*stripego.SubscriptionItemsParams{{
			ID: &u.Item, Price: optional(u.Price), Quantity: optional(u.Quantity),
		}}
	}
	return c, nil
}

func onlyItem(s *billing.Subscription) (string, error) {
	if len(s.Items) != 1 {
		return "", frontdesk.InvalidField("item", "must name one of the subscription's %d items", len(s.Items))
	}
	return s.Items[0].ID, nil
}

func proration(p billing.Proration) billing.Proration {
	if p == "" {
		return billing.ProrationCreate
	}
	return p
}

func (c subscriptionChange) params(w billing.Write) *stripego.SubscriptionParams {
	params := &stripego.SubscriptionParams{
		Params:            writing(w),
		Items:             c.items,
		ProrationBehavior: c.proration,
		CancelAtPeriodEnd: c.atEnd,
	}
	if c.clearCancelAt {
		params.AddExtra("cancel_at", "")
	}
	return params
}

// CancelSubscription implements [billing.Subscriptions].
func (p *Provider) CancelSubscription(ctx context.Context, w billing.Write, id string, c billing.SubscriptionCancel) (*billing.Subscription, error) {
	params := &stripego.SubscriptionCancelParams{
		Params:     writing(w),
		InvoiceNow: optional(c.InvoiceNow),
		Prorate:    optional(c.Prorate),
	}
	return callOn(ctx, p, id, params, p.api.subscriptions.Cancel, wire.Subscription)
}

// PauseCollection implements [billing.CollectionPauser].
func (p *Provider) PauseCollection(ctx context.Context, w billing.Write, id string, b billing.PauseBehavior) (*billing.Subscription, error) {
	params := &stripego.SubscriptionParams{
		Params:          writing(w),
		PauseCollection: &stripego.SubscriptionPauseCollectionParams{Behavior: stripego.String(string(b))},
	}
	return callOn(ctx, p, id, params, p.api.subscriptions.Update, wire.Subscription)
}

// ResumeCollection implements [billing.CollectionPauser].
func (p *Provider) ResumeCollection(ctx context.Context, w billing.Write, id string) (*billing.Subscription, error) {
	params := &stripego.SubscriptionParams{Params: writing(w)}
	params.AddExtra("pause_collection", "")
	return callOn(ctx, p, id, params, p.api.subscriptions.Update, wire.Subscription)
}
