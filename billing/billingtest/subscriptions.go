package billingtest

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// subscription is a subscription with what billing.Subscription does not show.
type subscription struct {
	billing.Subscription
	method  string    // payment method that its invoices are charged to
	anchor  time.Time // its periods are counted from here
	periods int       // how many have begun
	every   billing.Interval
	count   int64
	warned  bool                  // that the trial will end
	pending []billing.InvoiceLine // prorations for the next invoice
}

// GetSubscription returns a subscription.
func (p *Provider) GetSubscription(ctx context.Context, ref billing.Ref) (*billing.Subscription, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetSubscription", ref.Account), func(a *account) (*billing.Subscription, error) {
		return a.shownSubscription(ref.ID)
	})
}

// ListSubscriptions lists subscriptions of every status, newest first.
func (p *Provider) ListSubscriptions(ctx context.Context, f billing.SubscriptionFilter) iter.Seq2[*billing.Subscription, error] {
	return list(ctx, p, "ListSubscriptions", f.Account, func(a *account) ([]*billing.Subscription, error) {
		return clones(shown(a.subscriptions.newest(), subscriptionOf), func(s *billing.Subscription) bool {
			return matches(f.Customer, s.Customer)
		})
	})
}

// UpdateSubscription changes a subscription.
func (p *Provider) UpdateSubscription(ctx context.Context, w billing.Write, id string, u billing.SubscriptionUpdate) (*billing.Subscription, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("UpdateSubscription", w, id, u), func(a *account) (*billing.Subscription, error) {
		return a.updateSubscription(id, u)
	})
}

// CancelSubscription ends a subscription now.
func (p *Provider) CancelSubscription(ctx context.Context, w billing.Write, id string, c billing.SubscriptionCancel) (*billing.Subscription, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CancelSubscription", w, id, c), func(a *account) (*billing.Subscription, error) {
		return a.cancelSubscription(id, c)
	})
}

// PauseCollection stops the collection of a subscription's invoices.
func (p *Provider) PauseCollection(ctx context.Context, w billing.Write, id string, b billing.PauseBehavior) (*billing.Subscription, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("PauseCollection", w, id, b), func(a *account) (*billing.Subscription, error) {
		return a.pause(id, b)
	})
}

// ResumeCollection collects a subscription's invoices again.
func (p *Provider) ResumeCollection(ctx context.Context, w billing.Write, id string) (*billing.Subscription, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("ResumeCollection", w, id), func(a *account) (*billing.Subscription, error) {
		return a.pause(id, "")
	})
}

// AddSubscription subscribes a customer to a price, as the provider's dashboard
// does: it is charged at once to the customer's default payment method, or to a
// new card when there is none. When that is declined, the subscription is
// incomplete and expires after 23 hours.
func (p *Provider) AddSubscription(customer billing.Ref, price string) (*billing.Subscription, error) {
	var added *billing.Subscription
	err := p.drive(func() error {
		a := p.account(customer.Account)
		c, err := a.livingCustomer("customer", customer.ID)
		if err != nil {
			return err
		}
		items, err := a.subscriptionItems([]billing.CheckoutLine{{Price: price}})
		if err != nil {
			return err
		}
		sub := a.newSubscription(c.ID, items, 0, nil)
		if sub.method = c.DefaultPaymentMethod; sub.method == "" {
			sub.method = a.addMethod(billing.PaymentMethod{Customer: c.ID}).ID
		}
		a.begin(sub, nil)
		added = clone(&sub.Subscription)
		return nil
	})
	return added, err
}

// ScheduleCancel ends a subscription at a time of its own, as flexible billing
// does: without the flag for the end of the period.
func (p *Provider) ScheduleCancel(id string, at time.Time) error {
	return p.drive(func() error {
		a, sub, err := owner(p, id, func(a *account) *table[*subscription] { return &a.subscriptions })
		switch {
		case err != nil:
			return err
		case sub.Status.Terminal():
			return canceledAlready(id)
		}
		before := clone(&sub.Subscription)
		sub.CancelAt, sub.CanceledAt = at.UTC().Truncate(time.Second), a.second()
		a.emit("customer.subscription.updated", &sub.Subscription, before)
		return nil
	})
}

func subscriptionOf(s *subscription) *billing.Subscription { return &s.Subscription }

func (a *account) shownSubscription(id string) (*billing.Subscription, error) {
	sub, err := a.subscriptions.find("subscription", id)
	if err != nil {
		return nil, err
	}
	return &sub.Subscription, nil
}

// liveSubscription finds a subscription that can be changed.
func (a *account) liveSubscription(id string) (*subscription, error) {
	sub, err := a.subscriptions.find("subscription", id)
	if err != nil {
		return nil, err
	}
	if sub.Status.Terminal() {
		return nil, canceledAlready(id)
	}
	return sub, nil
}

func canceledAlready(id string) error {
	return wrongState("", "The subscription "+id+" is canceled: only its metadata can be changed.")
}

// subscriptionItems turns the lines of a checkout into items. All of their
// prices must recur at one interval.
func (a *account) subscriptionItems(lines []billing.CheckoutLine) ([]billing.SubscriptionItem, error) {
	var items []billing.SubscriptionItem
	var first *billing.Price
	for _, line := range lines {
		price, err := a.usablePrice("line_items[0][price]", line.Price)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = price
		}
		switch {
		case price.Interval == "":
			return nil, invalid("line_items[0][price]", "must recur in subscription mode")
		case price.Interval != first.Interval || price.Count != first.Count:
			return nil, invalid("line_items[0][price]", "must recur at the interval of the other prices")
		}
		items = append(items, subscriptionItem(a.newID("si"), price, max(line.Quantity, 1)))
	}
	return items, nil
}

func subscriptionItem(id string, price *billing.Price, quantity int64) billing.SubscriptionItem {
	return billing.SubscriptionItem{
		ID: id, Price: price.ID, Product: price.Product, Lookup: price.Lookup, Unit: price.Unit, Quantity: quantity,
	}
}

// newSubscription stores a subscription that has not begun.
func (a *account) newSubscription(customer string, items []billing.SubscriptionItem, trialDays int64, metadata map[string]string) *subscription {
	price := a.prices.rows[items[0].Price]
	sub := &subscription{
		every: price.Interval, count: price.Count, anchor: a.second(), periods: 1,
		Subscription: billing.Subscription{
			Header: a.header(a.newID("sub"), customer, metadata), Status: billing.SubscriptionStatusIncomplete,
			Items: items, CurrentPeriodStart: a.second(),
		},
	}
	if trialDays > 0 {
		sub.Status = billing.SubscriptionStatusTrialing
		sub.TrialEnd = a.second().AddDate(0, 0, int(trialDays))
		sub.anchor, sub.periods = sub.TrialEnd, 0
	}
	sub.CurrentPeriodEnd = sub.periodEnd()
	a.subscriptions.put(sub.ID, sub)
	return sub
}

// periodEnd is where the present period ends.
func (s *subscription) periodEnd() time.Time {
	return period(s.anchor, string(s.every), s.count, s.periods)
}

// begin makes the first invoice and, unless the payer has a delayed way to pay,
// collects it.
func (a *account) begin(sub *subscription, collect func(*invoice) error) {
	inv := a.subscriptionInvoice(sub)
	sub.LatestInvoice = inv.ID
	a.emit("customer.subscription.created", &sub.Subscription, nil)
	a.emit("invoice.created", &inv.Invoice, nil)
	a.finalize(inv)
	if inv.Status == billing.InvoiceStatusPaid {
		return
	}
	if collect == nil {
		collect = a.collect
	}
	_ = collect(inv) // the invoice and the subscription show a refusal
}

func (a *account) updateSubscription(id string, u billing.SubscriptionUpdate) (*billing.Subscription, error) {
	sub, err := a.liveSubscription(id)
	if err != nil {
		return nil, err
	}
	change, err := a.itemChange(sub, u)
	if err != nil {
		return nil, err
	}
	before := clone(&sub.Subscription)
	if u.CancelAtPeriodEnd != nil {
		sub.cancelAtPeriodEnd(*u.CancelAtPeriodEnd, a.second())
	}
	if change == nil {
		a.emit("customer.subscription.updated", &sub.Subscription, before)
		return &sub.Subscription, nil
	}
	a.applyChange(sub, change, before)
	return &sub.Subscription, nil
}

func (s *subscription) cancelAtPeriodEnd(yes bool, now time.Time) {
	s.CancelAtPeriodEnd = yes
	s.CancelAt, s.CanceledAt = time.Time{}, time.Time{}
	if yes {
		s.CancelAt, s.CanceledAt = s.CurrentPeriodEnd, now
	}
}

func (a *account) cancelSubscription(id string, c billing.SubscriptionCancel) (*billing.Subscription, error) {
	sub, err := a.liveSubscription(id)
	switch {
	case errors.Is(err, frontdesk.FailedPrecondition):
		return nil, missing("subscription", id) // to this request Stripe no longer knows it
	case err != nil:
		return nil, err
	}
	if c.Prorate {
		sub.pending = append(sub.pending, a.unusedTime(sub)...)
	}
	if c.InvoiceNow && len(sub.pending) > 0 {
		a.invoicePending(sub)
	}
	a.endSubscription(sub, billing.SubscriptionStatusCanceled)
	return &sub.Subscription, nil
}

// endSubscription makes a subscription canceled or incomplete_expired, for good.
func (a *account) endSubscription(sub *subscription, to billing.SubscriptionStatus) {
	before := clone(&sub.Subscription)
	sub.Status, sub.EndedAt = to, a.second()
	if sub.CanceledAt.IsZero() {
		sub.CanceledAt = a.second()
	}
	a.stopRetries(sub)
	if to == billing.SubscriptionStatusIncompleteExpired {
		a.emit("customer.subscription.updated", &sub.Subscription, before)
		return
	}
	a.emit("customer.subscription.deleted", &sub.Subscription, nil)
}

// stopRetries leaves the open invoices of a subscription that has ended to be paid by hand.
func (a *account) stopRetries(sub *subscription) {
	for inv := range a.invoices.oldest() {
		if inv.Subscription == sub.ID && !inv.NextAttempt.IsZero() {
			before := clone(&inv.Invoice)
			inv.NextAttempt = time.Time{}
			a.emit("invoice.updated", &inv.Invoice, before)
		}
	}
}

func (a *account) pause(id string, b billing.PauseBehavior) (*billing.Subscription, error) {
	switch b {
	case "", billing.PauseKeepAsDraft, billing.PauseMarkUncollectible, billing.PauseVoid:
	default:
		return nil, invalid("pause_collection[behavior]", "must be keep_as_draft, mark_uncollectible or void")
	}
	sub, err := a.liveSubscription(id)
	if err != nil {
		return nil, err
	}
	before := clone(&sub.Subscription)
	sub.Pause = b
	a.emit("customer.subscription.updated", &sub.Subscription, before)
	return &sub.Subscription, nil
}
