package calendarserver

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

const (
	maxCalendars = 50 // calendarExpansionMax
	maxRange     = 90 * 24 * time.Hour
)

// freeBusy tells when calendars are busy. What is wrong with one is told in its own place.
func (s *Server) freeBusy(r *http.Request) reply {
	v, refused := readResource(r.Body)
	if refused != nil {
		return refused
	}
	from, err1 := time.Parse(time.RFC3339, v.text("timeMin"))
	to, err2 := time.Parse(time.RFC3339, v.text("timeMax"))
	switch {
	case v.text("timeMin") == "" || v.text("timeMax") == "":
		return required("Missing time range.")
	case err1 != nil || err2 != nil:
		return &refusal{http.StatusBadRequest, "badRequest", "Bad Request"}
	case !from.Before(to):
		return emptyRange
	case to.Sub(from) > maxRange:
		return tooLongRange
	}
	told := map[string]any{}
	for n, item := range v.list("items") {
		id := item.text("id")
		told[id] = s.busyOf(id, from, to)
		if n >= maxCalendars {
			told[id] = unknownBusy("tooManyCalendarsRequested")
		}
	}
	return tell(r, map[string]any{
		"kind": "calendar#freeBusy", "timeMin": from.UTC().Format(time.RFC3339), "timeMax": to.UTC().Format(time.RFC3339), "calendars": told,
	})
}

func unknownBusy(reason string) map[string]any {
	return map[string]any{"errors": []map[string]any{{"domain": "global", "reason": reason}}, "busy": []any{}}
}

func (s *Server) busyOf(id string, from, to time.Time) map[string]any {
	c := s.calendar(id)
	if c == nil {
		return unknownBusy("notFound")
	}
	if c.unknown != "" {
		return unknownBusy(c.unknown)
	}
	list := []map[string]any{}
	for _, p := range c.busy(from, to) {
		list = append(list, map[string]any{"start": p.start.Format(time.RFC3339), "end": p.end.Format(time.RFC3339)})
	}
	return map[string]any{"busy": list}
}

type period struct{ start, end time.Time }

// busy are the busy times that overlap a range, joined where they touch.
func (c *calendar) busy(from, to time.Time) (joined []period) {
	var all []period
	for _, e := range c.events {
		start, end := e.span()
		if e.blocks() && start.Before(to) && end.After(from) && start.Before(end) {
			all = append(all, period{start, end})
		}
	}
	slices.SortFunc(all, func(a, b period) int { return cmp.Or(a.start.Compare(b.start), a.end.Compare(b.end)) })
	for _, p := range all {
		if last := len(joined) - 1; last >= 0 && !p.start.After(joined[last].end) {
			if p.end.After(joined[last].end) {
				joined[last].end = p.end
			}
			continue
		}
		joined = append(joined, p)
	}
	return joined
}
