package calendarserver

import (
	"crypto/rand"
	"strings"
	"time"
)

// Role is what who asks may do with a calendar.
type Role string

// The roles.
const (
	Owner          Role = "owner"
	Writer         Role = "writer"
	Reader         Role = "reader"
	FreeBusyReader Role = "freeBusyReader"
)

// Calendar describes a calendar.
type Calendar struct {
	ID   string
	Zone string // a name of the tz database; default UTC
	Role Role   // default Owner
}

// calendar is one with its events. The lock of the server guards it.
type calendar struct {
	id, zoneName string
	zone         *time.Location
	role         Role
	events       []*event // in the order in which they were made; none ever goes
	byID         map[string]*event
	forgotten    int64  // tokens of versions before this one are no longer good
	unknown      string // the reason why its busy time is not told
}

// AddCalendar makes an empty calendar, or changes the zone and role of one that is there. A
// zone that is not known is UTC.
func (s *Server) AddCalendar(c Calendar) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.calendars[c.ID]
	if own == nil {
		own = &calendar{id: c.ID, byID: map[string]*event{}}
		s.calendars[c.ID] = own
	}
	own.role = Role(or(string(c.Role), string(Owner)))
	zone, err := time.LoadLocation(or(c.Zone, "UTC"))
	if err != nil {
		zone = time.UTC
	}
	own.zone, own.zoneName = zone, zone.String()
}

// RemoveCalendar takes a calendar away, or the access to it.
func (s *Server) RemoveCalendar(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calendars, id)
}

// HideBusy makes freebusy.query tell an error of a calendar, with a reason such as
// "internalError". An empty one ends that.
func (s *Server) HideBusy(id, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.calendar(id); c != nil {
		c.unknown = reason
	}
}

// ForgetTokens makes all sync tokens that were told bad.
func (s *Server) ForgetTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	for _, c := range s.calendars {
		c.forgotten = s.version
	}
}

// calendar finds a calendar by its id or as "primary".
func (s *Server) calendar(id string) *calendar {
	if id == "primary" {
		id = s.options.User
	}
	return s.calendars[id]
}

func (c *calendar) writable() bool { return c.role == Owner || c.role == Writer }

func newID() string { return strings.ToLower(rand.Text()) }
