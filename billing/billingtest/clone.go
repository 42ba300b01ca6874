package billingtest

import (
	"maps"
	"slices"

	"github.com/frontdesk-go/frontdesk/billing"
)

// clone returns a copy of an object that shares nothing with it.
func clone[T any](v T) T {
	switch v := any(v).(type) {
	case *billing.Customer:
		return any(copied(v)).(T)
	case *billing.Payment:
		c := copied(v)
		c.Movements = slices.Clone(c.Movements)
		return any(c).(T)
	case *billing.Refund:
		c := copied(v)
		c.Movements = slices.Clone(c.Movements)
		return any(c).(T)
	case *billing.Dispute:
		c := copied(v)
		c.Movements = slices.Clone(c.Movements)
		return any(c).(T)
	case *billing.CheckoutSession:
		return any(copied(v)).(T)
	case *billing.Subscription:
		c := copied(v)
		c.Items = slices.Clone(c.Items)
		return any(c).(T)
	case *billing.Invoice:
		c := copied(v)
		c.Lines = slices.Clone(c.Lines)
		return any(c).(T)
	case *billing.Account:
		return any(copiedAccount(v)).(T)
	case *billing.Payout:
		c := copied(v)
		c.Movements = slices.Clone(c.Movements)
		return any(c).(T)
	case *billing.Balance:
		c := copied(v)
		c.Available, c.Pending = slices.Clone(c.Available), slices.Clone(c.Pending)
		return any(c).(T)
	case *billing.Transfer:
		c := copied(v)
		c.Reversals = slices.Clone(c.Reversals)
		return any(c).(T)
	case *billing.ApplicationFee:
		c := copied(v)
		c.Refunds = slices.Clone(c.Refunds)
		return any(c).(T)
	case *transaction:
		c := *v
		c.movements = slices.Clone(c.movements)
		return any(&c).(T)
	case *billing.Product:
		c := *v
		c.Metadata = maps.Clone(c.Metadata)
		return any(&c).(T)
	case *billing.Price:
		c := *v
		c.Metadata = maps.Clone(c.Metadata)
		return any(&c).(T)
	case *billing.PaymentMethod:
		c := *v
		return any(&c).(T)
	}
	return v
}

func copiedAccount(v *billing.Account) *billing.Account {
	c := copied(v)
	c.Capabilities = maps.Clone(c.Capabilities)
	r := &c.Requirements
	r.CurrentlyDue, r.EventuallyDue = slices.Clone(r.CurrentlyDue), slices.Clone(r.EventuallyDue)
	r.PastDue, r.PendingVerification = slices.Clone(r.PastDue), slices.Clone(r.PendingVerification)
	r.Errors = slices.Clone(r.Errors)
	return c
}

func copied[T any, P interface {
	*T
	billing.Object
}](v P) P {
	c := *v
	header := P(&c).Head()
	header.Metadata = maps.Clone(header.Metadata)
	return &c
}

// clones copies the rows that keep says, in order.
func clones[T any](rows func(func(T) bool), keep func(T) bool) ([]T, error) {
	var out []T
	for row := range rows {
		if keep(row) {
			out = append(out, clone(row))
		}
	}
	return out, nil
}

// merged is how Stripe changes metadata: an empty value removes the key.
func merged(old, changes map[string]string) map[string]string {
	out := maps.Clone(old)
	for k, v := range changes {
		if v == "" {
			delete(out, k)
			continue
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[k] = v
	}
	return out
}
