package wire

import "github.com/frontdesk-go/frontdesk/billing"

type transferJSON struct {
	objectJSON
	Amount             int64                  `json:"amount"`
	AmountReversed     int64                  `json:"amount_reversed"`
	Currency           string                 `json:"currency"`
	Destination        id                     `json:"destination"`
	DestinationPayment id                     `json:"destination_payment"`
	SourceTransaction  id                     `json:"source_transaction"`
	TransferGroup      string                 `json:"transfer_group"`
	Reversals          listJSON[reversalJSON] `json:"reversals"`
}

type reversalJSON struct {
	ID           id    `json:"id"`
	Amount       int64 `json:"amount"`
	SourceRefund id    `json:"source_refund"`
	Created      unix  `json:"created"`
}

// Transfer reads a transfer, with the reversals that it lists. It returns Invalid
// for anything else.
func Transfer(raw []byte, account string) (*billing.Transfer, error) {
	var t transferJSON
	if err := read(raw, "transfer", &t); err != nil {
		return nil, err
	}
	count := counter{currency: t.Currency}
	transfer := &billing.Transfer{
		Header:             t.header(account),
		Amount:             count.money(t.Amount),
		Reversed:           count.minor(t.AmountReversed),
		Destination:        string(t.Destination),
		DestinationPayment: string(t.DestinationPayment),
		Source:             string(t.SourceTransaction),
		Group:              t.TransferGroup,
		Reversals:          t.reversals(&count),
	}
	if count.err != nil {
		return nil, invalid("transfer", count.err)
	}
	return transfer, nil
}

func (t *transferJSON) reversals(count *counter) []billing.Reversal {
	var reversals []billing.Reversal
	for _, r := range t.Reversals.Data {
		reversals = append(reversals, billing.Reversal{
			ID:      string(r.ID),
			Amount:  count.minor(r.Amount),
			Refund:  string(r.SourceRefund),
			Created: r.Created.time(),
		})
	}
	return reversals
}
