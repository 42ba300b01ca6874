package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Pack is a number of meetings that a client has paid for beforehand.
type Pack struct {
	ID         string // ours; a later one is greater
	Client     string
	Expert     string
	EventTypes []string // that it is for
	Key        string   // the request's; empty: none
	Total      int
	Used       int // at most Total
	Price      frontdesk.Money
	Payment    Payment   // it can be used once it is PaymentPaid, or when nothing is to be paid
	ExpiresAt  time.Time // zero: never

	CreatedAt, UpdatedAt time.Time
}

// Left is how many meetings can be booked with it at the time.
func (p *Pack) Left(now time.Time) int {
	paid := p.Payment.State == PaymentNone || p.Payment.State == PaymentPaid
	if !paid || !p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt) {
		return 0
	}
	return p.Total - p.Used
}
