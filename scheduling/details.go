package scheduling

import (
	"cmp"
	"math"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Bounds of what somebody says who books.
const (
	maxAnswer   = 10_000 // bytes
	maxPath     = 2_000  // bytes
	maxKey      = 200    // bytes
	maxLocale   = 35     // bytes
	minGuestKey = 16     // bytes: whoever knows a guest's key and address gets the guest's ticket
)

// Details are what somebody says who takes what was held. Empty ones stay as they were.
type Details struct {
	Guest    Guest
	Location Location          // one of the event type's
	Answers  map[string]string // by the question's id

	// Pack pays for it. Empty: it is paid, if it costs something.
	Pack string
	// SuccessPath and CancelPath are where the payer comes back to.
	SuccessPath, CancelPath string
}

func (r *Request) details() Details {
	return Details{r.Guest, r.Location, r.Answers, r.Pack, r.SuccessPath, r.CancelPath}
}

// check refuses requests that make no sense for the event type, and fills in what they leave out.
func (r *Request) check(t *EventType, guest bool) error {
	var c complaints
	orElse(&r.Seats, 1)
	if r.Duration == 0 && len(t.Durations) > 0 {
		r.Duration = t.Durations[0]
	}
	c.when(r.Start.IsZero(), "start", "is required")
	c.when(!slices.Contains(t.Durations, r.Duration), "duration", "is none of the event type's")
	c.between("seats", r.Seats, 1, max(t.Seats, 1))
	c.text("key", r.Key, maxKey, false)
	c.when(guest && r.Key != "" && len(r.Key) < minGuestKey, "key", "must have at least %d characters that nobody guesses", minGuestKey)
	c.when(r.Client == "" && r.Guest.Email == "", "guest.email", "is required")
	c.when(r.Pack != "" && r.Client == "", "pack", "is for clients")
	c.when(r.Pack != "" && r.Seats > 1, "pack", "pays for one seat")
	c.guest(r.Guest)
	c.answers(t, r.Answers)
	c.path("success_path", r.SuccessPath)
	c.path("cancel_path", r.CancelPath)
	r.Start = r.Start.UTC()
	return c.err()
}

// check refuses details that make no sense for the event type.
func (d *Details) check(t *EventType, b *Booking) error {
	var c complaints
	c.guest(d.Guest)
	c.answers(t, b.Answers)
	c.when(d.Pack != "" && b.Client == "", "pack", "is for clients")
	c.when(d.Pack != "" && b.Seats > 1, "pack", "pays for one seat")
	c.path("success_path", d.SuccessPath)
	c.path("cancel_path", d.CancelPath)
	return c.err()
}

func (c *complaints) guest(g Guest) {
	c.text("guest.name", g.Name, MaxName, false)
	c.when(g.Email != "" && !isAddress(g.Email), "guest.email", "is no address")
	c.when(g.Phone != "" && !phones.MatchString(g.Phone), "guest.phone", "must be a number like +351912345678")
	if g.Zone != "" {
		c.zone("guest.zone", g.Zone)
	}
	c.text("guest.locale", g.Locale, maxLocale, false)
}

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= 254
}

// path passes where a payer can come back to; whether an address elsewhere is allowed is for
// Payments to say.
func (c *complaints) path(field, path string) {
	c.text(field, path, maxPath, false)
	c.when(strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\ "), field, "is no path")
}

// location is which of the event type's is meant; none of them when nobody says.
func (c *complaints) location(t *EventType, l Location) Location {
	if l == (Location{}) {
		if len(t.Locations) == 0 {
			return l
		}
		l = t.Locations[0]
	}
	i := slices.IndexFunc(t.Locations, func(o Location) bool {
		return o.Kind == l.Kind && (o.Value == l.Value || o.Value == "" || l.Value == "")
	})
	if i < 0 {
		c.add("location", "is none of the event type's")
		return l
	}
	said := t.Locations[i].Value == "" && l.Value != ""
	c.when(said && l.Kind == ByPhone && !phones.MatchString(l.Value), "location.value", "must be a number like +351912345678")
	c.when(said && l.Kind == ByCalendar, "location.value", "is for the calendar to say")
	c.when(said && l.Kind == AtLink && !strings.HasPrefix(l.Value, "https://"), "location.value", "must begin with https://")
	c.text("location.value", l.Value, MaxNote, false)
	return Location{Kind: l.Kind, Value: cmp.Or(t.Locations[i].Value, l.Value)}
}

// answered misses answers that are required.
func (c *complaints) answered(t *EventType, answers map[string]string) {
	for _, q := range t.Questions {
		c.when(q.Required && answers[q.ID] == "", "answers."+q.ID, "is required")
	}
}

// answers passes answers to the event type's questions.
func (c *complaints) answers(t *EventType, answers map[string]string) {
	for _, q := range t.Questions {
		field, answer := "answers."+q.ID, answers[q.ID]
		switch {
		case answer == "":
		case q.Kind == AskChoice:
			c.when(!slices.Contains(q.Options, answer), field, "is none of the options")
		case q.Kind == AskNumber:
			n, err := strconv.ParseFloat(answer, 64)
			c.when(err != nil || math.IsInf(n, 0) || math.IsNaN(n), field, "must be a number")
		case q.Kind == AskYesNo:
			c.when(answer != "yes" && answer != "no", field, "must be yes or no")
		default:
			c.text(field, answer, maxAnswer, q.Kind == AskLong)
		}
	}
	for id := range answers {
		known := slices.ContainsFunc(t.Questions, func(q Question) bool { return q.ID == id })
		c.when(!known, "answers", "has an answer to a question that is not asked")
	}
}

// priceOf is what so many seats cost. It comes from the event type alone.
func (t *EventType) priceOf(d time.Duration, seats int) (frontdesk.Money, error) {
	price, other := t.Prices[d]
	if !other {
		price = t.Price
	}
	if price.Amount > math.MaxInt64/int64(max(seats, 1)) {
		return price, frontdesk.InvalidField("seats", "cost more than can be counted")
	}
	price.Amount *= int64(seats)
	return price, nil
}
