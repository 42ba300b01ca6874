package scheduling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// names are the fields that an error complains of.
func names(err error) (list []string) {
	for _, f := range frontdesk.Fields(err) {
		list = append(list, f.Name)
	}
	return list
}

func date(s string) scheduling.Date {
	d, err := scheduling.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func goodSchedule() scheduling.Schedule {
	return scheduling.Schedule{
		Expert: "nina", Zone: "Europe/Lisbon",
		Weekly: []scheduling.Window{{Day: 1, Start: 540, End: 720}, {Day: 1, Start: 720, End: 1020}, {Day: 6, Start: 1320, End: 1560}},
		Overrides: []scheduling.Override{
			{From: date("2027-01-01"), To: date("2027-01-01")},
			{From: date("2027-01-01"), To: date("2027-01-05"), Hours: []scheduling.Hours{{Start: 600, End: 720}}},
		},
		Stays: []scheduling.Stay{{From: date("2027-02-01"), To: date("2027-02-10"), Zone: "Asia/Tokyo"}},
	}
}

func TestScheduleValidateNamesTheField(t *testing.T) {
	s := goodSchedule()
	require.NoError(t, s.Validate())
	type window = scheduling.Window
	type hours = scheduling.Hours
	for _, c := range []struct {
		rule  string
		want  string
		spoil func(*scheduling.Schedule)
	}{
		{"an expert is required", "expert", func(s *scheduling.Schedule) { s.Expert = "" }},
		{"a zone is required", "zone", func(s *scheduling.Schedule) { s.Zone = "" }},
		{"the process's zone is none", "zone", func(s *scheduling.Schedule) { s.Zone = "Local" }},
		{"a path is no zone", "zone", func(s *scheduling.Schedule) { s.Zone = "../../etc/passwd" }},
		{"an absolute path is no zone", "zone", func(s *scheduling.Schedule) { s.Zone = "/etc/localtime" }},
		{"an unknown zone is none", "zone", func(s *scheduling.Schedule) { s.Zone = "Europe/Atlantis" }},
		{"a name is short", "name", func(s *scheduling.Schedule) { s.Name = strings.Repeat("x", 201) }},
		{"days are those of the week", "weekly[0].day", func(s *scheduling.Schedule) { s.Weekly[0].Day = 7 }},
		{"a window starts on its day", "weekly[0].start", func(s *scheduling.Schedule) { s.Weekly[0] = window{1, 1440, 1500} }},
		{"a window does not start before its day", "weekly[0].start", func(s *scheduling.Schedule) { s.Weekly[0].Start = -1 }},
		{"a window ends after it starts", "weekly[2].end", func(s *scheduling.Schedule) { s.Weekly[2].End = 1320 }},
		{"a window ends on the next day at the latest", "weekly[2].end", func(s *scheduling.Schedule) { s.Weekly[2].End = 2881 }},
		{"windows of a day do not overlap", "weekly[1]", func(s *scheduling.Schedule) { s.Weekly[1].Start = 719 }},
		{"a window does not run into the next day's", "weekly[3]", func(s *scheduling.Schedule) {
			s.Weekly = append(s.Weekly, window{0, 1320, 1440 + 541})
		}},
		{"Saturday's does not run into Sunday's", "weekly[3]", func(s *scheduling.Schedule) { s.Weekly = append(s.Weekly, window{0, 119, 300}) }},
		{"there are so many windows", "weekly", func(s *scheduling.Schedule) {
			s.Weekly = nil
			for i := range 101 {
				s.Weekly = append(s.Weekly, window{time.Weekday(i % 7), i / 7 * 10, i/7*10 + 5})
			}
		}},
		{"an override does not end before it begins", "overrides[0].to", func(s *scheduling.Schedule) { s.Overrides[0].To = date("2026-12-31") }},
		{"an override has dates", "overrides[0].from", func(s *scheduling.Schedule) { s.Overrides[0].From = scheduling.Date{} }},
		{"dates are of the calendar", "overrides[1].to", func(s *scheduling.Schedule) { s.Overrides[1].To = scheduling.Date{Year: 2027, Month: 2, Day: 30} }},
		{"hours of an override do not overlap", "overrides[1].hours[1]", func(s *scheduling.Schedule) {
			s.Overrides[1].Hours = append(s.Overrides[1].Hours, hours{700, 800})
		}},
		{"hours of an override end after they start", "overrides[1].hours[0].end", func(s *scheduling.Schedule) { s.Overrides[1].Hours[0].End = 600 }},
		{"a stay has a zone", "stays[0].zone", func(s *scheduling.Schedule) { s.Stays[0].Zone = "Local" }},
		{"a stay does not end before it begins", "stays[0].to", func(s *scheduling.Schedule) { s.Stays[0].To = date("2027-01-31") }},
		{"nobody stays in two places", "stays[1]", func(s *scheduling.Schedule) {
			s.Stays = append(s.Stays, scheduling.Stay{From: date("2027-02-10"), To: date("2027-02-11"), Zone: "UTC"})
		}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := goodSchedule()
			c.spoil(&s)
			err := s.Validate()
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Equal(t, []string{c.want}, names(err))
		})
	}
	s.Zone, s.Weekly[0].End, s.Stays[0].Zone = "", 0, ""
	require.Equal(t, []string{"zone", "weekly[0].end", "stays[0].zone"}, names(s.Validate()), "all are told")
}

func goodEventType() scheduling.EventType {
	return scheduling.EventType{
		Owner: "nina", Slug: "first-talk-2", Title: "A first talk",
		Durations: []time.Duration{time.Hour, 30 * time.Minute}, Step: 15 * time.Minute,
		Limits: []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 3}}, Seats: 2,
		Mode: scheduling.RoundRobin, Hosts: []scheduling.Host{{Expert: "nina", Fixed: true}, {Expert: "omar", Weight: 2}},
		Price:  frontdesk.Money{Amount: 4900, Currency: "eur"},
		Prices: map[time.Duration]frontdesk.Money{30 * time.Minute: {Amount: 2900, Currency: "eur"}},
		Policy: scheduling.Policy{Refunds: []scheduling.RefundTier{{Notice: 48 * time.Hour, BasisPoints: 10_000}, {BasisPoints: 5000}}},
		Locations: []scheduling.Location{
			{Kind: scheduling.AtLink, Value: "https://meet.example/nina"}, {Kind: scheduling.ByPhone},
			{Kind: scheduling.ByPhone, Value: "+351912345678"}, {Kind: scheduling.AtAddress, Value: "Rua A 1"}, {Kind: scheduling.ByCalendar},
		},
		Questions: []scheduling.Question{
			{ID: "why", Text: "Why?", Kind: scheduling.AskLong},
			{ID: "how", Text: "How?", Kind: scheduling.AskChoice, Options: []string{"a", "b"}},
		},
		Reminders: []time.Duration{24 * time.Hour, time.Hour},
	}
}

func TestEventTypeValidateNamesTheField(t *testing.T) {
	good := goodEventType()
	require.NoError(t, good.Validate())
	type event = scheduling.EventType
	for _, c := range []struct {
		rule  string
		want  string
		spoil func(*event)
	}{
		{"an owner is required", "owner", func(e *event) { e.Owner = "" }},
		{"a slug has no capitals", "slug", func(e *event) { e.Slug = "First" }},
		{"a slug has no hyphen at its end", "slug", func(e *event) { e.Slug = "first-" }},
		{"a title is required", "title", func(e *event) { e.Title = "" }},
		{"a title is one line", "title", func(e *event) { e.Title = "a\nb" }},
		{"a duration is whole minutes", "durations[1]", func(e *event) { e.Durations[1], e.Prices = 90*time.Second, nil }},
		{"a duration is above zero", "durations[1]", func(e *event) { e.Durations[1], e.Prices = 0, nil }},
		{"a duration is there once", "durations[2]", func(e *event) { e.Durations = append(e.Durations, time.Hour) }},
		{"a step is whole minutes", "step", func(e *event) { e.Step = time.Second }},
		{"a step is not negative", "step", func(e *event) { e.Step = -time.Minute }},
		{"a buffer is at most a day", "before", func(e *event) { e.Before = 25 * time.Hour }},
		{"a buffer is whole minutes", "after", func(e *event) { e.After = time.Millisecond }},
		{"a notice is not negative", "notice", func(e *event) { e.Notice = -time.Hour }},
		{"a hold ends", "hold_for", func(e *event) { e.HoldFor = 8 * 24 * time.Hour }},
		{"an alignment is known", "align", func(e *event) { e.Align = "moon" }},
		{"a horizon is not negative", "horizon.days", func(e *event) { e.Horizon.Days = -1 }},
		{"business days are days", "horizon.business", func(e *event) { e.Horizon.Business = true }},
		{"a horizon is a date", "horizon.until", func(e *event) { e.Horizon.Until = scheduling.Date{Year: 2027, Month: 13, Day: 1} }},
		{"a limit has a period", "limits[0].per", func(e *event) { e.Limits[0].Per = "decade" }},
		{"a limit bounds something", "limits[0]", func(e *event) { e.Limits[0].Meetings = 0 }},
		{"a limit is not negative", "limits[0].meetings", func(e *event) { e.Limits[0].Meetings = -1 }},
		{"seats are not negative", "seats", func(e *event) { e.Seats = -1 }},
		{"a mode is known", "mode", func(e *event) { e.Mode = "chaos" }},
		{"one owner hosts alone", "hosts", func(e *event) { e.Mode = scheduling.One }},
		{"somebody goes around", "hosts", func(e *event) { e.Hosts[1].Fixed = true }},
		{"a host is there once", "hosts[1].expert", func(e *event) { e.Hosts[1].Expert = "nina" }},
		{"a weight is not negative", "hosts[1].weight", func(e *event) { e.Hosts[1].Weight = -1 }},
		{"a price is not negative", "price.amount", func(e *event) { e.Price.Amount = -1 }},
		{"a price has a currency", "price.currency", func(e *event) { e.Price.Currency = "EUR" }},
		{"a price is of a duration", "prices[45m0s]", func(e *event) { e.Prices[45*time.Minute] = e.Price }},
		{"a refund is at most all", "policy.refunds[1].basis_points", func(e *event) { e.Policy.Refunds[1].BasisPoints = 10_001 }},
		{"a refund's notice is there once", "policy.refunds[1].notice", func(e *event) { e.Policy.Refunds[1].Notice = 48 * time.Hour }},
		{"moves are not negative", "policy.max_moves", func(e *event) { e.Policy.MaxMoves = -1 }},
		{"a link is https", "locations[0].value", func(e *event) { e.Locations[0].Value = "http://meet.example/nina" }},
		{"a link is no script", "locations[0].value", func(e *event) { e.Locations[0].Value = "javascript:alert(1)" }},
		{"a number is international", "locations[2].value", func(e *event) { e.Locations[2].Value = "912345678" }},
		{"an address is required", "locations[3].value", func(e *event) { e.Locations[3].Value = "" }},
		{"the calendar says its link", "locations[4].value", func(e *event) { e.Locations[4].Value = "x" }},
		{"a location is of a kind", "locations[4].kind", func(e *event) { e.Locations[4].Kind = "dream" }},
		{"a question's id is there once", "questions[1].id", func(e *event) { e.Questions[1].ID = "why" }},
		{"a question has a text", "questions[0].text", func(e *event) { e.Questions[0].Text = "" }},
		{"a question is of a kind", "questions[0].kind", func(e *event) { e.Questions[0].Kind = "riddle" }},
		{"a choice has options", "questions[1].options", func(e *event) { e.Questions[1].Options = nil }},
		{"an option is there once", "questions[1].options[1]", func(e *event) { e.Questions[1].Options[1] = "a" }},
		{"a text has no options", "questions[0].options", func(e *event) { e.Questions[0].Options = []string{"a"} }},
		{"a reminder is before the start", "reminders[1]", func(e *event) { e.Reminders[1] = 0 }},
	} {
		t.Run(c.rule, func(t *testing.T) {
			e := goodEventType()
			c.spoil(&e)
			err := e.Validate()
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Equal(t, []string{c.want}, names(err))
		})
	}
}

func TestLoadZoneKnowsOnlyNamesOfZones(t *testing.T) {
	for _, bad := range []string{"", "Local", "..", "../zoneinfo/UTC", "/etc/localtime", `C:\zone`, "Europe/../Lisbon", "Nowhere", "Europe/Lisbon\x00"} {
		_, err := scheduling.LoadZone(bad)
		require.ErrorIs(t, err, frontdesk.Invalid, bad)
	}
	l, err := scheduling.LoadZone("Europe/Lisbon")
	require.NoError(t, err)
	require.Equal(t, "Europe/Lisbon", l.String())
}
