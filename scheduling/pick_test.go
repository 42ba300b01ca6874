package scheduling_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestPickDividesByWeight(t *testing.T) {
	for seed := range uint64(200) {
		d := newDice(seed)
		hosts := make([]scheduling.Host, 1+d.IntN(6))
		all := scheduling.HostSet(1)<<len(hosts) - 1
		for i := range hosts {
			hosts[i].Weight = d.IntN(6) // 0 counts as 1
		}
		had := make([]int, len(hosts))
		for range 200 {
			i := scheduling.Pick(hosts, all, had)
			require.Equal(t, i, scheduling.Pick(hosts, all, had), "the same is asked")
			had[i]++
			requireFair(t, hosts, had)
		}
	}
}

// requireFair asks that no meeting given to another host would divide them better.
func requireFair(t *testing.T, hosts []scheduling.Host, had []int) {
	t.Helper()
	for i := range hosts {
		for j := range hosts {
			v, w := max(hosts[i].Weight, 1), max(hosts[j].Weight, 1)
			require.LessOrEqual(t, (2*had[i]-1)*w, (2*had[j]+1)*v, "%v %v", hosts, had)
		}
	}
}

func TestPickChoosesOnlyWhoIsPossible(t *testing.T) {
	hosts := []scheduling.Host{{Expert: "fixed", Fixed: true}, {Expert: "a"}, {Expert: "b"}}
	require.Equal(t, 1, scheduling.Pick(hosts, 0b111, []int{0, 0, 0}), "of equals the first, and no fixed one")
	require.Equal(t, 2, scheduling.Pick(hosts, 0b111, []int{0, 1, 0}))
	require.Equal(t, 1, scheduling.Pick(hosts, 0b011, []int{0, 9, 0}))
	require.Equal(t, -1, scheduling.Pick(hosts, 0b001, []int{0, 0, 0}))
	require.Equal(t, -1, scheduling.Pick(hosts, 0, []int{0, 0, 0}))
}

func TestAHostSetKnowsItsMembers(t *testing.T) {
	s := scheduling.HostSet(1<<63 | 1<<2)
	require.True(t, s.Has(2) && s.Has(63) && !s.Has(3) && !s.Has(-1) && !s.Has(64))
	require.Equal(t, 2, s.Len())
	for i := range s.All() {
		require.Equal(t, 2, i)
		break
	}
}
