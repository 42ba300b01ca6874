package billingtest

import (
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// transaction is a line of a balance, its source as an id.
func (s shape) transaction(t *transaction) object {
	main, fees := t.movements[0], t.movements[1:]
	details := []object{}
	for _, m := range fees {
		details = append(details, object{"type": feeType(m), "amount": -units(m.Amount), "currency": m.Amount.Currency})
	}
	fee := unitsOf(-sumOf(fees), main.Amount)
	return object{
		"id": main.Transaction, "object": "balance_transaction", "type": t.typ, "source": text(t.source),
		"amount": units(main.Amount), "fee": fee, "net": units(main.Amount) - fee, "fee_details": details,
		"currency": main.Amount.Currency, "created": unix(main.Created), "available_on": unix(main.AvailableOn),
	}
}

func feeType(fee billing.Movement) string {
	if strings.HasPrefix(fee.Object, "fee_") {
		return "application_fee"
	}
	return "stripe_fee"
}

// transactionsOf are the lines that movements came from, which objects show. typ
// and source are those of all of them.
func transactionsOf(movements []billing.Movement, typ, source string) []*transaction {
	var lines []*transaction
	for _, m := range movements {
		if len(lines) > 0 && lines[len(lines)-1].id == m.Transaction {
			line := lines[len(lines)-1]
			line.movements = append(line.movements, m)
			continue
		}
		lines = append(lines, &transaction{id: m.Transaction, typ: typ, source: source, movements: []billing.Movement{m}})
	}
	return lines
}

// lineOf names the line that an object's movements came from; null without any.
func lineOf(movements []billing.Movement) any {
	if len(movements) == 0 {
		return nil
	}
	return movements[0].Transaction
}

// disputeLines are all lines of a dispute, which are never only named.
func (s shape) disputeLines(d *billing.Dispute) []object {
	shown := []object{}
	for _, line := range transactionsOf(d.Movements, "adjustment", d.ID) {
		shown = append(shown, s.transaction(line))
	}
	return shown
}

// passing is what a payment intent and its charge show of a split.
func passing(p *billing.Payment) object {
	o := object{"transfer_data": nil, "application_fee_amount": nil}
	if p.Destination != "" {
		o["transfer_data"] = object{"destination": p.Destination}
	}
	if p.Commission != 0 {
		o["application_fee_amount"] = units(frontdesk.Money{Amount: p.Commission, Currency: p.Amount.Currency})
	}
	return o
}

// chargePassing is what only a charge shows of a split: on the platform where the
// money goes, on a connected account where it came from and what moved it.
func chargePassing(p *billing.Payment) object {
	o := passing(p)
	o["application_fee"], o["balance_transaction"] = text(p.ApplicationFee), lineOf(p.Movements)
	o["transfer"], o["source_transfer"] = text(p.Transfer), nil
	if p.Account != "" {
		o["transfer"], o["source_transfer"] = nil, text(p.Transfer)
	}
	return o
}
