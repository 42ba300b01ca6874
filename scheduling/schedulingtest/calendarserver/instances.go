package calendarserver

import (
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// expand makes the instances of a recurring event what it says. Those that were changed by
// themselves stay as they are while they still occur.
func (s *Server) expand(master *event) {
	occurring := map[string]bool{}
	if !master.cancelled() {
		for _, body := range master.occurrences() {
			id := master.id + "_" + suffix(body.part("start"), master.calendar)
			occurring[id] = true
			s.instance(master, id, body)
		}
	}
	for _, e := range master.calendar.events {
		if e.master == master && !occurring[e.id] && !e.cancelled() {
			e.body["status"] = cancelled
			s.changed(e)
		}
	}
}

func (s *Server) instance(master *event, id string, body resource) {
	e := master.calendar.byID[id]
	switch {
	case e == nil:
		e = s.add(master.calendar, id, body)
		e.master = master
	case !e.exception:
		e.body = body
		s.changed(e)
	}
}

// suffix is what the id of an instance ends in: when it was to start.
func suffix(start resource, c *calendar) string {
	if day, err := scheduling.ParseDate(start.text("date")); err == nil {
		return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC).Format("20060102")
	}
	return c.instant(start).Format("20060102T150405Z")
}

// occurrences are the resources of all instances.
func (e *event) occurrences() (all []resource) {
	rules, _ := rulesOf(e.body)
	for _, r := range rules {
		start, end := e.body.part("start"), e.body.part("end")
		if start.text("date") != "" {
			all = append(all, e.wholeDays(r, start, end)...)
			continue
		}
		zone := e.calendar.zoneOf(start)
		from, to := e.calendar.instant(start).In(zone), e.calendar.instant(end)
		for _, at := range r.starts(from) {
			all = append(all, e.occurrence(timed(at, start), timed(at.Add(to.Sub(from)), end)))
		}
	}
	return all
}

func (e *event) wholeDays(r rule, start, end resource) (all []resource) {
	first, err1 := time.Parse(time.DateOnly, start.text("date"))
	last, err2 := time.Parse(time.DateOnly, end.text("date"))
	if err1 != nil || err2 != nil {
		return nil
	}
	for _, day := range r.starts(first) {
		all = append(all, e.occurrence(
			resource{"date": day.Format(time.DateOnly)}, resource{"date": day.Add(last.Sub(first)).Format(time.DateOnly)}))
	}
	return all
}

func timed(at time.Time, like resource) resource {
	m := resource{"dateTime": at.Format(time.RFC3339)}
	if name := like.text("timeZone"); name != "" {
		m["timeZone"] = name
	}
	return m
}

func (e *event) occurrence(start, end resource) resource {
	body := e.body.clone()
	delete(body, "recurrence")
	body["recurringEventId"] = e.id
	body["start"], body["end"] = map[string]any(start), map[string]any(end)
	body["originalStartTime"] = map[string]any(start.clone())
	return body
}
