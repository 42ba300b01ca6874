package billingtest

import (
	"strings"

	"github.com/frontdesk-go/frontdesk/billing"
)

// showPayment renders a payment, or its charge alone, with the charge and its
// line where they are expanded.
func (c *call) showPayment(p *billing.Payment) object {
	o := c.shape.render(p)
	if p.Charge == "" || c.shape.charges || !c.expand["latest_charge"] && !c.expand["latest_charge.balance_transaction"] {
		return o
	}
	o["latest_charge"] = c.showCharge(p, "latest_charge.")
	return o
}

func (c *call) showCharge(p *billing.Payment, path string) object {
	o := c.shape.render(charge{p})
	c.expandLine(o, path+"balance_transaction", p.Account)
	return o
}

func (c *call) showRefund(r *billing.Refund) object {
	o := c.shape.render(r)
	c.expandLine(o, "balance_transaction", r.Account)
	c.expandLine(o, "failure_balance_transaction", r.Account)
	return o
}

// expandLine replaces the id of a line by the line, when the request wants it at
// the path. The member has the last name of the path.
func (c *call) expandLine(o object, path, account string) {
	member := path[strings.LastIndexByte(path, '.')+1:]
	id, named := o[member].(string)
	if !named || !c.expand[path] {
		return
	}
	if t := c.line(account, id); t != nil {
		o[member] = c.shape.render(t)
	}
}

// line is a line of an account's balance; nil when there is none.
func (c *call) line(account, id string) *transaction {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.account(account).lines {
		if t.id == id {
			return clone(t)
		}
	}
	return nil
}

// showLine renders a line, with its source where that is expanded.
func (c *call) showLine(t *transaction) object {
	o := c.shape.render(t)
	o["status"] = "available"
	if t.main().AvailableOn.After(c.Now()) {
		o["status"] = "pending"
	}
	if c.expand["source"] && t.source != "" {
		o["source"] = c.shape.render(c.sourceOf(t))
	}
	return o
}

// sourceOf is what a line came from.
func (c *call) sourceOf(t *transaction) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.account(c.write.Account)
	if pay := a.charged(t.source); pay != nil {
		return chargeOf(pay)
	}
	if r, ok := a.refunds.get(t.source); ok {
		return clone(r)
	}
	if d, ok := a.disputes.get(t.source); ok {
		return clone(d)
	}
	if po, ok := a.payouts.get(t.source); ok {
		return clone(&po.Payout)
	}
	return c.feeRefund(t.source)
}

// feeRefund finds a part of a fee that was given back.
func (p *Provider) feeRefund(id string) any {
	for f := range p.account("").fees.oldest() {
		for _, r := range f.Refunds {
			if r.ID == id {
				return givenBack{clone(&f.ApplicationFee), r}
			}
		}
	}
	panic("billingtest: a line came from nothing: " + id)
}

// givenBack is a part of a fee that was given back.
type givenBack struct {
	fee *billing.ApplicationFee
	billing.FeeRefund
}
