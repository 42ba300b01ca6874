package calendarserver

import "maps"

// Kind is a kind of request.
type Kind string

// The kinds of requests.
const (
	Insert   Kind = "insert"
	Get      Kind = "get"
	List     Kind = "list"
	Update   Kind = "update"
	Patch    Kind = "patch"
	Delete   Kind = "delete"
	FreeBusy Kind = "freeBusy"

	Write Kind = "write" // Insert, Update, Patch and Delete, for faults
	Any   Kind = "any"   // all, for faults
)

// Count is how many requests of a kind have come, those that failed included.
func (s *Server) Count(k Kind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[k]
}

// Counts are the numbers of all kinds of requests that have come.
func (s *Server) Counts() map[Kind]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

// Requests is how many requests have come.
func (s *Server) Requests() int {
	sum := 0
	for _, n := range s.Counts() {
		sum += n
	}
	return sum
}

func (k Kind) writes() bool { return k == Insert || k == Update || k == Patch || k == Delete }
