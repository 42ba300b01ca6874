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
	if p, ok := next.(*Payment); ok {
		return mergePayment(old.(*Payment), p, newer)
	}
	if !newer {
		return old, false
	}
	if c, ok := next.(*CheckoutSession); ok {
		c.recall(old.(*CheckoutSession))
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
