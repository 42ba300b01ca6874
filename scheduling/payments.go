package scheduling

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// Payments asks for money and gives it back. Package booking makes one of a
// *billing.Service. Every call may be repeated with the same arguments and is then the
// same: an implementation derives its idempotency keys from Order.ID.
type Payments interface {
	// Request makes an order payable and says where.
	Request(ctx context.Context, o Order) (*Invitation, error)
	// Refund gives back so much of what was paid for an order, in total.
	Refund(ctx context.Context, o Order, payment string, amount frontdesk.Money) error
	// Release lets nobody pay for an order any more. One that was paid meanwhile is no error:
	// Service.Paid will be told.
	Release(ctx context.Context, o Order) error
}

// Order is what is to be paid: a booking or a pack.
type Order struct {
	ID        string // "booking/..." or "pack/..."
	Client    string // empty: a guest without an account
	Guest     Guest
	Expert    string // who earns it
	EventType string // which decides the commission
	Title     string
	Amount    frontdesk.Money
	// SuccessPath and CancelPath are where the payer comes back to.
	SuccessPath, CancelPath string
}

// Invitation is where an order is paid.
type Invitation struct {
	ID           string           // the provider's
	URL          string           // a page to send the payer to; or
	ClientSecret frontdesk.Secret // for a form in the host's own page
}
