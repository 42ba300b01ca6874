package driveserver

import "maps"

// Kind is a kind of request.
type Kind string

// The kinds of requests.
const (
	Create      Kind = "create"   // without content
	Upload      Kind = "upload"   // in one request
	Start       Kind = "start"    // of a resumable session
	Chunk       Kind = "chunk"    // of one
	Status      Kind = "status"   // of one
	Cancel      Kind = "cancel"   // of one
	Get         Kind = "get"      // metadata
	Download    Kind = "download" // content
	Export      Kind = "export"
	List        Kind = "list"
	Update      Kind = "update"
	Delete      Kind = "delete"
	Copy        Kind = "copy"
	GenerateIDs Kind = "generateIds"
	Permissions Kind = "permissions"
	About       Kind = "about"
	Drives      Kind = "drives"

	Content Kind = "content" // both Upload and Chunk, for faults
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

// Received is how many bytes of content have come, those that were not kept included.
func (s *Server) Received() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

func (s *Server) received(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += n
}
