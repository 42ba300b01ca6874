// Package booking lets meetings be paid: it stands between packages scheduling and billing, which do
// not know each other.
//
//	var sched *scheduling.Service
//	pay := billing.New(provider, st.Billing(), &billing.Options{
//		OnChange: func(ctx context.Context, c billing.Change) error { return booking.Hook(sched)(ctx, c) },
//	})
//	sched, err := scheduling.New(st.Scheduling(), &scheduling.Options{Payments: booking.Payments(pay, nil)})
//
// What is booked is paid on a page of the provider, whose session and payment carry the order's id in their
// metadata. The provider's word that it was paid confirms the meeting, once, however often and however late it comes.
//
// Here nobody is asked who may do what: scheduling has decided it. All calls are made as the system's.
package booking

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// metadataOrder is where sessions and payments carry the id of the order.
const metadataOrder = "frontdeskOrder"

// Billing is what is needed of *billing.Service.
type Billing interface {
	EnsureCustomer(ctx context.Context, client string, d billing.CustomerDetails) (*billing.Customer, error)
	StartCheckout(ctx context.Context, c billing.Checkout) (*billing.CheckoutSession, error)
	Checkouts(ctx context.Context, client string, l billing.Listing) ([]*billing.CheckoutSession, string, error)
	ExpireCheckout(ctx context.Context, id string) (*billing.CheckoutSession, error)
	Payment(ctx context.Context, id string) (*billing.Payment, error)
	Refund(ctx context.Context, payment string, r billing.Return) (*billing.Refund, error)
}

var _ Billing = (*billing.Service)(nil)

// Options adjusts Payments. The zero value is ready to use.
type Options struct {
	// For says who earns an order. The zero billing.Booking is the platform itself, for
	// hosts whose experts have no accounts of their own. Default: the order's expert and event type.
	For func(o scheduling.Order) billing.Booking
	// SuccessPath and CancelPath are where payers come back to of orders that say nothing. Default "/".
	SuccessPath, CancelPath string
	// AutomaticTax lets the provider add taxes.
	AutomaticTax bool
	// KeepCommission makes the expert give back all of a refund; without it the platform gives back its commission.
	KeepCommission bool
}

func (o *Options) fill() {
	if o.For == nil {
		o.For = func(order scheduling.Order) billing.Booking {
			return billing.Booking{Expert: order.Expert, EventType: order.EventType}
		}
	}
	if o.SuccessPath == "" {
		o.SuccessPath = "/"
	}
	if o.CancelPath == "" {
		o.CancelPath = "/"
	}
}

// asSystem is the context of work that was allowed elsewhere.
func asSystem(ctx context.Context) context.Context {
	return frontdesk.WithActor(ctx, frontdesk.System("booking"))
}
