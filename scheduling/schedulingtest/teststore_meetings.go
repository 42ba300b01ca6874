package schedulingtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var meetingRules = []storeRule{
	{"A meeting comes back as it was added, by its id, its bookings and their keys", checkMeetingWhole},
	{"A meeting whose booking has a known key is the one that is there", checkKey},
	{"A known key counts before a taken slot", checkKeyFirst},
	{"A change gives the meeting and stores all that is left of it", checkChangeWhole},
	{"A change keeps the id, the event type and the time of creation", checkChangeKeeps},
	{"The error of a change comes out as it is, and nothing is stored", checkChangeFails},
	{"A change adds bookings and leaves none out", checkChangeBookings},
	{"A booking that a change adds has a key of its own", checkChangeKey},
	{"A function that runs twice does no harm", checkChangeTwice},
	{"What is not there is not found", checkNoMeeting},
	{"Text of any kind is kept or replaced, and does no harm", checkMeetingText},
}

// fullMeeting has something in each field.
func fullMeeting() scheduling.Meeting {
	m := newMeeting(1, "nina", "omar")
	m.Before, m.After, m.ExpiresAt, m.Seats, m.Sequence = 5*time.Minute, 10*time.Minute, noon.Add(time.Hour), 3, 4
	m.Location, m.JoinURL = scheduling.Location{Kind: scheduling.AtAddress, Value: "Straße 1"}, "https://meet.example.com/x"
	m.Notes, m.Series = "olá 😀 '\"\\", "series1"
	m.Bookings = append(m.Bookings, newBooking(1, 1))
	b := &m.Bookings[0]
	b.Guest = scheduling.Guest{Name: "Ada Ł", Email: "ada@example.com", Phone: "+49301", Zone: "Europe/Berlin", Locale: "de"}
	b.Seats, b.Status, b.ExpiresAt, b.Key = 2, scheduling.StatusPending, noon.Add(time.Minute), "client acme/key 1"
	b.Price = frontdesk.Money{Amount: 4900, Currency: "eur"}
	b.Payment = scheduling.Payment{State: scheduling.PaymentRefunding, ID: "pi_1", Paid: b.Price, PaidAt: noon, Refunded: frontdesk.Money{Amount: 1, Currency: "eur"}}
	b.Answers, b.Moves, b.Pack, b.Reason = map[string]string{"q": "a"}, 2, "p1", "ill"
	b.EndedBy, b.MovedTo, b.Override = scheduling.By{ID: "grace", Role: frontdesk.RoleAdmin}, "b9", true
	b.UpdatedAt = noon.Add(time.Second)
	return m
}

// zoned is the meeting with times in a zone that the store must not keep.
func zoned(m scheduling.Meeting) scheduling.Meeting {
	zone := india.Location()
	m.Start, m.End, m.ExpiresAt, m.CreatedAt, m.UpdatedAt = m.Start.In(zone), m.End.In(zone), m.ExpiresAt.In(zone), m.CreatedAt.In(zone), m.UpdatedAt.In(zone)
	bookings := m.Bookings
	m.Bookings = nil
	for _, b := range bookings {
		b.ExpiresAt, b.Payment.PaidAt, b.CreatedAt, b.UpdatedAt = b.ExpiresAt.In(zone), b.Payment.PaidAt.In(zone), b.CreatedAt.In(zone), b.UpdatedAt.In(zone)
		m.Bookings = append(m.Bookings, b)
	}
	return m
}

func checkMeetingWhole(t *storeTest) {
	want := fullMeeting()
	in := zoned(fullMeeting())
	in.Bookings[0], in.Bookings[1] = in.Bookings[1], in.Bookings[0]
	prints(t, "what is returned", *t.add(in), want, "all of it is kept, bookings by rising id")
	t.add(newMeeting(2, "paul"))
	byBooking, err := t.store.MeetingOf(t.ctx, "b0001-01")
	t.need(err, "MeetingOf")
	prints(t, "the meeting of a booking", *byBooking, want, "all of it is there")
	byKey, err := t.store.MeetingByKey(t.ctx, "client acme/key 1")
	t.need(err, "MeetingByKey")
	prints(t, "the meeting by a key", *byKey, want, "all of it is there")
	byKey.Hosts[0], byKey.Bookings[0].Answers["q"], byKey.Bookings[1].Reason = "x", "x", "x"
	prints(t, "what is stored", *t.meeting("m0001"), want, "what is returned is the caller's")
	bare := newMeeting(3, "quinn")
	bare.Bookings = nil
	prints(t, "a meeting without bookings", *t.add(bare), bare, "nobody has to come")
}

func (t *storeTest) withKey(n int, key string) scheduling.Meeting {
	m := from(newMeeting(n), at(10+n, 0), at(11+n, 0))
	m.Bookings[0].Key = key
	return m
}

func checkKey(t *storeTest) {
	first := t.add(t.withKey(1, "key"))
	there, added, err := t.store.AddMeeting(t.ctx, t.withKey(2, "key"), noon)
	t.need(err, "AddMeeting with a known key")
	equals(t, "whether it was added", added, false, "the key is known")
	prints(t, "what is returned", *there, *first, "it is the meeting of the key")
	t.none("m0002")
	t.add(t.withKey(3, "another key"))
	t.add(t.withKey(4, ""))
	t.add(t.withKey(5, ""))
	t.change("m0001", cancel)
	there, added, err = t.store.AddMeeting(t.ctx, t.withKey(1, "key"), noon)
	t.need(err, "AddMeeting with the key of what was cancelled")
	prints(t, "what is returned", []any{there.Status, added}, []any{scheduling.StatusCancelled, false}, "a key stays known")
}

func checkKeyFirst(t *storeTest) {
	m := newMeeting(1)
	m.Bookings[0].Key = "key"
	t.add(m)
	m.ID, m.Bookings = "m0002", []scheduling.Booking{newBooking(2, 0)}
	m.Bookings[0].Key = "key"
	there, added, err := t.store.AddMeeting(t.ctx, m, noon)
	t.need(err, "AddMeeting that is repeated")
	prints(t, "what is returned", []any{there.ID, added}, []any{"m0001", false}, "it is what the first call made")
}

func checkChangeWhole(t *storeTest) {
	t.add(newMeeting(1, "nina"))
	want := fullMeeting()
	got := t.change("m0001", func(m *scheduling.Meeting) {
		prints(t, "what is given", *m, newMeeting(1, "nina"), "it is the meeting as it is")
		*m = zoned(fullMeeting())
		m.CreatedAt = noon
	})
	prints(t, "what is returned", *got, want, "all that is left of it is stored")
	prints(t, "what is stored", *t.meeting("m0001"), want, "all that is left of it is stored")
}

func checkChangeKeeps(t *storeTest) {
	t.add(newMeeting(1))
	got := t.change("m0001", func(m *scheduling.Meeting) { m.ID, m.EventType, m.CreatedAt, m.Title = "x", "x", time.Time{}, "new" })
	prints(t, "the meeting", []any{got.ID, got.EventType, got.Title}, []any{"m0001", "e1", "new"}, "they stay")
	t.moment("CreatedAt", got.CreatedAt, noon)
	t.none("x")
}

func checkChangeFails(t *storeTest) {
	want := *t.add(newMeeting(1))
	_, err := t.store.ChangeMeeting(t.ctx, "m0001", noon, func(m *scheduling.Meeting) error {
		m.Title, m.Bookings[0].Reason, m.Hosts[0] = "changed", "changed", "changed"
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("ChangeMeeting returned %v, want the error of the function", err)
	}
	prints(t, "what is stored", *t.meeting("m0001"), want, "nothing is stored")
	_, err = t.store.ChangeMeeting(t.ctx, "none", noon, func(*scheduling.Meeting) error { t.Error("the function ran without a meeting"); return nil })
	t.refused(err, frontdesk.NotFound, "there is none")
}

func checkChangeBookings(t *storeTest) {
	m := newMeeting(1)
	m.Seats = 3
	t.add(m)
	got := t.change("m0001", func(m *scheduling.Meeting) {
		b := newBooking(1, 5)
		b.Meeting, b.Key, b.Client = "", "k5", "globex"
		m.Bookings = append([]scheduling.Booking{b}, m.Bookings...)
		m.Bookings[1].Reason = "changed"
	})
	prints(t, "the bookings", []any{got.Bookings[0].ID, got.Bookings[0].Reason, got.Bookings[1].ID, got.Bookings[1].Meeting, got.Bookings[1].Client},
		[]any{"b0001-00", "changed", "b0001-05", "m0001", "globex"}, "they are stored by rising id")
	of, err := t.store.MeetingByKey(t.ctx, "k5")
	t.need(err, "MeetingByKey of a new booking")
	equals(t, "its meeting", of.ID, "m0001", "it is in it")
	_, err = t.alter("m0001", func(m *scheduling.Meeting) { m.Title, m.Bookings = "x", m.Bookings[1:] })
	t.refused(err, frontdesk.Internal, "a booking was left out")
	prints(t, "what is stored", *t.meeting("m0001"), *got, "nothing is stored")
}

func checkChangeKey(t *storeTest) {
	t.add(t.withKey(1, "key"))
	t.add(t.withKey(2, ""))
	_, err := t.alter("m0002", func(m *scheduling.Meeting) {
		b := newBooking(2, 1)
		b.Key = "key"
		m.Bookings = append(m.Bookings, b)
	})
	t.refused(err, frontdesk.Aborted, "another booking came first with the key")
	equals(t, "the number of bookings", len(t.meeting("m0002").Bookings), 1, "nothing is stored")
	known, err := t.store.MeetingByKey(t.ctx, "key")
	t.need(err, "MeetingByKey")
	equals(t, "the meeting of the key", known.ID, "m0001", "it is as it was")
}

func checkChangeTwice(t *storeTest) {
	t.add(newMeeting(1))
	ran := 0
	err := t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		_, err := tx.ChangeMeeting(t.ctx, "m0001", noon, func(m *scheduling.Meeting) error {
			ran++
			m.Sequence++
			m.Hosts = []string{"omar", "paul"}
			return nil
		})
		return err
	})
	t.need(err, "InTx")
	if ran < 1 {
		t.Error("the function did not run")
	}
	equals(t, "Sequence", t.meeting("m0001").Sequence, 1, "each run begins with what is stored")
}

func checkNoMeeting(t *storeTest) {
	t.add(newMeeting(1))
	for what, find := range map[string]func(string) (*scheduling.Meeting, error){
		"Meeting":      func(id string) (*scheduling.Meeting, error) { return t.store.Meeting(t.ctx, id) },
		"MeetingOf":    func(id string) (*scheduling.Meeting, error) { return t.store.MeetingOf(t.ctx, id) },
		"MeetingByKey": func(id string) (*scheduling.Meeting, error) { return t.store.MeetingByKey(t.ctx, id) },
	} {
		for _, id := range []string{"none", "", "zero \x00", "\xf0\x9f"} {
			_, err := find(id)
			t.refused(err, frontdesk.NotFound, fmt.Sprintf("%s: there is none with %q", what, id))
		}
	}
}

func checkMeetingText(t *storeTest) {
	m := newMeeting(1)
	m.Notes, m.Bookings[0].Guest.Name, m.Bookings[0].Reason = "zero \x00", "half a rune \xf0\x9f", "zero \x00"
	m.Bookings[0].Answers = map[string]string{"q": "\x00"}
	t.add(m)
	t.meeting("m0001")
}

var listRules = []storeRule{
	{"Meetings are listed by start and id, both ways", checkListOrder},
	{"A list goes on after a cursor", checkListCursor},
	{"A filter selects", checkListFilter},
	{"From and To select what has some time between them", checkListTimes},
	{"A list has 50 meetings by default, and at most 500", checkListLimit},
}

func (t *storeTest) list(f scheduling.MeetingFilter) string {
	t.Helper()
	all, err := t.store.Meetings(t.ctx, f)
	t.need(err, "Meetings")
	ids := ""
	for _, m := range all {
		ids += m.ID + " "
		equals(t, "the number of bookings of "+m.ID, len(m.Bookings), len(t.meeting(m.ID).Bookings), "meetings are listed with all of their bookings")
	}
	return ids
}

// agenda stores five meetings, of which two begin at once.
func (t *storeTest) agenda() {
	t.Helper()
	t.add(from(newMeeting(3), at(10, 0), at(11, 0)))
	second := from(newMeeting(1, "omar", "nina"), at(11, 0), at(12, 0))
	second.EventType, second.Series, second.Seats = "e2", "series1", 5
	second.Bookings = append(second.Bookings, newBooking(1, 1), newBooking(1, 2))
	second.Bookings[1].Client, second.Bookings[2].Client = "globex", ""
	t.add(second)
	t.add(from(newMeeting(2, "paul"), at(11, 0), at(13, 0)))
	pending := from(newMeeting(0, "paul"), at(13, 0), at(14, 0))
	pending.Status, pending.Series = scheduling.StatusPending, "series1"
	t.add(pending)
	gone := from(newMeeting(4), at(15, 0), at(16, 0))
	gone.Status = scheduling.StatusCancelled
	t.add(gone)
}

func checkListOrder(t *storeTest) {
	t.agenda()
	equals(t, "the list", t.list(scheduling.MeetingFilter{}), "m0003 m0001 m0002 m0000 m0004 ", "the earliest first")
	equals(t, "the list", t.list(scheduling.MeetingFilter{Backward: true}), "m0004 m0000 m0002 m0001 m0003 ", "the latest first")
	equals(t, "the list", t.list(scheduling.MeetingFilter{Limit: 2}), "m0003 m0001 ", "no more than asked for")
	equals(t, "the list", t.list(scheduling.MeetingFilter{Host: "nina", Backward: true}), "m0004 m0001 m0003 ", "the latest first")
}

func checkListCursor(t *storeTest) {
	t.agenda()
	for _, f := range []scheduling.MeetingFilter{{}, {Backward: true}, {Host: "nina"}, {Host: "paul", Backward: true}, {Client: "acme"}} {
		whole, pages := t.list(f), ""
		f.Limit = 1
		for range 10 {
			page, err := t.store.Meetings(t.ctx, f)
			t.need(err, "Meetings")
			if len(page) == 0 {
				break
			}
			pages += page[0].ID + " "
			f.After = scheduling.MeetingCursor{Start: page[0].Start.In(india.Location()), ID: page[0].ID}
		}
		equals(t, "the pages", pages, whole, "each is there once")
	}
}

func checkListFilter(t *storeTest) {
	t.agenda()
	for _, c := range []struct {
		filter scheduling.MeetingFilter
		want   string
	}{
		{scheduling.MeetingFilter{Host: "nina"}, "m0003 m0001 m0004 "},
		{scheduling.MeetingFilter{Host: "nobody"}, ""},
		{scheduling.MeetingFilter{Client: "globex"}, "m0001 "},
		{scheduling.MeetingFilter{Client: "acme", Host: "paul"}, "m0002 m0000 "},
		{scheduling.MeetingFilter{EventType: "e2"}, "m0001 "},
		{scheduling.MeetingFilter{EventType: "e1", Host: "nina"}, "m0003 m0004 "},
		{scheduling.MeetingFilter{Series: "series1"}, "m0001 m0000 "},
		{scheduling.MeetingFilter{Series: "series1", Host: "paul", Client: "acme"}, "m0000 "},
		{scheduling.MeetingFilter{Statuses: []scheduling.Status{scheduling.StatusPending}}, "m0000 "},
		{scheduling.MeetingFilter{Statuses: []scheduling.Status{scheduling.StatusCancelled, scheduling.StatusPending}}, "m0000 m0004 "},
		{scheduling.MeetingFilter{Host: "paul", Statuses: []scheduling.Status{scheduling.StatusConfirmed}}, "m0002 "},
	} {
		equals(t, fmt.Sprintf("the list of %+v", c.filter), t.list(c.filter), c.want, "the filter selects")
	}
}

func checkListTimes(t *storeTest) {
	t.agenda()
	for _, c := range []struct {
		filter scheduling.MeetingFilter
		want   string
	}{
		{scheduling.MeetingFilter{From: at(11, 0)}, "m0001 m0002 m0000 m0004 "},
		{scheduling.MeetingFilter{From: at(12, 0)}, "m0002 m0000 m0004 "},
		{scheduling.MeetingFilter{From: at(12, 59)}, "m0002 m0000 m0004 "},
		{scheduling.MeetingFilter{To: at(11, 0)}, "m0003 "},
		{scheduling.MeetingFilter{To: at(11, 0).Add(time.Second)}, "m0003 m0001 m0002 "},
		{scheduling.MeetingFilter{From: at(12, 30), To: at(13, 0)}, "m0002 "},
		{scheduling.MeetingFilter{Host: "paul", From: at(12, 30), To: at(13, 0)}, "m0002 "},
		{scheduling.MeetingFilter{Host: "paul", From: at(13, 0)}, "m0000 "},
		{scheduling.MeetingFilter{From: at(16, 0)}, ""},
	} {
		equals(t, fmt.Sprintf("the list of %+v", c.filter), t.list(c.filter), c.want, "those that end after From and start before To")
	}
}

func checkListLimit(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		for n := range 510 {
			m := from(newMeeting(n), at(10, n*2), at(10, n*2+1))
			if _, _, err := tx.AddMeeting(t.ctx, m, noon); err != nil {
				return err
			}
		}
		return nil
	}), "InTx")
	for limit, want := range map[int]int{0: 50, -1: 50, 3: 3, 500: 500, 9999: 500} {
		all, err := t.store.Meetings(t.ctx, scheduling.MeetingFilter{Limit: limit})
		t.need(err, "Meetings")
		equals(t, fmt.Sprintf("the number of meetings with the limit %d", limit), len(all), want, "lists are bounded")
	}
}

var takenRules = []storeRule{
	{"What takes time of the hosts is listed by host and start, with all that a search needs", checkTaken},
	{"Only what has some blocked time in the span is listed", checkTakenSpan},
	{"Only what is live or over takes time", checkTakenStatuses},
	{"Free seats are those that no live booking has", checkTakenSeats},
}

func (t *storeTest) takenOf(in scheduling.Span, now time.Time, hosts ...string) []scheduling.Taken {
	t.Helper()
	all, err := t.store.Taken(t.ctx, hosts, in, now)
	t.need(err, "Taken")
	return all
}

func (t *storeTest) takenIDs(in scheduling.Span, now time.Time, hosts ...string) string {
	t.Helper()
	ids := ""
	for _, one := range t.takenOf(in, now, hosts...) {
		ids += one.Host + ":" + one.Meeting + " "
	}
	return ids
}

// allDay is the day on which meetings are.
var allDay = scheduling.Span{Start: ten.Add(-10 * time.Hour), End: ten.Add(14 * time.Hour)}

func checkTaken(t *storeTest) {
	m := from(newMeeting(1, "nina", "omar"), at(12, 0), at(13, 0))
	m.Before, m.After, m.Seats, m.EventType = 5*time.Minute, 10*time.Minute, 4, "e7"
	t.add(m)
	t.add(newMeeting(2, "nina"))
	t.add(newMeeting(3, "paul"))
	prints(t, "what is taken", t.takenOf(allDay, noon, "nina", "nobody")[1], scheduling.Taken{
		Host: "nina", Meeting: "m0001", EventType: "e7", Span: scheduling.Span{Start: at(12, 0), End: at(13, 0)},
		Blocked: scheduling.Span{Start: at(11, 55), End: at(13, 10)}, Status: scheduling.StatusConfirmed, Seats: 4, Free: 3,
	}, "all of it is there")
	equals(t, "what is taken", t.takenIDs(allDay, noon, "omar", "nina", "nina"), "nina:m0002 nina:m0001 omar:m0001 ", "by host and start, once per host")
	equals(t, "what is taken", t.takenIDs(allDay, noon), "", "nobody was asked about")
	equals(t, "what is taken", t.takenIDs(allDay, noon, "nobody"), "", "nobody has no meetings")
}

func checkTakenSpan(t *storeTest) {
	m := newMeeting(1)
	m.Before, m.After = 30*time.Minute, 15*time.Minute
	t.add(m)
	long := from(newMeeting(2), at(12, 0), at(12, 0).Add(100*time.Hour))
	t.add(long)
	short := from(newMeeting(3), at(8, 0), at(8, 1))
	t.add(short)
	for _, c := range []struct {
		from, to time.Time
		want     string
	}{
		{at(9, 0), at(9, 30), ""}, {at(9, 0), at(9, 31), "nina:m0001 "}, {at(11, 14), at(11, 20), "nina:m0001 "}, {at(11, 15), at(11, 20), ""},
		{at(10, 20), at(10, 30), "nina:m0001 "}, {at(0, 0), at(9, 0), "nina:m0003 "}, {at(8, 1), at(9, 0), ""},
		{at(12, 0).Add(99 * time.Hour), at(12, 0).Add(200 * time.Hour), "nina:m0002 "}, {at(12, 0).Add(100 * time.Hour), at(12, 0).Add(200 * time.Hour), ""},
		{at(13, 0), at(13, 1), "nina:m0002 "}, {at(0, 0), at(23, 0), "nina:m0003 nina:m0001 nina:m0002 "},
	} {
		equals(t, fmt.Sprintf("what is taken from %v to %v", c.from, c.to), t.takenIDs(scheduling.Span{Start: c.from, End: c.to}, noon, "nina"), c.want,
			"spans are half open, and buffers count")
	}
}

func checkTakenStatuses(t *storeTest) {
	for i, s := range []scheduling.Status{
		scheduling.StatusConfirmed, scheduling.StatusPending, scheduling.StatusHeld, scheduling.StatusDone, scheduling.StatusNoShow,
		scheduling.StatusCancelled, scheduling.StatusDeclined, scheduling.StatusExpired,
	} {
		m := from(newHold(i, noon.Add(time.Minute)), at(10+i, 0), at(11+i, 0))
		m.Status = s
		t.add(m)
	}
	equals(t, "what is taken", t.takenIDs(allDay, noon, "nina"), "nina:m0000 nina:m0001 nina:m0002 nina:m0003 nina:m0004 ", "they take time")
	equals(t, "what is taken", t.takenIDs(allDay, noon.Add(time.Minute), "nina"), "nina:m0000 nina:m0001 nina:m0003 nina:m0004 ", "the hold is over")
}

func checkTakenSeats(t *storeTest) {
	m := newMeeting(1)
	m.Seats, m.Bookings = 20, nil
	for i, s := range []scheduling.Status{
		scheduling.StatusConfirmed, scheduling.StatusPending, scheduling.StatusHeld, scheduling.StatusHeld, scheduling.StatusCancelled, scheduling.StatusExpired,
	} {
		b := newBooking(1, i)
		b.Status, b.Seats, b.ExpiresAt = s, i+1, noon.Add(time.Duration(i)*time.Minute)
		m.Bookings = append(m.Bookings, b)
	}
	t.add(m)
	for minute, want := range map[int]int{0: 20 - 1 - 2 - 3 - 4, 2: 20 - 1 - 2 - 4, 3: 20 - 1 - 2} {
		got := t.takenOf(allDay, noon.Add(time.Duration(minute)*time.Minute), "nina")
		equals(t, fmt.Sprintf("Free after %d minutes", minute), got[0].Free, want, "no live booking has them")
	}
	t.change("m0001", func(m *scheduling.Meeting) { m.Bookings[0].Status = scheduling.StatusCancelled })
	equals(t, "Free", t.takenOf(allDay, noon, "nina")[0].Free, 11, "a seat was given back")
	t.change("m0001", func(m *scheduling.Meeting) { m.Bookings[2].Seats = 1 })
	equals(t, "Free", t.takenOf(allDay, noon, "nina")[0].Free, 13, "a hold of fewer seats")
}
