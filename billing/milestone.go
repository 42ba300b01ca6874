package billing

import (
	"fmt"
	"strconv"
)

// milestones lists what o has reached in the state it is in. What a write
// changes is the difference between the milestones before and after it.
func (s *Service) milestones(o Object, whose owner) []Change {
	at := func(name, step string) Milestone {
		return Milestone{Name: name, Object: o.Key(), Step: step, Client: whose.client, Expert: whose.expert}
	}
	switch o := o.(type) {
	case *Subscription:
		return o.milestones(at)
	case *Invoice:
		return o.milestones(at, s.options.ZeroInvoices)
	case *Payment:
		return o.milestones(at)
	case *Refund:
		return o.milestones(at)
	case *Dispute:
		return o.milestones(at)
	case *CheckoutSession:
		return o.milestones(at)
	case *Payout:
		return o.milestones(at)
	case *Customer:
		if o.Deleted {
			return []Change{CustomerDeleted{at(changeCustomerDeleted, ""), *o}}
		}
	}
	return nil
}

type stepOf func(name, step string) Milestone

func (s *Subscription) milestones(at stepOf) []Change {
	switch s.Status {
	case SubscriptionStatusActive, SubscriptionStatusTrialing:
		return []Change{SubscriptionActivated{at(changeSubscriptionActivated, ""), *s}}
	case SubscriptionStatusPastDue:
		period := strconv.FormatInt(s.CurrentPeriodStart.Unix(), 10)
		return []Change{SubscriptionPastDue{at(changeSubscriptionPastDue, "period "+period), *s}}
	case SubscriptionStatusCanceled, SubscriptionStatusIncompleteExpired:
		return []Change{SubscriptionCanceled{at(changeSubscriptionCanceled, ""), *s}}
	}
	return nil
}

func (i *Invoice) milestones(at stepOf, zero bool) []Change {
	attempt := fmt.Sprintf("attempt %d", i.Attempts)
	switch {
	case i.Status == InvoiceStatusPaid && (i.Total.Amount != 0 || zero):
		return []Change{InvoicePaid{at(changeInvoicePaid, ""), i.Email, *i}}
	case i.Status != InvoiceStatusOpen:
		return nil
	case i.NeedsAction:
		return []Change{PaymentActionRequired{at(changePaymentActionRequired, attempt), i.Email, *i}}
	case i.Failed:
		return []Change{PaymentFailed{Milestone: at(changePaymentFailed, attempt), Email: i.Email, Invoice: i}}
	case i.Attempts > 0:
		return nil
	}
	return []Change{InvoiceFinalized{at(changeInvoiceFinalized, ""), i.Email, *i}}
}

func (p *Payment) milestones(at stepOf) []Change {
	if !p.Standalone {
		return nil // its invoice tells
	}
	switch {
	case p.Status == PaymentStatusSucceeded:
		return []Change{PaymentSucceeded{at(changePaymentSucceeded, ""), p.Email, *p}}
	case p.Status == PaymentStatusRequiresPaymentMethod && p.Failure != "":
		return []Change{PaymentFailed{Milestone: at(changePaymentFailed, p.Charge), Email: p.Email, Payment: p}}
	}
	return nil
}

func (r *Refund) milestones(at stepOf) []Change {
	switch r.Status {
	case RefundStatusSucceeded:
		return []Change{Refunded{at(changeRefunded, ""), *r}}
	case RefundStatusFailed, RefundStatusCanceled:
		return []Change{RefundFailed{at(changeRefundFailed, ""), *r}}
	}
	return nil
}

func (d *Dispute) milestones(at stepOf) []Change {
	opened := DisputeOpened{at(changeDisputeOpened, ""), *d}
	if d.Status.Closed() {
		return []Change{opened, DisputeClosed{at(changeDisputeClosed, string(d.Status)), *d}}
	}
	return []Change{opened}
}

func (c *CheckoutSession) milestones(at stepOf) []Change {
	switch {
	case c.Status == CheckoutStatusComplete && c.Paid:
		return []Change{CheckoutPaid{at(changeCheckoutPaid, ""), *c}}
	case c.Status == CheckoutStatusComplete && c.Failed:
		return []Change{CheckoutFailed{at(changeCheckoutFailed, ""), *c}}
	}
	return nil
}

func (p *Payout) milestones(at stepOf) []Change {
	switch p.Status {
	case PayoutStatusPaid:
		return []Change{PayoutPaid{at(changePayoutPaid, ""), *p}}
	case PayoutStatusFailed:
		return []Change{PayoutFailed{at(changePayoutFailed, ""), *p}}
	}
	return nil
}

// reached lists the milestones of after that before had not reached.
func (s *Service) reached(before, after Object, whose owner) []Change {
	now := s.milestones(after, whose)
	if before == nil {
		return now
	}
	past := map[string]bool{}
	for _, c := range s.milestones(before, whose) {
		past[c.Key()] = true
	}
	var fresh []Change
	for _, c := range now {
		if !past[c.Key()] {
			fresh = append(fresh, c)
		}
	}
	return append(fresh, updated(before, after, whose)...)
}

// updated says what is told at every turn, not once in an object's life.
func updated(before, after Object, whose owner) []Change {
	at := func(name, what string) Milestone {
		step := fmt.Sprintf("%d %s", after.Head().Version.At.Unix(), what)
		return Milestone{Name: name, Object: after.Key(), Step: step, Client: whose.client, Expert: whose.expert}
	}
	switch now := after.(type) {
	case *Subscription:
		old := before.(*Subscription)
		if old.Status.Live() && now.Status.Live() && old.terms() != now.terms() {
			return []Change{SubscriptionUpdated{at(changeSubscriptionUpdated, now.terms()), *old, *now}}
		}
	case *Account:
		if old := before.(*Account); old.Status() != now.Status() {
			return []Change{AccountChanged{at(changeAccountChanged, string(now.Status())), *old, *now}}
		}
	}
	return nil
}

// terms spells what was agreed with the client.
func (s *Subscription) terms() string {
	t := fmt.Sprintf("%s %t %d", s.Pause, s.CancelAtPeriodEnd, s.CancelAt.Unix())
	for _, i := range s.Items {
		t += fmt.Sprintf(" %s*%d", i.Price, i.Quantity)
	}
	return t
}
