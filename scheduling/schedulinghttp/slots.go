package schedulinghttp

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// maxSlots is how many slots one answer has, and has unless it is told otherwise.
const maxSlots = 5000

// farthest is how far the local date can be from that of UTC.
const farthest = 14 * time.Hour

// asked is a search, as a query asks for it.
type asked struct {
	scheduling.Search
	query  url.Values
	limit  int
	cursor time.Time // slots before it were listed already
	vague  bool      // its bounds are dates in a zone that the search tells
}

// slots lists when somebody can be met.
func (h *handler) slots(w http.ResponseWriter, r *http.Request) error {
	a, err := readSearch(r, "event_type")
	if err != nil {
		return err
	}
	if !a.query.Has("event_type") {
		return frontdesk.InvalidField("event_type", "is required")
	}
	expert := r.PathValue("id")
	t, err := h.find(r.Context(), expert, a.query.Get("event_type"))
	if err != nil {
		return err
	}
	a.EventType = t.ID
	if only := onlyWith(t, expert); only != "" {
		a.Experts = []string{only}
	}
	found, next, err := a.ask(r, h.svc)
	if err != nil {
		return err
	}
	h.publish(w, r, appendSlots(nil, found, next), len(found.Unknown) == 0)
	return nil
}

// movingSlots lists where a booking can be moved to.
func (h *handler) movingSlots(w http.ResponseWriter, r *http.Request) error {
	at, err := ref(r, searchParameters...)
	if err != nil {
		return err
	}
	a, err := readSearch(r, "token")
	if err != nil {
		return err
	}
	a.Moving = at
	found, next, err := a.ask(r, h.svc)
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "private, no-store")
	conditional(w, r, "application/json", appendSlots(nil, found, next))
	return nil
}

var searchParameters = []string{"from", "to", "zone", "duration", "seats", "limit", "cursor"}

func readSearch(r *http.Request, more ...string) (*asked, error) {
	q, err := readQuery(r, append(more, searchParameters...))
	if err != nil {
		return nil, err
	}
	a := &asked{query: q}
	if err := a.read(); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *asked) read() (err error) {
	if a.Duration, err = parseDuration(a.query); err != nil {
		return err
	}
	if a.Seats, err = number(a.query, "seats", 0, 1, math.MaxInt32); err != nil {
		return err
	}
	if a.limit, err = number(a.query, "limit", maxSlots, 1, maxSlots); err != nil {
		return err
	}
	if a.query.Has("cursor") {
		seconds, err := strconv.ParseInt(a.query.Get("cursor"), 10, 64)
		if err != nil || seconds < 0 || seconds > 1<<38 {
			return frontdesk.InvalidField("cursor", "is none of ours")
		}
		a.cursor = time.Unix(seconds, 0).UTC()
	}
	return a.bound()
}

// bound sets the bounds of the search. Without a zone, dates are those of the expert's, which only the
// search tells: until then they are as long as in all zones together.
func (a *asked) bound() error {
	if !a.query.Has("zone") {
		a.vague = true
		return a.within(time.UTC, farthest)
	}
	a.Zone = a.query.Get("zone")
	zone, err := parseZone(a.Zone)
	if err != nil {
		return err
	}
	return a.within(zone, 0)
}

// within reads the bounds, dates as they are in the zone, or so much wider.
func (a *asked) within(zone *time.Location, wider time.Duration) error {
	in, err := parseSpan(a.query, zone, wider)
	if err != nil {
		return err
	}
	a.From, a.To = in.Start, in.End
	if a.cursor.After(a.From) {
		a.From = a.cursor
	}
	return nil
}

// ask searches, and leaves what is within the bounds and the limit. It returns where the next
// page begins; there is none at the zero time.
func (a *asked) ask(r *http.Request, svc *scheduling.Service) (_ *scheduling.Result, next time.Time, err error) {
	if !a.vague {
		a.Limit = a.limit + 1 // one more tells where the next page begins
	}
	found, err := svc.Search(r.Context(), a.Search)
	if err != nil {
		return nil, next, err
	}
	if a.vague {
		zone, err := parseZone(found.Zone)
		if err == nil {
			err = a.within(zone, 0)
		}
		if err != nil {
			return nil, next, err
		}
	}
	found.Slots = slices.DeleteFunc(found.Slots, func(s scheduling.Slot) bool {
		return s.Start.Before(a.From) || !a.To.IsZero() && !s.Start.Before(a.To)
	})
	if len(found.Slots) > a.limit {
		next = found.Slots[a.limit].Start
		found.Slots = found.Slots[:a.limit]
	}
	return found, next, nil
}
