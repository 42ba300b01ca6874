package schedulinghttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulinghttp"
)

func slotsPath(expert string, params ...string) string {
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Set(params[i], params[i+1])
	}
	return "/experts/" + expert + "/slots?" + q.Encode()
}

func TestSlots(t *testing.T) {
	t.Run("Slots are of an event type by id or slug, in UTC, with the zone beside", func(t *testing.T) {
		h := newHost(t)
		for _, named := range []string{"consultation", h.types["consultation"]} {
			a := h.status(200, "", "GET", slotsPath("nina", "event_type", named, "from", "2027-03-02T00:00:00Z", "to", "2027-03-03T00:00:00Z"), "")
			got := a.json(t)
			require.Equal(t, "Europe/Lisbon", got["zone"])
			require.Len(t, got["data"], 8)
			require.Equal(t, map[string]any{"start": "2027-03-02T09:00:00Z", "end": "2027-03-02T10:00:00Z", "seats": 1.0}, got["data"].([]any)[0])
			require.Equal(t, []any{}, got["warnings"])
			require.Nil(t, got["next_cursor"])
		}
	})
	t.Run("Dates are those of the zone, the last included, also on days on which clocks change", func(t *testing.T) {
		h := newHost(t)
		a := h.status(200, "", "GET", slotsPath("omar", "event_type", "consultation", "from", "2027-03-13", "to", "2027-03-14", "zone", "America/New_York"), "")
		got := a.starts(t)
		require.Len(t, got, 16)
		require.Equal(t, []string{"2027-03-13T14:00:00Z", "2027-03-14T13:00:00Z"}, []string{got[0], got[8]}, "New York changes to UTC-4 on the 14th")
		a = h.status(200, "", "GET", slotsPath("omar", "event_type", "consultation", "from", "2027-03-15", "to", "2027-03-15", "zone", "Asia/Kathmandu"), "")
		got = a.starts(t)
		require.Equal(t, "Asia/Kathmandu", a.json(t)["zone"])
		require.Equal(t, []string{"2027-03-14T19:00:00Z", "2027-03-14T20:00:00Z", "2027-03-15T13:00:00Z"}, []string{got[0], got[1], got[2]},
			"the 15th there begins at 18:15Z of the 14th")
	})
	t.Run("Dates without a zone are those of the expert's", func(t *testing.T) {
		h := newHost(t)
		path := slotsPath("omar", "event_type", "consultation", "from", "2027-03-14", "to", "2027-03-14")
		zoned := h.status(200, "", "GET", path+"&zone=America/New_York", "")
		require.Equal(t, zoned.body, h.status(200, "", "GET", path, "").body)
		require.Len(t, zoned.starts(t), 8)
	})
	t.Run("A page goes on where the last one ended", func(t *testing.T) {
		h := newHost(t)
		for _, zone := range []string{"", "&zone=Europe/Lisbon"} {
			path := slotsPath("nina", "event_type", "consultation", "from", "2027-03-02", "to", "2027-03-03") + zone
			all, paged := h.status(200, "", "GET", path, "").starts(t), []string(nil)
			for next := ""; ; {
				a := h.status(200, "", "GET", path+"&limit=5"+next, "")
				paged = append(paged, a.starts(t)...)
				cursor := a.json(t)["next_cursor"]
				if cursor == nil {
					break
				}
				next = "&cursor=" + cursor.(string)
			}
			require.Equal(t, all, paged)
			require.Len(t, all, 16)
		}
	})
	t.Run("Duration and seats are those that are asked for", func(t *testing.T) {
		h := newHost(t)
		day := []string{"from", "2027-03-02", "to", "2027-03-02", "zone", "Europe/Lisbon"}
		half := h.status(200, "", "GET", slotsPath("nina", append(day, "event_type", "consultation", "duration", "30")...), "")
		require.Len(t, half.starts(t), 16)
		h.booked(acme, "class", "2027-03-02T09:00:00Z", `"seats": 2`)
		two := h.status(200, "", "GET", slotsPath("nina", append(day, "event_type", "class", "seats", "2")...), "")
		require.Equal(t, "2027-03-02T10:00:00Z", two.starts(t)[0])
		one := h.status(200, "", "GET", slotsPath("nina", append(day, "event_type", "class")...), "").json(t)["data"].([]any)[0]
		require.Equal(t, map[string]any{"start": "2027-03-02T09:00:00Z", "end": "2027-03-02T10:00:00Z", "seats": 1.0}, one)
	})
}

func TestSlotsRefuse(t *testing.T) {
	h := newHost(t)
	for query, field := range map[string]string{
		"":                                                      "event_type",
		"event_type=consultation&zone=Mars":                     "zone",
		"event_type=consultation&zone=":                         "zone",
		"event_type=consultation&zone=Local":                    "zone",
		"event_type=consultation&from=yesterday":                "from",
		"event_type=consultation&from=2027-02-30":               "from",
		"event_type=consultation&to=0000-01-01":                 "to",
		"event_type=consultation&from=2027-03-02&to=2027-03-01": "to",
		"event_type=consultation&from=2027-03-02T10:00:00Z&to=2027-03-02T10:00:00Z": "to",
		"event_type=consultation&from=2027-03-02&to=2028-12-01":                     "to",
		"event_type=consultation&duration=0":                                        "duration",
		"event_type=consultation&duration=45":                                       "duration",
		"event_type=consultation&duration=99999999999":                              "duration",
		"event_type=consultation&seats=-1":                                          "seats",
		"event_type=consultation&seats=2":                                           "seats",
		"event_type=consultation&limit=5001":                                        "limit",
		"event_type=consultation&cursor=x":                                          "cursor",
		"event_type=consultation&start=2027-03-02":                                  "start",
		"event_type=consultation&event_type=paid":                                   "event_type",
		"event_type=consultation&from=%00":                                          "from",
	} {
		t.Run("The query "+query+" is refused with the field "+field, func(t *testing.T) {
			h := h.in(t)
			h.refused(h.ask("", "GET", "/experts/nina/slots?"+query, ""), 400, "invalid", field)
		})
	}
	for _, path := range []string{
		slotsPath("nobody", "event_type", "consultation"),
		slotsPath("nina", "event_type", "unknown"),
		slotsPath("omar", "event_type", h.types["consultation"]),
		"/experts/nina%00/slots?event_type=consultation",
	} {
		t.Run("What the expert does not offer is not found: "+path, func(t *testing.T) {
			h := h.in(t)
			h.refused(h.ask("", "GET", path, ""), 404, "not_found")
		})
	}
	t.Run("What is not active is not found, whoever asks", func(t *testing.T) {
		h.status(200, nina, "POST", "/event-types/"+h.types["paid"]+"/deactivate", "")
		h.refused(h.ask("", "GET", slotsPath("nina", "event_type", "paid"), ""), 404, "not_found")
		h.refused(h.ask(nina, "GET", slotsPath("nina", "event_type", h.types["paid"]), ""), 404, "not_found")
	})
}

func TestSlotsCaching(t *testing.T) {
	path := slotsPath("nina", "event_type", "consultation", "from", "2027-03-02", "to", "2027-03-03", "zone", "Europe/Lisbon")
	t.Run("An answer may be kept for a moment by anybody, and is not sent twice", func(t *testing.T) {
		h := newHost(t)
		a := h.status(200, "", "GET", path, "")
		require.Equal(t, "public, max-age=10", a.Header.Get("Cache-Control"))
		require.Equal(t, "application/json", a.Header.Get("Content-Type"))
		require.Empty(t, a.Header.Get("Set-Cookie"))
		tag := a.Header.Get("ETag")
		require.Regexp(t, `^"[\w-]{22}"$`, tag)
		again := h.status(304, "", "GET", path, "", "If-None-Match", `"other", W/`+tag)
		require.Empty(t, again.body)
		require.Equal(t, tag, again.Header.Get("ETag"))
		require.Equal(t, "public, max-age=10", again.Header.Get("Cache-Control"))
		h.booked(acme, "consultation", "2027-03-02T09:00:00Z")
		require.NotEqual(t, tag, h.status(200, "", "GET", path, "", "If-None-Match", tag).Header.Get("ETag"))
	})
	t.Run("HEAD tells the same without the slots", func(t *testing.T) {
		h := newHost(t)
		full, head := h.status(200, "", "GET", path, ""), h.status(200, "", "HEAD", path, "")
		require.Empty(t, head.body)
		require.Equal(t, full.Header.Get("ETag"), head.Header.Get("ETag"))
		require.Equal(t, full.ContentLength, head.ContentLength)
	})
	t.Run("The answer is the same whoever asks", func(t *testing.T) {
		h := newHost(t)
		require.Equal(t, h.status(200, "", "GET", path, "").body, h.status(200, nina, "GET", path, "").body)
	})
	t.Run("A negative age is to be asked for each time", func(t *testing.T) {
		h := newHost(t, func(o *schedulinghttp.Options) { o.MaxAge = -1 })
		require.Equal(t, "public, no-cache", h.status(200, "", "GET", path, "").Header.Get("Cache-Control"))
	})
	t.Run("When a calendar cannot be read nothing is offered, and nothing kept", func(t *testing.T) {
		h := newHost(t)
		s, err := h.svc.Settings(h.system(), "nina")
		require.NoError(t, err)
		s.Calendars = []scheduling.CalendarRef{{ID: "gone@example.com", Kind: "memory", Busy: true}}
		_, err = h.svc.SaveSettings(h.system(), *s)
		require.NoError(t, err)
		a := h.ask("", "GET", path, "")
		h.refused(a, 503, "unavailable")
		require.Equal(t, "private, no-store", a.Header.Get("Cache-Control"))
	})
}

func TestSlotsOfSeveral(t *testing.T) {
	h := newHost(t)
	both := []scheduling.Host{{Expert: "nina"}, {Expert: "omar"}}
	h.offer(scheduling.EventType{Owner: "nina", Slug: "either", Title: "Either", Mode: scheduling.RoundRobin, Hosts: both})
	day := []string{"event_type", "either", "from", "2027-03-02T00:00:00Z", "to", "2027-03-03T00:00:00Z"}
	t.Run("The owner's are those of all hosts, and another host's the host's", func(t *testing.T) {
		require.Len(t, h.status(200, "", "GET", slotsPath("nina", day...), "").starts(t), 13, "9 to 17 in Lisbon, and in New York until 22Z")
		day := append([]string{}, day...)
		day[1] = h.types["either"]
		require.Len(t, h.status(200, "", "GET", slotsPath("omar", day...), "").starts(t), 8)
	})
	t.Run("Where one host's calendar cannot be read the others' slots come with a warning, and are not kept", func(t *testing.T) {
		s, err := h.svc.Settings(h.system(), "nina")
		require.NoError(t, err)
		s.Calendars = []scheduling.CalendarRef{{ID: "gone@example.com", Kind: "memory", Busy: true}}
		_, err = h.svc.SaveSettings(h.system(), *s)
		require.NoError(t, err)
		a := h.status(200, "", "GET", slotsPath("nina", day...), "")
		require.Len(t, a.starts(t), 8)
		require.Equal(t, []any{"calendar_unavailable"}, a.json(t)["warnings"])
		require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	})
}

func TestPublicLimit(t *testing.T) {
	limited := func(o *schedulinghttp.Options) { o.Limit = schedulinghttp.Limit{Rate: 0.5, Burst: 5} }
	path := slotsPath("nina", "event_type", "consultation", "from", "2027-03-02", "to", "2027-03-02", "zone", "Europe/Lisbon")
	t.Run("Who asks too often waits as long as it is told", func(t *testing.T) {
		h := newHost(t, limited)
		for range 5 {
			h.status(200, "", "GET", path, "")
		}
		a := h.ask("", "GET", path, "")
		h.refused(a, 429, "rate_limited")
		require.Equal(t, "2", a.Header.Get("Retry-After"))
		h.pass(2 * time.Second)
		h.status(200, "", "GET", path, "")
		h.status(429, "", "GET", path, "")
	})
	t.Run("A request of a guest that writes counts as five", func(t *testing.T) {
		h := newHost(t, limited)
		h.booked("", "consultation", "2027-03-02T09:00:00Z", guest)
		a := h.ask("", "POST", "/holds", h.bookingBody("consultation", "2027-03-02T10:00:00Z", guest))
		h.refused(a, 429, "rate_limited")
		require.Equal(t, "10", a.Header.Get("Retry-After"))
	})
	t.Run("Who has signed in is not counted where guests are", func(t *testing.T) {
		h := newHost(t, limited)
		for range 7 {
			h.status(200, acme, "GET", path, "")
			h.status(404, acme, "GET", "/bookings/unknown", "")
		}
		h.status(200, "", "GET", path, "")
	})
	t.Run("A header does not make another address", func(t *testing.T) {
		h := newHost(t, limited)
		for range 5 {
			h.status(200, "", "GET", path, "", "X-Forwarded-For", "203.0.113.9")
		}
		h.status(429, "", "GET", path, "", "X-Forwarded-For", "203.0.113.10")
	})
}

func TestOffers(t *testing.T) {
	h := newHost(t)
	a := h.status(200, "", "GET", "/experts/nina/event-types", "")
	require.Equal(t, "public, max-age=10", a.Header.Get("Cache-Control"))
	h.status(304, "", "GET", "/experts/nina/event-types", "", "If-None-Match", a.Header.Get("ETag"))
	all := a.json(t)["data"].([]any)
	require.Len(t, all, 4)
	first := all[0].(map[string]any)
	require.Equal(t, "consultation", first["slug"])
	require.Equal(t, []any{60.0, 30.0}, first["durations"])
	require.Nil(t, first["price"])
	require.Equal(t, []any{
		map[string]any{"kind": "link", "ask": false}, map[string]any{"kind": "address", "value": "Rua Augusta 1", "ask": false},
	}, first["locations"])
	t.Run("Strangers read nothing that is for the expert", func(t *testing.T) {
		require.NotContains(t, a.body, "meet.example.com")
		for _, name := range []string{"schedule", "hosts", "limits", "revision", "active"} {
			require.NotContains(t, first, name)
		}
		one := h.get(acme, "/event-types/"+h.types["consultation"])
		require.NotContains(t, one, "schedule")
		require.NotContains(t, h.status(200, omar, "GET", "/event-types?expert=nina", "").body, "revision")
	})
	t.Run("What is not active is listed for the expert alone", func(t *testing.T) {
		h.status(200, nina, "POST", "/event-types/"+h.types["paid"]+"/deactivate", "")
		for who, want := range map[string]int{"": 3, nina: 3} {
			require.Len(t, h.get(who, "/experts/nina/event-types")["data"], want)
		}
		require.Len(t, h.get(nina, "/event-types")["data"], 4)
		require.Len(t, h.get(acme, "/event-types?expert=nina")["data"], 3)
	})
}

func TestPaths(t *testing.T) {
	h := newHost(t)
	t.Run("A path that is not there is a problem", func(t *testing.T) {
		h.refused(h.ask("", "GET", "/nowhere", ""), 404, "not_found")
	})
	t.Run("A method that a path does not take is a problem that names those it takes", func(t *testing.T) {
		a := h.status(405, "", "POST", "/experts/nina/slots", "", "X-HTTP-Method-Override", "GET")
		require.Equal(t, "GET, HEAD", a.Header.Get("Allow"))
	})
	t.Run("What is not public is for those who have signed in", func(t *testing.T) {
		for _, path := range strings.Fields(`GET/meetings GET/meetings/x POST/meetings/x/notes POST/meetings/x/cancel POST/bookings/x/confirm
			POST/bookings/x/decline POST/bookings/x/no-show GET/waitlist GET/packs POST/packs GET/packs/x POST/packs/x/pay GET/settings
			PUT/settings POST/settings/feed DELETE/settings/feed GET/schedules POST/schedules GET/schedules/x PUT/schedules/x DELETE/schedules/x
			GET/event-types POST/event-types PUT/event-types/order GET/event-types/x PUT/event-types/x DELETE/event-types/x
			POST/event-types/x/activate POST/event-types/x/deactivate GET/event-types/x/explain`) {
			method, path, _ := strings.Cut(path, "/")
			h.refused(h.ask("", method, "/"+path, "{}"), http.StatusUnauthorized, "unauthenticated")
		}
		for _, path := range strings.Fields(`GET/bookings/x GET/bookings/x/slots POST/bookings/x/take POST/bookings/x/pay POST/bookings/x/cancel
			POST/bookings/x/cancel-series GET/waitlist/x DELETE/waitlist/x`) {
			method, path, _ := strings.Cut(path, "/")
			h.refused(h.ask("", method, "/"+path, ""), http.StatusUnauthorized, "unauthenticated")
		}
	})
}
