package billingtest

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func (s shape) payout(p *billing.Payout) object {
	o := s.header("payout", &p.Header)
	o["status"] = p.Status
	o["amount"] = units(p.Amount)
	o["currency"] = p.Amount.Currency
	o["automatic"] = p.Automatic
	o["method"] = p.Method
	o["arrival_date"] = unix(p.ArrivalDate)
	o["destination"] = text(p.Destination)
	o["description"] = text(p.Description)
	o["failure_code"] = text(p.Failure)
	o["failure_message"] = text(p.FailureMessage)
	o["reconciliation_status"] = "not_applicable"
	if p.Automatic {
		o["reconciliation_status"] = "completed"
	}
	return o
}

func (s shape) balance(b *billing.Balance) object {
	return object{
		"object": "balance", "livemode": false, "available": funds(b.Available), "pending": funds(b.Pending),
	}
}

func funds(amounts []frontdesk.Money) []object {
	list := []object{}
	for _, m := range amounts {
		list = append(list, object{"amount": units(m), "currency": m.Currency})
	}
	return list
}
