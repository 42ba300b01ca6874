package schedulingtest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var calendarChangesRules = []calendarRule{
	{"no token returns all that is not over", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		over := t.add(Appointment{Span: hours(-30, -29)})
		id := t.add(Appointment{Span: hours(9, 10)})
		ref := t.put(calendarEntry("m1@frontdesk", 0, hours(11, 12)))
		set := f.catchUp()
		if !set.All || f.entries[over].ID != "" {
			t.Fatalf("the first set is %+v, want All without what is over", set)
		}
		t.requireSpans([]scheduling.Span{f.entries[id].Busy.Span, f.entries[ref.ID].Busy.Span}, hours(9, 10), hours(11, 12))
		if f.entries[ref.ID].UID != "m1@frontdesk" {
			t.Fatalf("our entry is told as %+v, want its UID", f.entries[ref.ID])
		}
	}},
	{"a token returns what has changed since, and what has gone", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		gone, stays := t.add(Appointment{Span: hours(9, 10)}), t.add(Appointment{Span: hours(10, 11)})
		f.catchUp()
		t.Remove(t.own, gone)
		added := t.add(Appointment{Span: hours(14, 15)})
		set := f.catchUp()
		if set.All || len(set.Entries) != 2 || f.entries[gone].ID != "" || f.entries[added].ID == "" || f.entries[stays].ID == "" {
			t.Fatalf("the second set is %+v, want one removal and one addition", set)
		}
		if set = f.catchUp(); set.All || len(set.Entries) != 0 {
			t.Fatalf("nothing has changed, and the third set is %+v", set)
		}
	}},
	{"moving and deleting meetings of ours are changes of the same ID", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		ref := t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		f.catchUp()
		t.put(calendarEntry("m1@frontdesk", 1, hours(14, 15)))
		f.catchUp()
		t.requireSpans([]scheduling.Span{f.entries[ref.ID].Busy.Span}, hours(14, 15))
		if err := t.Calendar.Delete(t.ctx, t.own, "m1@frontdesk"); err != nil {
			t.Fatal(err)
		}
		f.catchUp()
		if len(f.entries) != 0 {
			t.Fatalf("after the deletion there are %+v", f.entries)
		}
	}},
	{"what blocks nothing is told with an empty span, and whole days as such", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		free := t.add(Appointment{Span: hours(9, 10), Transparent: true})
		day := t.add(Appointment{First: date(2027, time.June, 1), End: date(2027, time.June, 2)})
		f.catchUp()
		if e := f.entries[free]; e.ID == "" || !e.Busy.Empty() || e.ZoneDay {
			t.Fatalf("what is transparent is told as %+v", e)
		}
		if e := f.entries[day]; !e.ZoneDay {
			t.Fatalf("a whole day is told as %+v", e)
		}
		t.requireSpans([]scheduling.Span{f.entries[day].Busy.Span}, hours(4, 28))
	}},
	{"a token that is forgotten, or never was one, returns all", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		t.add(Appointment{Span: hours(9, 10)})
		f.catchUp()
		f.token = "no token at all"
		if set := f.catchUp(); !set.All || len(set.Entries) != 1 {
			t.Fatalf("the set is %+v, want All", set)
		}
		if t.ForgetTokens == nil {
			return
		}
		t.ForgetTokens()
		if set := f.catchUp(); !set.All || len(set.Entries) != 1 {
			t.Fatalf("the set is %+v, want All", set)
		}
		if set := f.catchUp(); set.All {
			t.Fatalf("the token after that is not good: %+v", set)
		}
	}},
	{"a calendar that is not there is NotFound", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		_, err := f.changes.Changes(t.ctx, "nobody@example.com", "", calendarNow)
		t.requireCode(frontdesk.NotFound, err)
	}},
	{"after any changes, who follows them has what a full list has", func(t *calendarTest) {
		f := t.follow()
		if f == nil {
			return
		}
		random := rand.New(rand.NewPCG(7, 11))
		for range 60 {
			for range random.IntN(5) {
				t.stir(random)
			}
			if t.ForgetTokens != nil && random.IntN(15) == 0 {
				t.ForgetTokens()
			}
			f.catchUp()
			full := t.follow()
			full.catchUp()
			if !maps.Equal(f.live(), full.live()) {
				t.Fatalf("who followed has\n%+v, and a full list\n%+v", f.live(), full.live())
			}
		}
	}},
}

// stir makes one random change: ours or by hand.
func (t *calendarTest) stir(random *rand.Rand) {
	t.Helper()
	start := float64(random.IntN(200))
	span := hours(start, start+1+float64(random.IntN(3)))
	uid := "m" + strconv.Itoa(random.IntN(6))
	switch random.IntN(6) {
	case 0, 1:
		t.put(calendarEntry(uid, random.IntN(4), span))
	case 2:
		if err := t.Calendar.Delete(t.ctx, t.own, uid); err != nil {
			t.Fatal(err)
		}
	case 3:
		t.add(Appointment{Span: span, Transparent: random.IntN(3) == 0, Tentative: random.IntN(3) == 0})
	case 4:
		t.add(Appointment{First: date(2027, time.June, 1+random.IntN(5)), End: date(2027, time.June, 7)})
	case 5:
		f := t.follow()
		f.catchUp()
		for _, id := range slices.Sorted(maps.Keys(f.entries)) {
			t.Remove(t.own, id)
			return
		}
	}
}

// calendarFollower knows a calendar from its changes.
type calendarFollower struct {
	t       *calendarTest
	changes scheduling.Changes
	token   string
	entries map[string]scheduling.CalendarEntry
}

// follow begins to follow the calendar; nil when it tells no changes.
func (t *calendarTest) follow() *calendarFollower {
	changes, can := t.Calendar.(scheduling.Changes)
	if !can {
		return nil
	}
	return &calendarFollower{t: t, changes: changes, entries: map[string]scheduling.CalendarEntry{}}
}

// catchUp takes over what has changed.
func (f *calendarFollower) catchUp() *scheduling.ChangeSet {
	f.t.Helper()
	set, err := f.changes.Changes(f.t.ctx, f.t.own, f.token, calendarNow)
	if err != nil {
		f.t.Fatalf("Changes failed: %v", err)
	}
	if set.Next == "" {
		f.t.Fatal("Changes returned no next token")
	}
	if set.All {
		clear(f.entries)
	}
	for _, e := range set.Entries {
		f.entries[e.ID] = e
		if e.Removed {
			delete(f.entries, e.ID)
		}
	}
	f.token = set.Next
	return set
}

// live are the entries that are busy and not over, with the times as text.
func (f *calendarFollower) live() map[string]string {
	all := map[string]string{}
	for id, e := range f.entries {
		if e.Busy.End.After(calendarNow) {
			all[id] = e.UID + " " + string(e.Busy.Kind) + " " + e.Busy.Start.UTC().String() + " " + e.Busy.End.UTC().String()
		}
	}
	return all
}
