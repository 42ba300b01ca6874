package scheduling

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// all is the whole price in basis points.
const all = 10_000

// Refund is how much of what was paid a guest gets back who cancels with so much time left.
func (p Policy) Refund(paid frontdesk.Money, left time.Duration) frontdesk.Money {
	return part(paid, p.share(left))
}

// share is how much a guest gets back, in basis points, who cancels with so much time left.
func (p Policy) share(left time.Duration) int {
	if len(p.Refunds) == 0 {
		return all
	}
	kept, share := time.Duration(-1), 0
	for _, tier := range p.Refunds {
		if left >= tier.Notice && tier.Notice > kept {
			kept, share = tier.Notice, tier.BasisPoints
		}
	}
	return share
}

// part is so many basis points of the money; halves round up. It is exact for every amount.
func part(m frontdesk.Money, basisPoints int) frontdesk.Money {
	whole, rest := m.Amount/all, m.Amount%all
	m.Amount = whole*int64(basisPoints) + (rest*int64(basisPoints)+all/2)/all
	return m
}

// giveUp says of a payment that was made how much of it is to be given back.
func (p *Payment) giveUp(basisPoints int) {
	if p.State != PaymentPaid {
		return
	}
	if back := part(p.Paid, basisPoints); back.Amount > 0 {
		p.State, p.Refunded = PaymentRefunding, back
	}
}
