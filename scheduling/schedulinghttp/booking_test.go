package schedulinghttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulinghttp"
)

const tuesday = "2027-03-02T09:00:00Z"

func TestBook(t *testing.T) {
	t.Run("A client books, and reads the meeting where the answer says", func(t *testing.T) {
		h := newHost(t)
		a := h.status(201, acme, "POST", "/meetings", h.bookingBody("consultation", tuesday))
		m := a.json(t)
		require.Subset(t, m, map[string]any{
			"event_type": h.types["consultation"], "expert": "nina", "hosts": []any{"nina"}, "title": "Consultation", "status": "confirmed",
			"starts_at": tuesday, "ends_at": "2027-03-02T10:00:00Z", "sequence": 0.0, "seats": 1.0, "price": nil, "payment": nil, "checkout": nil,
			"location": map[string]any{"kind": "link", "value": "https://meet.example.com/nina"},
		})
		require.Equal(t, "private, no-store", a.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", a.Header.Get("Referrer-Policy"))
		require.Equal(t, prefix+"/bookings/"+m["booking"].(string), a.Header.Get("Location"))
		require.Equal(t, m["id"], h.get(acme, "/bookings/"+m["booking"].(string))["id"])
		read := h.get(acme, "/meetings/"+m["id"].(string))
		require.Equal(t, tuesday, read["starts_at"])
		require.NotContains(t, read, "notes")
		require.NotContains(t, read, "token")
	})
	t.Run("An event type has the name of its slug with its expert", func(t *testing.T) {
		h := newHost(t)
		body := `{"event_type": "consultation", "expert": "nina", "starts_at": "2027-03-02T10:00:00+01:00", "duration": 30, "location": {"kind": "address"}}`
		m := h.status(201, acme, "POST", "/meetings", body).json(t)
		require.Equal(t, []any{tuesday, "2027-03-02T09:30:00Z"}, []any{m["starts_at"], m["ends_at"]})
		require.Equal(t, map[string]any{"kind": "address", "value": "Rua Augusta 1"}, m["location"])
	})
	t.Run("The same key makes one meeting", func(t *testing.T) {
		h := newHost(t)
		one := h.status(201, acme, "POST", "/meetings", h.bookingBody("consultation", tuesday), "Idempotency-Key", "k").json(t)
		two := h.status(201, acme, "POST", "/meetings", h.bookingBody("consultation", tuesday), "Idempotency-Key", "k").json(t)
		require.Equal(t, one["booking"], two["booking"])
		h.refused(h.ask(acme, "POST", "/meetings", h.bookingBody("consultation", tuesday), "Idempotency-Key", strings.Repeat("k", 201)), 400, "invalid", "key")
	})
	t.Run("A slot that is gone says why", func(t *testing.T) {
		h := newHost(t)
		h.booked(acme, "consultation", tuesday)
		for start, reason := range map[string]string{
			tuesday: "busy", "2027-03-02T20:00:00Z": "closed", "2027-03-02T09:15:00Z": "grid", "2027-02-01T09:00:00Z": "past", "2031-02-01T09:00:00Z": "horizon",
		} {
			a := h.ask("client:globex", "POST", "/meetings", h.bookingBody("consultation", start))
			h.refused(a, 409, "failed_precondition")
			require.Equal(t, reason, a.json(t)["reason"], start)
		}
	})
	t.Run("Of many who want one slot at once, one gets it and the others are told why not", func(t *testing.T) {
		h := newHost(t)
		answers := make(chan *answer, 8)
		for i := range cap(answers) {
			go func() {
				answers <- h.ask(fmt.Sprintf("client:%d", i), "POST", "/meetings", h.bookingBody("consultation", tuesday))
			}()
		}
		won := 0
		for range cap(answers) {
			a := <-answers
			if a.StatusCode == http.StatusCreated {
				won++
				continue
			}
			require.Equal(t, http.StatusConflict, a.StatusCode, a.body)
			require.Contains(t, []any{"busy", "taken"}, a.json(t)["reason"])
		}
		require.Equal(t, 1, won)
	})
	t.Run("A client books for nobody else, and against no rule", func(t *testing.T) {
		h := newHost(t)
		h.refused(h.ask(acme, "POST", "/meetings", h.bookingBody("consultation", tuesday, `"client": "globex"`)), 403, "permission_denied")
		h.refused(h.ask(acme, "POST", "/meetings", h.bookingBody("consultation", tuesday, `"override": true`)), 403, "permission_denied")
		h.refused(h.ask(omar, "POST", "/meetings", h.bookingBody("consultation", tuesday, `"client": "acme"`)), 403, "permission_denied")
	})
	t.Run("A host books for a client outside the hours", func(t *testing.T) {
		h := newHost(t)
		m := h.booked(nina, "consultation", "2027-03-02T20:15:00Z", `"client": "acme"`, `"override": true`)
		require.Equal(t, true, h.get(acme, "/bookings/"+m["booking"].(string))["bookings"].([]any)[0].(map[string]any)["override"])
	})
}

func TestBookRefuses(t *testing.T) {
	h := newHost(t)
	for body, fields := range map[string][]string{
		`{}`:                              {"event_type", "start"},
		h.bookingBody("consultation", ""): {"start"},
		h.bookingBody("consultation", "2027-03-02"):                                         {"start"},
		h.bookingBody("consultation", tuesday, `"price": {"amount": 1, "currency": "eur"}`): {"price"},
		h.bookingBody("consultation", tuesday, `"status": "confirmed"`):                     {"status"},
		h.bookingBody("consultation", tuesday, `"Event_Type": "x"`):                         {"event_type"},
		h.bookingBody("consultation", tuesday, `"guest": {"name": "a", "Name": "b"}`):       {"name"},
		h.bookingBody("consultation", tuesday, `"guest": {"name": "a\u0000b"}`):             {"name"},
		h.bookingBody("consultation", tuesday, `"guest": {"email": "no"}`):                  {"guest.email"},
		h.bookingBody("consultation", tuesday, `"duration": 61`):                            {"duration"},
		h.bookingBody("consultation", tuesday, `"duration": "60"`):                          {"duration"},
		h.bookingBody("consultation", tuesday, `"duration": 9999999999`):                    {"duration"},
		h.bookingBody("consultation", tuesday, `"seats": 2`):                                {"seats"},
		h.bookingBody("consultation", tuesday, `"starts_at": "2027-03-02T09:00:00Z"`):       {"starts_at"},
		h.bookingBody("consultation", tuesday, `"location": {"kind": "phone"}`):             {"location"},
		h.bookingBody("consultation", tuesday, `"answers": {"q": "x"}`):                     {"answers"},
		h.bookingBody("consultation", tuesday, `"client": "`+strings.Repeat("c", 256)+`"`):  {"client"},
		h.bookingBody("consultation", tuesday, `"success_path": "//evil.example.com"`):      {"success_path"},
		`{"event_type": 7}`: {"event_type"},
	} {
		t.Run("The body "+body[:min(len(body), 150)]+" is refused", func(t *testing.T) {
			h := h.in(t)
			h.refused(h.ask(acme, "POST", "/meetings", body), 400, "invalid", fields...)
		})
	}
	for _, body := range []string{`[]`, `{`, `{} {}`, `null`, `"x"`, `{"guest": ` + strings.Repeat("[", 20_000) + `}`} {
		t.Run("What is no JSON object is refused: "+body[:min(len(body), 20)], func(t *testing.T) {
			h := h.in(t)
			h.refused(h.ask(acme, "POST", "/meetings", body), 400, "invalid")
		})
	}
	t.Run("A body that is too long is refused", func(t *testing.T) {
		h := h.in(t)
		h.refused(h.ask(acme, "POST", "/meetings", `{"event_type": "`+strings.Repeat("x", 300_000)+`"}`), 413, "invalid")
	})
	t.Run("What is not offered is not found", func(t *testing.T) {
		h := h.in(t)
		for _, body := range []string{
			`{"event_type": "unknown", "start": "` + tuesday + `"}`, `{"event_type": "consultation", "start": "` + tuesday + `"}`,
			`{"event_type": "` + h.types["consultation"] + `", "expert": "omar", "start": "` + tuesday + `"}`,
		} {
			if strings.Contains(body, "omar") {
				body = strings.Replace(body, h.types["consultation"], h.types["paid"], 1)
			}
			h.refused(h.ask(acme, "POST", "/meetings", body), 404, "not_found")
		}
	})
}

func TestSlowBody(t *testing.T) {
	h := newHost(t, func(o *schedulinghttp.Options) { o.ReadTimeout = 50 * time.Millisecond })
	at, err := url.Parse(h.url)
	require.NoError(t, err)
	conn, err := net.Dial("tcp", at.Host)
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST "+prefix+"/meetings HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
}

func TestGuest(t *testing.T) {
	t.Run("A guest's key is one that nobody guesses", func(t *testing.T) {
		h := newHost(t)
		body := h.bookingBody("consultation", tuesday, guest)
		h.refused(h.ask("", "POST", "/meetings", body, "Idempotency-Key", "1"), 400, "invalid", "key")
		one := h.status(201, "", "POST", "/meetings", body, "Idempotency-Key", "0123456789abcdef").json(t)
		require.Equal(t, one["token"], h.status(201, "", "POST", "/meetings", body, "Idempotency-Key", "0123456789abcdef").json(t)["token"])
	})
	t.Run("A guest needs an address", func(t *testing.T) {
		h := newHost(t)
		h.refused(h.ask("", "POST", "/meetings", h.bookingBody("consultation", tuesday)), 400, "invalid", "guest.email")
	})
	t.Run("A guest comes back with the token, in the query or as a bearer's", func(t *testing.T) {
		h := newHost(t)
		m := h.booked("", "consultation", tuesday, guest)
		path, token := "/bookings/"+m["booking"].(string), m["token"].(string)
		a := h.status(200, "", "GET", path+"?token="+token, "")
		require.Equal(t, "private, no-store", a.Header.Get("Cache-Control"))
		require.Equal(t, "no-referrer", a.Header.Get("Referrer-Policy"))
		require.Equal(t, "Asia/Kathmandu", a.json(t)["zone"])
		require.Equal(t, a.body, h.status(200, "", "GET", path, "", "Authorization", "Bearer "+token).body)
		require.Equal(t, a.body, h.status(200, acme, "GET", path+"?token="+token, "").body)
	})
	t.Run("A token opens its own booking and nothing else", func(t *testing.T) {
		h := newHost(t)
		one, two := h.booked("", "consultation", tuesday, guest), h.booked("", "consultation", "2027-03-02T10:00:00Z", guest)
		path := "/bookings/" + two["booking"].(string)
		unknown := h.status(404, "", "GET", "/bookings/unknown?token="+one["token"].(string), "").body
		for _, token := range []string{one["token"].(string), "x", two["token"].(string) + "x", strings.ToUpper(two["token"].(string))} {
			require.Equal(t, unknown, h.status(404, "", "GET", path+"?token="+token, "").body)
			h.refused(h.ask("", "POST", path+"/cancel", "", "Authorization", "Bearer "+token), 404, "not_found")
		}
		h.refused(h.ask("", "GET", path+"?token=", ""), 401, "unauthenticated")
		h.refused(h.ask("", "GET", path+"?token=a&token=b", ""), 400, "invalid", "token")
		h.refused(h.ask(acme, "GET", path, "", "Authorization", "Bearer "+two["token"].(string)), 404, "not_found")
		h.refused(h.ask("", "POST", path+"/confirm?token="+two["token"].(string), ""), 401, "unauthenticated")
		require.Equal(t, "confirmed", h.get("", path+"?token="+two["token"].(string))["status"])
	})
	t.Run("A guest moves to a slot that is listed, and cancels", func(t *testing.T) {
		h := newHost(t)
		m := h.booked("", "consultation", tuesday, guest)
		path, token := "/bookings/"+m["booking"].(string), "?token="+m["token"].(string)
		day := token + "&from=2027-03-02&to=2027-03-02&zone=Europe/Lisbon"
		list := h.status(200, "", "GET", path+"/slots"+day, "")
		require.Contains(t, list.starts(t), tuesday, "its own time is free for it")
		require.Equal(t, "private, no-store", list.Header.Get("Cache-Control"))
		moved := h.status(200, "", "POST", path+"/move"+token, `{"start": "2027-03-02T11:00:00Z"}`).json(t)
		require.Equal(t, []any{"2027-03-02T11:00:00Z", 1.0, m["id"]}, []any{moved["starts_at"], moved["sequence"], moved["id"]})
		h.refused(h.ask("", "POST", path+"/move"+token, `{}`), 400, "invalid", "start")
		h.refused(h.ask("", "POST", path+"/move"+token, `{"start": "2027-03-02T12:00:00Z", "override": true}`), 403, "permission_denied")
		gone := h.ask("", "POST", path+"/move"+token, `{"start": "2027-03-02T11:10:00Z"}`)
		h.refused(gone, 409, "failed_precondition")
		require.Equal(t, "grid", gone.json(t)["reason"])
		cancelled := h.status(200, "", "POST", path+"/cancel"+token, `{"reason": "ill"}`).json(t)
		require.Equal(t, []any{"cancelled", "ill", map[string]any{"role": "client"}}, []any{cancelled["status"], cancelled["reason"], cancelled["ended_by"]})
		h.refused(h.ask("", "POST", path+"/move"+token, `{"start": "2027-03-02T12:00:00Z"}`), 409, "failed_precondition")
	})
}

func TestHold(t *testing.T) {
	t.Run("A hold hides its time, and is taken", func(t *testing.T) {
		h := newHost(t)
		m := h.status(201, "", "POST", "/holds", h.bookingBody("consultation", tuesday, guest)).json(t)
		require.Equal(t, "held", m["status"])
		require.Equal(t, "2027-03-01T08:15:00Z", m["expires_at"])
		other := h.ask(acme, "POST", "/meetings", h.bookingBody("consultation", tuesday))
		h.refused(other, 409, "failed_precondition")
		require.Equal(t, "held", other.json(t)["reason"])
		path := "/bookings/" + m["booking"].(string) + "/take?token=" + m["token"].(string)
		taken := h.status(200, "", "POST", path, `{"guest": {"name": "Ann B.", "email": "ann@example.com"}}`).json(t)
		require.Equal(t, []any{"confirmed", m["id"]}, []any{taken["status"], taken["id"]})
		require.NotContains(t, taken, "expires_at")
	})
	t.Run("A hold that is over cannot be taken", func(t *testing.T) {
		h := newHost(t)
		m := h.status(201, acme, "POST", "/holds", h.bookingBody("consultation", tuesday)).json(t)
		h.pass(16 * time.Minute)
		h.refused(h.ask(acme, "POST", "/bookings/"+m["booking"].(string)+"/take", ""), 409, "failed_precondition")
		h.booked("client:globex", "consultation", tuesday)
	})
	t.Run("Nobody holds many", func(t *testing.T) {
		h := newHost(t)
		for _, at := range []string{"09", "10", "11"} {
			h.status(201, acme, "POST", "/holds", h.bookingBody("consultation", "2027-03-02T"+at+":00:00Z"))
		}
		h.refused(h.ask(acme, "POST", "/holds", h.bookingBody("consultation", "2027-03-02T12:00:00Z")), 429, "quota_exceeded")
	})
}

func TestPaid(t *testing.T) {
	t.Run("What costs something is held, with where it is paid", func(t *testing.T) {
		h := newHost(t)
		m := h.booked(acme, "paid", tuesday)
		require.Subset(t, m, map[string]any{
			"status": "held", "price": map[string]any{"amount": 4900.0, "currency": "eur"},
			"payment": map[string]any{"state": "due", "paid": nil, "refunded": nil},
		})
		checkout := m["checkout"].(map[string]any)
		require.Equal(t, "secret_1", checkout["client_secret"])
		again := h.status(200, acme, "POST", "/bookings/"+m["booking"].(string)+"/pay", `{"success_path": "/thanks"}`).json(t)
		require.Equal(t, checkout, again["checkout"])
		require.NotContains(t, h.get(acme, "/bookings/"+m["booking"].(string)), "checkout")
		free := h.booked(acme, "consultation", "2027-03-03T09:00:00Z")
		h.refused(h.ask(acme, "POST", "/bookings/"+free["booking"].(string)+"/pay", ""), 409, "failed_precondition")
	})
	t.Run("When nobody can ask for the money, the problem says what is held", func(t *testing.T) {
		h := newHost(t)
		h.payments.fail(frontdesk.Errorf(frontdesk.Unavailable, "the provider is away: %w", errors.New("sk_live_1")))
		a := h.ask("", "POST", "/meetings", h.bookingBody("paid", tuesday, guest))
		h.refused(a, 503, "unavailable")
		require.NotContains(t, a.body, "sk_live")
		held := a.json(t)["ticket"].(map[string]any)
		require.Equal(t, "held", held["status"])
		h.payments.fail(nil)
		path := "/bookings/" + held["booking"].(string) + "/pay?token=" + held["token"].(string)
		require.NotNil(t, h.status(200, "", "POST", path, "").json(t)["checkout"])
	})
	t.Run("A provider that does not know us is not for the person to mend", func(t *testing.T) {
		h := newHost(t)
		h.payments.fail(frontdesk.Errorf(frontdesk.Unauthenticated, "wrong key"))
		a := h.ask(acme, "POST", "/meetings", h.bookingBody("paid", tuesday))
		h.refused(a, 503, "unavailable")
		require.NotContains(t, a.body, "wrong key")
	})
}

func TestHosting(t *testing.T) {
	t.Run("A host confirms or declines what waits for it", func(t *testing.T) {
		h := newHost(t)
		one, two := h.booked(acme, "asked", tuesday), h.booked(acme, "asked", "2027-03-02T10:00:00Z")
		require.Equal(t, "pending", one["status"])
		for _, who := range []string{omar, acme} {
			a := h.ask(who, "POST", "/bookings/"+one["booking"].(string)+"/confirm", "")
			require.Contains(t, []int{403, 404}, a.StatusCode)
		}
		require.Equal(t, "confirmed", h.status(200, nina, "POST", "/bookings/"+one["booking"].(string)+"/confirm", "").json(t)["status"])
		declined := h.status(200, nina, "POST", "/bookings/"+two["booking"].(string)+"/decline", `{"reason": "away"}`).json(t)
		require.Equal(t, []any{"declined", "away", map[string]any{"role": "expert"}}, []any{declined["status"], declined["reason"], declined["ended_by"]})
		h.refused(h.ask(nina, "POST", "/bookings/"+one["booking"].(string)+"/confirm", `{"x": 1}`), 400, "invalid", "x")
	})
	t.Run("What is said about a booking is read to its end, or nothing is done", func(t *testing.T) {
		h := newHost(t)
		path := "/bookings/" + h.booked(acme, "asked", tuesday)["booking"].(string)
		for _, what := range []string{"take", "pay", "move", "cancel", "cancel-series", "decline", "confirm", "no-show"} {
			who := acme
			if what == "decline" || what == "confirm" || what == "no-show" {
				who = nina
			}
			h.refused(h.ask(who, "POST", path+"/"+what, `{"reasons": "x"}`), 400, "invalid", "reasons")
		}
		require.Equal(t, "pending", h.get(acme, path)["status"])
	})
	t.Run("A host says that nobody came, and keeps notes that no client reads", func(t *testing.T) {
		h := newHost(t)
		m := h.booked(acme, "consultation", tuesday)
		path := "/meetings/" + m["id"].(string)
		h.refused(h.ask(nina, "POST", "/bookings/"+m["booking"].(string)+"/no-show", ""), 409, "failed_precondition")
		h.status(204, nina, "POST", path+"/notes", `{"notes": "likes tea"}`)
		h.refused(h.ask(nina, "POST", path+"/notes", `{}`), 400, "invalid", "notes")
		h.refused(h.ask(acme, "POST", path+"/notes", `{"notes": "x"}`), 403, "permission_denied")
		require.Equal(t, "likes tea", h.get(nina, path)["notes"])
		require.NotContains(t, h.get(acme, path), "notes")
		h.pass(26 * time.Hour)
		require.Equal(t, "no_show", h.status(200, nina, "POST", "/bookings/"+m["booking"].(string)+"/no-show", "").json(t)["status"])
	})
	t.Run("A host cancels a meeting of several, of whom nobody reads of another", func(t *testing.T) {
		h := newHost(t)
		m := h.booked(acme, "class", tuesday)
		h.booked("client:globex", "class", tuesday, `"seats": 2`)
		seen := h.get(acme, "/meetings/"+m["id"].(string))
		require.Len(t, seen["bookings"], 1)
		require.Equal(t, m["booking"], seen["booking"])
		hosted := h.get(nina, "/meetings/"+m["id"].(string))
		require.Len(t, hosted["bookings"], 2)
		require.NotContains(t, hosted, "booking")
		h.refused(h.ask(acme, "POST", "/meetings/"+m["id"].(string)+"/cancel", ""), 403, "permission_denied")
		h.refused(h.ask(omar, "POST", "/meetings/"+m["id"].(string)+"/cancel", ""), 404, "not_found")
		h.status(204, nina, "POST", "/meetings/"+m["id"].(string)+"/cancel", `{"reason": "ill"}`)
		require.Equal(t, "cancelled", h.get("client:globex", "/meetings/"+m["id"].(string))["status"])
	})
}

func TestMeetings(t *testing.T) {
	h := newHost(t)
	var ids []any
	for _, at := range []string{"02T09", "02T10", "03T09", "04T09", "05T09"} {
		ids = append(ids, h.booked(acme, "consultation", "2027-03-"+at+":00:00Z")["id"])
	}
	h.booked("client:globex", "consultation", "2027-03-08T09:00:00Z")
	list := func(who, query string) (all []any, next any) {
		t.Helper()
		p := h.get(who, "/meetings"+query)
		for _, m := range p["data"].([]any) {
			all = append(all, m.(map[string]any)["id"])
		}
		return all, p["next_cursor"]
	}
	t.Run("Everybody lists what is theirs", func(t *testing.T) {
		for who, want := range map[string]int{acme: 5, "client:globex": 1, "client:new": 0, nina: 6, omar: 0, admin: 6} {
			all, next := list(who, "")
			require.Len(t, all, want, who)
			require.Nil(t, next)
		}
		h.refused(h.ask(acme, "GET", "/meetings?client=globex", ""), 403, "permission_denied")
		h.refused(h.ask(omar, "GET", "/meetings?expert=nina", ""), 403, "permission_denied")
	})
	t.Run("Pages come one after the other, in both orders", func(t *testing.T) {
		for _, order := range []string{"asc", "desc"} {
			var all []any
			query := "?limit=2&order=" + order
			for page, next := list(acme, query); ; page, next = list(acme, query+"&cursor="+next.(string)) {
				if all = append(all, page...); next == nil {
					break
				}
			}
			require.ElementsMatch(t, ids, all)
			require.Equal(t, ids[0], all[map[string]int{"asc": 0, "desc": 4}[order]])
		}
	})
	t.Run("Filters select", func(t *testing.T) {
		for query, want := range map[string]int{
			"?from=2027-03-02&to=2027-03-03": 3, "?from=2027-03-03T09:30:00Z": 3, "?from=2027-03-01&to=2027-03-02&zone=Pacific/Kiritimati": 1,
			"?event_type=" + h.types["paid"]: 0, "?status=cancelled": 0, "?status=confirmed&status=pending": 5,
		} {
			all, _ := list(acme, query)
			require.Len(t, all, want, query)
		}
		for query, field := range map[string]string{"?status=x": "status", "?order=desc--": "order", "?cursor=x": "cursor", "?cursor=1.": "cursor", "?limit=0": "limit", "?sort=x": "sort", "?zone=x": "zone"} {
			h.refused(h.ask(acme, "GET", "/meetings"+query, ""), 400, "invalid", field)
		}
	})
	t.Run("A meeting of somebody else is like one that is not there", func(t *testing.T) {
		unknown := h.status(404, acme, "GET", "/meetings/unknown", "").body
		theirs, _ := list("client:globex", "")
		require.Equal(t, unknown, h.status(404, acme, "GET", "/meetings/"+theirs[0].(string), "").body)
		require.Equal(t, unknown, h.status(404, omar, "GET", "/meetings/"+theirs[0].(string), "").body)
		require.Equal(t, unknown, h.status(404, acme, "GET", "/meetings/"+strings.Repeat("x", 300), "").body)
	})
}
