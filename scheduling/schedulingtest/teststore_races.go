package schedulingtest

import (
	"context"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var raceRules = []storeRule{
	{"Of many who want one slot, one gets it", raceAdd},
	{"Of many who move into one slot, one gets it", raceMove},
	{"Of many who repeat one request, one makes the meeting, and all get it", raceKey},
	{"Of many who take a hold that is over, one gets its slot", raceExpired},
	{"Meetings of the same hosts in different orders do not block each other", raceHosts},
	{"Changes of one meeting come one after the other", raceChange},
	{"The last meeting of a pack is used once", racePack},
	{"Somebody who waits is offered one slot", raceWaiting},
	{"An effect is in one hand", raceTake},
	{"An effect that is added many times at once is there once", raceEffect},
	{"Settings that are saved at once are saved by one", raceSettings},
}

// outliving is the test with a context that does not end with it.
func (t *storeTest) outliving() context.Context { return context.WithoutCancel(t.ctx) }

func raceAdd(t *storeTest) {
	ctx := t.outliving()
	errs := contend(crowd, func(i int) error {
		_, _, err := t.store.AddMeeting(ctx, from(newMeeting(i), at(10, i%60), at(11, i%60)), noon)
		return err
	})
	oneOf(t, errs, scheduling.ErrSlotTaken, "a slot is one meeting's")
	equals(t, "the number of meetings", len(t.takenOf(allDay, noon, "nina")), 1, "nothing of the losers is stored")
}

func raceMove(t *storeTest) {
	ctx := t.outliving()
	for i := range crowd {
		t.add(from(newMeeting(i), at(100+i, 0), at(101+i, 0)))
	}
	errs := contend(crowd, func(i int) error {
		_, err := t.store.ChangeMeeting(ctx, fmt.Sprintf("m%04d", i), noon, func(m *scheduling.Meeting) error {
			move(at(10, i%60), at(11, i%60))(m)
			return nil
		})
		return err
	})
	oneOf(t, errs, scheduling.ErrSlotTaken, "a slot is one meeting's")
	equals(t, "the number of meetings", len(t.takenOf(allDay, noon, "nina")), 1, "the others stay where they are")
}

func raceKey(t *storeTest) {
	ctx := t.outliving()
	hosts := []string{"nina", "omar", "paul"}
	ids := contend(contenders, func(i int) string {
		m := newMeeting(i, hosts[i%3])
		m.Bookings[0].Key = "key"
		there, _, err := t.store.AddMeeting(ctx, m, noon)
		if err != nil {
			return err.Error()
		}
		return there.ID
	})
	for _, id := range ids {
		equals(t, "the meeting", id, ids[0], "all get the same")
	}
	equals(t, "the number of meetings", len(t.takenOf(allDay, noon, hosts...)), 1, "there is one")
}

func raceExpired(t *storeTest) {
	ctx := t.outliving()
	t.add(newHold(100, noon, "omar", "nina"))
	errs := contend(contenders, func(i int) error {
		_, _, err := t.store.AddMeeting(ctx, newMeeting(i, "nina", "omar"), noon)
		return err
	})
	oneOf(t, errs, scheduling.ErrSlotTaken, "a slot is one meeting's")
	equals(t, "the status of the hold", t.meeting("m0100").Status, scheduling.StatusExpired, "it is over")
}

func raceHosts(t *storeTest) {
	ctx := t.outliving()
	orders := [][]string{{"nina", "omar", "paul"}, {"paul", "omar", "nina"}, {"omar", "nina", "paul"}}
	for _, err := range contend(contenders, func(i int) error {
		m := from(newMeeting(i, orders[i%3]...), at(10+i, 0), at(11+i, 0))
		if _, _, err := t.store.AddMeeting(ctx, m, noon); err != nil {
			return err
		}
		_, err := t.store.ChangeMeeting(ctx, m.ID, noon, func(m *scheduling.Meeting) error {
			m.Hosts = orders[(i+1)%3]
			move(at(100+i, 0), at(101+i, 0))(m)
			return nil
		})
		return err
	}) {
		t.need(err, "AddMeeting and ChangeMeeting beside others")
	}
}

func raceChange(t *storeTest) {
	ctx := t.outliving()
	m := newMeeting(1)
	m.Seats = 5
	t.add(m)
	full := frontdesk.Errorf(frontdesk.FailedPrecondition, "no seat is left")
	won := 0
	for _, err := range contend(contenders, func(i int) error {
		_, err := t.store.ChangeMeeting(ctx, "m0001", noon, func(m *scheduling.Meeting) error {
			if m.Free(noon) == 0 {
				return full
			}
			m.Bookings = append(m.Bookings, newBooking(1, i+1))
			m.Sequence++
			return nil
		})
		return err
	}) {
		if err == nil {
			won++
			continue
		}
		t.refused(err, frontdesk.FailedPrecondition, "no seat is left")
	}
	got := t.meeting("m0001")
	prints(t, "the seats", []int{won, len(got.Bookings), got.Sequence}, []int{4, 5, 4}, "no seat is given twice, and no change is lost")
}

func racePack(t *storeTest) {
	ctx := t.outliving()
	t.pack(newPack(1))
	empty := frontdesk.Errorf(frontdesk.FailedPrecondition, "the pack is empty")
	errs := contend(contenders, func(int) error {
		_, err := t.store.ChangePack(ctx, "p0001", func(p *scheduling.Pack) error {
			if p.Left(noon) == 0 {
				return empty
			}
			p.Used++
			return nil
		})
		return err
	})
	oneOf(t, errs, empty, "one was left")
	p, err := t.store.Pack(t.ctx, "p0001")
	t.need(err, "Pack")
	equals(t, "Used", p.Used, 5, "it is used up")
}

func raceWaiting(t *storeTest) {
	ctx := t.outliving()
	t.wait(newWaiting(1))
	busy := frontdesk.Errorf(frontdesk.FailedPrecondition, "another slot is offered")
	errs := contend(contenders, func(i int) error {
		_, err := t.store.ChangeWaiting(ctx, "w0001", func(w *scheduling.Waiting) error {
			if w.State != scheduling.WaitingOpen {
				return busy
			}
			w.State, w.Booking = scheduling.WaitingOffered, fmt.Sprint("b", i)
			return nil
		})
		return err
	})
	oneOf(t, errs, busy, "it is offered once")
}

func raceTake(t *storeTest) {
	ctx := t.outliving()
	id := t.enqueue(newEffect(1))
	errs := contend(contenders, func(i int) error {
		_, err := t.store.TakeEffect(ctx, id, leaseAt(fmt.Sprint("worker ", i), noon))
		return err
	})
	oneOf(t, errs, frontdesk.Aborted, "an effect is in one hand")
	equals(t, "the number of attempts", t.effect(id).Attempts, 1, "only the winner's attempt counts")
}

func raceEffect(t *storeTest) {
	ctx := t.outliving()
	news := 0
	for _, added := range contend(contenders, func(int) bool {
		added, err := t.store.AddEffect(ctx, newEffect(1))
		return added && err == nil
	}) {
		if added {
			news++
		}
	}
	equals(t, "how often it was new", news, 1, "one call adds it")
	equals(t, "the number of effects", len(t.effects(scheduling.EffectFilter{})), 1, "it is there once")
}

func raceSettings(t *storeTest) {
	ctx := t.outliving()
	for revision := range 3 {
		s := newSettings()
		s.Revision = revision
		errs := contend(contenders, func(int) error {
			_, err := t.store.SaveSettings(ctx, s)
			return err
		})
		oneOf(t, errs, frontdesk.Aborted, "a revision is saved once")
	}
}
