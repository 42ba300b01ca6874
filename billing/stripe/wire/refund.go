package wire

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk/billing"
)

type refundJSON struct {
	objectJSON
	Status        billing.RefundStatus `json:"status"`
	PaymentIntent id                   `json:"payment_intent"`
	Charge        id                   `json:"charge"`
	Amount        int64                `json:"amount"`
	Currency      string               `json:"currency"`
	Reason        billing.RefundReason `json:"reason"`
	FailureReason string               `json:"failure_reason"`

	TransferReversal          id              `json:"transfer_reversal"`
	SourceTransferReversal    id              `json:"source_transfer_reversal"`
	BalanceTransaction        transactionJSON `json:"balance_transaction"`
	FailureBalanceTransaction transactionJSON `json:"failure_balance_transaction"`
}

// Refund reads a refund. It returns Invalid for anything else.
func Refund(raw []byte, account string) (*billing.Refund, error) {
	var r refundJSON
	if err := read(raw, "refund", &r); err != nil {
		return nil, err
	}
	count := counter{currency: r.Currency}
	refund := &billing.Refund{
		Header:  r.header(account),
		Status:  r.Status,
		Payment: string(cmp.Or(r.PaymentIntent, r.Charge)),
		Charge:  string(r.Charge),
		Amount:  count.money(r.Amount),
		Reason:  r.Reason,
		Failure: r.FailureReason,

		Reversal: string(cmp.Or(r.SourceTransferReversal, r.TransferReversal)),
	}
	if count.err != nil {
		return nil, invalid("refund", count.err)
	}
	source := sourceJSON{ID: r.ID, Object: "refund", SourceReversal: r.SourceTransferReversal}
	var err error
	refund.Movements, err = movementsOf(account, source, r.BalanceTransaction, r.FailureBalanceTransaction)
	return refund, err
}
