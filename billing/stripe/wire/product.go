package wire

import "github.com/frontdesk-go/frontdesk/billing"

type productJSON struct {
	objectJSON
	Name        string `json:"name"`
	Description string `json:"description"`
	Active      bool   `json:"active"`
}

// Product reads a product. It returns Invalid for anything else.
func Product(raw []byte, account string) (*billing.Product, error) {
	var p productJSON
	if err := read(raw, "product", &p); err != nil {
		return nil, err
	}
	return &billing.Product{
		Ref:         p.ref(account),
		Name:        p.Name,
		Description: p.Description,
		Active:      p.Active,
		Metadata:    p.Metadata,
	}, nil
}
