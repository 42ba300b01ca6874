package billing

// Customer is the provider's customer. Which client of the host it belongs to
// is decided once, by the link in the store, and never by its metadata afterwards.
type Customer struct {
	Header
	Email                string `json:"email,omitempty"`
	Name                 string `json:"name,omitempty"`
	DefaultPaymentMethod string `json:"default_payment_method,omitempty"`
	Delinquent           bool   `json:"delinquent,omitempty"`
}

// Key identifies the customer.
func (c *Customer) Key() Key { return Key{KindCustomer, c.Ref} }

// State is "active" or "deleted".
func (c *Customer) State() string { return c.state("active") }
