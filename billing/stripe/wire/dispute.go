package wire

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk/billing"
)

type disputeJSON struct {
	objectJSON
	Status        billing.DisputeStatus `json:"status"`
	PaymentIntent id                    `json:"payment_intent"`
	Charge        id                    `json:"charge"`
	Amount        int64                 `json:"amount"`
	Currency      string                `json:"currency"`
	Reason        string                `json:"reason"`
	Evidence      struct {
		DueBy unix `json:"due_by"`
	} `json:"evidence_details"`
	BalanceTransactions []transactionJSON `json:"balance_transactions"`
}

// Dispute reads a dispute. It returns Invalid for anything else.
func Dispute(raw []byte, account string) (*billing.Dispute, error) {
	var d disputeJSON
	if err := read(raw, "dispute", &d); err != nil {
		return nil, err
	}
	count := counter{currency: d.Currency}
	dispute := &billing.Dispute{
		Header:      d.header(account),
		Status:      d.Status,
		Payment:     string(cmp.Or(d.PaymentIntent, d.Charge)),
		Charge:      string(d.Charge),
		Amount:      count.money(d.Amount),
		Reason:      d.Reason,
		EvidenceDue: d.Evidence.DueBy.time(),
	}
	if count.err != nil {
		return nil, invalid("dispute", count.err)
	}
	var err error
	dispute.Movements, err = movementsOf(account, sourceJSON{ID: d.ID, Object: "dispute"}, d.BalanceTransactions...)
	return dispute, err
}
