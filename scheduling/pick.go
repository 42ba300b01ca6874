package scheduling

// Pick chooses who of a slot's hosts takes a meeting of a RoundRobin: the one whose share is the least used, given how many
// meetings each has had, and of equals the first. It returns the index, or -1 when none is possible. The
// hosts are those of the event type, the counts are in their order, and the caller says
// from when on they count. Fixed hosts take part anyway and are not chosen.
//
// It divides as Sainte-Laguë's method divides seats: over any number of meetings that all could
// take, no two hosts are further apart than half a meeting of each, measured by their weights.
func Pick(hosts []Host, possible HostSet, had []int) int {
	chosen := -1
	for i := range possible.All() {
		if i >= len(hosts) || i >= len(had) || hosts[i].Fixed {
			continue
		}
		if chosen < 0 || fewer(had[i], hosts[i].Weight, had[chosen], hosts[chosen].Weight) {
			chosen = i
		}
	}
	return chosen
}

// fewer reports whether (2a+1)/v < (2b+1)/w.
func fewer(a, v, b, w int) bool {
	return (2*int64(a)+1)*int64(max(w, 1)) < (2*int64(b)+1)*int64(max(v, 1))
}
