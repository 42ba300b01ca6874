package calendarserver

import (
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// instant reads a start or an end that was found valid.
func (c *calendar) instant(m resource) time.Time {
	if day, err := scheduling.ParseDate(m.text("date")); err == nil {
		return day.In(c.zone).Start
	}
	t, _ := c.parse(m)
	return t
}

// parse reads the time of a day, in the zone that is told, or that of the calendar.
func (c *calendar) parse(m resource) (time.Time, bool) {
	text := m.text("dateTime")
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), true
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", text, c.zoneOf(m))
	return t.UTC(), err == nil
}

// zoneOf is the zone that a moment is told in.
func (c *calendar) zoneOf(m resource) *time.Location {
	if name := m.text("timeZone"); name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return c.zone
}

// checkTimes refuses a resource without a time that makes sense.
func (c *calendar) checkTimes(v resource) *refusal {
	for _, name := range []string{"start", "end"} {
		m := v.part(name)
		_, timed := c.parse(m)
		_, err := scheduling.ParseDate(m.text("date"))
		switch {
		case m == nil, m.text("date") == "" && m.text("dateTime") == "":
			return required("Missing " + name + " time.")
		case m.text("date") != "" && (err != nil || m.text("dateTime") != ""), m.text("date") == "" && !timed:
			return invalid("Invalid value for: " + name)
		}
	}
	switch {
	case (v.text("start", "date") == "") != (v.text("end", "date") == ""):
		return invalid("The start and end times must either both be date or both be dateTime.")
	case c.instant(v.part("end")).Before(c.instant(v.part("start"))):
		return emptyRange
	case v["recurrence"] != nil && v.text("start", "date") == "" && v.text("start", "timeZone") == "":
		return required("Missing time zone definition for start time.")
	}
	return nil
}
