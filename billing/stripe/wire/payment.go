package wire

import (
	"encoding/json"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

type intentFields struct {
	objectJSON
	Status         billing.PaymentStatus `json:"status"`
	Amount         int64                 `json:"amount"`
	AmountReceived int64                 `json:"amount_received"`
	Currency       string                `json:"currency"`
	Invoice        optional              `json:"invoice"`
	Description    string                `json:"description"`
	ReceiptEmail   string                `json:"receipt_email"`
	ClientSecret   string                `json:"client_secret"`
	LastError      *struct {
		Code        string `json:"code"`
		DeclineCode string `json:"decline_code"`
	} `json:"last_payment_error"`
	TransferData         destinationJSON `json:"transfer_data"`
	ApplicationFeeAmount int64           `json:"application_fee_amount"`
	LatestCharge         chargeRef       `json:"latest_charge"`
	// Charges is what versions before 2022-11-15 have in place of LatestCharge,
	// the latest first.
	Charges listJSON[chargeRef] `json:"charges"`
}

// intentJSON is a payment intent, or only its id.
type intentJSON struct{ intentFields }

func (p *intentJSON) UnmarshalJSON(raw []byte) error {
	if raw[0] == '{' {
		return json.Unmarshal(raw, &p.intentFields)
	}
	return p.ID.UnmarshalJSON(raw)
}

// chargeRef is what a payment shows of its latest charge, or only the charge's id.
type chargeRef struct{ chargeFields }

type chargeFields struct {
	passedJSON
	ID             id    `json:"id"`
	AmountRefunded int64 `json:"amount_refunded"`
	Disputed       bool  `json:"disputed"`
}

func (c *chargeRef) UnmarshalJSON(raw []byte) error {
	if raw[0] != '{' {
		return c.ID.UnmarshalJSON(raw)
	}
	return json.Unmarshal(raw, &c.chargeFields)
}

// Payment reads a payment intent, its latest charge expanded or not, or a charge:
// the part of its payment that it shows. It returns Invalid for anything else.
func Payment(raw []byte, account string) (*billing.Payment, error) {
	var o objectJSON
	if err := unmarshal(raw, &o); err != nil {
		return nil, err
	}
	if o.Object == "charge" {
		payment, _, err := charge(raw, account)
		return payment, err
	}
	return intent(raw, account)
}

func intent(raw []byte, account string) (*billing.Payment, error) {
	var p intentJSON
	if err := read(raw, "payment_intent", &p); err != nil {
		return nil, err
	}
	return p.payment(account)
}

func (p *intentJSON) payment(account string) (*billing.Payment, error) {
	count := counter{currency: p.Currency}
	latest := p.latest()
	payment := &billing.Payment{
		Header:       p.header(account),
		Destination:  string(p.TransferData.Destination),
		Commission:   count.minor(p.ApplicationFeeAmount),
		Status:       p.Status,
		Amount:       count.money(p.Amount),
		Received:     count.minor(p.AmountReceived),
		Refunded:     count.minor(latest.AmountRefunded),
		Invoice:      string(p.Invoice.id),
		Standalone:   p.Invoice.present && p.Invoice.id == "",
		Charge:       string(latest.ID),
		Description:  p.Description,
		Email:        p.ReceiptEmail,
		Disputed:     latest.Disputed,
		ClientSecret: frontdesk.NewSecret(p.ClientSecret),
	}
	if p.LastError != nil {
		payment.Failure, payment.DeclineCode = p.LastError.Code, p.LastError.DeclineCode
	}
	if err := latest.pass(payment, latest.ID, &count); err != nil {
		return nil, err
	}
	if count.err != nil {
		return nil, invalid("payment_intent", count.err)
	}
	return payment, nil
}

func (p *intentJSON) latest() chargeRef {
	if p.LatestCharge.ID == "" && len(p.Charges.Data) > 0 {
		return p.Charges.Data[0]
	}
	return p.LatestCharge
}

// failed reports whether the last attempt to pay is known to have failed.
func (p *intentJSON) failed() bool {
	return p.Status == billing.PaymentStatusRequiresPaymentMethod && p.LastError != nil
}
