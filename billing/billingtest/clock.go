package billingtest

import (
	"time"
)

const day = 24 * time.Hour

// Now is the time on the provider's clock, in UTC.
func (p *Provider) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.present()
}

// present is where the clock has come to: ahead of p.now only on a running
// clock, until CatchUp carries out what has come due.
func (p *Provider) present() time.Time {
	if p.options.Clock == nil {
		return p.now
	}
	return latest(p.now, p.options.Clock().UTC().Add(p.ahead))
}

// second is the time in the resolution of the provider's objects and events.
func (p *Provider) second() time.Time { return p.now.Truncate(time.Second) }

// Advance moves the clock and carries out, in order, what comes due on the way:
// renewals, retries, ends of trials and of subscriptions, sessions and first
// payments that expire, delayed payments that settle, deadlines and payouts of
// connected accounts. The events of each moment are sent while the clock shows it.
func (p *Provider) Advance(d time.Duration) {
	p.mu.Lock()
	target := p.present().Add(d)
	p.ahead += d
	p.mu.Unlock()
	p.moveTo(target)
}

// CatchUp carries out what has come due on a running clock. Every call of the
// provider does so first; a program calls it now and then for the sake of events.
func (p *Provider) CatchUp() {
	if p.options.Clock == nil {
		return
	}
	p.mu.Lock()
	target := p.present()
	p.mu.Unlock()
	p.moveTo(target)
}

func (p *Provider) moveTo(target time.Time) {
	for p.step(target) {
		p.send(true)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = latest(p.now, target)
}

// step moves to the next moment at which something is due, if there is one
// before the target, and carries it out.
func (p *Provider) step(target time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.nextDue()
	if next.do == nil || next.at.After(target) {
		return false
	}
	p.now = latest(p.now, next.at)
	next.do()
	return true
}

// due is something that will happen by itself. One without do never does.
type due struct {
	at time.Time
	do func()
}

// nextDue returns what is due first: of several at one time, the oldest.
func (p *Provider) nextDue() due {
	var next due
	for a := range p.all() {
		a.eachDue(func(d due) {
			if d.do != nil && (next.do == nil || d.at.Before(next.at)) {
				next = d
			}
		})
	}
	return next
}

func (a *account) eachDue(consider func(due)) {
	for pay := range a.payments.oldest() {
		consider(a.paymentDue(pay))
	}
	for inv := range a.invoices.oldest() {
		consider(a.invoiceDue(inv))
	}
	for sub := range a.subscriptions.oldest() {
		consider(a.subscriptionDue(sub))
	}
	for s := range a.checkouts.oldest() {
		consider(a.checkoutDue(s))
	}
	a.eachConnectedDue(consider)
}

func (a *account) eachConnectedDue(consider func(due)) {
	if a.connected == nil {
		return
	}
	consider(a.deadlineDue())
	for po := range a.payouts.oldest() {
		consider(a.payoutDue(po))
	}
	consider(a.announceDue())
	consider(a.scheduleDue())
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// period is the n-th period of a subscription that began at the anchor. Months
// that are too short end early, and the next one is back on the anchor's day.
func period(anchor time.Time, interval string, count int64, n int) time.Time {
	k := n * int(max(count, 1))
	switch interval {
	case "day":
		return anchor.AddDate(0, 0, k)
	case "week":
		return anchor.AddDate(0, 0, 7*k)
	case "year":
		return addMonths(anchor, 12*k)
	}
	return addMonths(anchor, k)
}

func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
