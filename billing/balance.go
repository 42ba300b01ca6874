package billing

import "github.com/frontdesk-go/frontdesk"

// Balance is what the provider says an account has. The ledger explains it; see
// [LedgerBalance].
type Balance struct {
	Header
	Available []frontdesk.Money `json:"available,omitempty"`
	Pending   []frontdesk.Money `json:"pending,omitempty"`
}

// Key identifies the balance by its account.
func (b *Balance) Key() Key { return Key{KindBalance, b.Ref} }

// State is empty.
func (b *Balance) State() string { return b.state("") }
