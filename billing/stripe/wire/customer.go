package wire

import "github.com/frontdesk-go/frontdesk/billing"

type customerJSON struct {
	objectJSON
	Email           string `json:"email"`
	Name            string `json:"name"`
	Delinquent      bool   `json:"delinquent"`
	InvoiceSettings struct {
		DefaultPaymentMethod id `json:"default_payment_method"`
	} `json:"invoice_settings"`
}

// Customer reads a customer, a deleted one too. It returns Invalid for anything else.
func Customer(raw []byte, account string) (*billing.Customer, error) {
	var c customerJSON
	if err := read(raw, "customer", &c); err != nil {
		return nil, err
	}
	return &billing.Customer{
		Header:               c.header(account),
		Email:                c.Email,
		Name:                 c.Name,
		DefaultPaymentMethod: string(c.InvoiceSettings.DefaultPaymentMethod),
		Delinquent:           c.Delinquent,
	}, nil
}
