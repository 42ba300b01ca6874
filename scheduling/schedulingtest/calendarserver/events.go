package calendarserver

import (
	"net/http"
	"reflect"
	"strings"
	"time"
)

// goodID reports whether an id is 5 to 1024 characters of base32hex
// (https://developers.google.com/workspace/calendar/api/v3/reference/events#id).
func goodID(id string) bool {
	return len(id) >= 5 && len(id) <= 1024 && strings.Trim(id, "abcdefghijklmnopqrstuv0123456789") == ""
}

// managed are the fields that no writer sets.
var managed = []string{"kind", "etag", "htmlLink", "created", "updated", "creator", "organizer", "hangoutLink", "recurringEventId", "originalStartTime"}

// place finds the calendar of a request, for reading or writing.
func (s *Server) place(r *http.Request, write bool) (*calendar, *refusal) {
	c := s.calendar(r.PathValue("calendar"))
	switch {
	case c == nil:
		return nil, notFound
	case write && !c.writable():
		return nil, readOnly
	}
	return c, nil
}

// find finds the event of a request.
func (s *Server) find(r *http.Request, write bool) (*event, *refusal) {
	c, refused := s.place(r, write)
	if refused != nil {
		return nil, refused
	}
	e := c.byID[r.PathValue("id")]
	if e == nil {
		return nil, notFound
	}
	return e, nil
}

func (s *Server) get(r *http.Request) reply {
	e, refused := s.find(r, false)
	if refused != nil {
		return refused
	}
	return tell(r, e.full())
}

func tell(r *http.Request, v map[string]any) reply {
	return object(project(v, or(r.URL.Query().Get("fields"), "*")))
}

func (s *Server) insert(r *http.Request) reply {
	c, refused := s.place(r, true)
	if refused != nil {
		return refused
	}
	v, refused := readResource(r.Body)
	if refused != nil {
		return refused
	}
	id := v.text("id")
	switch {
	case id != "" && !goodID(id):
		return invalid("Invalid resource id value.")
	case id != "" && v.text("iCalUID") != "":
		return invalid("Only one of id and iCalUID may be given.")
	case c.byID[id] != nil:
		return duplicate
	}
	id = or(id, newID())
	body := resource{"status": confirmed, "iCalUID": or(v.text("iCalUID"), id+"@google.com"), "sequence": int64(0)}
	if refused := s.apply(r, c, body, nil, v); refused != nil {
		return refused
	}
	e := s.add(c, id, body)
	s.askForConference(e)
	return tell(r, e.full())
}

// apply makes body what a writer wants, or refuses it. Before is what was there.
func (s *Server) apply(r *http.Request, c *calendar, body, before, want resource) *refusal {
	want = want.clone()
	for _, name := range append([]string{"id", "iCalUID"}, managed...) {
		delete(want, name)
	}
	if r.URL.Query().Get("conferenceDataVersion") != "1" {
		delete(want, "conferenceData")
	}
	wanted, raised := want["sequence"]
	delete(want, "sequence")
	body.merge(want)
	if refused := s.check(c, body); refused != nil {
		return refused
	}
	sequence := before.number("sequence")
	if raised && resource(map[string]any{"n": wanted}).number("n") < sequence {
		return invalid("Invalid sequence value. The specified sequence number is below the current sequence number of the resource. " +
			"Re-fetch the resource and use its sequence number on the following request.")
	}
	body["sequence"] = max(sequence, resource{"n": wanted}.number("n"))
	if before != nil && body.number("sequence") == sequence && moved(before, body) {
		body["sequence"] = sequence + 1
	}
	keepConference(before, body)
	markSelf(c, body)
	return nil
}

func (s *Server) check(c *calendar, body resource) *refusal {
	status := body.text("status")
	switch {
	case status != confirmed && status != tentative && status != cancelled:
		return invalid("Invalid value for: status")
	case len(body.list("attendees")) > 0 && strings.HasSuffix(s.options.User, ".gserviceaccount.com"):
		return noGuests
	}
	if refused := c.checkTimes(body); refused != nil {
		return refused
	}
	if _, ok := rulesOf(body); !ok {
		return invalid("Invalid recurrence rule.")
	}
	return nil
}

// moved reports whether a change is one that raises the sequence.
func moved(before, after resource) bool {
	for _, name := range []string{"start", "end", "recurrence"} {
		if !reflect.DeepEqual(cloneValue(before[name]), cloneValue(after[name])) {
			return true
		}
	}
	return false
}

// markSelf marks the calendar's own attendee.
func markSelf(c *calendar, body resource) {
	for _, a := range body.list("attendees") {
		if a.text("email") == c.id {
			a["self"] = true
		}
		if a.text("responseStatus") == "" {
			a["responseStatus"] = "needsAction"
		}
	}
}

// add puts an event into a calendar.
func (s *Server) add(c *calendar, id string, body resource) *event {
	e := &event{calendar: c, id: id, serial: len(c.events) + 1, body: body}
	body["created"] = s.now().Format(time.RFC3339)
	body["htmlLink"] = "https://www.google.com/calendar/event?eid=" + id
	body["organizer"] = map[string]any{"email": c.id, "self": true}
	body["creator"] = map[string]any{"email": s.options.User, "self": c.id == s.options.User}
	body["eventType"] = or(body.text("eventType"), "default")
	c.events = append(c.events, e)
	c.byID[id] = e
	s.changed(e)
	return e
}

// changed gives an event a new etag, and its instances what has changed.
func (s *Server) changed(e *event) {
	s.version++
	e.version = s.version
	e.body["updated"] = s.now().Format("2006-01-02T15:04:05.000Z")
	if e.recurs() || e.expanded {
		e.expanded = true
		s.expand(e)
	}
}

func (s *Server) update(r *http.Request) reply { return s.write(r, false) }

func (s *Server) patch(r *http.Request) reply { return s.write(r, true) }

// write changes an event. One that was deleted comes back when it is confirmed again.
func (s *Server) write(r *http.Request, merge bool) reply {
	e, refused := s.find(r, true)
	if refused != nil {
		return refused
	}
	v, refused := readResource(r.Body)
	switch match := r.Header.Get("If-Match"); {
	case refused != nil:
		return refused
	case match != "" && match != "*" && match != e.etag():
		return changed
	}
	body := e.body.clone()
	if !merge {
		body = replaced(e.body, r.URL.Query().Get("conferenceDataVersion") == "1")
	}
	if refused := s.apply(r, e.calendar, body, e.body, v); refused != nil {
		return refused
	}
	e.body = body
	e.exception = e.master != nil
	s.changed(e)
	s.askForConference(e)
	return tell(r, e.full())
}

// replaced is what an update leaves of an event.
func replaced(before resource, conferences bool) resource {
	body := resource{"status": confirmed}
	for _, name := range append([]string{"iCalUID", "sequence", "conferenceData", "eventType"}, managed...) {
		if name == "conferenceData" && conferences {
			continue
		}
		if value, there := before[name]; there {
			body[name] = cloneValue(value)
		}
	}
	return body
}

func (s *Server) remove(r *http.Request) reply {
	e, refused := s.find(r, true)
	switch match := r.Header.Get("If-Match"); {
	case refused != nil:
		return refused
	case match != "" && match != "*" && match != e.etag():
		return changed
	case e.cancelled():
		return deleted
	}
	s.cancel(e)
	return nothing(http.StatusNoContent)
}

func (s *Server) cancel(e *event) {
	e.body["status"] = cancelled
	e.body["sequence"] = e.body.number("sequence") + 1
	e.exception = e.master != nil
	s.changed(e)
}
