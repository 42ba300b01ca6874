package ical

import (
	"strings"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// foreign is an event of somebody else's calendar.
type foreign struct {
	uid string
	interval
	rules    []string
	extra    []interval // RDATE
	without  []moment   // EXDATE
	instead  *moment    // the instance that it replaces
	free     bool
	kind     scheduling.BusyType
	declined []string // addresses that will not come
	broken   error    // why it cannot be understood
}

// readEvent reads a VEVENT; nil if it blocks nothing and replaces nothing.
func readEvent(c *component) *foreign {
	e := &foreign{uid: c.text("UID"), kind: scheduling.BusyMeeting}
	e.readState(c)
	if p, found := c.first("RECURRENCE-ID"); found {
		m, err := readMoment(&p, p.value)
		if e.instead = &m; err == nil && p.param("RANGE") != "" {
			err = unknown("an exception counts for all that follow it, which is not read")
		}
		e.broken = err
	} else if e.free {
		return nil
	}
	if !e.free && e.broken == nil {
		e.readTimes(c)
	}
	return e
}

func (e *foreign) readState(c *component) {
	status, transparency, outlook := c.word("STATUS"), c.word("TRANSP"), c.word("X-MICROSOFT-CDO-BUSYSTATUS")
	e.free = status == "CANCELLED" || transparency == "TRANSPARENT" || outlook == "FREE" && transparency != "OPAQUE"
	switch {
	case status == "TENTATIVE", outlook == "TENTATIVE":
		e.kind = scheduling.BusyTentative
	case outlook == "OOF":
		e.kind = scheduling.BusyUnavailable
	}
	for i := range c.properties {
		p := &c.properties[i]
		if p.name == "ATTENDEE" && strings.EqualFold(p.param("PARTSTAT"), "DECLINED") {
			e.declined = append(e.declined, strings.TrimPrefix(strings.ToLower(strings.TrimSpace(p.value)), "mailto:"))
		}
	}
}

// readTimes reads when it is, of an observance too.
func (e *foreign) readTimes(c *component) {
	seen := map[string]bool{}
	for i := range c.properties {
		p := &c.properties[i]
		if once[p.name] && seen[p.name] {
			e.broken = unknown("an event has two properties %s", p.name)
		}
		seen[p.name] = true
		if err := e.readTime(p); err != nil {
			e.broken = err
			return
		}
	}
	switch {
	case !seen["DTSTART"]:
		e.broken = unknown("an event has no start")
	case e.end != nil && seen["DURATION"]:
		e.broken = unknown("an event has an end and a duration")
	case e.end == nil && !seen["DURATION"] && e.start.whole:
		e.days = 1
	}
}

var once = map[string]bool{"DTSTART": true, "DTEND": true, "DURATION": true, "RECURRENCE-ID": true}

func (e *foreign) readTime(p *property) (err error) {
	switch p.name {
	case "DTSTART":
		e.start, err = readMoment(p, p.value)
	case "DTEND":
		var end moment
		end, err = readMoment(p, p.value)
		e.end = &end
	case "DURATION":
		e.length, err = readLength(p.value)
	case "RRULE":
		e.rules = append(e.rules, p.value)
	case "RDATE", "EXDATE":
		err = e.readDates(p)
	}
	return err
}

// readDates reads a list of dates. Those of a series are as long as its first, unless they
// are periods.
func (e *foreign) readDates(p *property) error {
	for value := range strings.SplitSeq(p.value, ",") {
		if strings.TrimSpace(value) == "" {
			continue
		}
		if p.name == "RDATE" && strings.EqualFold(p.param("VALUE"), "PERIOD") {
			period, err := readPeriod(p, value)
			if err != nil {
				return err
			}
			e.extra = append(e.extra, period)
			continue
		}
		m, err := readMoment(p, value)
		if err != nil {
			return err
		}
		if p.name == "EXDATE" {
			e.without = append(e.without, m)
		} else {
			e.extra = append(e.extra, interval{start: m, length: length{seconds: asFirst}})
		}
	}
	return nil
}

// asFirst is the length of a date that is as long as the first of its series.
const asFirst = -1

// fixed is busy time that a VFREEBUSY tells.
type fixed struct {
	interval
	uid  string
	kind scheduling.BusyType
}

// readFreeBusy reads a VFREEBUSY. Types that are not known are busy (RFC 5545, 3.2.9).
func readFreeBusy(c *component) ([]fixed, error) {
	var all []fixed
	for i := range c.properties {
		p := &c.properties[i]
		kind := scheduling.BusyMeeting
		switch strings.ToUpper(p.param("FBTYPE")) {
		case "FREE":
			continue
		case "BUSY-TENTATIVE":
			kind = scheduling.BusyTentative
		case "BUSY-UNAVAILABLE":
			kind = scheduling.BusyUnavailable
		}
		if p.name != "FREEBUSY" {
			continue
		}
		for value := range strings.SplitSeq(p.value, ",") {
			period, err := readPeriod(p, value)
			if err != nil {
				return nil, err
			}
			all = append(all, fixed{period, c.text("UID"), kind})
		}
	}
	return all, nil
}
