package wire

import "github.com/frontdesk-go/frontdesk/billing"

type payoutJSON struct {
	objectJSON
	Status         billing.PayoutStatus `json:"status"`
	Amount         int64                `json:"amount"`
	Currency       string               `json:"currency"`
	Automatic      bool                 `json:"automatic"`
	Method         string               `json:"method"`
	ArrivalDate    unix                 `json:"arrival_date"`
	Destination    id                   `json:"destination"`
	Description    string               `json:"description"`
	FailureCode    string               `json:"failure_code"`
	FailureMessage string               `json:"failure_message"`
}

// Payout reads a payout, which does not show what it pays. It returns Invalid for
// anything else.
func Payout(raw []byte, account string) (*billing.Payout, error) {
	var p payoutJSON
	if err := read(raw, "payout", &p); err != nil {
		return nil, err
	}
	count := counter{currency: p.Currency}
	payout := &billing.Payout{
		Header:         p.header(account),
		Status:         p.Status,
		Amount:         count.money(p.Amount),
		Automatic:      p.Automatic,
		Method:         p.Method,
		ArrivalDate:    p.ArrivalDate.time(),
		Destination:    string(p.Destination),
		Description:    p.Description,
		Failure:        p.FailureCode,
		FailureMessage: p.FailureMessage,
	}
	if count.err != nil {
		return nil, invalid("payout", count.err)
	}
	return payout, nil
}
