package wire

import (
	"encoding/json"

	"github.com/frontdesk-go/frontdesk/billing"
)

type paymentMethodJSON struct {
	objectJSON
	Type string `json:"type"`
}

// detailsJSON is what a payment method has under the name of its type.
type detailsJSON struct {
	Brand    string `json:"brand"`
	Last4    string `json:"last4"`
	ExpMonth int64  `json:"exp_month"`
	ExpYear  int64  `json:"exp_year"`
}

// PaymentMethod reads a payment method of any type. It returns Invalid for anything else.
func PaymentMethod(raw []byte, account string) (*billing.PaymentMethod, error) {
	var m paymentMethodJSON
	if err := read(raw, "payment_method", &m); err != nil {
		return nil, err
	}
	details, err := m.details(raw)
	if err != nil {
		return nil, err
	}
	return &billing.PaymentMethod{
		Ref:      m.ref(account),
		Customer: string(m.Customer),
		Type:     m.Type,
		Brand:    details.Brand,
		Last4:    details.Last4,
		ExpMonth: details.ExpMonth,
		ExpYear:  details.ExpYear,
	}, nil
}

func (m *paymentMethodJSON) details(raw []byte) (d detailsJSON, err error) {
	var members map[string]json.RawMessage
	if err := unmarshal(raw, &members); err != nil {
		return d, err
	}
	if own, found := members[m.Type]; found {
		err = unmarshal(own, &d)
	}
	return d, err
}
