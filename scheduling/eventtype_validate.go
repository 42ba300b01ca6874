package scheduling

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Bounds of an [EventType].
const (
	MaxDuration  = 24 * time.Hour // of a meeting, and of the step, and of a buffer
	MaxDurations = 20
	MaxNotice    = 366 * 24 * time.Hour
	MaxHold      = 7 * 24 * time.Hour
	MaxHorizon   = 3660 // days
	MaxSeats     = 1000
	MaxWeight    = 1000
	MaxRefunds   = 10
	MaxLocations = 10
	MaxQuestions = 50
	MaxOptions   = 50 // of a question
	MaxReminders = 10
	MaxSlug      = 100 // bytes
)

var (
	slugs  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	keys   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,49}$`)
	phones = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// Validate refuses what the package's words do not allow. Each refusal is Invalid and
// names its field as JSON has it: "durations[0]", "policy.refunds[1].basis_points", "locations[0].value". All
// of them are joined.
func (t *EventType) Validate() error {
	var c complaints
	c.when(t.Owner == "", "owner", "is required")
	c.when(len(t.Slug) > MaxSlug || !slugs.MatchString(t.Slug), "slug",
		"must be of at most %d lower-case letters and digits, with single hyphens between them", MaxSlug)
	c.when(t.Title == "", "title", "is required")
	c.text("title", t.Title, MaxName, false)
	c.text("description", t.Description, MaxNote, true)
	c.times(t)
	c.horizon(t.Horizon)
	c.limits(t.Limits)
	c.between("seats", t.Seats, 0, MaxSeats)
	c.hosts(t)
	c.prices(t)
	c.policy(&t.Policy)
	c.locations(t.Locations)
	c.questions(t.Questions)
	c.reminders("reminders", t.Reminders)
	return c.err()
}

func (c *complaints) times(t *EventType) {
	c.when(len(t.Durations) == 0, "durations", "must have at least one")
	c.most("durations", len(t.Durations), MaxDurations)
	for i, d := range t.Durations {
		c.minutes(item("durations", i), d, time.Minute, MaxDuration)
		c.when(slices.Contains(t.Durations[:i], d), item("durations", i), "is there already")
	}
	c.minutes("step", t.Step, 0, MaxDuration)
	c.minutes("before", t.Before, 0, MaxDuration)
	c.minutes("after", t.After, 0, MaxDuration)
	c.minutes("notice", t.Notice, 0, MaxNotice)
	c.minutes("hold_for", t.HoldFor, 0, MaxHold)
	switch t.Align {
	case AlignWindow, AlignClock, AlignPack:
	default:
		c.add("align", "is unknown")
	}
}

func (c *complaints) horizon(h Horizon) {
	c.between("horizon.days", h.Days, 0, MaxHorizon)
	c.when(h.Business && h.Days == 0, "horizon.business", "needs days")
	if !h.Until.IsZero() {
		c.date("horizon.until", h.Until)
	}
}

func (c *complaints) limits(limits []Limit) {
	c.most("limits", len(limits), MaxLimits)
	for i, l := range limits {
		at := item("limits", i)
		switch l.Per {
		case PerDay, PerWeek, PerMonth, PerYear:
		default:
			c.add(at+".per", "is unknown")
		}
		c.when(l.Meetings < 0, at+".meetings", "must not be negative")
		c.minutes(at+".time", l.Time, 0, 366*24*time.Hour)
		c.when(l.Meetings == 0 && l.Time == 0, at, "must bound meetings or time")
	}
}

func (c *complaints) hosts(t *EventType) {
	switch t.Mode {
	case One:
		c.when(len(t.Hosts) > 0, "hosts", "are for collective and round_robin only")
	case Collective:
		c.when(len(t.Hosts) == 0, "hosts", "must have at least one")
	case RoundRobin:
		rotates := slices.ContainsFunc(t.Hosts, func(h Host) bool { return !h.Fixed })
		c.when(!rotates, "hosts", "must have one that is not fixed")
	default:
		c.add("mode", "is unknown")
	}
	c.most("hosts", len(t.Hosts), MaxHosts)
	for i, h := range t.Hosts {
		at := item("hosts", i)
		c.when(h.Expert == "", at+".expert", "is required")
		twice := slices.ContainsFunc(t.Hosts[:i], func(o Host) bool { return o.Expert == h.Expert })
		c.when(twice, at+".expert", "is there already")
		c.between(at+".weight", h.Weight, 0, MaxWeight)
	}
}

func (c *complaints) prices(t *EventType) {
	c.money("price", t.Price)
	for _, d := range sorted(t.Prices) {
		at := fmt.Sprintf("prices[%v]", d)
		c.when(!slices.Contains(t.Durations, d), at, "is of a duration that is not offered")
		c.money(at, t.Prices[d])
	}
}

func sorted(prices map[time.Duration]frontdesk.Money) []time.Duration {
	var list []time.Duration
	for d := range prices {
		list = append(list, d)
	}
	slices.Sort(list)
	return list
}

// money passes nothing, and what is not negative in a known currency.
func (c *complaints) money(field string, m frontdesk.Money) {
	if m == (frontdesk.Money{}) {
		return
	}
	c.when(m.Amount < 0, field+".amount", "must not be negative")
	c.when(!m.Currency.Valid(), field+".currency", "must be an ISO 4217 code such as eur")
}

func (c *complaints) policy(p *Policy) {
	c.minutes("policy.cancel_notice", p.CancelNotice, 0, MaxNotice)
	c.minutes("policy.move_notice", p.MoveNotice, 0, MaxNotice)
	c.when(p.MaxMoves < 0, "policy.max_moves", "must not be negative")
	c.most("policy.refunds", len(p.Refunds), MaxRefunds)
	for i, r := range p.Refunds {
		at := item("policy.refunds", i)
		c.minutes(at+".notice", r.Notice, 0, MaxNotice)
		c.between(at+".basis_points", r.BasisPoints, 0, 10_000)
		twice := slices.ContainsFunc(p.Refunds[:i], func(o RefundTier) bool { return o.Notice == r.Notice })
		c.when(twice, at+".notice", "is there already")
	}
}

func (c *complaints) locations(list []Location) {
	c.most("locations", len(list), MaxLocations)
	for i, l := range list {
		at := item("locations", i)
		value := at + ".value"
		c.text(value, l.Value, MaxNote, l.Kind == AtAddress)
		switch l.Kind {
		case AtLink:
			c.when(!isHTTPS(l.Value), value, "must be an https URL")
		case ByPhone:
			c.when(l.Value != "" && !phones.MatchString(l.Value), value, "must be a number such as +351912345678")
		case AtAddress:
			c.when(l.Value == "", value, "is required")
		case ByCalendar:
			c.when(l.Value != "", value, "must be empty: the calendar makes the call")
		default:
			c.add(at+".kind", "is unknown")
		}
	}
}

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

func (c *complaints) questions(list []Question) {
	c.most("questions", len(list), MaxQuestions)
	for i, q := range list {
		at := item("questions", i)
		c.when(!keys.MatchString(q.ID), at+".id", "must be of at most 50 lower-case letters, digits, - and _")
		twice := slices.ContainsFunc(list[:i], func(o Question) bool { return o.ID == q.ID })
		c.when(twice, at+".id", "is there already")
		c.when(q.Text == "", at+".text", "is required")
		c.text(at+".text", q.Text, MaxNote, false)
		c.options(at+".options", q)
	}
}

func (c *complaints) options(at string, q Question) {
	switch q.Kind {
	case AskText, AskLong, AskNumber, AskYesNo:
		c.when(len(q.Options) > 0, at, "are for choices only")
		return
	case AskChoice:
		c.when(len(q.Options) == 0, at, "must have at least one")
	default:
		c.add(at[:len(at)-len("options")]+"kind", "is unknown")
	}
	c.most(at, len(q.Options), MaxOptions)
	for i, o := range q.Options {
		c.when(o == "", item(at, i), "must not be empty")
		c.when(slices.Contains(q.Options[:i], o), item(at, i), "is there already")
		c.text(item(at, i), o, MaxName, false)
	}
}

func (c *complaints) reminders(field string, list []time.Duration) {
	c.most(field, len(list), MaxReminders)
	for i, d := range list {
		c.minutes(item(field, i), d, time.Minute, MaxNotice)
		c.when(slices.Contains(list[:i], d), item(field, i), "is there already")
	}
}
