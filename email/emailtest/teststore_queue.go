package emailtest

import (
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var queueRules = []storeRule{
	{"A queued message is taken under a lease, and the attempt is counted and started", checkTake},
	{"Only one of many takes a message", checkTakeRace},
	{"A message under a lease is not due and not to be taken", checkLeased},
	{"A message whose lease is over is due again, and its attempt is uncertain from its beginning", checkLeaseOver},
	{"The first uncertain attempt stays the first", checkFirstUncertain},
	{"A message is not to be taken before its time", checkNotBefore},
	{"A message that is not queued is not to be taken", checkOver},
	{"A message is its provider's only", checkOtherProvider},
	{"Due messages come oldest first, and no more than asked for", checkDueOrder},
}

func checkTake(t *storeTest) {
	id := t.add(1)
	e := t.take(id, "worker", india)
	same(t, "the lease", e.Lease, "worker", "the holder has it")
	sameTime(t, "the end of the lease", e.LeaseUntil, noon.Add(time.Minute))
	same(t, "the number of attempts", e.Attempts, 1, "an attempt is counted when it begins")
	same(t, "the recipient", e.To[0].Address, "Ada1@example.com", "the entry comes whole")
	attempts := t.log(id).Attempts
	same(t, "the number of attempts in the log", len(attempts), 1, "an attempt is stored when it begins")
	same(t, "its number", attempts[0].Number, 1, "attempts are counted from 1")
	same(t, "its outcome", attempts[0].Outcome, email.OutcomeStarted, "it is under way")
	sameTime(t, "its start", attempts[0].StartedAt, noon)
	sameTime(t, "its end", attempts[0].EndedAt, time.Time{})
}

func checkTakeRace(t *storeTest) {
	id := t.add(1)
	oneWinner(t, contend(func(i int) error {
		_, err := t.store.TakeMessage(t.ctx, id, post, lease(strings.Repeat("w", i+1), noon))
		return err
	}), "a message is in one hand")
	same(t, "the number of attempts", t.log(id).Entry.Attempts, 1, "only the winner's attempt counts")
}

func checkLeased(t *storeTest) {
	id := t.add(1)
	t.take(id, "worker", noon)
	same(t, "the number of due messages", len(t.due(noon.Add(time.Minute))), 0, "a lease holds until its end")
	_, err := t.store.TakeMessage(t.ctx, id, post, lease("other", noon.Add(time.Minute)))
	t.refused(err, frontdesk.Aborted, "another lease is alive")
}

func checkLeaseOver(t *storeTest) {
	id, later := t.add(1), noon.Add(time.Minute+time.Microsecond)
	t.take(id, "first", noon)
	sameText(t, "the due messages", t.due(later), []int64{id}, "the worker has died")
	e := t.take(id, "second", later)
	same(t, "the number of attempts", e.Attempts, 2, "the first attempt counts")
	sameTime(t, "UncertainSince", e.UncertainSince, noon)
	attempts := t.log(id).Attempts
	same(t, "the outcome of the first", attempts[0].Outcome, email.OutcomeUncertain, "it may have sent the message")
	same(t, "the outcome of the second", attempts[1].Outcome, email.OutcomeStarted, "it is under way")
	_, err := t.store.SettleMessage(t.ctx, id, email.Settlement{Lease: "first", Status: email.StatusSent, Outcome: email.OutcomeSent})
	t.refused(err, frontdesk.Aborted, "the lease was lost")
	s := sentAs("p1")
	s.Lease = "second"
	t.settle(id, s)
	sameTime(t, "UncertainSince", t.log(id).Entry.UncertainSince, time.Time{})
}

func checkFirstUncertain(t *storeTest) {
	id := t.add(1)
	for i, token := range []string{"a", "b", "c"} {
		t.take(id, token, noon.Add(time.Duration(i)*time.Hour))
	}
	sameTime(t, "UncertainSince", t.log(id).Entry.UncertainSince, noon)
}

func checkNotBefore(t *storeTest) {
	e, m := newMessage(1)
	e.NextAt = noon.Add(time.Hour)
	id := t.put(e, m)
	_, err := t.store.TakeMessage(t.ctx, id, post, lease("worker", noon.Add(time.Hour-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "its time has not come")
	same(t, "the number of due messages", len(t.due(noon)), 0, "its time has not come")
	sameText(t, "the due messages", t.due(noon.Add(time.Hour)), []int64{id}, "its time has come")
	t.take(id, "worker", noon.Add(time.Hour))
}

func checkOver(t *storeTest) {
	for i, status := range email.Statuses()[1:] {
		e, m := newMessage(i)
		e.Status = status
		_, err := t.store.TakeMessage(t.ctx, t.put(e, m), post, lease("worker", noon.Add(time.Hour)))
		t.refused(err, frontdesk.FailedPrecondition, "it is "+string(status))
	}
	same(t, "the number of due messages", len(t.due(noon.Add(time.Hour))), 0, "nothing is left to do")
}

func checkOtherProvider(t *storeTest) {
	id := t.add(1)
	_, err := t.store.TakeMessage(t.ctx, id, "pigeon", lease("worker", noon))
	t.refused(err, frontdesk.FailedPrecondition, "it is another provider's")
	ids, err := t.store.DueMessages(t.ctx, "pigeon", noon, 10)
	t.need(err, "DueMessages")
	same(t, "the number of its due messages", len(ids), 0, "it has none")
}

func checkDueOrder(t *storeTest) {
	var want []int64
	for n := range 5 {
		want = append(want, t.add(n))
	}
	ids, err := t.store.DueMessages(t.ctx, post, noon, 3)
	t.need(err, "DueMessages")
	sameText(t, "the due messages", ids, want[:3], "the oldest come first")
	ids, err = t.store.DueMessages(t.ctx, post, noon, 0)
	t.need(err, "DueMessages")
	same(t, "the number of due messages", len(ids), 0, "none were asked for")
}
