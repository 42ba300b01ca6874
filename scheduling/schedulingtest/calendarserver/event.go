package calendarserver

import (
	"encoding/json"
	"io"
	"maps"
	"strconv"
	"time"
)

const (
	confirmed = "confirmed"
	tentative = "tentative"
	cancelled = "cancelled"

	maxBody = 1 << 20
)

// resource is an event in Google's JSON.
type resource map[string]any

// event is a single event, a recurring one or an instance of that.
type event struct {
	calendar  *calendar
	id        string
	serial    int
	version   int64
	master    *event // of an instance
	exception bool   // an instance that was changed by itself
	expanded  bool   // it has instances
	body      resource
}

func readResource(body io.Reader) (resource, *refusal) {
	v := resource{}
	if err := json.NewDecoder(io.LimitReader(body, maxBody)).Decode(&v); err != nil {
		return nil, &refusal{400, "parseError", "Parse Error"}
	}
	return v, nil
}

// text is a string somewhere in a resource; "" when there is none.
func (v resource) text(path ...string) string {
	last := len(path) - 1
	for _, name := range path[:last] {
		v = v.part(name)
	}
	text, _ := v[path[last]].(string)
	return text
}

// part is an object in a resource; nil when there is none.
func (v resource) part(name string) resource {
	switch part := v[name].(type) {
	case map[string]any:
		return part
	case resource:
		return part
	}
	return nil
}

// list are the objects of a list in a resource.
func (v resource) list(name string) (all []resource) {
	items, _ := v[name].([]any)
	for _, item := range items {
		if one, ok := item.(map[string]any); ok {
			all = append(all, one)
		}
	}
	return all
}

func (v resource) number(name string) int64 {
	switch n := v[name].(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	}
	return 0
}

// clone copies all of a resource.
func (v resource) clone() resource {
	copied := make(resource, len(v))
	for name, value := range v {
		copied[name] = cloneValue(value)
	}
	return copied
}

func cloneValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return map[string]any(resource(value).clone())
	case resource:
		return map[string]any(value.clone())
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = cloneValue(item)
		}
		return list
	}
	return value
}

// merge changes v as a patch does: null takes a field away, objects are merged.
func (v resource) merge(patch resource) {
	for name, value := range patch {
		part, isPart := value.(map[string]any)
		switch {
		case value == nil:
			delete(v, name)
		case isPart && v.part(name) != nil:
			v.part(name).merge(part)
		case isPart:
			fresh := resource{}
			fresh.merge(part)
			v[name] = map[string]any(fresh)
		default:
			v[name] = cloneValue(value)
		}
	}
}

func (e *event) recurs() bool    { return e.body["recurrence"] != nil }
func (e *event) cancelled() bool { return e.body.text("status") == cancelled }
func (e *event) etag() string {
	return `"` + strconv.FormatInt(3000000000000000+2000*e.version, 10) + `"`
}

// full is all that is told of an event.
func (e *event) full() map[string]any {
	v := e.body.clone()
	maps.Copy(v, resource{"kind": "calendar#event", "etag": e.etag(), "id": e.id})
	if e.calendar.role == FreeBusyReader {
		private := resource{"visibility": "private"}
		for _, name := range []string{"kind", "etag", "id", "status", "iCalUID", "start", "end", "transparency", "recurringEventId", "originalStartTime"} {
			if value, there := v[name]; there {
				private[name] = value
			}
		}
		return private
	}
	return v
}

// bare is what is sure to be told of an event that was deleted.
func (e *event) bare() map[string]any {
	v := map[string]any{"kind": "calendar#event", "etag": e.etag(), "id": e.id, "status": cancelled}
	if e.master != nil {
		v["recurringEventId"], v["originalStartTime"] = e.master.id, cloneValue(e.body["originalStartTime"])
	}
	return v
}

// span is when an event is, whole days in the calendar's zone.
func (e *event) span() (start, end time.Time) {
	return e.calendar.instant(e.body.part("start")), e.calendar.instant(e.body.part("end"))
}

// blocks reports whether the owner of the calendar is busy then.
func (e *event) blocks() bool {
	for _, a := range e.body.list("attendees") {
		if (a["self"] == true || a.text("email") == e.calendar.id) && a.text("responseStatus") == "declined" {
			return false
		}
	}
	return !e.recurs() && !e.cancelled() && e.body.text("transparency") != "transparent"
}
