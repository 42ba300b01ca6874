package schedulingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var settingsRules = []storeRule{
	{"Settings come back as they were saved, with the next revision", checkSettings},
	{"Settings that somebody else has saved meanwhile are not overwritten", checkSettingsRevision},
}

func newSettings() scheduling.Settings {
	return scheduling.Settings{
		Expert: "nina", Name: "Nina Ñ 😀", Email: "nina@example.com", Zone: "Europe/Lisbon", Locale: "pt-PT", WeekStart: time.Monday, Schedule: "s1",
		Calendars: []scheduling.CalendarRef{{ID: "nina@example.com", Kind: "google", Busy: true, Write: true}},
		Reminders: []time.Duration{24 * time.Hour, time.Hour}, Feed: 3, UpdatedAt: noon,
	}
}

func checkSettings(t *storeTest) {
	_, err := t.store.Settings(t.ctx, "nina")
	t.refused(err, frontdesk.NotFound, "there are none")
	in := newSettings()
	in.UpdatedAt = india
	saved, err := t.store.SaveSettings(t.ctx, in)
	t.need(err, "SaveSettings")
	want := newSettings()
	want.Revision = 1
	prints(t, "what was saved", *saved, want, "it is returned with the next revision")
	got, err := t.store.Settings(t.ctx, "nina")
	t.need(err, "Settings")
	prints(t, "what is stored", *got, want, "all of it is kept")
	got.Calendars[0].ID, got.Name, got.Reminders = "changed", "N", []time.Duration{}
	again, err := t.store.Settings(t.ctx, "nina")
	t.need(err, "Settings")
	prints(t, "what is stored", *again, want, "what is returned is the caller's")
	got.Calendars = nil
	saved, err = t.store.SaveSettings(t.ctx, *got)
	t.need(err, "SaveSettings")
	got.Revision = 2
	prints(t, "what is stored", *saved, *got, "an empty list is not none")
}

func checkSettingsRevision(t *storeTest) {
	s := newSettings()
	for _, revision := range []int{1, 7} {
		s.Revision = revision
		_, err := t.store.SaveSettings(t.ctx, s)
		t.refused(err, frontdesk.Aborted, "there are none with a revision")
	}
	s.Revision = 0
	for range 3 {
		saved, err := t.store.SaveSettings(t.ctx, s)
		t.need(err, "SaveSettings")
		s = *saved
	}
	for _, stale := range []int{0, 1, 2, 4} {
		s.Revision = stale
		_, err := t.store.SaveSettings(t.ctx, s)
		t.refused(err, frontdesk.Aborted, "the stored revision is 3")
	}
}

var scheduleRules = []storeRule{
	{"A schedule comes back as it was saved, with the next revision", checkSchedule},
	{"A schedule that somebody else has saved meanwhile is not overwritten", checkScheduleRevision},
	{"Schedules are listed by id, of those experts only", checkSchedules},
	{"A schedule that is named is not deleted", checkScheduleNamed},
}

func newSchedule(id, expert string) scheduling.Schedule {
	return scheduling.Schedule{
		ID: id, Expert: expert, Name: "Büro", Zone: "Europe/Berlin",
		Weekly: []scheduling.Window{{Day: time.Friday, Start: 1320, End: 1560}},
		Overrides: []scheduling.Override{{
			From: scheduling.Date{Year: 2027, Month: 3, Day: 1}, To: scheduling.Date{Year: 2027, Month: 3, Day: 2},
			Hours: []scheduling.Hours{{Start: 600, End: 700}}, Note: "Messe",
		}},
		Stays:     []scheduling.Stay{{From: scheduling.Date{Year: 2027, Month: 5, Day: 1}, To: scheduling.Date{Year: 2027, Month: 5, Day: 9}, Zone: "Asia/Tokyo"}},
		UpdatedAt: noon,
	}
}

func checkSchedule(t *storeTest) {
	_, err := t.store.Schedule(t.ctx, "s1")
	t.refused(err, frontdesk.NotFound, "there is none")
	in := newSchedule("s1", "nina")
	in.UpdatedAt = india
	saved, err := t.store.SaveSchedule(t.ctx, in)
	t.need(err, "SaveSchedule")
	want := newSchedule("s1", "nina")
	want.Revision = 1
	prints(t, "what was saved", *saved, want, "it is returned with the next revision")
	saved.Overrides[0].Hours[0].Start, saved.Weekly[0].Start = 1, 1
	got, err := t.store.Schedule(t.ctx, "s1")
	t.need(err, "Schedule")
	prints(t, "what is stored", *got, want, "what is returned is the caller's")
	t.need(t.store.DeleteSchedule(t.ctx, "s1"), "DeleteSchedule")
	t.refused(t.store.DeleteSchedule(t.ctx, "s1"), frontdesk.NotFound, "it is gone")
}

func checkScheduleRevision(t *storeTest) {
	s := newSchedule("s1", "nina")
	saved, err := t.store.SaveSchedule(t.ctx, s)
	t.need(err, "SaveSchedule")
	_, err = t.store.SaveSchedule(t.ctx, s)
	t.refused(err, frontdesk.Aborted, "there is one by now")
	_, err = t.store.SaveSchedule(t.ctx, *saved)
	t.need(err, "SaveSchedule of what is stored")
	_, err = t.store.SaveSchedule(t.ctx, *saved)
	t.refused(err, frontdesk.Aborted, "it was saved meanwhile")
}

func checkSchedules(t *storeTest) {
	for _, s := range []scheduling.Schedule{newSchedule("s2", "nina"), newSchedule("s3", "omar"), newSchedule("s1", "nina"), newSchedule("s0", "paul")} {
		_, err := t.store.SaveSchedule(t.ctx, s)
		t.need(err, "SaveSchedule")
	}
	for _, c := range []struct {
		experts []string
		want    string
	}{{nil, ""}, {[]string{"nina"}, "s1 s2 "}, {[]string{"omar", "nina", "nobody"}, "s1 s2 s3 "}} {
		all, err := t.store.Schedules(t.ctx, c.experts...)
		t.need(err, "Schedules")
		got := ""
		for _, s := range all {
			got += s.ID + " "
		}
		equals(t, "the schedules", got, c.want, "those of the experts, by id")
	}
}

func checkScheduleNamed(t *storeTest) {
	for _, id := range []string{"s1", "s2", "s3"} {
		_, err := t.store.SaveSchedule(t.ctx, newSchedule(id, "nina"))
		t.need(err, "SaveSchedule")
	}
	settings, err := t.store.SaveSettings(t.ctx, newSettings())
	t.need(err, "SaveSettings")
	e := newEventType("e1", "nina")
	e.Schedule, e.Hosts[0].Schedule = "s2", "s3"
	_, err = t.store.SaveEventType(t.ctx, e)
	t.need(err, "SaveEventType")
	for id, by := range map[string]string{"s1": "settings", "s2": "an event type", "s3": "a host of an event type"} {
		t.refused(t.store.DeleteSchedule(t.ctx, id), frontdesk.FailedPrecondition, by+" names it")
		_, err = t.store.Schedule(t.ctx, id)
		t.need(err, "Schedule after it was not deleted")
	}
	settings.Schedule = ""
	_, err = t.store.SaveSettings(t.ctx, *settings)
	t.need(err, "SaveSettings")
	t.need(t.store.DeleteEventType(t.ctx, "e1"), "DeleteEventType")
	for _, id := range []string{"s1", "s2", "s3"} {
		t.need(t.store.DeleteSchedule(t.ctx, id), "DeleteSchedule of what nobody names any more")
	}
}

var eventTypeRules = []storeRule{
	{"An event type comes back as it was saved, with the next revision", checkEventType},
	{"An event type that somebody else has saved meanwhile is not overwritten", checkEventTypeRevision},
	{"A slug is one of the owner's event types", checkSlug},
	{"Event types are listed by owner, order and id", checkEventTypes},
	{"Event types are put in order all together", checkOrder},
}

func newEventType(id, owner string) scheduling.EventType {
	eur := func(n int64) frontdesk.Money { return frontdesk.Money{Amount: n, Currency: "eur"} }
	return scheduling.EventType{
		ID: id, Owner: owner, Slug: "slug-" + id, Title: "Erstgespräch", Description: "…", Schedule: "s1",
		Durations: []time.Duration{30 * time.Minute, time.Hour}, Step: 15 * time.Minute, Align: scheduling.AlignClock,
		Before: 5 * time.Minute, After: 10 * time.Minute, Notice: time.Hour,
		Horizon: scheduling.Horizon{Days: 5, Business: true, Until: scheduling.Date{Year: 2028, Month: 1, Day: 31}},
		Limits:  []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 3, Time: 2 * time.Hour}}, Seats: 4,
		Mode: scheduling.RoundRobin, Hosts: []scheduling.Host{{Expert: "omar", Fixed: true, Weight: 2}},
		Price: eur(4900), Prices: map[time.Duration]frontdesk.Money{time.Hour: eur(9000)}, Confirm: true, HoldFor: time.Minute,
		Policy: scheduling.Policy{CancelNotice: time.Hour, MoveNotice: 2 * time.Hour, MaxMoves: 2,
			Refunds: []scheduling.RefundTier{{Notice: time.Hour, BasisPoints: 5000}}},
		Locations: []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://example.com"}},
		Questions: []scheduling.Question{{ID: "q", Text: "?", Kind: scheduling.AskChoice, Options: []string{"a", "b"}, Required: true}},
		Active:    true, Order: 3, CreatedAt: noon, UpdatedAt: noon.Add(time.Second),
	}
}

func checkEventType(t *storeTest) {
	_, err := t.store.EventType(t.ctx, "e1")
	t.refused(err, frontdesk.NotFound, "there is none")
	in := newEventType("e1", "nina")
	in.CreatedAt = india
	saved, err := t.store.SaveEventType(t.ctx, in)
	t.need(err, "SaveEventType")
	want := newEventType("e1", "nina")
	want.Revision = 1
	prints(t, "what was saved", *saved, want, "it is returned with the next revision")
	saved.Questions[0].Options[0], saved.Prices[time.Hour], saved.Hosts[0].Expert = "x", frontdesk.Money{}, "x"
	got, err := t.store.EventType(t.ctx, "e1")
	t.need(err, "EventType")
	prints(t, "what is stored", *got, want, "what is returned is the caller's")
	got.Reminders = []time.Duration{}
	saved, err = t.store.SaveEventType(t.ctx, *got)
	t.need(err, "SaveEventType")
	equals(t, "whether there are no reminders", saved.Reminders != nil, true, "no reminders are not the expert's")
	t.need(t.store.DeleteEventType(t.ctx, "e1"), "DeleteEventType")
	t.refused(t.store.DeleteEventType(t.ctx, "e1"), frontdesk.NotFound, "it is gone")
}

func checkEventTypeRevision(t *storeTest) {
	e := newEventType("e1", "nina")
	saved, err := t.store.SaveEventType(t.ctx, e)
	t.need(err, "SaveEventType")
	_, err = t.store.SaveEventType(t.ctx, e)
	t.refused(err, frontdesk.Aborted, "there is one by now")
	_, err = t.store.SaveEventType(t.ctx, *saved)
	t.need(err, "SaveEventType of what is stored")
	_, err = t.store.SaveEventType(t.ctx, *saved)
	t.refused(err, frontdesk.Aborted, "it was saved meanwhile")
}

func checkSlug(t *storeTest) {
	_, err := t.store.SaveEventType(t.ctx, newEventType("e1", "nina"))
	t.need(err, "SaveEventType")
	second := newEventType("e2", "nina")
	second.Slug = "slug-e1"
	t.slugRefused(second)
	second.Slug = "slug-e2"
	saved, err := t.store.SaveEventType(t.ctx, second)
	t.need(err, "SaveEventType with a slug of its own")
	saved.Slug = "slug-e1"
	t.slugRefused(*saved)
	second.ID, second.Owner, second.Slug = "e3", "omar", "slug-e1"
	_, err = t.store.SaveEventType(t.ctx, second)
	t.need(err, "SaveEventType of somebody else with the slug")
}

func (t *storeTest) slugRefused(e scheduling.EventType) {
	t.Helper()
	_, err := t.store.SaveEventType(t.ctx, e)
	t.refused(err, frontdesk.AlreadyExists, "the slug is that of another")
	if fields := frontdesk.Fields(err); len(fields) != 1 || fields[0].Name != "slug" {
		t.Errorf("the fields are %v, want the slug: the field is named", fields)
	}
}

// typesOf are the ids and places of the owners' event types.
func (t *storeTest) typesOf(owners ...string) (list []any) {
	t.Helper()
	all, err := t.store.EventTypes(t.ctx, owners...)
	t.need(err, "EventTypes")
	for _, e := range all {
		list = append(list, e.ID, e.Order)
	}
	return list
}

func checkEventTypes(t *storeTest) {
	for i, id := range []string{"e4", "e3", "e2", "e1"} {
		e := newEventType(id, []string{"omar", "nina", "nina", "nina"}[i])
		e.Order = []int{0, 1, 0, 1}[i]
		_, err := t.store.SaveEventType(t.ctx, e)
		t.need(err, "SaveEventType")
	}
	prints(t, "all", t.typesOf(), []any{"e2", 0, "e1", 1, "e3", 1, "e4", 0}, "by owner, order and id")
	prints(t, "those of omar", t.typesOf("omar", "nobody"), []any{"e4", 0}, "of those owners only")
}

func checkOrder(t *storeTest) {
	for _, id := range []string{"e1", "e2", "e3"} {
		_, err := t.store.SaveEventType(t.ctx, newEventType(id, "nina"))
		t.need(err, "SaveEventType")
	}
	_, err := t.store.SaveEventType(t.ctx, newEventType("e4", "omar"))
	t.need(err, "SaveEventType")
	for _, ids := range [][]string{nil, {"e1", "e2"}, {"e1", "e2", "e4"}, {"e1", "e2", "e2"}, {"e1", "e2", "e3", "e4"}} {
		t.refused(t.store.OrderEventTypes(t.ctx, "nina", ids), frontdesk.FailedPrecondition, "all of the owner's must be there")
	}
	prints(t, "the order", t.typesOf("nina"), []any{"e1", 3, "e2", 3, "e3", 3}, "what was refused changes nothing")
	t.need(t.store.OrderEventTypes(t.ctx, "nina", []string{"e3", "e1", "e2"}), "OrderEventTypes")
	prints(t, "the order", t.typesOf("nina"), []any{"e3", 0, "e1", 1, "e2", 2}, "it is the place in the list")
	prints(t, "omar's", t.typesOf("omar"), []any{"e4", 3}, "others keep theirs")
}
