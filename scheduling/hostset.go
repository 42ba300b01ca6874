package scheduling

import (
	"iter"
	"math/bits"
)

// HostSet is a set of the hosts of a [Query], by their index.
type HostSet uint64

// Has reports whether the host of the index is in it.
func (s HostSet) Has(i int) bool { return i >= 0 && i < MaxHosts && s&(1<<i) != 0 }

// Len is how many are in it.
func (s HostSet) Len() int { return bits.OnesCount64(uint64(s)) }

// All yields the indexes of those in it, in order.
func (s HostSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for rest := uint64(s); rest != 0; rest &= rest - 1 {
			if !yield(bits.TrailingZeros64(rest)) {
				return
			}
		}
	}
}
