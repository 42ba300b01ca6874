package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk/billing"
)

// CreateCustomer creates a customer.
func (p *Provider) CreateCustomer(ctx context.Context, w billing.Write, c billing.CustomerParams) (*billing.Customer, error) {
	if err := mustWrite(w); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateCustomer", w, c), func(a *account) (*billing.Customer, error) {
		return a.addCustomer(a.newID("cus"), c), nil
	})
}

// UpdateCustomer changes a customer.
func (p *Provider) UpdateCustomer(ctx context.Context, w billing.Write, id string, c billing.CustomerParams) (*billing.Customer, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("UpdateCustomer", w, id, c), func(a *account) (*billing.Customer, error) {
		return a.updateCustomer(id, c)
	})
}

// GetCustomer returns a customer, also a deleted one.
func (p *Provider) GetCustomer(ctx context.Context, ref billing.Ref) (*billing.Customer, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetCustomer", ref.Account), func(a *account) (*billing.Customer, error) {
		return a.customers.find("customer", ref.ID)
	})
}

// FindCustomers lists the customers whose metadata has the pair. Unlike
// Stripe's, this index never lags.
func (p *Provider) FindCustomers(ctx context.Context, on, key, value string) iter.Seq2[*billing.Customer, error] {
	return list(ctx, p, "FindCustomers", on, func(a *account) ([]*billing.Customer, error) {
		return clones(a.customers.newest(), func(c *billing.Customer) bool {
			return !c.Deleted && value != "" && c.Metadata[key] == value
		})
	})
}

// AddCustomer creates a customer with a chosen id. It panics when there is one
// with that id.
func (p *Provider) AddCustomer(ref billing.Ref, c billing.CustomerParams) *billing.Customer {
	var added *billing.Customer
	_ = p.drive(func() error {
		a := p.account(ref.Account)
		if _, taken := a.customers.get(ref.ID); taken {
			panic("billingtest: there is a customer " + ref.ID + " already")
		}
		added = clone(a.addCustomer(ref.ID, c))
		return nil
	})
	return added
}

// DeleteCustomer deletes a customer in the provider's dashboard: subscriptions
// are canceled, payment methods detached, and only the id is left.
func (p *Provider) DeleteCustomer(ref billing.Ref) error {
	return p.drive(func() error {
		a := p.account(ref.Account)
		c, err := a.livingCustomer("id", ref.ID)
		if err != nil {
			return err
		}
		a.deleteCustomer(c)
		return nil
	})
}

func (a *account) addCustomer(id string, p billing.CustomerParams) *billing.Customer {
	c := &billing.Customer{Header: a.header(id, "", p.Metadata), Email: p.Email, Name: p.Name}
	a.customers.put(id, c)
	a.emit("customer.created", c, nil)
	return c
}

func (a *account) updateCustomer(id string, p billing.CustomerParams) (*billing.Customer, error) {
	c, err := a.livingCustomer("id", id)
	if err != nil {
		return nil, err
	}
	before := clone(c)
	c.Email = orElse(p.Email, c.Email)
	c.Name = orElse(p.Name, c.Name)
	c.Metadata = merged(c.Metadata, p.Metadata)
	a.emit("customer.updated", c, before)
	return c, nil
}

func (a *account) deleteCustomer(c *billing.Customer) {
	for sub := range a.subscriptions.oldest() {
		if sub.Customer == c.ID && !sub.Status.Terminal() {
			a.endSubscription(sub, billing.SubscriptionStatusCanceled)
		}
	}
	for m := range a.methods.oldest() {
		if m.Customer == c.ID {
			m.Customer = ""
		}
	}
	a.emit("customer.deleted", c, nil)
	c.Deleted = true
	c.Email, c.Name, c.DefaultPaymentMethod, c.Metadata, c.Delinquent = "", "", "", nil, false
}

// livingCustomer finds a customer that can be used. param is how the request
// names it: "id" when it is in the path.
func (a *account) livingCustomer(param, id string) (*billing.Customer, error) {
	c, ok := a.customers.get(id)
	switch {
	case ok && !c.Deleted:
		return c, nil
	case param == "id":
		return nil, missing("customer", id)
	}
	return nil, absent(param, "customer", id)
}

// setDelinquent says whether the customer's latest invoice failed.
func (a *account) setDelinquent(id string, delinquent bool) {
	c, ok := a.customers.get(id)
	if !ok || c.Deleted || c.Delinquent == delinquent {
		return
	}
	before := clone(c)
	c.Delinquent = delinquent
	a.emit("customer.updated", c, before)
}
