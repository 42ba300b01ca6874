package calendarserver

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxPage     = 2500
	defaultPage = 250
)

// query is a request for a list of events.
type query struct {
	single, deleted bool
	min, max        time.Time
	byStart         bool
	uid             string
	private         []string
	since           int64 // with a sync token: the version that is known
	incremental     bool
	size            int
	from            page
}

// unsyncable are the parameters that no sync token goes with.
var unsyncable = []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"}

func (s *Server) list(r *http.Request) reply {
	c, refused := s.place(r, false)
	if refused != nil {
		return refused
	}
	q, refused := s.query(c, r.URL.Query())
	if refused != nil {
		return refused
	}
	answer := map[string]any{
		"kind": "calendar#events", "etag": `"` + strconv.FormatInt(s.version, 10) + `"`, "summary": c.id, "timeZone": c.zoneName,
		"accessRole": string(c.role), "updated": s.now().Format(time.RFC3339), "defaultReminders": []map[string]any{},
	}
	found := q.matching(c)
	items := make([]map[string]any, 0, len(found))
	for _, e := range found[:min(q.size, len(found))] {
		items = append(items, q.show(e, r.URL.Query()))
	}
	answer["items"] = items
	switch {
	case len(found) > q.size:
		answer["nextPageToken"] = q.next(found[q.size-1]).String()
	case q.syncable(r.URL.Query()):
		answer["nextSyncToken"] = syncToken{Calendar: c.id, Single: q.single, Version: q.from.Version, At: s.now().Unix()}.String()
	}
	return object(project(answer, or(r.URL.Query().Get("fields"), "*")))
}

// query reads the parameters.
func (s *Server) query(c *calendar, p url.Values) (q query, refused *refusal) {
	q = query{
		single: p.Get("singleEvents") == "true", deleted: p.Get("showDeleted") == "true", byStart: p.Get("orderBy") == "startTime",
		uid: p.Get("iCalUID"), private: p["privateExtendedProperty"], from: page{Version: s.version},
	}
	var ok1, ok2, ok3 bool
	q.min, ok1 = parseBound(p.Get("timeMin"))
	q.max, ok2 = parseBound(p.Get("timeMax"))
	q.size, ok3 = pageSize(p.Get("maxResults"), s.options.PageSize)
	switch {
	case !ok1 || !ok2 || !ok3:
		return q, &refusal{http.StatusBadRequest, "badRequest", "Bad Request"}
	case !q.min.IsZero() && !q.max.IsZero() && !q.min.Before(q.max):
		return q, emptyRange
	case q.byStart && !q.single:
		return q, invalid("The requested ordering is not available for the particular query.")
	}
	if text := p.Get("syncToken"); text != "" {
		if refused := s.resume(c, &q, text, p); refused != nil {
			return q, refused
		}
	}
	if text := p.Get("pageToken"); text != "" && !q.from.parse(text) {
		return q, invalid("Invalid page token value.")
	}
	return q, nil
}

func parseBound(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

func pageSize(text string, most int) (int, bool) {
	if text == "" {
		return min(defaultPage, most), true
	}
	n, err := strconv.ParseUint(text, 10, 31)
	return min(int(n), maxPage, most), err == nil && n > 0
}

// resume goes on from a sync token.
func (s *Server) resume(c *calendar, q *query, text string, p url.Values) *refusal {
	var t syncToken
	switch known := t.parse(text); {
	case !known || t.Calendar != c.id:
		return invalid("Invalid sync token value.")
	case slices.ContainsFunc(unsyncable, p.Has), p.Get("showDeleted") == "false":
		return invalid("Sync token cannot be used with this parameter.")
	case t.Single != q.single:
		return invalid("Sync token was made with other parameters.")
	case t.Version < c.forgotten, s.options.TokenLife > 0 && s.now().Unix()-t.At > int64(s.options.TokenLife/time.Second):
		return fullSync
	}
	q.incremental, q.deleted, q.since = true, true, t.Version
	return nil
}

func (q *query) syncable(p url.Values) bool {
	return !slices.ContainsFunc([]string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin"}, p.Has)
}

// matching are the events after the place where the page begins.
func (q *query) matching(c *calendar) []*event {
	var found []*event
	for _, e := range c.events {
		if q.matches(e) && (q.byStart || e.serial > q.from.Serial) {
			found = append(found, e)
		}
	}
	if !q.byStart {
		return found
	}
	slices.SortStableFunc(found, func(a, b *event) int {
		at, _ := a.span()
		bt, _ := b.span()
		return cmp.Or(at.Compare(bt), cmp.Compare(a.serial, b.serial))
	})
	return found[min(q.from.Offset, len(found)):]
}

func (q *query) matches(e *event) bool {
	switch {
	case q.single && e.recurs(), !q.single && e.master != nil && !e.exception:
		return false
	case q.incremental:
		return e.version > q.since
	case e.cancelled() && !q.deleted && (q.single || e.master == nil):
		return false
	case q.uid != "" && e.body.text("iCalUID") != q.uid:
		return false
	}
	start, end := e.span()
	return (q.min.IsZero() || end.After(q.min)) && (q.max.IsZero() || start.Before(q.max)) && q.marked(e)
}

func (q *query) marked(e *event) bool {
	for _, property := range q.private {
		name, value, _ := strings.Cut(property, "=")
		if e.body.part("extendedProperties").text("private", name) != value {
			return false
		}
	}
	return true
}

func (q *query) show(e *event, p url.Values) map[string]any {
	if e.cancelled() {
		return e.bare()
	}
	v := e.full()
	if n, err := strconv.Atoi(p.Get("maxAttendees")); err == nil && len(resource(v).list("attendees")) > n {
		v["attendees"] = slices.DeleteFunc(v["attendees"].([]any), func(a any) bool {
			one, _ := a.(map[string]any)
			return one["self"] != true
		})
		v["attendeesOmitted"] = true
	}
	return v
}
