package ical

import (
	_ "embed" // windowszones.txt
	"strings"
	"sync"
	"time"
)

// place is a zone of the IANA database.
type place struct{ *time.Location }

func (p place) at(instant int64) (offset, until int64) {
	t := time.Unix(instant, 0).In(p.Location)
	_, seconds := t.Zone()
	_, end := t.ZoneBounds()
	if end.IsZero() {
		return int64(seconds), never
	}
	return int64(seconds), end.Unix()
}

//go:embed windowszones.txt
var windowsText string

// windowsZones are the IANA names by those of Windows.
var windowsZones = sync.OnceValue(func() map[string]string {
	zones := map[string]string{}
	for line := range strings.Lines(windowsText) {
		if windows, iana, found := strings.Cut(strings.TrimSpace(line), "\t"); found && line[0] != '#' {
			zones[windows] = iana
		}
	}
	return zones
})

// loadPlace is the IANA zone of the name, or nil. The process's zone has no name here.
func loadPlace(name string) zone {
	if name == "" || strings.EqualFold(name, "local") {
		return nil
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return place{location}
}

// findZone is the zone that a file names. IANA names that cannot be mistaken come first, for a file's own
// definitions often know only this year's rules; names such as EST come last, for
// they mean other things to those who define them.
func findZone(name string, defined map[string]*component, b *budget) (zone, error) {
	if z := loadPath(name); z != nil {
		return z, nil
	}
	if z := loadPlace(windowsZones()[name]); z != nil {
		return z, nil
	}
	if c := defined[name]; c != nil {
		return definedZone(c, b)
	}
	if z := loadPlace(name); z != nil {
		return z, nil
	}
	return nil, unknown("it names a zone that is not known")
}

// loadPath finds IANA names with an area, and those that have a vendor's prefix:
// /freeassociation.sourceforge.net/Europe/Lisbon.
func loadPath(name string) zone {
	parts := strings.Split(strings.TrimPrefix(name, "/"), "/")
	for n := min(len(parts), 3); n >= 2; n-- {
		if z := loadPlace(strings.Join(parts[len(parts)-n:], "/")); z != nil {
			return z
		}
	}
	return nil
}
