package billingtest

import "github.com/frontdesk-go/frontdesk/billing"

// latestShown is how many of its reversals a transfer shows, and a fee of its
// refunds.
const latestShown = 10

func (s shape) transfer(t *billing.Transfer) object {
	o := s.header("transfer", &t.Header)
	o["amount"] = units(t.Amount)
	o["amount_reversed"] = unitsOf(t.Reversed, t.Amount)
	o["reversed"] = t.Reversed == t.Amount.Amount
	o["currency"] = t.Amount.Currency
	o["destination"] = t.Destination
	o["destination_payment"] = text(t.DestinationPayment)
	o["source_transaction"] = text(t.Source)
	o["transfer_group"] = text(t.Group)
	var reversals []object
	for _, r := range t.Reversals {
		reversals = append(reversals, s.reversal(t, r))
	}
	o["reversals"] = latestOf(reversals, "/v1/transfers/"+t.ID+"/reversals")
	return o
}

func (s shape) reversal(t *billing.Transfer, r billing.Reversal) object {
	return object{
		"id": r.ID, "object": "transfer_reversal", "amount": unitsOf(r.Amount, t.Amount), "currency": t.Amount.Currency,
		"created": r.Created.Unix(), "transfer": t.ID, "source_refund": text(r.Refund),
	}
}

func (s shape) applicationFee(f *billing.ApplicationFee) object {
	o := s.header("application_fee", &f.Header)
	o["amount"] = units(f.Amount)
	o["amount_refunded"] = unitsOf(f.Refunded, f.Amount)
	o["refunded"] = f.Refunded == f.Amount.Amount
	o["currency"] = f.Amount.Currency
	o["account"] = f.Payer
	o["charge"] = text(f.Charge)
	o["originating_transaction"] = text(f.Source)
	if s.basil {
		o["fee_source"] = object{"type": "charge", "charge": text(f.Charge)}
	}
	var refunds []object
	for _, r := range f.Refunds {
		refunds = append(refunds, s.feeRefund(f, r))
	}
	o["refunds"] = latestOf(refunds, "/v1/application_fees/"+f.ID+"/refunds")
	return o
}

func (s shape) feeRefund(f *billing.ApplicationFee, r billing.FeeRefund) object {
	return object{
		"id": r.ID, "object": "fee_refund", "amount": unitsOf(r.Amount, f.Amount), "currency": f.Amount.Currency,
		"created": r.Created.Unix(), "fee": f.ID, "metadata": object{},
	}
}

// latestOf is a list inside an object that shows only its first part.
func latestOf(all []object, url string) object {
	o := sublist(all[:min(len(all), latestShown)])
	o["has_more"], o["total_count"], o["url"] = len(all) > latestShown, len(all), url
	return o
}
