package ical

import "context"

// budget bounds the work for one calendar.
type budget struct {
	ctx  context.Context // of the one call that the work is for
	left int
}

// spend takes n steps.
func (b *budget) spend(n int) error {
	if b.left -= n; b.left < 0 {
		return unknown("it repeats too much")
	}
	return b.ctx.Err()
}
