package emailtest

import (
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var settleRules = []storeRule{
	{"A message that was sent has its provider's id, and waits for nobody", checkSettleSent},
	{"A message to be tried again is due at its time", checkSettleAgain},
	{"An attempt that is free does not count and is in the log", checkFree},
	{"A failed message tells why", checkSettleFailed},
	{"A lease that nobody has is Aborted, and settles once", checkSettleTwice},
	{"A lease whose time is over can be settled while nobody else has taken the message", checkSettleLate},
	{"What was withheld is replaced by each attempt", checkWithheld},
	{"Three attempts are one entry and three attempts", checkThreeAttempts},
	{"Text that Postgres refuses is kept as well as can be", checkOddError},
}

func checkSettleSent(t *storeTest) {
	id := t.add(1)
	t.take(id, "worker", noon)
	s := sentAs("p1")
	s.At = india.Add(time.Second)
	same(t, "the number of events", len(t.settle(id, s)), 0, "none waited")
	log := t.log(id)
	same(t, "the status", log.Entry.Status, email.StatusSent, "it was sent")
	same(t, "the provider's id", log.Entry.ProviderID, "p1", "events name it")
	sameTime(t, "SentAt", log.Entry.SentAt, noon.Add(time.Second))
	same(t, "the lease", log.Entry.Lease, "", "it was given back")
	same(t, "the outcome", log.Attempts[0].Outcome, email.OutcomeSent, "the attempt has ended")
	sameTime(t, "the end of the attempt", log.Attempts[0].EndedAt, noon.Add(time.Second))
	same(t, "the number of due messages", len(t.due(noon.Add(24*time.Hour))), 0, "it is sent once")
}

func checkSettleAgain(t *storeTest) {
	id, at := t.add(1), noon.Add(time.Hour)
	t.take(id, "worker", noon)
	t.settle(id, deferredUntil(at.In(india.Location())))
	log := t.log(id)
	same(t, "the last error", log.Entry.LastError, "try later", "people read it")
	sameTime(t, "NextAt", log.Entry.NextAt, at)
	sameText(t, "the attempt", []string{log.Attempts[0].Code, log.Attempts[0].Error}, []string{"unavailable", "try later"}, "people read it")
	_, err := t.store.TakeMessage(t.ctx, id, post, lease("other", at.Add(-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "its time has not come")
	e := t.take(id, "other", at)
	sameTime(t, "UncertainSince", e.UncertainSince, time.Time{})
}

func checkFree(t *storeTest) {
	id := t.add(1)
	t.take(id, "worker", noon)
	s := deferredUntil(noon)
	s.Free = true
	t.settle(id, s)
	same(t, "the number of attempts", t.log(id).Entry.Attempts, 0, "it does not count")
	same(t, "the number of attempts in the log", len(t.log(id).Attempts), 1, "it was made")
	t.take(id, "worker", noon)
	same(t, "the number of the next", t.log(id).Attempts[1].Number, 2, "each attempt has its number")
}

func checkSettleFailed(t *storeTest) {
	id := t.add(1)
	t.take(id, "worker", noon)
	t.settle(id, email.Settlement{
		Lease: "worker", At: noon, Outcome: email.OutcomeUncertain, Code: "outcome_unknown", Error: "cut off",
		Status: email.StatusFailed, UncertainSince: india,
	})
	e := t.log(id).Entry
	same(t, "the status", e.Status, email.StatusFailed, "it was given up")
	same(t, "the last error", e.LastError, "cut off", "the entry says why")
	sameTime(t, "UncertainSince", e.UncertainSince, noon)
	same(t, "the provider's id", e.ProviderID, "", "it has none")
}

func checkSettleTwice(t *storeTest) {
	id := t.add(1)
	_, err := t.store.SettleMessage(t.ctx, id, email.Settlement{Lease: "", Status: email.StatusSent})
	t.refused(err, frontdesk.Aborted, "nobody holds a lease")
	t.send(id, "p1")
	_, err = t.store.SettleMessage(t.ctx, id, deferredUntil(noon))
	t.refused(err, frontdesk.Aborted, "it was given back")
	same(t, "the status", t.log(id).Entry.Status, email.StatusSent, "the first settlement holds")
}

func checkSettleLate(t *storeTest) {
	id := t.add(1)
	t.take(id, "worker", noon)
	s := sentAs("p1")
	s.At = noon.Add(time.Hour)
	t.settle(id, s)
	same(t, "the status", t.log(id).Entry.Status, email.StatusSent, "nobody else was at it")
}

func checkWithheld(t *storeTest) {
	id := t.add(1)
	for _, withheld := range []map[string]string{{"a@example.com": "hard_bounce"}, {"b@example.com": "550 gone", "c@example.com": "manual"}, nil} {
		t.take(id, "worker", noon)
		s := deferredUntil(noon)
		s.Withheld = withheld
		t.settle(id, s)
		got := t.log(id).Entry.Withheld
		same(t, "the number of withheld recipients", len(got), len(withheld), "each attempt says who did not get it")
		for address, reason := range withheld {
			same(t, "the reason", got[address], reason, "each has a reason")
		}
	}
}

func checkThreeAttempts(t *storeTest) {
	id := t.add(1)
	for range 2 {
		t.take(id, "worker", noon)
		t.settle(id, deferredUntil(noon))
	}
	t.send(id, "p1")
	entries, err := t.store.Entries(t.ctx, email.Filter{})
	t.need(err, "Entries")
	same(t, "the number of entries", len(entries), 1, "a message is one entry")
	same(t, "its attempts", entries[0].Attempts, 3, "all count")
	attempts := t.log(id).Attempts
	same(t, "the number of attempts", len(attempts), 3, "each is in the log")
	for i, a := range attempts {
		same(t, "the number", a.Number, i+1, "they are in order")
	}
}

func checkOddError(t *storeTest) {
	id := t.add(1)
	t.take(id, "worker", noon)
	s := deferredUntil(noon)
	s.Error = "nul \x00 and \xff end"
	t.settle(id, s)
	got := t.log(id).Entry.LastError
	same(t, "whether the rest is there", strings.HasPrefix(got, "nul ") && strings.HasSuffix(got, " end"), true, "an error never stops the queue")
}
