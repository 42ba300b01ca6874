package billingtest

import (
	"fmt"
	"iter"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// account holds the objects of the platform or of one connected account.
type account struct {
	*Provider
	id string

	customers     table[*billing.Customer]
	methods       table[*billing.PaymentMethod]
	products      table[*billing.Product]
	prices        table[*billing.Price]
	checkouts     table[*checkout]
	subscriptions table[*subscription]
	invoices      table[*invoice]
	payments      table[*payment]
	refunds       table[*billing.Refund]
	disputes      table[*billing.Dispute]

	serial int // of invoice numbers

	transfers table[*transfer] // of the platform
	fees      table[*fee]      // of the platform

	connected *connected // nil: the platform, or an account that nobody has connected
	lines     []*transaction
	payouts   table[*payout]
}

func (p *Provider) account(id string) *account {
	if a, ok := p.accounts[id]; ok {
		return a
	}
	a := &account{Provider: p, id: id}
	p.accounts[id] = a
	p.order = append(p.order, id)
	return a
}

// all yields the accounts in the order of their first use.
func (p *Provider) all() iter.Seq[*account] {
	return func(yield func(*account) bool) {
		for _, id := range slices.Clone(p.order) {
			if !yield(p.accounts[id]) {
				return
			}
		}
	}
}

// owner returns the account that has the object.
func owner[T any](p *Provider, id string, rows func(*account) *table[T]) (*account, T, error) {
	for a := range p.all() {
		if row, ok := rows(a).get(id); ok {
			return a, row, nil
		}
	}
	var none T
	return nil, none, missing("object", id)
}

// newID returns an id that the provider has never used, such as "cus_fake00000007".
func (p *Provider) newID(prefix string) string {
	p.ids++
	return fmt.Sprintf("%s_%s%08d", prefix, p.options.Seed, p.ids)
}

func (a *account) header(id, customer string, metadata map[string]string) billing.Header {
	return billing.Header{Ref: billing.Ref{Account: a.id, ID: id}, Customer: customer, Created: a.second(), Metadata: merged(nil, metadata)}
}

func (a *account) money(amount int64, c frontdesk.Currency) frontdesk.Money {
	return frontdesk.Money{Amount: amount, Currency: c}
}

// table keeps rows by id, in the order in which they came.
type table[T any] struct {
	rows map[string]T
	ids  []string
}

func (t *table[T]) put(id string, row T) {
	if t.rows == nil {
		t.rows = make(map[string]T)
	}
	if _, known := t.rows[id]; !known {
		t.ids = append(t.ids, id)
	}
	t.rows[id] = row
}

func (t *table[T]) get(id string) (T, bool) {
	row, ok := t.rows[id]
	return row, ok
}

func (t *table[T]) remove(id string) {
	delete(t.rows, id)
	t.ids = slices.DeleteFunc(t.ids, func(other string) bool { return other == id })
}

// find is get with the error of a provider that does not know the id.
func (t *table[T]) find(kind, id string) (T, error) {
	row, ok := t.rows[id]
	if !ok {
		return row, missing(kind, id)
	}
	return row, nil
}

// oldest yields the rows in the order in which they came.
func (t *table[T]) oldest() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, id := range t.ids {
			if !yield(t.rows[id]) {
				return
			}
		}
	}
}

// newest yields the rows in the order in which the provider lists them.
func (t *table[T]) newest() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, id := range slices.Backward(t.ids) {
			if !yield(t.rows[id]) {
				return
			}
		}
	}
}
