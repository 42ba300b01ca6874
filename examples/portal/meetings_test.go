package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

// The records of meetings, as docs/http.md shows them.
type (
	slots struct {
		Zone string `json:"zone"`
		Data []struct {
			Start time.Time `json:"start"`
			End   time.Time `json:"end"`
			Seats int       `json:"seats"`
		} `json:"data"`
		Warnings   []string `json:"warnings"`
		NextCursor *string  `json:"next_cursor"`
	}
	meeting struct {
		ID        string            `json:"id"`
		EventType string            `json:"event_type"`
		Title     string            `json:"title"`
		Expert    string            `json:"expert"`
		Hosts     []string          `json:"hosts"`
		StartsAt  time.Time         `json:"starts_at"`
		EndsAt    time.Time         `json:"ends_at"`
		Status    string            `json:"status"`
		ExpiresAt time.Time         `json:"expires_at,omitzero"`
		Sequence  int               `json:"sequence"`
		Seats     int               `json:"seats"`
		Location  map[string]string `json:"location"`
		JoinURL   string            `json:"join_url"`
		Series    string            `json:"series"`
		Booking   string            `json:"booking"`
		Zone      string            `json:"zone"`
		Price     *frontdesk.Money  `json:"price"`
		Payment   *paid             `json:"payment"`
		Bookings  []booked          `json:"bookings"`
		CreatedAt time.Time         `json:"created_at"`
		UpdatedAt time.Time         `json:"updated_at"`
	}
	paid struct {
		State    string           `json:"state"`
		Paid     *frontdesk.Money `json:"paid"`
		PaidAt   time.Time        `json:"paid_at,omitzero"`
		Refunded *frontdesk.Money `json:"refunded"`
	}
	booked struct {
		ID        string            `json:"id"`
		Meeting   string            `json:"meeting"`
		Client    string            `json:"client"`
		Guest     map[string]string `json:"guest"`
		Seats     int               `json:"seats"`
		Status    string            `json:"status"`
		ExpiresAt time.Time         `json:"expires_at,omitzero"`
		Price     *frontdesk.Money  `json:"price"`
		Payment   *paid             `json:"payment"`
		Answers   map[string]string `json:"answers"`
		Moves     int               `json:"moves"`
		Pack      string            `json:"pack"`
		EndedBy   *inRole           `json:"ended_by,omitempty"`
		Reason    string            `json:"reason"`
		Override  bool              `json:"override"`
		CreatedAt time.Time         `json:"created_at"`
		UpdatedAt time.Time         `json:"updated_at"`
	}
	availability struct {
		ID        string       `json:"id"`
		Expert    string       `json:"expert"`
		Name      string       `json:"name"`
		Zone      string       `json:"zone"`
		Weekly    []windowOf   `json:"weekly"`
		Overrides []overrideOf `json:"overrides"`
		Stays     []stayOf     `json:"stays"`
		Revision  int          `json:"revision"`
		UpdatedAt time.Time    `json:"updated_at"`
	}
	windowOf struct {
		Day   int `json:"day"`
		Start int `json:"start"`
		End   int `json:"end"`
	}
	overrideOf struct {
		From  string           `json:"from"`
		To    string           `json:"to"`
		Hours []map[string]int `json:"hours"`
		Note  string           `json:"note"`
	}
	stayOf struct {
		From string `json:"from"`
		To   string `json:"to"`
		Zone string `json:"zone"`
	}
	settings struct {
		Expert    string           `json:"expert"`
		Name      string           `json:"name"`
		Email     string           `json:"email"`
		Zone      string           `json:"zone"`
		Locale    string           `json:"locale"`
		WeekStart int              `json:"week_start"`
		Schedule  string           `json:"schedule"`
		Calendars []map[string]any `json:"calendars"`
		Reminders []int            `json:"reminders"`
		Revision  int              `json:"revision"`
		UpdatedAt time.Time        `json:"updated_at"`
	}
	offer struct {
		ID          string           `json:"id"`
		Owner       string           `json:"owner"`
		Slug        string           `json:"slug"`
		Title       string           `json:"title"`
		Description string           `json:"description"`
		Durations   []int            `json:"durations"`
		Seats       int              `json:"seats"`
		Price       *frontdesk.Money `json:"price"`
		Prices      []map[string]any `json:"prices"`
		Confirm     bool             `json:"confirm"`
		Policy      map[string]any   `json:"policy"`
		Locations   []map[string]any `json:"locations"`
		Questions   []map[string]any `json:"questions"`
		Order       int              `json:"order"`
	}
	eventType struct {
		ID          string              `json:"id"`
		Owner       string              `json:"owner"`
		Slug        string              `json:"slug"`
		Title       string              `json:"title"`
		Description string              `json:"description"`
		Schedule    string              `json:"schedule"`
		Durations   []int               `json:"durations"`
		Step        int                 `json:"step"`
		Align       string              `json:"align"`
		Before      int                 `json:"before"`
		After       int                 `json:"after"`
		Notice      int                 `json:"notice"`
		Horizon     map[string]any      `json:"horizon"`
		Limits      []map[string]any    `json:"limits"`
		Seats       int                 `json:"seats"`
		Mode        string              `json:"mode"`
		Hosts       []map[string]any    `json:"hosts"`
		Price       *frontdesk.Money    `json:"price"`
		Prices      []map[string]any    `json:"prices"`
		Confirm     bool                `json:"confirm"`
		HoldFor     int                 `json:"hold_for"`
		Policy      map[string]any      `json:"policy"`
		Locations   []map[string]string `json:"locations"`
		Questions   []map[string]any    `json:"questions"`
		Reminders   []int               `json:"reminders"`
		Active      bool                `json:"active"`
		Order       int                 `json:"order"`
		Revision    int                 `json:"revision"`
		CreatedAt   time.Time           `json:"created_at"`
		UpdatedAt   time.Time           `json:"updated_at"`
	}
	ticket struct {
		meeting
		Token    string `json:"token"`
		Checkout *struct{ ID, URL string }
	}
)

// withDemoAgendas lets the portal begin with the experts and meetings of the demo.
func withDemoAgendas(c *config) { c.agendas = true }

// free lists the starts of an event type of nina's between two dates.
func (r *running) free(t *testing.T, slug, from, to string) (starts []string) {
	t.Helper()
	var found slots
	r.get(t, "", api+"experts/nina/slots?event_type="+slug+"&from="+from+"&to="+to, &found)
	require.Equal(t, "Europe/Lisbon", found.Zone)
	for _, s := range found.Data {
		starts = append(starts, s.Start.Format(time.RFC3339))
	}
	return starts
}

// farDay is a working day beyond all that the demo begins with.
func (r *running) farDay() string {
	at := r.now().AddDate(0, 0, 70)
	for at.Weekday() != time.Tuesday {
		at = at.AddDate(0, 0, 1)
	}
	return at.Format(time.DateOnly)
}

func (r *running) book(t *testing.T, who, slug, start string, headers ...string) answer {
	t.Helper()
	body := fmt.Sprintf(`{"event_type": %q, "expert": "nina", "start": %q}`, slug, start)
	return r.ask(t, who, http.MethodPost, api+"meetings", body, headers...)
}

func (r *running) booked(t *testing.T, who, slug, start string) (got ticket) {
	t.Helper()
	a := r.book(t, who, slug, start)
	require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
	a.into(t, &got)
	return got
}

// meetingIs waits until the booking has the status, and returns its meeting.
func (r *running) meetingIs(t *testing.T, who, booking, status string) (m meeting) {
	t.Helper()
	eventually(t, status, func() bool {
		m = meeting{}
		r.get(t, who, api+"bookings/"+booking, &m)
		return m.Status == status
	})
	return m
}

func TestMeetings(t *testing.T) {
	r := start(t, withDemoAgendas)
	day := r.farDay()
	starts := r.free(t, "consultation", day, day)
	require.Len(t, starts, 8)

	t.Run("slots keep the expert's wall clock when clocks change", func(t *testing.T) {
		spring := lastSunday(r.now().Year()+1, time.March)
		before, after := spring.AddDate(0, 0, -2), spring.AddDate(0, 0, 1)
		got := r.free(t, "consultation", before.Format(time.DateOnly), after.Format(time.DateOnly))
		require.Len(t, got, 16)
		assert.Equal(t, before.Format(time.DateOnly)+"T09:00:00Z", got[0])
		assert.Equal(t, after.Format(time.DateOnly)+"T08:00:00Z", got[8])
	})
	t.Run("what is free is confirmed at once, and no slot any more", func(t *testing.T) {
		intro := r.free(t, "intro", day, day)[0]
		assert.Equal(t, "confirmed", r.booked(t, "client:acme", "intro", intro).Status)
		assert.NotContains(t, r.free(t, "intro", day, day), intro)
	})
	t.Run("what costs something is held, and confirmed when its webhook has come", func(t *testing.T) {
		got := r.booked(t, "client:acme", "consultation", starts[2])
		require.Equal(t, "held", got.Status)
		require.NoError(t, r.fake.CompleteCheckout(got.Checkout.ID))
		m := r.meetingIs(t, "client:acme", got.Booking, "confirmed")
		assert.Equal(t, "paid", m.Payment.State)
	})
	t.Run("a slot that is taken is a conflict", func(t *testing.T) {
		a := r.book(t, "client:globex", "consultation", starts[2])
		assert.Equal(t, http.StatusConflict, a.Status)
		a.problem(t)
	})
	t.Run("a client who cancels in time gets all back", func(t *testing.T) {
		got := r.booked(t, "client:acme", "consultation", starts[3])
		require.NoError(t, r.fake.CompleteCheckout(got.Checkout.ID))
		r.meetingIs(t, "client:acme", got.Booking, "confirmed")
		a := r.ask(t, "client:acme", "POST", api+"bookings/"+got.Booking+"/cancel", `{"reason": "ill"}`)
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		m := r.meetingIs(t, "client:acme", got.Booking, "cancelled")
		assert.Equal(t, frontdesk.Money{Amount: 12000, Currency: "eur"}, *m.Payment.Refunded)
		eventually(t, "given back", func() bool {
			r.get(t, "client:acme", api+"bookings/"+got.Booking, &m)
			return m.Payment.State == "refunded"
		})
		assert.Contains(t, r.free(t, "consultation", day, day), starts[3])
	})
	t.Run("a client who cancels late gets half back", func(t *testing.T) {
		open := availability{Name: "always", Zone: "Europe/Lisbon"}
		for d := range 7 {
			open.Weekly = append(open.Weekly, windowOf{Day: d, End: minutesOfDay})
		}
		var all listing[availability]
		r.get(t, "expert:nina", api+"schedules", &all)
		before := all.Data[0]
		require.Equal(t, http.StatusOK, r.ask(t, "expert:nina", "PUT", api+"schedules/"+before.ID, asJSON(t, map[string]any{"zone": open.Zone, "weekly": open.Weekly})).Status)
		var found slots
		from := url.QueryEscape(r.now().Add(4 * time.Hour).Format(time.RFC3339))
		r.get(t, "", api+"experts/nina/slots?limit=1&event_type=consultation&from="+from, &found)
		got := r.booked(t, "client:acme", "consultation", found.Data[0].Start.Format(time.RFC3339))
		require.NoError(t, r.fake.CompleteCheckout(got.Checkout.ID))
		r.meetingIs(t, "client:acme", got.Booking, "confirmed")
		assert.Contains(t, r.page(t, "client:acme", bookingsAt+"/"+got.Booking, http.StatusOK), "60.00 EUR of 120.00 EUR is given back")
		r.ask(t, "client:acme", "POST", api+"bookings/"+got.Booking+"/cancel", "")
		m := r.meetingIs(t, "client:acme", got.Booking, "cancelled")
		assert.Equal(t, frontdesk.Money{Amount: 6000, Currency: "eur"}, *m.Payment.Refunded)
		require.Equal(t, http.StatusOK, r.ask(t, "expert:nina", "PUT", api+"schedules/"+before.ID, asJSON(t, map[string]any{"zone": before.Zone, "weekly": before.Weekly})).Status)
	})
	t.Run("somebody else's meeting is not there", func(t *testing.T) {
		got := r.booked(t, "client:acme", "consultation", starts[4])
		for _, path := range []string{"meetings/" + got.ID, "bookings/" + got.Booking} {
			for _, who := range []string{"client:globex", "expert:omar"} {
				assert.Equal(t, http.StatusNotFound, r.ask(t, who, "GET", api+path, "").Status, who)
			}
		}
		assert.Equal(t, http.StatusNotFound, r.ask(t, "client:globex", "POST", api+"bookings/"+got.Booking+"/cancel", "{}").Status)
	})
	t.Run("a guest comes back with the token, and nobody without it", func(t *testing.T) {
		body := fmt.Sprintf(`{"event_type": "intro", "expert": "nina", "start": %q, "guest": {"name": "Ann", "email": "ann@guest.example"}}`, r.free(t, "intro", day, day)[1])
		a := r.ask(t, "", "POST", api+"meetings", body)
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		var got ticket
		a.into(t, &got)
		assert.Equal(t, http.StatusUnauthorized, r.ask(t, "", "GET", api+"bookings/"+got.Booking, "").Status)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "", "GET", api+"bookings/"+got.Booking+"?token=nosuch", "").Status)
		assert.Equal(t, http.StatusOK, r.ask(t, "", "GET", api+"bookings/"+got.Booking+"?token="+got.Token, "").Status)
	})
	t.Run("of many who want one slot at once, one gets it", func(t *testing.T) {
		var all sync.WaitGroup
		statuses := make([]int, 20)
		for i := range statuses {
			all.Go(func() {
				statuses[i] = r.book(t, []string{"client:acme", "client:globex"}[i%2], "consultation", starts[6]).Status
			})
		}
		all.Wait()
		counts := map[int]int{}
		for _, s := range statuses {
			counts[s]++
		}
		assert.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusConflict: 19}, counts)
	})
	t.Run("slots follow what an expert says of their time", func(t *testing.T) {
		var all listing[availability]
		r.get(t, "expert:nina", api+"schedules", &all)
		off := all.Data[0]
		off.Overrides = append(off.Overrides, overrideOf{From: day, To: day, Hours: []map[string]int{}, Note: "away"})
		a := r.ask(t, "expert:nina", "PUT", api+"schedules/"+off.ID, asJSON(t, off))
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		assert.Empty(t, r.free(t, "consultation", day, day))
		assert.Equal(t, http.StatusConflict, r.ask(t, "expert:nina", "PUT", api+"schedules/"+off.ID, asJSON(t, off)).Status)
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

// lastSunday is when clocks change in Europe.
func lastSunday(year int, m time.Month) time.Time {
	at := time.Date(year, m, 31, 0, 0, 0, 0, time.UTC)
	return at.AddDate(0, 0, -int(at.Weekday()))
}

func TestMeetingsOutliveTheProcess(t *testing.T) {
	d := sqliteFile(t)
	var got ticket
	var at string
	t.Run("before", func(t *testing.T) {
		r := start(t, on(d), withDemoAgendas)
		at = r.free(t, "consultation", r.farDay(), r.farDay())[0]
		got = r.booked(t, "client:acme", "consultation", at)
	})
	r := start(t, on(d), withDemoAgendas)
	t.Run("what is held stays held", func(t *testing.T) {
		assert.NotContains(t, r.free(t, "consultation", r.farDay(), r.farDay()), at)
		assert.Equal(t, "held", r.meetingIs(t, "client:acme", got.Booking, "held").Status)
	})
	t.Run("tokens stay good", func(t *testing.T) {
		assert.Equal(t, http.StatusOK, r.ask(t, "", "GET", api+"bookings/"+got.Booking+"?token="+got.Token, "").Status)
	})
	t.Run("the demo begins with its meetings once", func(t *testing.T) {
		var all listing[meeting]
		r.get(t, "client:acme", api+"meetings?to="+r.now().AddDate(0, 0, 60).Format(time.DateOnly), &all)
		assert.Len(t, all.Data, 3)
		for _, who := range demoAgendas {
			var offers listing[offer]
			r.get(t, "", api+"experts/"+who.expert+"/event-types", &offers)
			assert.Len(t, offers.Data, len(who.offers))
		}
	})
	t.Run("nobody is told of what the demo begins with", func(t *testing.T) {
		assert.Empty(t, r.mailsAtRest(t))
	})
}

func TestMeetingMails(t *testing.T) {
	r := start(t, withDemoAgendas)
	day := r.farDay()
	r.booked(t, "client:acme", "intro", r.free(t, "intro", day, day)[0])
	eventually(t, "both told", func() bool { return len(r.emailLog(t)) == 2 })
	to := map[string]string{}
	for _, m := range r.mailsAtRest(t) {
		to[strings.Join(m.To, ",")] = *m.Template
	}
	assert.Equal(t, map[string]string{"billing@acme.example": "meeting_booked", "nina@experts.example": "meeting_booked"}, to)
}
