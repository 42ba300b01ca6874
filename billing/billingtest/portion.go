package billingtest

import "math/bits"

// proportion is amount * part / whole, half a unit rounded up. None of them is
// below zero.
func proportion(amount, part, whole int64) int64 {
	if amount < 0 || part < 0 || whole <= 0 {
		panic("billingtest: a part of what is below zero")
	}
	high, low := bits.Mul64(uint64(amount), uint64(part))
	low, carry := bits.Add64(low, uint64(whole)/2, 0)
	quotient, _ := bits.Div64(high+carry, low, uint64(whole))
	return int64(quotient) //nolint:gosec // part is not above whole, or both are small
}

// portion divides an amount into parts in proportion to those of a whole that
// is given back bit by bit.
type portion struct{ returned int64 }

// next is the part of the amount that goes with the next part of the whole: all
// that is left when it completes the whole.
func (p *portion) next(part, whole, amount, left int64) int64 {
	p.returned += part
	if p.returned >= whole {
		return left
	}
	return min(proportion(amount, part, whole), left)
}
