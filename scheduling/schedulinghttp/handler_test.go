package schedulinghttp_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulinghttp"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

const prefix = "/portal/api"

// host is a server that mounts the handler below a prefix, and believes a header who asks. Its
// experts are nina in Lisbon, who is there from 9 to 17 on weekdays, and omar in New York.
type host struct {
	*testing.T
	store    *schedulingtest.Store
	calendar *schedulingtest.Calendar
	svc      *scheduling.Service
	payments *payments
	url      string
	types    map[string]string // ids of event types by slug
	schedule string            // of nina

	time *clock
}

// clock goes when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// in is the same host in a subtest.
func (h *host) in(t *testing.T) *host {
	sub := *h
	sub.T = t
	return &sub
}

func newHost(t *testing.T, change ...func(*schedulinghttp.Options)) *host {
	h := &host{
		T: t, store: schedulingtest.NewStore(), calendar: schedulingtest.NewCalendar(), payments: &payments{},
		types: map[string]string{}, time: &clock{now: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)},
	}
	h.calendar.AddCalendar("nina@example.com", "Europe/Lisbon")
	var err error
	h.svc, err = scheduling.New(h.store, &scheduling.Options{
		Secrets: []frontdesk.Secret{frontdesk.NewSecret(strings.Repeat("s", 32))}, Payments: h.payments,
		Calendars: []scheduling.Calendar{h.calendar}, Clock: h.time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	o := &schedulinghttp.Options{Clock: h.time.Now, Logger: slog.New(slog.DiscardHandler), Feed: writeFeed}
	for _, c := range change {
		c(o)
	}
	srv := httptest.NewServer(asked(http.StripPrefix(prefix, schedulinghttp.NewHandler(h.svc, o))))
	t.Cleanup(srv.Close)
	h.url = srv.URL + prefix
	h.seed()
	return h
}

// asked lets a header say who asks.
func asked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := actor(r.Header.Get("Actor")); a.Valid() {
			r = r.WithContext(frontdesk.WithActor(r.Context(), a))
		}
		next.ServeHTTP(w, r)
	})
}

func actor(name string) frontdesk.Actor {
	role, id, _ := strings.Cut(name, ":")
	switch role {
	case "client":
		return frontdesk.Client(id, frontdesk.Origin{})
	case "expert":
		return frontdesk.Expert(id, frontdesk.Origin{})
	case "admin":
		return frontdesk.Admin(id, frontdesk.Origin{})
	}
	return frontdesk.Actor{}
}

const (
	acme  = "client:acme"
	nina  = "expert:nina"
	omar  = "expert:omar"
	admin = "admin:root"
)

func (h *host) pass(d time.Duration) {
	h.time.mu.Lock()
	defer h.time.mu.Unlock()
	h.time.now = h.time.now.Add(d)
}

func (h *host) system() context.Context {
	return frontdesk.WithActor(h.Context(), frontdesk.System("test"))
}

func (h *host) seed() {
	ctx := h.system()
	for expert, zone := range map[string]string{"nina": "Europe/Lisbon", "omar": "America/New_York"} {
		var weekly []scheduling.Window
		for day := time.Sunday; day <= time.Saturday; day++ {
			weekly = append(weekly, scheduling.Window{Day: day, Start: 540, End: 1020})
		}
		s, err := h.svc.SaveSchedule(ctx, scheduling.Schedule{Expert: expert, Name: "Hours", Zone: zone, Weekly: weekly})
		require.NoError(h, err)
		_, err = h.svc.SaveSettings(ctx, scheduling.Settings{
			Expert: expert, Name: strings.ToUpper(expert), Email: expert + "@example.com", Zone: zone, Schedule: s.ID,
		})
		require.NoError(h, err)
		if expert == "nina" {
			h.schedule = s.ID
		}
		h.offer(scheduling.EventType{Owner: expert, Slug: "consultation", Title: "Consultation"})
	}
	eur := func(cents int64) frontdesk.Money { return frontdesk.Money{Amount: cents, Currency: "eur"} }
	h.offer(scheduling.EventType{Owner: "nina", Slug: "paid", Title: "Paid", Price: eur(4900)})
	h.offer(scheduling.EventType{Owner: "nina", Slug: "asked", Title: "Asked", Confirm: true})
	h.offer(scheduling.EventType{Owner: "nina", Slug: "class", Title: "Class", Seats: 3})
}

// offer makes an event type of an hour that can be booked, as others here, 730 days ahead.
func (h *host) offer(t scheduling.EventType) string {
	t.Durations, t.Horizon, t.Active = []time.Duration{time.Hour, 30 * time.Minute}, scheduling.Horizon{Days: 730}, true
	t.Order = len(h.types)
	t.Locations = []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://meet.example.com/" + t.Owner}, {Kind: scheduling.AtAddress, Value: "Rua Augusta 1"}}
	saved, err := h.svc.SaveEventType(h.system(), t)
	require.NoError(h, err)
	key := t.Slug
	if t.Owner != "nina" {
		key = t.Owner + "/" + t.Slug
	}
	h.types[key] = saved.ID
	return saved.ID
}

// payments asks for money and keeps none.
type payments struct {
	mu  sync.Mutex
	err error
}

func (p *payments) Request(_ context.Context, o scheduling.Order) (*scheduling.Invitation, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return nil, p.err
	}
	return &scheduling.Invitation{ID: "pay_" + o.ID, URL: "https://pay.example.com/" + url.PathEscape(o.ID), ClientSecret: frontdesk.NewSecret("secret_1")}, nil
}

func (p *payments) Refund(context.Context, scheduling.Order, string, frontdesk.Money) error {
	return nil
}

func (p *payments) Release(context.Context, scheduling.Order) error { return nil }

func (p *payments) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

func writeFeed(w io.Writer, f *scheduling.Feed) error {
	if _, err := io.WriteString(w, "BEGIN:VCALENDAR "+f.Name+"\r\n"); err != nil {
		return err
	}
	for e, err := range f.Entries {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, "BEGIN:VEVENT "+e.UID+"\r\n"); err != nil {
			return err
		}
	}
	return nil
}

// answer is what came back, read to its end.
type answer struct {
	*http.Response
	body string
}

func (a *answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &v), a.body)
	return v
}

// starts are the starts of slots or meetings in a list.
func (a *answer) starts(t *testing.T) (all []string) {
	t.Helper()
	for _, one := range a.json(t)["data"].([]any) {
		all = append(all, one.(map[string]any)["start"].(string))
	}
	return all
}

// ask sends a request; headers are name, value, name, value.
func (h *host) ask(who, method, path, body string, headers ...string) *answer {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), method, h.url+path, strings.NewReader(body))
	require.NoError(h, err)
	r.Header.Set("Actor", who)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(h, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(h, err)
	return &answer{resp, string(b)}
}

// status asks, and checks the status.
func (h *host) status(want int, who, method, path, body string, headers ...string) *answer {
	h.Helper()
	a := h.ask(who, method, path, body, headers...)
	require.Equal(h, want, a.StatusCode, a.body)
	if want >= 400 && method != http.MethodHead {
		require.Equal(h, "application/problem+json", a.Header.Get("Content-Type"))
		require.EqualValues(h, want, a.json(h.T)["status"])
	}
	return a
}

func (h *host) get(who, path string) map[string]any {
	h.Helper()
	return h.status(200, who, "GET", path, "").json(h.T)
}

// refused checks the status, the code and the fields of a problem.
func (h *host) refused(a *answer, status int, code string, fields ...string) {
	h.Helper()
	require.Equal(h, status, a.StatusCode, a.body)
	require.Equal(h, "application/problem+json", a.Header.Get("Content-Type"))
	p := a.json(h.T)
	require.Equal(h, code, p["code"], a.body)
	require.NotEmpty(h, p["detail"])
	var names []string
	all, _ := p["fields"].([]any)
	for _, f := range all {
		names = append(names, f.(map[string]any)["name"].(string))
	}
	require.Equal(h, fields, names, a.body)
}

// bookingBody asks for an event type of nina's; more is further fields.
func (h *host) bookingBody(slug, start string, more ...string) string {
	fields := append([]string{`"event_type": "` + h.types[slug] + `"`, `"start": "` + start + `"`}, more...)
	return "{" + strings.Join(fields, ", ") + "}"
}

const guest = `"guest": {"name": "Ann", "email": "ann@example.com", "zone": "Asia/Kathmandu"}`

// booked books, and returns the record.
func (h *host) booked(who, slug, start string, more ...string) map[string]any {
	h.Helper()
	return h.status(201, who, "POST", "/meetings", h.bookingBody(slug, start, more...)).json(h.T)
}
