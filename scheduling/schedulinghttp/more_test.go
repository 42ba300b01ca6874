package schedulinghttp_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulinghttp"
)

func TestFeed(t *testing.T) {
	t.Run("Whoever knows its address reads the feed", func(t *testing.T) {
		h := newHost(t)
		link := h.status(200, nina, "POST", "/settings/feed", "").json(t)
		require.Equal(t, prefix+"/feeds/"+link["token"].(string)+".ics", link["path"])
		path := "/feeds/" + link["token"].(string) + ".ics"
		a := h.status(200, "", "GET", path, "")
		require.Equal(t, "text/calendar; charset=utf-8", a.Header.Get("Content-Type"))
		require.Equal(t, "private, no-cache", a.Header.Get("Cache-Control"))
		require.Equal(t, "BEGIN:VCALENDAR NINA\r\n", a.body)
		h.status(304, "", "GET", path, "", "If-None-Match", a.Header.Get("ETag"))
		m := h.booked(acme, "consultation", tuesday)
		require.Contains(t, h.status(200, "", "GET", path, "", "If-None-Match", a.Header.Get("ETag")).body, m["id"].(string))
	})
	t.Run("A link that was revoked, guessed or is another's is not found", func(t *testing.T) {
		h := newHost(t)
		token := h.status(200, nina, "POST", "/settings/feed", "").json(t)["token"].(string)
		theirs := h.status(200, admin, "POST", "/settings/feed?expert=omar", "").json(t)["token"].(string)
		h.status(204, nina, "DELETE", "/settings/feed", "")
		unknown := h.status(404, "", "GET", "/feeds/x.ics", "").body
		for _, file := range []string{token + ".ics", theirs, theirs + "x.ics", theirs[:len(theirs)-1] + ".ics", "%00.ics", ".ics"} {
			require.Equal(t, unknown, h.status(404, "", "GET", "/feeds/"+file, "").body, file)
		}
		h.status(200, "", "GET", "/feeds/"+theirs+".ics", "")
		require.NotEqual(t, token, h.status(200, nina, "POST", "/settings/feed", "").json(t)["token"])
		h.refused(h.ask(omar, "POST", "/settings/feed?expert=nina", ""), 403, "permission_denied")
	})
	t.Run("A feed that breaks off is none", func(t *testing.T) {
		h := newHost(t, func(o *schedulinghttp.Options) {
			o.Feed = func(w io.Writer, _ *scheduling.Feed) error {
				_, _ = io.WriteString(w, "BEGIN:VCALENDAR")
				return frontdesk.Errorf(frontdesk.Unavailable, "the store is away")
			}
		})
		token := h.status(200, nina, "POST", "/settings/feed", "").json(t)["token"].(string)
		h.refused(h.ask("", "GET", "/feeds/"+token+".ics", ""), 503, "unavailable")
	})
	t.Run("Without a writer there are no feeds", func(t *testing.T) {
		h := newHost(t, func(o *schedulinghttp.Options) { o.Feed = nil })
		token := h.status(200, nina, "POST", "/settings/feed", "").json(t)["token"].(string)
		h.refused(h.ask("", "GET", "/feeds/"+token+".ics", ""), 404, "not_found")
	})
}

func TestWaitlist(t *testing.T) {
	h := newHost(t)
	span := []string{`"event_type": "consultation"`, `"expert": "nina"`, `"to": "2027-03-10T00:00:00Z"`}
	body := func(more ...string) string { return "{" + join(append(span, more...)) + "}" }
	t.Run("A guest waits, and leaves with the token", func(t *testing.T) {
		a := h.status(201, "", "POST", "/waitlist", body(guest))
		w := a.json(t)
		require.Subset(t, w, map[string]any{
			"event_type": h.types["consultation"], "status": "waiting", "duration": 60.0, "seats": 1.0, "from": "2027-03-01T08:00:00Z", "to": "2027-03-10T00:00:00Z",
		})
		path := "/waitlist/" + w["id"].(string)
		require.Equal(t, prefix+path, a.Header.Get("Location"))
		h.refused(h.ask("", "DELETE", path+"?token=x", ""), 404, "not_found")
		h.refused(h.ask("client:globex", "DELETE", path, ""), 404, "not_found")
		h.status(204, "", "DELETE", path, "", "Authorization", "Bearer "+w["token"].(string))
		require.Equal(t, "left", h.get("", path+"?token="+w["token"].(string))["status"])
	})
	t.Run("Clients list their own, and hosts an event type's", func(t *testing.T) {
		h.status(201, acme, "POST", "/waitlist", body())
		require.Len(t, h.get(acme, "/waitlist")["data"], 1)
		require.Len(t, h.get("client:globex", "/waitlist")["data"], 0)
		require.Len(t, h.get(nina, "/waitlist?status=waiting&event_type="+h.types["consultation"])["data"], 1)
		h.refused(h.ask(omar, "GET", "/waitlist?event_type="+h.types["consultation"], ""), 404, "not_found")
		h.refused(h.ask(acme, "GET", "/waitlist?status=x", ""), 400, "invalid", "status")
	})
	t.Run("What is wrong is named", func(t *testing.T) {
		h.refused(h.ask(acme, "POST", "/waitlist", `{}`), 400, "invalid", "event_type", "to")
		h.refused(h.ask(acme, "POST", "/waitlist", body(`"from": "soon"`)), 400, "invalid", "from")
		h.refused(h.ask(acme, "POST", "/waitlist", body(`"price": 1`)), 400, "invalid", "price")
		h.refused(h.ask(acme, "POST", "/waitlist", `{"event_type": "unknown", "to": "2027-03-10T00:00:00Z"}`), 404, "not_found")
	})
}

func TestSeries(t *testing.T) {
	h := newHost(t)
	weekly := func(count string) string {
		return h.bookingBody("consultation", "2027-03-23T09:00:00Z", `"repeat": {"every": "weekly", "count": `+count+`}`)
	}
	t.Run("A series is told start by start where it cannot be", func(t *testing.T) {
		other := h.booked("client:globex", "consultation", "2027-03-30T08:00:00Z")
		a := h.ask(acme, "POST", "/series", weekly("3"))
		h.refused(a, 409, "failed_precondition")
		require.Equal(t, []any{map[string]any{"start": "2027-03-30T08:00:00Z", "reason": "busy"}}, a.json(t)["conflicts"],
			"9 in Lisbon is 8Z from the 28th on")
		h.status(200, "client:globex", "POST", "/bookings/"+other["booking"].(string)+"/cancel", "")
	})
	t.Run("It is booked at once and cancelled from a meeting on", func(t *testing.T) {
		all := h.status(201, acme, "POST", "/series", weekly("3"), "Idempotency-Key", "series").json(t)["data"].([]any)
		require.Len(t, all, 3)
		first, second := all[0].(map[string]any), all[1].(map[string]any)
		require.Equal(t, []any{"2027-03-23T09:00:00Z", "2027-03-30T08:00:00Z"}, []any{first["starts_at"], second["starts_at"]})
		require.Len(t, h.get(acme, "/meetings?series="+first["series"].(string))["data"], 3)
		h.refused(h.ask("client:globex", "POST", "/bookings/"+second["booking"].(string)+"/cancel-series", ""), 404, "not_found")
		require.Len(t, h.status(200, acme, "POST", "/bookings/"+second["booking"].(string)+"/cancel-series", "").json(t)["data"], 2)
		require.Equal(t, "confirmed", h.get(acme, "/bookings/"+first["booking"].(string))["status"])
	})
	t.Run("What is wrong is named", func(t *testing.T) {
		h.refused(h.ask(acme, "POST", "/series", weekly("53")), 400, "invalid", "repeat.count")
		h.refused(h.ask(acme, "POST", "/series", h.bookingBody("consultation", tuesday)), 400, "invalid", "repeat.every", "repeat.count")
	})
}

func TestPacks(t *testing.T) {
	h := newHost(t)
	body := func(more ...string) string {
		return "{" + join(append([]string{`"expert": "nina"`, `"event_types": ["` + h.types["paid"] + `"]`, `"meetings": 2`}, more...)) + "}"
	}
	t.Run("A client buys a pack at the price of its event types", func(t *testing.T) {
		p := h.status(201, acme, "POST", "/packs", body(), "Idempotency-Key", "pack").json(t)
		require.Subset(t, p, map[string]any{"client": "acme", "expert": "nina", "meetings": 2.0, "used": 0.0, "price": map[string]any{"amount": 9800.0, "currency": "eur"}})
		require.NotNil(t, p["checkout"])
		again := h.status(201, acme, "POST", "/packs", body(), "Idempotency-Key", "pack").json(t)
		require.Equal(t, p["id"], again["id"])
		path := "/packs/" + p["id"].(string)
		require.Equal(t, "due", h.get(acme, path)["payment"].(map[string]any)["state"])
		require.NotNil(t, h.status(200, acme, "POST", path+"/pay", "").json(t)["checkout"])
		require.Len(t, h.get(acme, "/packs")["data"], 1)
		require.Len(t, h.get(nina, "/packs?client=acme")["data"], 1)
		require.Len(t, h.get(omar, "/packs?client=acme")["data"], 0)
		unknown := h.status(404, "client:globex", "GET", "/packs/unknown", "").body
		require.Equal(t, unknown, h.status(404, "client:globex", "GET", path, "").body)
		require.Equal(t, unknown, h.status(404, "client:globex", "POST", path+"/pay", "").body)
		h.refused(h.ask("client:globex", "GET", "/packs?client=acme", ""), 403, "permission_denied")
	})
	t.Run("An expert grants a pack, with which its client books", func(t *testing.T) {
		p := h.status(201, nina, "POST", "/packs", body(`"client": "acme"`, `"grant": true`, `"expires_at": "2027-12-31T00:00:00Z"`)).json(t)
		require.Equal(t, []any{nil, nil, nil}, []any{p["payment"], p["price"], p["checkout"]})
		m := h.booked(acme, "paid", tuesday, `"pack": "`+p["id"].(string)+`"`)
		require.Equal(t, "confirmed", m["status"])
		require.EqualValues(t, 1, h.get(acme, "/packs/"+p["id"].(string))["used"])
		h.refused(h.ask("client:globex", "POST", "/meetings", h.bookingBody("paid", "2027-03-02T10:00:00Z", `"pack": "`+p["id"].(string)+`"`)), 400, "invalid", "pack")
	})
	t.Run("What they cost is not for clients to say", func(t *testing.T) {
		h.refused(h.ask(acme, "POST", "/packs", body(`"price": {"amount": 1, "currency": "eur"}`)), 400, "invalid", "price")
		h.refused(h.ask(acme, "POST", "/packs", body(`"grant": true`)), 403, "permission_denied")
		h.refused(h.ask(acme, "POST", "/packs", `{"meetings": 1}`), 400, "invalid", "expert")
		h.refused(h.ask(admin, "GET", "/packs", ""), 400, "invalid", "client")
	})
}

func join(fields []string) (all string) {
	for i, f := range fields {
		if i > 0 {
			all += ", "
		}
		all += f
	}
	return all
}
