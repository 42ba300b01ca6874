package ical

import (
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

const (
	maxDepth      = 8
	maxProperties = 5000 // of one component
)

// component is a part of a calendar file.
type component struct {
	name       string
	properties []property
	parts      []*component // of a VTIMEZONE: its observances
}

func (c *component) first(name string) (property, bool) {
	i := slices.IndexFunc(c.properties, func(p property) bool { return p.name == name })
	if i < 0 {
		return property{}, false
	}
	return c.properties[i], true
}

func (c *component) text(name string) string {
	p, _ := c.first(name)
	return ics.FromText(strings.TrimSpace(p.value))
}

func (c *component) word(name string) string {
	p, _ := c.first(name)
	return p.word()
}

// calendar is what matters of a calendar file. It is not changed once it is read.
type calendar struct {
	method Method
	zone   string // the calendar's own, as it names it
	zones  map[string]*component
	events []*foreign
	busy   []fixed
}

// reader puts components together.
type reader struct {
	calendar
	open     []*component
	complete bool
	left     int // components that may still come
}

// readCalendar reads a calendar file. What it does not understand of one event is an error once
// that event is asked about.
func readCalendar(body []byte, maxComponents int) (*calendar, error) {
	r := &reader{calendar: calendar{zones: map[string]*component{}}, left: maxComponents}
	for p, err := range properties(body) {
		if err == nil {
			err = r.property(p)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.open) > 0 || !r.complete {
		return nil, unknown("it is not a complete calendar")
	}
	return &r.calendar, nil
}

func (r *reader) property(p property) error {
	switch p.name {
	case "BEGIN":
		return r.begin(p.word())
	case "END":
		return r.end(p.word())
	}
	if len(r.open) == 0 {
		return unknown("it is not a calendar")
	}
	c := r.open[len(r.open)-1]
	if c.properties = append(c.properties, p); len(c.properties) > maxProperties {
		return unknown("a part of it has more than %d properties", maxProperties)
	}
	return nil
}

func (r *reader) begin(name string) error {
	r.left--
	switch {
	case (len(r.open) == 0) != (name == "VCALENDAR"):
		return unknown("it is not a calendar")
	case len(r.open) == maxDepth:
		return unknown("its parts stand within each other more than %d times", maxDepth)
	case r.left < 0:
		return unknown("it has too many parts")
	}
	r.open = append(r.open, &component{name: name})
	return nil
}

func (r *reader) end(name string) error {
	last := len(r.open) - 1
	if last < 0 || r.open[last].name != name {
		return unknown("it has a part that ends and has not begun")
	}
	c := r.open[last]
	r.open = r.open[:last]
	if last == 0 {
		r.complete = true
		r.method = Method(c.word("METHOD"))
		r.zone = zoneName(c)
		return nil
	}
	return r.add(c, r.open[last-1])
}

func zoneName(c *component) string {
	if name := c.text("TIMEZONE-ID"); name != "" {
		return name
	}
	return c.text("X-WR-TIMEZONE")
}

func (r *reader) add(c, parent *component) error {
	switch c.name {
	case "VEVENT":
		if e := readEvent(c); e != nil {
			r.events = append(r.events, e)
		}
	case "VFREEBUSY":
		busy, err := readFreeBusy(c)
		r.busy = append(r.busy, busy...)
		return err
	case "VTIMEZONE":
		r.zones[c.text("TZID")] = c
	case "STANDARD", "DAYLIGHT":
		parent.parts = append(parent.parts, c)
	case "VAVAILABILITY":
		return unknown("it tells availability (RFC 7953), which is not read")
	}
	return nil
}
