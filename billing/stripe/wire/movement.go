package wire

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/frontdesk-go/frontdesk/billing"
)

type transactionFields struct {
	objectJSON
	Type        string     `json:"type"`
	Amount      int64      `json:"amount"`
	Fee         int64      `json:"fee"`
	Currency    string     `json:"currency"`
	AvailableOn unix       `json:"available_on"`
	Source      sourceJSON `json:"source"`
	Category    string     `json:"reporting_category"`
	FeeDetails  []struct {
		Type   string `json:"type"`
		Amount int64  `json:"amount"`
	} `json:"fee_details"`
}

// transactionJSON is a balance transaction, or only its id.
type transactionJSON struct {
	transactionFields
	expanded bool
}

func (t *transactionJSON) UnmarshalJSON(raw []byte) error {
	if raw[0] == '{' {
		t.expanded = true
		return json.Unmarshal(raw, &t.transactionFields)
	}
	return t.ID.UnmarshalJSON(raw)
}

// sourceJSON is what a balance transaction came from, or only its id.
type sourceJSON struct {
	ID             id
	Object         string
	SourceTransfer id // of a charge
	ApplicationFee id // of a charge
	SourceReversal id // of a refund
}

func (s *sourceJSON) UnmarshalJSON(raw []byte) error {
	if raw[0] != '{' {
		err := s.ID.UnmarshalJSON(raw)
		s.Object = objectOf(string(s.ID))
		return err
	}
	var fields struct {
		ID             id     `json:"id"`
		Object         string `json:"object"`
		SourceTransfer id     `json:"source_transfer"`
		ApplicationFee id     `json:"application_fee"`
		SourceReversal id     `json:"source_transfer_reversal"`
	}
	err := json.Unmarshal(raw, &fields)
	*s = sourceJSON(fields)
	return err
}

// objectOf tells from an id whose it is.
func objectOf(id string) string {
	prefix, _, _ := strings.Cut(id, "_")
	switch prefix {
	case "ch", "py":
		return "charge"
	case "re", "pyr":
		return "refund"
	case "dp", "du":
		return "dispute"
	case "fr":
		return "fee_refund"
	}
	return ""
}

// Movements reads a balance transaction of a connected account as the movements
// that it is made of: the amount, and what was taken from it as fees. A payout
// is none, but its fee is. It returns Invalid for anything else.
//
// A source that is not expanded hides whether a charge came with a transfer.
func Movements(raw []byte, _ string) ([]billing.Movement, error) {
	var t transactionJSON
	if err := read(raw, "balance_transaction", &t); err != nil {
		return nil, err
	}
	return t.movements()
}

func (t *transactionJSON) movements() ([]billing.Movement, error) {
	count := counter{currency: t.Currency}
	var movements []billing.Movement
	add := func(m billing.Movement, amount int64) {
		m.Transaction, m.Amount = string(t.ID), count.money(amount)
		m.Created, m.AvailableOn = t.Created.time(), t.AvailableOn.time()
		movements = append(movements, m)
	}
	main := t.main()
	if main.Kind != billing.EntryPayout {
		add(main, t.Amount)
	}
	rest := t.Fee
	if commission := t.commission(); commission != 0 {
		rest -= commission
		add(billing.Movement{Kind: billing.EntryFee, Object: string(t.Source.ApplicationFee)}, -commission)
	}
	if rest != 0 {
		add(billing.Movement{Kind: billing.EntryFee, Object: t.feeObject(main)}, -rest)
	}
	if count.err != nil {
		return nil, invalid("balance_transaction", count.err)
	}
	return movements, nil
}

// main is the movement of the amount. What it came from names it, where every other
// view of the money knows that name too; otherwise it is named by its line.
func (t *transactionJSON) main() billing.Movement {
	line := string(t.ID)
	switch t.Type {
	case "reserve_transaction", "reserved_funds", "reserve_hold", "reserve_release",
		"payout_minimum_balance_hold", "payout_minimum_balance_release":
		return billing.Movement{Kind: billing.EntryAdjustment, Object: line, Held: true}
	case "stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost":
		return billing.Movement{Kind: billing.EntryFee, Object: line}
	case "payout", "payout_cancel", "payout_failure":
		return billing.Movement{Kind: billing.EntryPayout, Object: cmp.Or(string(t.Source.ID), line)}
	}
	if kind, object := t.name(); object != "" {
		return billing.Movement{Kind: kind, Object: string(object)}
	}
	if t.Category == "fee" { // an application fee that was given back, booked as an adjustment
		return billing.Movement{Kind: billing.EntryFee, Object: line}
	}
	return billing.Movement{Kind: billing.EntryAdjustment, Object: line}
}

// name is the source's; empty if it does not say what was moved.
func (t *transactionJSON) name() (billing.EntryKind, id) {
	s := t.Source
	switch {
	case t.taken() && s.SourceTransfer != "":
		return billing.EntryTransfer, s.SourceTransfer
	case t.taken():
		return billing.EntryCharge, s.ID
	case s.Object == "refund":
		return billing.EntryRefund, cmp.Or(s.SourceReversal, s.ID)
	case s.Object == "dispute":
		return billing.EntryDispute, s.ID
	case s.Object == "fee_refund":
		return billing.EntryFee, s.ID
	}
	return "", ""
}

// taken reports whether a charge was taken, and not corrected.
func (t *transactionJSON) taken() bool {
	return t.Source.Object == "charge" && t.Source.ID != "" && (t.Type == "charge" || t.Type == "payment")
}

// commission is the part of the fee that is an application fee with a name.
func (t *transactionJSON) commission() int64 {
	if t.Source.ApplicationFee == "" || !t.taken() {
		return 0
	}
	var sum int64
	for _, d := range t.FeeDetails {
		if d.Type == "application_fee" {
			sum += d.Amount
		}
	}
	return sum
}

// feeObject names the rest of the fee: by the charge, also where the charge itself
// goes by the name of its transfer.
func (t *transactionJSON) feeObject(main billing.Movement) string {
	if t.taken() {
		return string(t.Source.ID)
	}
	return main.Object
}

// movementsOf reads the transactions that an object of a connected account shows,
// as moved by source. Those that are not expanded are left out, and on the
// platform all are.
func movementsOf(account string, source sourceJSON, transactions ...transactionJSON) ([]billing.Movement, error) {
	var movements []billing.Movement
	for _, t := range transactions {
		if account == "" || !t.expanded || t.ID == "" {
			continue
		}
		t.Source = source
		own, err := t.movements()
		if err != nil {
			return nil, err
		}
		movements = append(movements, own...)
	}
	return movements, nil
}
