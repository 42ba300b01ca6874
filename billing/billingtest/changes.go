package billingtest

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// change is a new price or quantity for one item of a subscription.
type change struct {
	index     int
	item      billing.SubscriptionItem
	price     *billing.Price
	proration billing.Proration
}

// PreviewUpdate shows the invoice that a change would lead to.
func (p *Provider) PreviewUpdate(ctx context.Context, ref billing.Ref, u billing.SubscriptionUpdate) (*billing.Invoice, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("PreviewUpdate", ref.Account), func(a *account) (*billing.Invoice, error) {
		return a.preview(ref.ID, u)
	})
}

// itemChange reads an update; nil changes no item.
func (a *account) itemChange(sub *subscription, u billing.SubscriptionUpdate) (*change, error) {
	if u.Price == "" && u.Quantity == 0 {
		return nil, nil
	}
	index, err := sub.itemIndex(u.Item)
	if err != nil {
		return nil, err
	}
	old := sub.Items[index]
	price, err := a.usablePrice("items[0][price]", orElse(u.Price, old.Price))
	switch {
	case err != nil:
		return nil, err
	case price.Interval == "":
		return nil, invalid("items[0][price]", "must recur")
	case len(sub.Items) > 1 && sub.resetBy(price):
		return nil, invalid("items[0][price]", "must recur at the interval of the other prices")
	}
	quantity := old.Quantity
	if u.Quantity > 0 {
		quantity = u.Quantity
	}
	proration := u.Proration
	if proration == "" {
		proration = billing.ProrationCreate
	}
	return &change{index, subscriptionItem(old.ID, price, quantity), price, proration}, nil
}

func (s *subscription) itemIndex(id string) (int, error) {
	if id == "" && len(s.Items) == 1 {
		return 0, nil
	}
	for i, item := range s.Items {
		if item.ID == id {
			return i, nil
		}
	}
	if id == "" {
		return 0, invalid("items[0][id]", "is needed when there are several items")
	}
	return 0, absent("items[0][id]", "subscription item", id)
}

// resetBy reports whether the price recurs at another interval, so that a new
// period begins with it.
func (s *subscription) resetBy(price *billing.Price) bool {
	return price.Interval != s.every || price.Count != s.count
}

// apply changes the item and adds the prorations to what is pending. It
// reports whether a new period has begun.
func (a *account) apply(sub *subscription, c *change) bool {
	reset := sub.resetBy(c.price)
	old := sub.Items[c.index]
	if c.proration != billing.ProrationNone && sub.Status != billing.SubscriptionStatusTrialing {
		sub.pending = append(sub.pending, a.prorated(sub, old, -1))
		if !reset {
			sub.pending = append(sub.pending, a.prorated(sub, c.item, 1))
		}
	}
	sub.Items[c.index] = c.item
	if !reset {
		return false
	}
	sub.every, sub.count = c.price.Interval, c.price.Count
	if sub.Status == billing.SubscriptionStatusTrialing {
		return false
	}
	sub.anchor, sub.periods = a.second(), 1
	sub.CurrentPeriodStart, sub.CurrentPeriodEnd = sub.anchor, sub.periodEnd()
	return true
}

func (a *account) applyChange(sub *subscription, c *change, before *billing.Subscription) {
	if a.apply(sub, c) {
		a.bill(sub, before)
		return
	}
	a.emit("customer.subscription.updated", &sub.Subscription, before)
	if c.proration == billing.ProrationAlwaysInvoice && len(sub.pending) > 0 {
		a.invoicePending(sub)
	}
}

// prorated is a line for the rest of the period: a credit when sign is -1.
func (a *account) prorated(sub *subscription, item billing.SubscriptionItem, sign int64) billing.InvoiceLine {
	amount := times(item.Unit, item.Quantity)
	amount.Amount = sign * share(amount.Amount, sub.CurrentPeriodEnd.Sub(a.second()), sub.CurrentPeriodEnd.Sub(sub.CurrentPeriodStart))
	text := "Remaining time on "
	if sign < 0 {
		text = "Unused time on "
	}
	return billing.InvoiceLine{
		ID: a.newID("il"), Description: text + a.itemName(item), Amount: amount,
		Quantity: item.Quantity, Price: item.Price, Proration: true,
	}
}

// share is amount * part / whole, rounded half away from zero.
func share(amount int64, part, whole time.Duration) int64 {
	if whole <= 0 || part <= 0 {
		return 0
	}
	n, d := int64(part/time.Second), int64(whole/time.Second)
	half := d / 2
	if amount < 0 {
		half = -half
	}
	return (amount*n + half) / d
}

// unusedTime credits the rest of the period of all items.
func (a *account) unusedTime(sub *subscription) []billing.InvoiceLine {
	if sub.Status == billing.SubscriptionStatusTrialing {
		return nil
	}
	var lines []billing.InvoiceLine
	for _, item := range sub.Items {
		lines = append(lines, a.prorated(sub, item, -1))
	}
	return lines
}

// preview applies the update to a copy and shows its next invoice.
func (a *account) preview(id string, u billing.SubscriptionUpdate) (*billing.Invoice, error) {
	live, err := a.liveSubscription(id)
	if err != nil {
		return nil, err
	}
	sub := *live
	sub.Subscription = *clone(&live.Subscription)
	sub.pending = slices.Clone(live.pending)
	c, err := a.itemChange(&sub, u)
	if err != nil {
		return nil, err
	}
	if u.CancelAtPeriodEnd != nil {
		sub.cancelAtPeriodEnd(*u.CancelAtPeriodEnd, a.second())
	}
	begun := c != nil && a.apply(&sub, c)
	atOnce := c != nil && !begun && c.proration == billing.ProrationAlwaysInvoice
	if sub.Ends() && !begun && len(sub.pending) == 0 {
		return nil, noUpcoming(id)
	}
	return a.upcoming(&sub, !atOnce && (begun || !sub.Ends()))
}

func (a *account) upcoming(sub *subscription, withPeriod bool) (*billing.Invoice, error) {
	lines := sub.pending
	if withPeriod {
		lines = append(lines, a.periodLines(sub)...)
	}
	inv := &invoice{Invoice: billing.Invoice{
		Header: billing.Header{Ref: billing.Ref{Account: a.id}, Customer: sub.Customer, Created: a.second()},
		Status: billing.InvoiceStatusDraft, Subscription: sub.ID,
	}}
	inv.Total.Currency = sub.Items[0].Unit.Currency
	return &inv.Invoice, inv.add(lines...)
}

func noUpcoming(id string) error {
	return &frontdesk.Error{Code: frontdesk.FailedPrecondition, Err: &APIError{
		Status: http.StatusNotFound, Type: "invalid_request_error", Code: "invoice_upcoming_none",
		Message: "No upcoming invoices for subscription: " + id,
	}}
}
