package billingtest

import "github.com/frontdesk-go/frontdesk/billing"

func (s shape) subscription(sub *billing.Subscription) object {
	o := s.header("subscription", &sub.Header)
	var items []object
	for _, item := range sub.Items {
		items = append(items, s.item(sub, item))
	}
	o["items"] = sublist(items)
	o["customer"] = sub.Customer
	o["status"] = sub.Status
	o["cancel_at_period_end"] = sub.CancelAtPeriodEnd
	o["cancel_at"] = unix(sub.CancelAt)
	o["canceled_at"] = unix(sub.CanceledAt)
	o["ended_at"] = unix(sub.EndedAt)
	o["trial_end"] = unix(sub.TrialEnd)
	o["start_date"] = sub.Created.Unix()
	o["latest_invoice"] = text(sub.LatestInvoice)
	o["collection_method"] = "charge_automatically"
	o["pause_collection"] = nil
	if sub.Pause != "" {
		o["pause_collection"] = object{"behavior": sub.Pause, "resumes_at": nil}
	}
	if s.basil {
		o["discounts"] = []object{}
		return o
	}
	o["discount"] = nil
	o["current_period_start"] = unix(sub.CurrentPeriodStart)
	o["current_period_end"] = unix(sub.CurrentPeriodEnd)
	return o
}

func (s shape) item(sub *billing.Subscription, item billing.SubscriptionItem) object {
	o := object{
		"id": item.ID, "object": "subscription_item", "subscription": sub.ID, "quantity": item.Quantity,
		"price": s.price(&billing.Price{
			Ref: billing.Ref{ID: item.Price}, Product: item.Product, Unit: item.Unit, Lookup: item.Lookup, Active: true,
		}),
	}
	if s.basil {
		o["current_period_start"] = unix(sub.CurrentPeriodStart)
		o["current_period_end"] = unix(sub.CurrentPeriodEnd)
	}
	return o
}
