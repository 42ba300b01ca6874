package scheduling

import (
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// LoadZone returns the zone of an IANA name. Names that mean the process's zone or none, as
// "Local" and "", fail with Invalid like those that are not known. Zones are kept for
// the life of the process.
func LoadZone(name string) (*time.Location, error) {
	z, err := loadZone(name)
	if err != nil {
		return nil, err
	}
	return z.location, nil
}

// Zones and their segments are remembered up to these numbers, which no honest use reaches.
const (
	maxZones    = 2000
	maxSegments = 600
)

var zones struct {
	sync.RWMutex
	byName map[string]*zone
}

// zone is a location with the segments that were asked for, sorted.
type zone struct {
	location *time.Location
	segments atomic.Pointer[[]segment]
}

// segment is a time [start, end) in which the offset from UTC is constant, in seconds.
type segment struct{ start, end, offset int64 }

func loadZone(name string) (*zone, error) {
	zones.RLock()
	z := zones.byName[name]
	zones.RUnlock()
	if z != nil {
		return z, nil
	}
	if name == "" || name == "Local" || strings.ContainsAny(name, `\:. `) {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "%q is not the name of a time zone", name)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "%q is not the name of a time zone", name)
	}
	return rememberZone(name, location), nil
}

func rememberZone(name string, location *time.Location) *zone {
	z := &zone{location: location}
	zones.Lock()
	defer zones.Unlock()
	if known := zones.byName[name]; known != nil {
		return known
	}
	if zones.byName == nil {
		zones.byName = make(map[string]*zone)
	}
	if len(zones.byName) < maxZones {
		zones.byName[strings.Clone(name)] = z
	}
	return z
}

// at returns the segment in which the instant is.
func (z *zone) at(t int64) segment {
	var known []segment
	if p := z.segments.Load(); p != nil {
		known = *p
	}
	i, found := slices.BinarySearchFunc(known, t, func(s segment, t int64) int {
		switch {
		case s.end <= t:
			return -1
		case s.start > t:
			return 1
		}
		return 0
	})
	if found {
		return known[i]
	}
	s := z.lookUp(t)
	if len(known) < maxSegments {
		more := slices.Insert(slices.Clone(known), i, s)
		z.segments.Store(&more)
	}
	return s
}

func (z *zone) lookUp(t int64) segment {
	at := time.Unix(t, 0).In(z.location)
	_, offset := at.Zone()
	start, end := at.ZoneBounds()
	s := segment{start: math.MinInt64, end: math.MaxInt64, offset: int64(offset)}
	if !start.IsZero() {
		s.start = start.Unix()
	}
	if !end.IsZero() {
		s.end = end.Unix()
	}
	return s
}
