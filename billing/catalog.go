package billing

import "github.com/frontdesk-go/frontdesk"

// Product is something that is sold.
type Product struct {
	Ref
	Name        string
	Description string
	Active      bool // false: archived
	Metadata    map[string]string
}

// ProductParams creates a product, or changes one: nil fields stay as they are.
type ProductParams struct {
	Name        *string // required for a new product
	Description *string
	Active      *bool
	Metadata    map[string]string // nil stays
}

// Interval is how often a recurring price is charged.
type Interval string

const (
	Day   Interval = "day"
	Week  Interval = "week"
	Month Interval = "month"
	Year  Interval = "year"
)

// Price is what a product costs, once or every Count intervals.
type Price struct {
	Ref
	Product  string
	Unit     frontdesk.Money // zero amount for tiered prices
	Interval Interval        // empty: charged once
	Count    int64           // intervals between charges
	Lookup   string          // lookup key: a stable name that can move to a newer price
	Nickname string
	Active   bool
	Metadata map[string]string
}

// PriceParams is a new price. What it costs can never be changed afterwards:
// make a new one and move the lookup key.
type PriceParams struct {
	Product  string
	Unit     frontdesk.Money
	Interval Interval
	Count    int64 // default 1
	Lookup   string
	Nickname string
	Metadata map[string]string
}

// PriceUpdate changes what may change. Nil fields stay as they are.
type PriceUpdate struct {
	Active   *bool
	Lookup   *string // taken over from the price that has it
	Nickname *string
	Metadata map[string]string
}

// PriceFilter selects prices; zero selects all, archived ones too.
type PriceFilter struct {
	Account string
	Product string
	Lookup  []string // at most 10, Stripe's limit
}
