package billing

import "encoding/json"

// merge decides what is kept of a known object when another state of it
// arrives, and whether that differs from what is known. States are ordered by
// (terminal, Version), which is total, so the result does not depend on the
// order of arrival; a state that was read under the object's lock is the newest.
func merge(old, next Object) (Object, bool) {
	if old == nil {
		return next, true
	}
	newer := supersedes(old, next)
	switch next := next.(type) {
	case *Payment:
		return mergePayment(old.(*Payment), next, newer)
	case *Account:
		return mergeAccount(old.(*Account), next, newer)
	}
	if !newer {
		return old, false
	}
	switch next := next.(type) {
	case *CheckoutSession:
		next.recall(old.(*CheckoutSession))
	case *Payout:
		if len(next.Movements) == 0 {
			next.Movements = old.(*Payout).Movements
		}
	}
	return next, next.Head().Version != old.Head().Version || !same(old, next)
}

func supersedes(old, next Object) bool {
	if was, is := terminal(old), terminal(next); was != is {
		return is
	}
	if next.Head().Version.Rank == RankRead {
		return true
	}
	return old.Head().Version.Before(next.Head().Version)
}

// mergePayment completes one picture from several sources: intents, charges and
// invoices each show a part of a payment.
func mergePayment(old, next *Payment, newer bool) (Object, bool) {
	top, rest := *old, next
	if newer {
		top, rest = *next, old
	}
	top.fill(rest)
	return &top, top.Version != old.Version || !same(old, &top)
}

func (p *Payment) fill(from *Payment) {
	fill(&p.Customer, from.Customer)
	fill(&p.Invoice, from.Invoice)
	fill(&p.Charge, from.Charge)
	fill(&p.Email, from.Email)
	fill(&p.Description, from.Description)
	fill(&p.Destination, from.Destination)
	fill(&p.Transfer, from.Transfer)
	fill(&p.ApplicationFee, from.ApplicationFee)
	if p.Commission == 0 {
		p.Commission = from.Commission
	}
	if len(p.Movements) == 0 {
		p.Movements = from.Movements
	}
	if len(p.Metadata) == 0 {
		p.Metadata = from.Metadata
	}
	if p.Created.IsZero() || !from.Created.IsZero() && from.Created.Before(p.Created) {
		p.Created = from.Created
	}
	p.Standalone = (p.Standalone || from.Standalone) && p.Invoice == ""
	if p.Version.Rank == RankRead {
		return // a reading has the sums; payloads show a part of them each
	}
	p.Refunded = max(p.Refunded, from.Refunded)
	p.Received = max(p.Received, from.Received)
	p.Disputed = p.Disputed || from.Disputed
}

// mergeAccount keeps the last connection and the last deauthorisation that any
// event has told of, whatever else is newer.
func mergeAccount(old, next *Account, newer bool) (Object, bool) {
	top := *old
	if !next.partial() && (newer || old.partial()) {
		top = *next
	}
	top.recall(old)
	top.recall(next)
	return &top, top.Version != old.Version || !same(old, &top)
}

// recall keeps when the account was connected and deauthorised, which only events tell.
func (a *Account) recall(from *Account) {
	a.ConnectedAt = later(a.ConnectedAt, from.ConnectedAt)
	a.DisconnectedAt = later(a.DisconnectedAt, from.DisconnectedAt)
}

// partial reports whether the account is only known from an event about its connection.
func (a *Account) partial() bool { return a.Created.IsZero() }

// recall keeps that a delayed payment has failed, which only its event tells.
func (c *CheckoutSession) recall(from *CheckoutSession) {
	c.Failed = (c.Failed || from.Failed) && !c.Paid
}

func fill(to *string, from string) {
	if *to == "" {
		*to = from
	}
}

// terminal reports whether the object can never leave its state.
func terminal(o Object) bool {
	switch o := o.(type) {
	case *Subscription:
		return o.Status.Terminal()
	case *Invoice:
		return o.Status.Terminal()
	case *Payment:
		return o.Status.Terminal()
	case *CheckoutSession:
		return o.Paid || o.Status == CheckoutStatusExpired
	case *Payout:
		return o.Status.Returned()
	}
	return o.Head().Deleted
}

// same compares what is known of an object, apart from when it became known.
func same(a, b Object) bool {
	return contents(a) == contents(b)
}

func contents(o Object) string {
	h := o.Head()
	kept := *h
	h.Version, h.RowID = Version{}, ""
	raw, err := json.Marshal(o)
	*h = kept
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
