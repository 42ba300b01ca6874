package wire

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk/billing"
)

// passedJSON is what a charge tells of the money that is passed on: on the platform
// where it goes, on a connected account where it came from and what is left of it.
type passedJSON struct {
	TransferData         destinationJSON `json:"transfer_data"`
	Transfer             id              `json:"transfer"`
	SourceTransfer       id              `json:"source_transfer"`
	ApplicationFee       id              `json:"application_fee"`
	ApplicationFeeAmount int64           `json:"application_fee_amount"`
	BalanceTransaction   transactionJSON `json:"balance_transaction"`
}

type destinationJSON struct {
	Destination id `json:"destination"`
}

// pass completes the payment of that charge.
func (j *passedJSON) pass(p *billing.Payment, charge id, count *counter) (err error) {
	p.Destination = cmp.Or(p.Destination, string(j.TransferData.Destination))
	p.Transfer = string(cmp.Or(j.SourceTransfer, j.Transfer))
	p.ApplicationFee = string(j.ApplicationFee)
	p.Commission = cmp.Or(count.minor(j.ApplicationFeeAmount), p.Commission)
	source := sourceJSON{ID: charge, Object: "charge", SourceTransfer: j.SourceTransfer, ApplicationFee: j.ApplicationFee}
	p.Movements, err = movementsOf(p.Account, source, j.BalanceTransaction)
	return err
}
