package schedulinghttp_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// with is the record with other fields, as JSON.
func with(t *testing.T, record, fields map[string]any) string {
	t.Helper()
	changed := map[string]any{}
	for name, value := range record {
		changed[name] = value
	}
	for name, value := range fields {
		changed[name] = value
	}
	body, err := json.Marshal(changed)
	require.NoError(t, err)
	return string(body)
}

func TestSchedules(t *testing.T) {
	t.Run("What is read can be written back, and is the next revision", func(t *testing.T) {
		h := newHost(t)
		path := "/schedules/" + h.schedule
		full := `{"zone": "Europe/Lisbon", "name": "Summer", "weekly": [{"day": 0, "start": 540, "end": 1020}, {"day": 5, "start": 1320, "end": 1560}],
			"overrides": [{"from": "2027-08-01", "to": "2027-08-15", "hours": [], "note": "away"}, {"from": "2027-12-24", "to": "2027-12-24", "hours": [{"start": 540, "end": 720}]}],
			"stays": [{"from": "2027-06-01", "to": "2027-06-10", "zone": "Asia/Tokyo"}]}`
		put := h.status(200, nina, "PUT", path, full)
		require.Equal(t, `"2"`, put.Header.Get("ETag"))
		got := h.get(nina, path)
		require.Equal(t, put.json(t), got)
		require.Equal(t, map[string]any{"day": 0.0, "start": 540.0, "end": 1020.0}, got["weekly"].([]any)[0])
		require.Equal(t, map[string]any{"from": "2027-08-01", "to": "2027-08-15", "hours": []any{}, "note": "away"}, got["overrides"].([]any)[0])
		require.Equal(t, []any{map[string]any{"from": "2027-06-01", "to": "2027-06-10", "zone": "Asia/Tokyo"}}, got["stays"])
		again := h.status(200, nina, "PUT", path, with(t, got, nil)).json(t)
		require.EqualValues(t, 3, again["revision"])
		require.Equal(t, got["overrides"], again["overrides"])
		require.Len(t, h.get(nina, "/schedules")["data"], 1)
	})
	t.Run("Of two who change the same revision, the later is refused", func(t *testing.T) {
		h := newHost(t)
		path := "/schedules/" + h.schedule
		got := h.get(nina, path)
		h.status(200, nina, "PUT", path, with(t, got, nil))
		h.refused(h.ask(nina, "PUT", path, with(t, got, nil)), 409, "aborted")
		delete(got, "revision")
		h.refused(h.ask(nina, "PUT", path, with(t, got, nil), "If-Match", `"1"`), 412, "aborted")
		h.status(200, nina, "PUT", path, with(t, got, nil), "If-Match", `"2"`)
		h.status(200, nina, "PUT", path, with(t, got, nil), "If-Match", `*`)
		h.status(200, nina, "PUT", path, with(t, got, nil))
		h.refused(h.ask(nina, "PUT", path, with(t, got, nil), "If-Match", "2"), 400, "invalid", "if_match")
		h.refused(h.ask(nina, "PUT", path, with(t, got, map[string]any{"revision": 1}), "If-Match", `"5"`), 400, "invalid", "revision")
	})
	t.Run("An expert makes and deletes schedules", func(t *testing.T) {
		h := newHost(t)
		a := h.status(201, nina, "POST", "/schedules", `{"zone": "UTC", "weekly": []}`)
		require.Equal(t, prefix+"/schedules/"+a.json(t)["id"].(string), a.Header.Get("Location"))
		h.status(204, nina, "DELETE", "/schedules/"+a.json(t)["id"].(string), "")
		h.refused(h.ask(nina, "DELETE", "/schedules/"+h.schedule, ""), 409, "failed_precondition")
		h.status(201, admin, "POST", "/schedules", `{"zone": "UTC", "expert": "nina"}`)
		h.refused(h.ask(admin, "POST", "/schedules", `{"zone": "UTC"}`), 400, "invalid", "expert")
		h.refused(h.ask(admin, "GET", "/schedules", ""), 400, "invalid", "expert")
		require.Len(t, h.get(admin, "/schedules?expert=nina")["data"], 2)
	})
	t.Run("What is wrong is named", func(t *testing.T) {
		h := newHost(t)
		for body, fields := range map[string][]string{
			`{}`:                                   {"zone"},
			`{"zone": "Mars"}`:                     {"zone"},
			`{"zone": "UTC", "expert": "omar"}`:    {"expert"},
			`{"zone": "UTC", "id": "x"}`:           {"id"},
			`{"zone": "UTC", "is_verified": true}`: {"is_verified"},
			`{"zone": "UTC", "weekly": [{"start": 0, "end": 60}]}`:                                               {"weekly[0].day"},
			`{"zone": "UTC", "weekly": [{"day": 7, "start": 0, "end": 60}]}`:                                     {"weekly[0].day"},
			`{"zone": "UTC", "weekly": [{"day": 1, "start": 0, "end": 60}, {"day": 1, "start": 30, "end": 90}]}`: {"weekly[1]"},
			`{"zone": "UTC", "weekly": [{"day": 1, "start": 60, "end": 60}]}`:                                    {"weekly[0].end"},
			`{"zone": "UTC", "weekly": [{"day": 1, "start": 60.5, "end": 90}]}`:                                  {"weekly.start"},
			`{"zone": "UTC", "overrides": [{"from": "2027-02-30", "to": "2027-03-01"}]}`:                         {"overrides[0].from"},
			`{"zone": "UTC", "overrides": [{"from": "2027-03-02", "to": "2027-03-01"}]}`:                         {"overrides[0].to"},
			`{"zone": "UTC", "stays": [{"from": "2027-03-02", "zone": "UTC"}]}`:                                  {"stays[0].to"},
		} {
			h.refused(h.ask(nina, "PUT", "/schedules/"+h.schedule, body), 400, "invalid", fields...)
		}
		require.EqualValues(t, 1, h.get(nina, "/schedules/"+h.schedule)["revision"])
	})
	t.Run("Those of others are not there", func(t *testing.T) {
		h := newHost(t)
		unknown := h.status(404, omar, "GET", "/schedules/unknown", "").body
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			for _, who := range []string{omar, acme} {
				require.Equal(t, unknown, h.status(404, who, method, "/schedules/"+h.schedule, `{"zone": "UTC"}`).body)
			}
		}
		h.refused(h.ask(omar, "GET", "/schedules?expert=nina", ""), 403, "permission_denied")
		h.refused(h.ask(omar, "POST", "/schedules", `{"zone": "UTC", "expert": "nina"}`), 403, "permission_denied")
	})
}

func TestEventTypes(t *testing.T) {
	t.Run("What is read can be written back", func(t *testing.T) {
		h := newHost(t)
		full := `{"slug": "deep", "title": "Deep", "description": "Two\nlines", "schedule": "` + h.schedule + `", "durations": [60, 90], "step": 15, "align": "clock",
			"before": 10, "after": 5, "notice": 120, "horizon": {"days": 60, "business": true, "until": "2028-01-01"}, "limits": [{"per": "day", "meetings": 3, "time": 0}],
			"seats": 1, "mode": "", "hosts": [], "price": {"amount": 9000, "currency": "eur"}, "prices": [{"duration": 90, "price": {"amount": 12000, "currency": "eur"}}],
			"confirm": true, "hold_for": 20, "policy": {"cancel_notice": 1440, "move_notice": 60, "max_moves": 2, "refunds": [{"notice": 2880, "basis_points": 5000}]},
			"locations": [{"kind": "phone", "value": ""}], "questions": [{"id": "why", "text": "Why?", "kind": "choice", "options": ["a", "b"], "required": true}],
			"reminders": [60], "active": true}`
		a := h.status(201, nina, "POST", "/event-types", full)
		made := a.json(t)
		path := "/event-types/" + made["id"].(string)
		require.Equal(t, prefix+path, a.Header.Get("Location"))
		var sent map[string]any
		require.NoError(t, json.Unmarshal([]byte(full), &sent))
		require.Subset(t, made, sent)
		got := h.get(nina, path)
		require.Equal(t, made, got)
		again := h.status(200, nina, "PUT", path, with(t, got, map[string]any{"title": "Deeper"}), "If-Match", `"1"`).json(t)
		require.Equal(t, []any{"Deeper", 2.0, got["questions"], got["prices"]}, []any{again["title"], again["revision"], again["questions"], again["prices"]})
		h.refused(h.ask(nina, "PUT", path, with(t, got, nil)), 409, "aborted")
		h.status(204, nina, "DELETE", path, "")
		h.refused(h.ask(nina, "GET", path, ""), 404, "not_found")
	})
	t.Run("Whether it is active is as it was when nobody says", func(t *testing.T) {
		h := newHost(t)
		made := h.status(201, nina, "POST", "/event-types", `{"slug": "new", "title": "New", "durations": [30]}`).json(t)
		path := "/event-types/" + made["id"].(string)
		require.Equal(t, []any{true, nil, nil}, []any{made["active"], made["price"], made["reminders"]})
		require.Equal(t, false, h.status(200, nina, "POST", path+"/deactivate", "").json(t)["active"])
		require.Equal(t, false, h.status(200, nina, "PUT", path, `{"slug": "new", "title": "New", "durations": [30]}`).json(t)["active"])
		require.Equal(t, true, h.status(200, nina, "POST", path+"/activate", "").json(t)["active"])
	})
	t.Run("They are put in an order", func(t *testing.T) {
		h := newHost(t)
		ids := []string{h.types["class"], h.types["asked"], h.types["paid"], h.types["consultation"]}
		body, _ := json.Marshal(map[string]any{"ids": ids})
		h.status(204, nina, "PUT", "/event-types/order", string(body))
		require.Equal(t, h.types["class"], h.get("", "/experts/nina/event-types")["data"].([]any)[0].(map[string]any)["id"])
		h.refused(h.ask(nina, "PUT", "/event-types/order", `{"ids": ["x"]}`), 409, "failed_precondition")
		h.refused(h.ask(omar, "PUT", "/event-types/order", `{"expert": "nina", "ids": []}`), 403, "permission_denied")
	})
	t.Run("What is wrong is named", func(t *testing.T) {
		h := newHost(t)
		for body, fields := range map[string][]string{
			`{}`: {"slug", "title", "durations"},
			`{"slug": "consultation", "title": "T", "durations": [30]}`:                                           {"slug"},
			`{"slug": "s", "title": "T", "durations": [30], "prices": [{"duration": 60}]}`:                        {"prices[0].duration"},
			`{"slug": "s", "title": "T", "durations": [30], "prices": [{"duration": 30}, {"duration": 30}]}`:      {"prices[1].duration"},
			`{"slug": "s", "title": "T", "durations": [30], "price": {"amount": -1, "currency": "eur"}}`:          {"price.amount"},
			`{"slug": "s", "title": "T", "durations": [30], "price": {"amount": 9.5, "currency": "eur"}}`:         {"price.amount"},
			`{"slug": "s", "title": "T", "durations": [2147483647]}`:                                              {"durations[0]"},
			`{"slug": "s", "title": "T", "durations": [30], "before": -2147483648}`:                               {"before"},
			`{"slug": "s", "title": "T", "durations": [30], "horizon": {"until": "soon"}}`:                        {"horizon.until"},
			`{"slug": "s", "title": "T", "durations": [30], "hosts": [{"expert": "omar"}], "mode": "collective"}`: {"hosts[0].expert"},
			`{"slug": "s", "title": "T", "durations": [30], "schedule": "x"}`:                                     {"schedule"},
			`{"slug": "s", "title": "T", "durations": [30], "net": 1}`:                                            {"net"},
		} {
			a := h.ask(nina, "POST", "/event-types", body)
			if fields[0] == "slug" && len(fields) == 1 {
				h.refused(a, 409, "already_exists", fields...)
				continue
			}
			h.refused(a, 400, "invalid", fields...)
		}
	})
	t.Run("Those of others are read as strangers do, and changed by nobody else", func(t *testing.T) {
		h := newHost(t)
		path := "/event-types/" + h.types["paid"]
		unknown := h.status(404, omar, "PUT", "/event-types/unknown", `{}`).body
		require.Equal(t, unknown, h.status(404, omar, "PUT", path, `{"slug": "s", "title": "T", "durations": [30]}`).body)
		for _, who := range []string{omar, acme} {
			require.Equal(t, unknown, h.status(404, who, "DELETE", path, "").body)
			require.Equal(t, unknown, h.status(404, who, "POST", path+"/deactivate", "").body)
			require.Equal(t, unknown, h.status(404, who, "GET", path+"/explain?start="+tuesday, "").body)
		}
	})
	t.Run("The owner is told why a time is not offered", func(t *testing.T) {
		h := newHost(t)
		path := "/event-types/" + h.types["consultation"] + "/explain?start="
		require.Equal(t, map[string]any{"reason": "", "text": ""}, h.get(nina, path+tuesday))
		require.Equal(t, "closed", h.get(nina, path+"2027-03-02T20:00:00Z")["reason"])
		require.Equal(t, "grid", h.get(nina, path+"2027-03-02T10:15:00%2B01:00&duration=30")["reason"])
		h.refused(h.ask(nina, "GET", path, ""), 400, "invalid", "start")
	})
}

func TestSettings(t *testing.T) {
	t.Run("What is read can be written back", func(t *testing.T) {
		h := newHost(t)
		got := h.get(nina, "/settings")
		require.Subset(t, got, map[string]any{"expert": "nina", "zone": "Europe/Lisbon", "email": "nina@example.com", "calendars": []any{}, "revision": 1.0})
		changed := with(t, got, map[string]any{
			"week_start": 1, "locale": "pt", "reminders": []int{60, 1440},
			"calendars": []any{map[string]any{"id": "nina@example.com", "kind": "memory", "busy": true, "write": true}},
		})
		put := h.status(200, nina, "PUT", "/settings", changed)
		require.Equal(t, `"2"`, put.Header.Get("ETag"))
		require.Equal(t, put.json(t), h.get(nina, "/settings"))
		require.Equal(t, []any{60.0, 1440.0}, put.json(t)["reminders"])
		h.refused(h.ask(nina, "PUT", "/settings", changed), 409, "aborted")
	})
	t.Run("The first are made by putting them", func(t *testing.T) {
		h := newHost(t)
		h.refused(h.ask("expert:new", "GET", "/settings", ""), 404, "not_found")
		require.EqualValues(t, 1, h.status(200, "expert:new", "PUT", "/settings", `{"zone": "UTC"}`).json(t)["revision"])
		h.status(200, admin, "PUT", "/settings?expert=newer", `{"zone": "UTC"}`)
	})
	t.Run("What is wrong is named", func(t *testing.T) {
		h := newHost(t)
		for body, fields := range map[string][]string{
			`{"zone": "Mars", "email": "no"}`:                            {"zone", "email"},
			`{"zone": "UTC", "expert": "omar"}`:                          {"expert"},
			`{"zone": "UTC", "feed": 7}`:                                 {"feed"},
			`{"zone": "UTC", "schedule": "unknown"}`:                     {"schedule"},
			`{"zone": "UTC", "calendars": [{"id": "x", "kind": "fax"}]}`: {"calendars[0].kind"},
		} {
			h.refused(h.ask(nina, "PUT", "/settings", body), 400, "invalid", fields...)
		}
		h.refused(h.ask(omar, "GET", "/settings?expert=nina", ""), 403, "permission_denied")
		h.refused(h.ask(acme, "PUT", "/settings?expert=nina", `{"zone": "UTC"}`), 403, "permission_denied")
	})
}
