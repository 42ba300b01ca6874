package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// demoAgenda is how an expert of the demo meets people.
type demoAgenda struct {
	expert, zone string
	weekly       []scheduling.Window
	offers       []scheduling.EventType
}

// weekdayHours are the same hours from Monday to Friday.
func weekdayHours(hours ...scheduling.Hours) (all []scheduling.Window) {
	for d := time.Monday; d <= time.Friday; d++ {
		for _, h := range hours {
			all = append(all, scheduling.Window{Day: d, Start: h.Start, End: h.End})
		}
	}
	return all
}

var demoAgendas = []demoAgenda{
	{"nina", "Europe/Lisbon", weekdayHours(scheduling.Hours{Start: 9 * 60, End: 17 * 60}), []scheduling.EventType{
		{
			Slug: "consultation", Title: "Consultation", Description: "An hour about what you are working on.",
			Durations: []time.Duration{time.Hour}, Horizon: scheduling.Horizon{Days: 730},
			Price: frontdesk.Money{Amount: 12000, Currency: "eur"}, Policy: demoPolicy,
			Locations: []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://meet.example/nina"}},
		},
		{
			Slug: "intro", Title: "Introduction", Description: "Half an hour to get to know each other.",
			Durations: []time.Duration{30 * time.Minute}, After: 15 * time.Minute, Notice: 4 * time.Hour,
			Locations: []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://meet.example/nina"}, {Kind: scheduling.ByPhone}},
			Questions: []scheduling.Question{{ID: "topic", Text: "What would you like to talk about?", Kind: scheduling.AskLong}},
		},
	}},
	{"omar", "Africa/Cairo", append(weekdayHours(scheduling.Hours{Start: 10 * 60, End: 13 * 60}, scheduling.Hours{Start: 14 * 60, End: 18 * 60}),
		scheduling.Window{Day: time.Sunday, Start: 10 * 60, End: 14 * 60}), []scheduling.EventType{
		{
			Slug: "review", Title: "Campaign review", Description: "We go through your campaigns together.",
			Durations: []time.Duration{45 * time.Minute, 90 * time.Minute}, Step: 30 * time.Minute, Align: scheduling.AlignClock,
			Before: 10 * time.Minute, After: 10 * time.Minute, Notice: 12 * time.Hour,
			Price:  frontdesk.Money{Amount: 9000, Currency: "eur"},
			Prices: map[time.Duration]frontdesk.Money{90 * time.Minute: {Amount: 16000, Currency: "eur"}},
			Policy: demoPolicy,
		},
		{
			Slug: "call", Title: "First call", Description: "A quarter of an hour, which Omar confirms.",
			Durations: []time.Duration{15 * time.Minute}, Notice: 2 * time.Hour, Confirm: true,
			Locations: []scheduling.Location{{Kind: scheduling.ByPhone}},
		},
	}},
}

// demoPolicy gives all back a day before, and half until two hours before.
var demoPolicy = scheduling.Policy{MoveNotice: 2 * time.Hour, Refunds: []scheduling.RefundTier{
	{Notice: 24 * time.Hour, BasisPoints: 10_000}, {Notice: 2 * time.Hour, BasisPoints: 5_000},
}}

// demoMeetings are those that the demo begins with: so many days from its first start, at the first time that is free.
var demoMeetings = []struct {
	key, expert, slug, client string
	days                      int
}{
	{"demo/first", "nina", "intro", "acme", 3},
	{"demo/second", "omar", "call", "acme", 8},
	{"demo/third", "nina", "intro", "acme", 20},
	{"demo/other", "nina", "intro", "globex", 6},
}

// seedMeetings gives the demo's experts and clients what they do not have yet. It is no news to anybody.
func (p *portal) seedMeetings(ctx context.Context, st scheduling.Store) error {
	ctx = asPortal(ctx)
	quiet, err := scheduling.New(st, &scheduling.Options{Clock: p.now, Logger: p.log})
	if err != nil {
		return err
	}
	for _, a := range demoAgendas {
		known, err := quiet.Settings(ctx, a.expert)
		if err != nil && !errors.Is(err, frontdesk.NotFound) {
			return err
		}
		if known != nil {
			continue
		}
		if err := p.seedAgenda(ctx, quiet, st, a); err != nil {
			return err
		}
	}
	return p.seedBookings(ctx, quiet, st)
}

// seedAgenda ends with the settings, by which the next start sees that nothing is missing. The
// ids of event types are their slugs, so that people can try them by hand.
func (p *portal) seedAgenda(ctx context.Context, quiet *scheduling.Service, st scheduling.Store, a demoAgenda) error {
	who, _ := p.people.find(string(frontdesk.RoleExpert) + ":" + a.expert)
	hours, err := seedSchedule(ctx, quiet, a)
	if err != nil {
		return err
	}
	there, err := quiet.EventTypes(ctx, a.expert)
	if err != nil {
		return err
	}
	for i, t := range a.offers {
		if slices.ContainsFunc(there, func(o scheduling.EventType) bool { return o.Slug == t.Slug }) {
			continue
		}
		t.ID, t.Owner, t.Schedule, t.Active, t.Order = t.Slug, a.expert, hours.ID, true, i
		t.CreatedAt, t.UpdatedAt = p.now(), p.now()
		if err := t.Validate(); err != nil {
			return err
		}
		if _, err := st.SaveEventType(ctx, t); err != nil && !errors.Is(err, frontdesk.Aborted) {
			return err
		}
	}
	_, err = quiet.SaveSettings(ctx, scheduling.Settings{
		Expert: a.expert, Name: who.Name, Email: who.email(), Zone: a.zone, WeekStart: time.Monday, Schedule: hours.ID,
		Reminders: []time.Duration{24 * time.Hour},
	})
	if errors.Is(err, frontdesk.Aborted) {
		return nil // another process was faster
	}
	return err
}

func seedSchedule(ctx context.Context, quiet *scheduling.Service, a demoAgenda) (*scheduling.Schedule, error) {
	there, err := quiet.Schedules(ctx, a.expert)
	if err != nil || len(there) > 0 {
		return first(there), err
	}
	return quiet.SaveSchedule(ctx, scheduling.Schedule{Expert: a.expert, Name: "Working hours", Zone: a.zone, Weekly: a.weekly})
}

func first[T any](all []T) *T {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

func (p *portal) seedBookings(ctx context.Context, quiet *scheduling.Service, st scheduling.Store) error {
	for _, d := range demoMeetings {
		_, err := st.MeetingByKey(ctx, string(frontdesk.RoleSystem)+"/portal/"+d.key)
		if err == nil {
			continue
		}
		if !errors.Is(err, frontdesk.NotFound) {
			return err
		}
		if err := p.seedBooking(ctx, quiet, d.key, d.expert, d.slug, d.client, d.days); err != nil {
			return err
		}
	}
	return quiet.Drain(ctx)
}

func (p *portal) seedBooking(ctx context.Context, quiet *scheduling.Service, key, expert, slug, client string, days int) error {
	t, err := offered(ctx, quiet, expert, slug)
	if err != nil {
		return err
	}
	free, err := quiet.Search(ctx, scheduling.Search{EventType: t.ID, From: p.now().Add(time.Duration(days) * day), Limit: 1})
	if err != nil || len(free.Slots) == 0 {
		return err
	}
	who, _ := p.people.find(string(frontdesk.RoleClient) + ":" + client)
	_, err = quiet.Book(ctx, scheduling.Request{
		EventType: t.ID, Start: free.Slots[0].Start, Client: client, Key: key, Guest: who.guest(),
	})
	if errors.Is(err, frontdesk.AlreadyExists) || errors.Is(err, frontdesk.FailedPrecondition) {
		return nil // another process was faster
	}
	return err
}

// guest is the person as somebody who comes to meetings.
func (p person) guest() scheduling.Guest {
	return scheduling.Guest{Name: p.Contact, Email: p.email(), Zone: p.Zone, Locale: string(p.Language)}
}

// offered is what the expert offers under the slug.
func offered(ctx context.Context, sched *scheduling.Service, expert, slug string) (*scheduling.EventType, error) {
	all, err := sched.EventTypes(ctx, expert)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Slug == slug {
			return &all[i], nil
		}
	}
	return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such event type")
}
