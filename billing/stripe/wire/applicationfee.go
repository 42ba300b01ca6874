package wire

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk/billing"
)

type applicationFeeJSON struct {
	objectJSON
	Amount         int64                   `json:"amount"`
	AmountRefunded int64                   `json:"amount_refunded"`
	Currency       string                  `json:"currency"`
	Account        id                      `json:"account"`
	Charge         id                      `json:"charge"`
	Originating    id                      `json:"originating_transaction"`
	Refunds        listJSON[feeRefundJSON] `json:"refunds"`
	Source         struct {
		Charge id `json:"charge"`
	} `json:"fee_source"` // in newer versions, beside the charge
}

type feeRefundJSON struct {
	ID      id    `json:"id"`
	Amount  int64 `json:"amount"`
	Created unix  `json:"created"`
}

// ApplicationFee reads an application fee, with the refunds that it lists. It
// returns Invalid for anything else.
func ApplicationFee(raw []byte, account string) (*billing.ApplicationFee, error) {
	var f applicationFeeJSON
	if err := read(raw, "application_fee", &f); err != nil {
		return nil, err
	}
	count := counter{currency: f.Currency}
	fee := &billing.ApplicationFee{
		Header:   f.header(account),
		Amount:   count.money(f.Amount),
		Refunded: count.minor(f.AmountRefunded),
		Payer:    string(f.Account),
		Charge:   string(cmp.Or(f.Charge, f.Source.Charge)),
		Source:   string(f.Originating),
		Refunds:  f.refunds(&count),
	}
	if count.err != nil {
		return nil, invalid("application_fee", count.err)
	}
	return fee, nil
}

func (f *applicationFeeJSON) refunds(count *counter) []billing.FeeRefund {
	var refunds []billing.FeeRefund
	for _, r := range f.Refunds.Data {
		refunds = append(refunds, billing.FeeRefund{
			ID:      string(r.ID),
			Amount:  count.minor(r.Amount),
			Created: r.Created.time(),
		})
	}
	return refunds
}
