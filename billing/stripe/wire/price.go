package wire

import (
	"encoding/json"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

type priceFields struct {
	objectJSON
	Currency   string `json:"currency"`
	Product    id     `json:"product"`
	UnitAmount int64  `json:"unit_amount"`
	LookupKey  string `json:"lookup_key"`
	Nickname   string `json:"nickname"`
	Active     bool   `json:"active"`
	Recurring  struct {
		Interval billing.Interval `json:"interval"`
		Count    int64            `json:"interval_count"`
	} `json:"recurring"`
}

// priceJSON is a price, or only its id.
type priceJSON struct{ priceFields }

func (p *priceJSON) UnmarshalJSON(raw []byte) error {
	if raw[0] == '{' {
		return json.Unmarshal(raw, &p.priceFields)
	}
	return p.ID.UnmarshalJSON(raw)
}

func (p *priceJSON) unit(count *counter) frontdesk.Money {
	count.currency = p.Currency
	return count.money(p.UnitAmount)
}

// Price reads a price. It returns Invalid for anything else.
func Price(raw []byte, account string) (*billing.Price, error) {
	var p priceJSON
	if err := read(raw, "price", &p); err != nil {
		return nil, err
	}
	count := counter{}
	price := &billing.Price{
		Ref:      p.ref(account),
		Product:  string(p.Product),
		Unit:     p.unit(&count),
		Interval: p.Recurring.Interval,
		Count:    p.Recurring.Count,
		Lookup:   p.LookupKey,
		Nickname: p.Nickname,
		Active:   p.Active,
		Metadata: p.Metadata,
	}
	if count.err != nil {
		return nil, invalid("price", count.err)
	}
	return price, nil
}
