package wire

import (
	"cmp"

	"github.com/frontdesk-go/frontdesk/billing"
)

type lineJSON struct {
	ID          id     `json:"id"`
	Description string `json:"description"`
	Amount      int64  `json:"amount"`
	Currency    string `json:"currency"`
	Quantity    int64  `json:"quantity"`

	// Before 2025-03-31.
	Price     id   `json:"price"`
	Proration bool `json:"proration"`

	// Since 2025-03-31.
	Pricing struct {
		PriceDetails struct {
			Price id `json:"price"`
		} `json:"price_details"`
	} `json:"pricing"`
	Parent lineParentJSON `json:"parent"`
}

// lineParentJSON tells what a line comes from; only the part that Type names counts.
type lineParentJSON struct {
	Type             string        `json:"type"`
	InvoiceItem      prorationJSON `json:"invoice_item_details"`
	SubscriptionItem prorationJSON `json:"subscription_item_details"`
}

type prorationJSON struct {
	Proration bool `json:"proration"`
}

func (i *invoiceJSON) lines(count *counter) []billing.InvoiceLine {
	var lines []billing.InvoiceLine
	for _, l := range i.Lines.Data {
		count.currency = cmp.Or(l.Currency, i.Currency)
		lines = append(lines, billing.InvoiceLine{
			ID:          string(l.ID),
			Description: l.Description,
			Amount:      count.money(l.Amount),
			Quantity:    l.Quantity,
			Price:       string(cmp.Or(l.Price, l.Pricing.PriceDetails.Price)),
			Proration:   l.Proration || l.Parent.proration(),
		})
	}
	return lines
}

func (p *lineParentJSON) proration() bool {
	switch p.Type {
	case "invoice_item_details":
		return p.InvoiceItem.Proration
	case "subscription_item_details":
		return p.SubscriptionItem.Proration
	}
	return false
}
