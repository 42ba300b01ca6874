package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk/billing"
)

var subscriptionRoutes = map[string]endpoint{
	"GET /v1/subscriptions":         listSubscriptions,
	"GET /v1/subscriptions/{id}":    getSubscription,
	"POST /v1/subscriptions/{id}":   updateSubscription,
	"DELETE /v1/subscriptions/{id}": cancelSubscription,
}

func getSubscription(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetSubscription(ctx, c.ref()) }
}

// listSubscriptions leaves canceled ones out unless it is asked for all.
func listSubscriptions(c *call) action {
	status := c.form.text("status")
	filter := billing.SubscriptionFilter{Account: c.write.Account, Customer: c.form.text("customer")}
	keep := func(s *billing.Subscription) bool {
		switch status {
		case "all":
			return true
		case "":
			return !s.Status.Terminal()
		}
		return string(s.Status) == status
	}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Subscription, error] {
		return kept(c.ListSubscriptions(ctx, filter), keep)
	})
}

func updateSubscription(c *call) action {
	f := c.form
	switch {
	case f.has("pause_collection[behavior]"):
		behavior := billing.PauseBehavior(f.text("pause_collection[behavior]"))
		return func(ctx context.Context) (any, error) { return c.PauseCollection(ctx, c.write, c.id, behavior) }
	case f.has("pause_collection"):
		f.text("pause_collection")
		return func(ctx context.Context) (any, error) { return c.ResumeCollection(ctx, c.write, c.id) }
	}
	u := f.subscriptionUpdate("items", "")
	clearing := f.has("cancel_at") && f.text("cancel_at") == ""
	r := writing("UpdateSubscription", c.write, c.id, u, clearing)
	return func(ctx context.Context) (any, error) {
		return perform(ctx, c.Provider, r, func(a *account) (*billing.Subscription, error) {
			return a.updateOverHTTP(c.id, u, clearing)
		})
	}
}

// subscriptionUpdate reads the items under their name and the rest after a prefix.
func (f *form) subscriptionUpdate(items, prefix string) billing.SubscriptionUpdate {
	return billing.SubscriptionUpdate{
		Item: f.text(items + "[0][id]"), Price: f.text(items + "[0][price]"), Quantity: f.number(items + "[0][quantity]"),
		Proration:         billing.Proration(f.text(prefix + "proration_behavior")),
		CancelAtPeriodEnd: f.optionalFlag(prefix + "cancel_at_period_end"),
	}
}

// updateOverHTTP tells two ways to undo a cancellation apart: Stripe's flag
// undoes only what the flag has set, and an empty cancel_at the other.
func (a *account) updateOverHTTP(id string, u billing.SubscriptionUpdate, clearing bool) (*billing.Subscription, error) {
	sub, err := a.liveSubscription(id)
	if err != nil {
		return nil, err
	}
	undoes := u.CancelAtPeriodEnd != nil && !*u.CancelAtPeriodEnd
	if undoes && !sub.CancelAtPeriodEnd {
		u.CancelAtPeriodEnd = nil
	}
	if clearing {
		no := false
		u.CancelAtPeriodEnd = &no
	}
	return a.updateSubscription(id, u)
}

func cancelSubscription(c *call) action {
	params := billing.SubscriptionCancel{InvoiceNow: c.form.flag("invoice_now"), Prorate: c.form.flag("prorate")}
	return func(ctx context.Context) (any, error) { return c.CancelSubscription(ctx, c.write, c.id, params) }
}
