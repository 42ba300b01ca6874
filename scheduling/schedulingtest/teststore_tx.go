package schedulingtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var txRules = []storeRule{
	{"All writes of a transaction are there after it", checkCommit},
	{"A transaction reads its own writes", checkReadOwnWrites},
	{"A transaction that fails leaves nothing, and its error comes out", checkRollback},
	{"A transaction that panics leaves nothing, and the panic comes out", checkPanic},
	{"A nested transaction that fails takes back its own writes only", checkNestedRollback},
	{"A nested transaction falls with the outer one", checkNestedJoins},
	{"A transaction goes on after ErrSlotTaken, also out of a nested one", checkTakenInTx},
	{"A refusal inside a transaction does not spoil it", checkRefusalInTx},
	{"Many transactions at once all come through", checkTxRace},
	{"Audit events of any text are taken, also in a transaction", checkAudit},
}

// everything writes something of every sort, each named after n.
func everything(t *storeTest, s scheduling.Store, n int) error {
	m := newMeeting(n, fmt.Sprint("host ", n))
	_, _, addErr := s.AddMeeting(t.ctx, m, noon)
	_, changeErr := s.ChangeMeeting(t.ctx, m.ID, noon, func(m *scheduling.Meeting) error { m.Title = "changed"; return nil })
	settings := newSettings()
	settings.Expert = fmt.Sprint("host ", n)
	_, settingsErr := s.SaveSettings(t.ctx, settings)
	_, scheduleErr := s.SaveSchedule(t.ctx, newSchedule(fmt.Sprint("s", n), "nina"))
	_, typeErr := s.SaveEventType(t.ctx, newEventType(fmt.Sprint("e", n), "nina"))
	_, _, packErr := s.AddPack(t.ctx, newPack(n))
	_, effectErr := s.AddEffect(t.ctx, newEffect(n))
	return errors.Join(addErr, changeErr, settingsErr, scheduleErr, typeErr, packErr, effectErr, s.AddWaiting(t.ctx, newWaiting(n)),
		s.Audit(t.ctx, frontdesk.AuditEvent{Time: noon, Action: "scheduling.Test", Resource: fmt.Sprint(n)}))
}

// sorts is how many sorts of writes there counts.
const sorts = 8

// there tells how much of what everything wrote is to be found.
func there(t *storeTest, s scheduling.Store, n int) (found int) {
	t.Helper()
	m := newMeeting(n)
	_, meeting := s.Meeting(t.ctx, m.ID)
	_, booking := s.MeetingOf(t.ctx, m.Bookings[0].ID)
	_, settings := s.Settings(t.ctx, fmt.Sprint("host ", n))
	_, schedule := s.Schedule(t.ctx, fmt.Sprint("s", n))
	_, eventType := s.EventType(t.ctx, fmt.Sprint("e", n))
	_, pack := s.Pack(t.ctx, newPack(n).ID)
	_, waiting := s.Waiting(t.ctx, newWaiting(n).ID)
	for _, err := range []error{meeting, booking, settings, schedule, eventType, pack, waiting} {
		if err == nil {
			found++
		} else {
			t.refused(err, frontdesk.NotFound, "it is there or it is not")
		}
	}
	effects, err := s.Effects(t.ctx, scheduling.EffectFilter{Limit: 500})
	t.need(err, "Effects")
	for _, e := range effects {
		if e.Key == newEffect(n).Key {
			found++
		}
	}
	return found
}

func (t *storeTest) noneLeft(n int) {
	t.Helper()
	equals(t, fmt.Sprintf("what is left of write %d", n), there(t, t.store, n), 0, "of what was not committed nothing is left")
	taken, err := t.store.Taken(t.ctx, []string{fmt.Sprint("host ", n)}, allDay, noon)
	t.need(err, "Taken")
	equals(t, "what is taken", len(taken), 0, "of what was not committed nothing is left")
}

func (t *storeTest) allThere(s scheduling.Store, n int) {
	t.Helper()
	equals(t, fmt.Sprintf("what is there of write %d", n), there(t, s, n), sorts, "all of what was written together is there")
}

func checkCommit(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error { return everything(t, tx, 1) }), "InTx")
	t.allThere(t.store, 1)
	equals(t, "the title", t.meeting("m0001").Title, "changed", "the change is stored")
}

func checkReadOwnWrites(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		err := everything(t, tx, 1)
		t.allThere(tx, 1)
		return err
	}), "InTx")
}

func checkRollback(t *storeTest) {
	t.add(newHold(100, noon, "host 1"))
	err := t.store.InTx(t.ctx, func(tx scheduling.Store) error { return errors.Join(everything(t, tx, 1), errOnPurpose) })
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(1)
	equals(t, "the status of the hold", t.meeting("m0100").Status, scheduling.StatusHeld, "it was not expired")
	t.need(everything(t, t.store, 1), "writing what was taken back")
}

func checkPanic(t *storeTest) {
	recovered := panicOf(func() {
		err := t.store.InTx(t.ctx, func(tx scheduling.Store) error {
			t.need(everything(t, tx, 1), "writing in a transaction")
			panic(errOnPurpose)
		})
		t.Errorf("InTx returned %v, want the panic of the function it was given", err)
	})
	equals(t, "the panic", recovered, any(errOnPurpose), "a panic is the host's to see")
	t.noneLeft(1)
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error { return everything(t, tx, 1) }), "InTx after another has panicked")
	t.allThere(t.store, 1)
}

// panicOf is what fn panics with.
func panicOf(fn func()) (recovered any) {
	defer func() { recovered = recover() }()
	fn()
	return nil
}

func checkNestedRollback(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		before := everything(t, tx, 1)
		nested := tx.InTx(t.ctx, func(inner scheduling.Store) error {
			return errors.Join(everything(t, inner, 2), errOnPurpose)
		})
		if !errors.Is(nested, errOnPurpose) {
			t.Errorf("the nested InTx returned %v, want the error of its function", nested)
		}
		return errors.Join(before, everything(t, tx, 3))
	}), "the outer InTx")
	t.allThere(t.store, 1)
	t.noneLeft(2)
	t.allThere(t.store, 3)
}

func checkNestedJoins(t *storeTest) {
	err := t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		t.need(tx.InTx(t.ctx, func(inner scheduling.Store) error { return everything(t, inner, 1) }), "the nested InTx")
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(1)
}

func checkTakenInTx(t *storeTest) {
	t.add(newMeeting(50))
	t.add(from(newMeeting(51), at(12, 0), at(13, 0)))
	t.add(from(newHold(52, noon, "omar"), at(10, 0), at(11, 0)))
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		for range 2 {
			_, _, err := tx.AddMeeting(t.ctx, newMeeting(60, "omar", "nina"), noon)
			t.taken(err, "nina has a meeting")
			_, err = tx.ChangeMeeting(t.ctx, "m0051", noon, func(m *scheduling.Meeting) error { move(at(10, 30), at(11, 30))(m); return nil })
			t.taken(err, "nina has a meeting")
		}
		nested := tx.InTx(t.ctx, func(inner scheduling.Store) error {
			if err := everything(t, inner, 2); err != nil {
				return err
			}
			_, _, err := inner.AddMeeting(t.ctx, newMeeting(61), noon)
			return err
		})
		t.taken(nested, "it comes out of the nested transaction")
		return everything(t, tx, 1)
	}), "InTx")
	t.allThere(t.store, 1)
	t.noneLeft(2)
	t.none("m0060")
	t.none("m0061")
	t.moment("the start", t.meeting("m0051").Start, at(12, 0))
	equals(t, "the status of the hold", t.meeting("m0052").Status, scheduling.StatusHeld, "what was refused expires nothing")
}

func checkRefusalInTx(t *storeTest) {
	t.add(newMeeting(50))
	_, err := t.store.SaveEventType(t.ctx, newEventType("e50", "nina"))
	t.need(err, "SaveEventType")
	t.wait(newWaiting(50))
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error {
		_, err := tx.Meeting(t.ctx, "none")
		t.refused(err, frontdesk.NotFound, "there is none")
		_, _, err = tx.AddMeeting(t.ctx, newMeeting(50, "omar"), noon)
		t.refused(err, frontdesk.AlreadyExists, "there is a meeting with the id")
		e := newEventType("e51", "nina")
		e.Slug = "slug-e50"
		_, err = tx.SaveEventType(t.ctx, e)
		t.refused(err, frontdesk.AlreadyExists, "the slug is that of another")
		t.refused(tx.AddWaiting(t.ctx, newWaiting(50)), frontdesk.AlreadyExists, "it waits already")
		_, err = tx.ChangeMeeting(t.ctx, "m0050", noon, func(*scheduling.Meeting) error { return errOnPurpose })
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("ChangeMeeting returned %v, want the error of its function", err)
		}
		return everything(t, tx, 2)
	}), "InTx")
	t.allThere(t.store, 2)
}

func checkTxRace(t *storeTest) {
	race := *t
	race.ctx = t.outliving()
	for _, err := range contend(contenders, func(i int) error {
		return t.store.InTx(race.ctx, func(tx scheduling.Store) error { return everything(&race, tx, i) })
	}) {
		t.need(err, "InTx beside others")
	}
	for n := range contenders {
		t.allThere(t.store, n)
	}
}

func checkAudit(t *storeTest) {
	event := frontdesk.AuditEvent{
		Time: india, Actor: frontdesk.Admin("grace", frontdesk.Origin{}), Action: "scheduling.Test", Resource: "meeting:1", Outcome: frontdesk.Succeeded,
		Before: map[string]string{"status": "pending"}, After: map[string]string{"status": "olá 😀 '\"\\"},
	}
	t.need(t.store.Audit(t.ctx, event), "Audit")
	t.need(t.store.InTx(t.ctx, func(tx scheduling.Store) error { return tx.Audit(t.ctx, event) }), "Audit in a transaction")
	event.Time = event.Time.Add(time.Hour)
	t.need(t.store.Audit(t.ctx, event), "Audit of another time")
}
