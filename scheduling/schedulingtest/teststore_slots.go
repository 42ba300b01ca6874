package schedulingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var slotRules = []storeRule{
	{"No two live meetings of a host overlap", checkOverlap},
	{"Meetings that only touch are both there", checkTouch},
	{"Buffers count, and may touch", checkBuffers},
	{"Hosts do not stand in each other's way", checkOtherHost},
	{"What is held, pending or confirmed keeps others away, and nothing else", checkStatuses},
	{"A meeting moves to a free time, also to one that overlaps its own", checkMove},
	{"A meeting that moves to a taken time stays where it is", checkMoveTaken},
	{"The slot of what was moved or cancelled is free again", checkFreed},
	{"What becomes live again needs its slot", checkRevive},
	{"A meeting of several hosts needs the time of all", checkCollective},
	{"A change of hosts needs the time of the new ones, and frees the old ones", checkNewHosts},
	{"A meeting takes some time", checkNoTime},
}

func checkOverlap(t *storeTest) {
	t.add(newMeeting(0))
	spans := []scheduling.Span{
		{Start: at(10, 0), End: at(11, 0)}, {Start: at(9, 30), End: at(10, 1)}, {Start: at(10, 59), End: at(12, 0)},
		{Start: at(10, 20), End: at(10, 40)}, {Start: at(9, 0), End: at(12, 0)}, {Start: at(10, 0).Add(-time.Second), End: at(10, 0).Add(time.Second)},
	}
	for i, s := range spans {
		m := from(newMeeting(i+1), s.Start, s.End)
		t.taken(t.try(m), "it overlaps another")
		t.none(m.ID)
	}
	t.add(from(newMeeting(20), at(8, 0), at(9, 0)))
	t.add(from(newMeeting(21), at(12, 0), at(13, 0)))
	t.taken(t.try(from(newMeeting(22), at(8, 30), at(12, 30))), "it overlaps three others")
}

func checkTouch(t *storeTest) {
	t.add(newMeeting(1))
	t.add(from(newMeeting(2), at(9, 0), at(10, 0)))
	t.add(from(newMeeting(3), at(11, 0), at(11, 30)))
	t.add(from(newMeeting(4), at(11, 30), at(11, 45)))
}

func checkBuffers(t *storeTest) {
	m := newMeeting(1)
	m.Before, m.After = 15*time.Minute, 30*time.Minute
	t.add(m)
	t.taken(t.try(from(newMeeting(2), at(11, 29), at(12, 0))), "the time after a meeting is taken")
	t.taken(t.try(from(newMeeting(3), at(9, 0), at(9, 46))), "the time before a meeting is taken")
	t.add(from(newMeeting(4), at(11, 30), at(12, 0)))
	before := from(newMeeting(5), at(9, 0), at(9, 40))
	before.After = 5 * time.Minute
	t.add(before)
	last := from(newMeeting(6), at(12, 5), at(13, 0))
	last.Before = 10 * time.Minute
	t.taken(t.try(last), "its own buffer reaches into another")
	got := t.meeting("m0001")
	prints(t, "the buffers", []time.Duration{got.Before, got.After}, []time.Duration{15 * time.Minute, 30 * time.Minute}, "they are kept")
}

func checkOtherHost(t *storeTest) {
	t.add(newMeeting(1))
	t.add(newMeeting(2, "omar"))
	t.taken(t.try(newMeeting(3, "omar")), "omar has a meeting")
}

func checkStatuses(t *storeTest) {
	statuses := []scheduling.Status{
		scheduling.StatusConfirmed, scheduling.StatusPending, scheduling.StatusHeld,
		scheduling.StatusDone, scheduling.StatusNoShow, scheduling.StatusCancelled, scheduling.StatusDeclined, scheduling.StatusExpired,
	}
	for i, s := range statuses {
		m := from(newMeeting(i), at(10+i, 0), at(11+i, 0))
		m.Status, m.ExpiresAt = s, noon.Add(time.Hour)
		t.add(m)
		err := t.try(from(newMeeting(100+i), at(10+i, 0), at(11+i, 0)))
		if i < 3 {
			t.taken(err, "what is "+string(s)+" takes time")
			continue
		}
		t.need(err, "AddMeeting over what is "+string(s))
		over := from(newMeeting(200+i), at(10+i, 0), at(11+i, 0))
		over.Status = s
		t.add(over)
	}
}

func checkMove(t *storeTest) {
	t.add(newMeeting(1))
	t.add(from(newMeeting(2), at(8, 0), at(9, 0)))
	moved := t.change("m0001", move(at(10, 30), at(11, 30)))
	t.moment("the start", moved.Start, at(10, 30))
	t.change("m0001", move(at(9, 0), at(11, 0)))
	t.change("m0001", move(at(9, 0), at(11, 0)))
	t.change("m0001", move(at(20, 0), at(21, 0)))
	t.moment("the end", t.meeting("m0001").End, at(21, 0))
	t.change("m0001", func(m *scheduling.Meeting) { m.Before, m.After = time.Hour, 2*time.Hour })
	t.taken(t.try(from(newMeeting(3), at(22, 0), at(23, 30))), "a new buffer counts")
}

func checkMoveTaken(t *storeTest) {
	t.add(newMeeting(1))
	t.add(from(newMeeting(2), at(12, 0), at(13, 0)))
	_, err := t.alter("m0001", func(m *scheduling.Meeting) { m.Title = "moved"; move(at(12, 30), at(13, 30))(m) })
	t.taken(err, "another meeting is there")
	_, err = t.alter("m0001", func(m *scheduling.Meeting) { m.After = 61 * time.Minute })
	t.taken(err, "its buffer would reach into another")
	got := t.meeting("m0001")
	t.moment("the start", got.Start, at(10, 0))
	equals(t, "the title", got.Title, newMeeting(1).Title, "nothing is stored")
	t.taken(t.try(newMeeting(3)), "it still has its slot")
}

func checkFreed(t *storeTest) {
	t.add(newMeeting(1))
	t.change("m0001", move(at(12, 0), at(13, 0)))
	t.add(newMeeting(2))
	t.change("m0002", cancel)
	t.add(newMeeting(3))
	t.taken(t.try(from(newMeeting(4), at(12, 0), at(13, 0))), "where it was moved to")
}

func checkRevive(t *storeTest) {
	m := newMeeting(1)
	m.Status = scheduling.StatusExpired
	t.add(m)
	t.add(from(newMeeting(2), at(10, 30), at(11, 30)))
	_, err := t.alter("m0001", func(m *scheduling.Meeting) { m.Status = scheduling.StatusConfirmed })
	t.taken(err, "somebody else has it")
	equals(t, "the status", t.meeting("m0001").Status, scheduling.StatusExpired, "nothing is stored")
	t.change("m0002", cancel)
	t.change("m0001", func(m *scheduling.Meeting) { m.Status = scheduling.StatusConfirmed })
	t.taken(t.try(newMeeting(3)), "it has its slot again")
}

func checkCollective(t *storeTest) {
	t.add(newMeeting(1, "omar"))
	t.taken(t.try(newMeeting(2, "nina", "omar", "paul")), "one of its hosts has a meeting")
	t.none("m0002")
	t.add(newMeeting(3, "nina"))
	t.add(newMeeting(4, "paul"))
	t.add(from(newMeeting(5, "paul", "nina", "omar"), at(12, 0), at(13, 0)))
	for i, h := range []string{"omar", "nina", "paul"} {
		t.taken(t.try(from(newMeeting(6+i, h), at(12, 30), at(13, 30))), "each of its hosts is busy")
	}
	prints(t, "the hosts", t.meeting("m0005").Hosts, []string{"paul", "nina", "omar"}, "the first is the organizer")
	_, err := t.alter("m0005", move(at(10, 30), at(12, 30)))
	t.taken(err, "its hosts are busy there")
	t.change("m0005", cancel)
	for i, h := range []string{"omar", "nina", "paul"} {
		t.add(from(newMeeting(10+i, h), at(12, 0), at(13, 0)))
	}
}

func checkNewHosts(t *storeTest) {
	t.add(newMeeting(1, "nina", "omar"))
	t.add(newMeeting(2, "paul"))
	_, err := t.alter("m0001", func(m *scheduling.Meeting) { m.Hosts = []string{"paul", "nina"} })
	t.taken(err, "paul has a meeting")
	prints(t, "the hosts", t.meeting("m0001").Hosts, []string{"nina", "omar"}, "nothing is stored")
	got := t.change("m0001", func(m *scheduling.Meeting) { m.Hosts = []string{"quinn", "omar"} })
	prints(t, "the hosts", got.Hosts, []string{"quinn", "omar"}, "the change is stored")
	t.add(newMeeting(3, "nina"))
	t.taken(t.try(newMeeting(4, "quinn")), "the new host is busy")
	t.taken(t.try(newMeeting(5, "omar")), "the host that stays is busy")
}

func checkNoTime(t *storeTest) {
	for _, end := range []time.Time{ten, ten.Add(-time.Hour)} {
		t.refused(t.try(from(newMeeting(1), ten, end)), frontdesk.Invalid, "it takes no time")
	}
	t.none("m0001")
	t.add(newMeeting(2))
	_, err := t.alter("m0002", move(ten, ten))
	t.refused(err, frontdesk.Invalid, "it would take no time")
}

var holdRules = []storeRule{
	{"A hold whose time is over is expired by whoever takes its slot, with its held bookings", checkExpire},
	{"A hold whose time is not over keeps its slot", checkAliveHold},
	{"A move expires what is in its way, too", checkExpireByMove},
	{"A hold of several hosts is expired as a whole", checkExpireCollective},
	{"Holds that are over elsewhere are left alone", checkExpireElsewhere},
	{"Nothing expires when the slot is taken all the same", checkExpireRefused},
	{"Holds that are over are listed, those that lapsed first come first", checkLapsed},
}

func checkExpire(t *storeTest) {
	hold := newHold(1, noon.Add(-time.Minute))
	hold.Seats = 2
	second := newBooking(1, 1)
	second.Status = scheduling.StatusCancelled
	hold.Bookings = append(hold.Bookings, second)
	t.add(hold)
	m, added, err := t.store.AddMeeting(t.ctx, from(newMeeting(2), at(10, 30), at(11, 30)), noon)
	t.need(err, "AddMeeting over a hold that is over")
	equals(t, "whether it was added", added, true, "the slot is free")
	equals(t, "its status", m.Status, scheduling.StatusConfirmed, "it is stored as it is")
	got := t.meeting("m0001")
	prints(t, "what is left of the hold", []scheduling.Status{got.Status, got.Bookings[0].Status, got.Bookings[1].Status},
		[]scheduling.Status{scheduling.StatusExpired, scheduling.StatusExpired, scheduling.StatusCancelled}, "held bookings expire with it")
	t.moment("UpdatedAt", got.UpdatedAt, noon)
	t.moment("the booking's UpdatedAt", got.Bookings[0].UpdatedAt, noon)
	t.moment("ExpiresAt", got.ExpiresAt, noon.Add(-time.Minute))
	prints(t, "what has lapsed", t.lapsed(noon, 10), []string(nil), "it is expired already")
}

func checkAliveHold(t *storeTest) {
	t.add(newHold(1, noon.Add(time.Microsecond)))
	t.taken(t.try(newMeeting(2)), "the hold has a moment left")
	_, _, err := t.store.AddMeeting(t.ctx, newMeeting(2), noon.Add(time.Microsecond))
	t.need(err, "AddMeeting when the hold is over")
	equals(t, "the status of the hold", t.meeting("m0001").Status, scheduling.StatusExpired, "its time is over")
}

func checkExpireByMove(t *storeTest) {
	t.add(newMeeting(1))
	t.add(from(newHold(2, noon), at(12, 0), at(13, 0)))
	t.change("m0001", move(at(12, 0), at(13, 0)))
	equals(t, "the status of the hold", t.meeting("m0002").Status, scheduling.StatusExpired, "it was in the way")
}

func checkExpireCollective(t *storeTest) {
	t.add(newHold(1, noon, "nina", "omar"))
	t.add(newMeeting(2, "omar"))
	equals(t, "the status of the hold", t.meeting("m0001").Status, scheduling.StatusExpired, "it was in the way")
	t.add(newMeeting(3, "nina"))
}

func checkExpireElsewhere(t *storeTest) {
	t.add(newHold(1, noon, "omar"))
	t.add(from(newHold(2, noon), at(12, 0), at(13, 0)))
	t.add(newMeeting(3))
	for _, id := range []string{"m0001", "m0002"} {
		equals(t, "the status of "+id, t.meeting(id).Status, scheduling.StatusHeld, "it is in nobody's way")
	}
	t.change("m0001", func(m *scheduling.Meeting) { m.Status = scheduling.StatusConfirmed })
	equals(t, "the status", t.meeting("m0001").Status, scheduling.StatusConfirmed, "a hold that is over can still be paid while nobody has its slot")
}

func checkExpireRefused(t *storeTest) {
	t.add(newHold(1, noon))
	t.add(from(newMeeting(2), at(11, 0), at(12, 0)))
	t.taken(t.try(from(newMeeting(3), at(10, 0), at(12, 0))), "a meeting is there")
	equals(t, "the status of the hold", t.meeting("m0001").Status, scheduling.StatusHeld, "nothing is stored")
}

func (t *storeTest) lapsed(now time.Time, limit int) []string {
	t.Helper()
	ids, err := t.store.LapsedMeetings(t.ctx, now, limit)
	t.need(err, "LapsedMeetings")
	return ids
}

func checkLapsed(t *storeTest) {
	for n, until := range []time.Time{noon.Add(-time.Minute), noon, noon.Add(time.Microsecond), noon.Add(-time.Hour)} {
		t.add(from(newHold(n, until), at(10+n, 0), at(11+n, 0)))
	}
	seat := from(newMeeting(4), at(14, 0), at(15, 0))
	seat.Bookings = append(seat.Bookings, newBooking(4, 1))
	seat.Bookings[1].Status, seat.Bookings[1].ExpiresAt = scheduling.StatusHeld, noon.Add(-2*time.Minute)
	t.add(seat)
	prints(t, "what has lapsed", t.lapsed(noon, 10), []string{"m0003", "m0004", "m0000", "m0001"}, "also the hold of a seat")
	prints(t, "what has lapsed", t.lapsed(noon, 2), []string{"m0003", "m0004"}, "no more than asked for")
	t.change("m0003", func(m *scheduling.Meeting) {
		m.Status, m.Bookings[0].Status = scheduling.StatusExpired, scheduling.StatusExpired
	})
	t.change("m0000", func(m *scheduling.Meeting) {
		m.Status, m.Bookings[0].Status = scheduling.StatusConfirmed, scheduling.StatusConfirmed
	})
	t.change("m0004", func(m *scheduling.Meeting) { m.Bookings[1].Status = scheduling.StatusExpired })
	prints(t, "what has lapsed", t.lapsed(noon, 10), []string{"m0001"}, "the others are settled")
}
