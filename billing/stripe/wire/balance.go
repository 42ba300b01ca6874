package wire

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

type balanceJSON struct {
	objectJSON
	Available []fundsJSON `json:"available"`
	Pending   []fundsJSON `json:"pending"`
}

type fundsJSON struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Balance reads the balance of an account, which has no id but the account's. It
// returns Invalid for anything else, and without an account.
func Balance(raw []byte, account string) (*billing.Balance, error) {
	var b balanceJSON
	if err := unmarshal(raw, &b); err != nil {
		return nil, err
	}
	b.ID = id(account)
	if err := b.check(raw, "balance"); err != nil {
		return nil, err
	}
	count := counter{}
	balance := &billing.Balance{
		Header:    b.header(account),
		Available: funds(b.Available, &count),
		Pending:   funds(b.Pending, &count),
	}
	if count.err != nil {
		return nil, invalid("balance", count.err)
	}
	return balance, nil
}

func funds(list []fundsJSON, count *counter) []frontdesk.Money {
	var amounts []frontdesk.Money
	for _, f := range list {
		count.currency = f.Currency
		amounts = append(amounts, count.money(f.Amount))
	}
	return amounts
}
