package storagetest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var settleRules = []rowsRule{
	{"A version that is stored is not due any more", checkStored},
	{"A version that is to be tried again is due at its time, with all that is known", checkDeferred},
	{"An attempt that is free does not count", checkFree},
	{"A lease whose time is over still settles, while nobody else has taken the version", checkLateSettle},
	{"A version that is dead is tried again from its first attempt", checkRetry},
	{"Text and states that no database would keep do no harm", checkAnyText},
}

func checkStored(t *rowsTest) {
	d := t.add(1)
	t.keep(d.Latest.ID, "o1")
	v := t.version(d.Latest.ID)
	prints(t, "what is known", []any{string(v.State), v.Done, v.Transfer.ObjectID, v.Transfer.Spool, v.Transfer.Lease, v.Transfer.Attempts},
		[]any{"stored", 100, "o1", "", "", 1}, "the settlement is stored")
	t.moment("StoredAt", v.StoredAt, noon.Add(time.Second))
	t.moment("LeaseUntil", v.Transfer.LeaseUntil, time.Time{})
	equals(t, "the number of due versions", len(t.due(noon.Add(time.Hour))), 0, "nothing is left to do")
	equals(t, "the newest version", t.document(d.ID).Latest.State, storage.StateStored, "Latest is as it is")
}

func checkDeferred(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.take(id, "worker", noon)
	t.settle(id, deferredUntil(india.Add(time.Hour)))
	v := t.version(id)
	prints(t, "what is known", []any{string(v.State), v.Done, v.Transfer.ObjectID, v.Transfer.Spool, v.Transfer.Session, v.Transfer.LastError, v.Transfer.Attempts},
		[]any{"queued", 7, "o1", "spool1", []byte{0, 0xff}, "try later", 1}, "the settlement is stored")
	t.moment("ScannedAt", v.Transfer.ScannedAt, noon)
	t.moment("NextAt", v.Transfer.NextAt, noon.Add(time.Hour))
	t.moment("StoredAt", v.StoredAt, time.Time{})
	equals(t, "the number of due versions", len(t.due(noon.Add(time.Hour-time.Microsecond))), 0, "its time has not come")
	prints(t, "the due versions", t.due(noon.Add(time.Hour)), []int64{id}, "its time has come")
}

func checkFree(t *rowsTest) {
	id := t.add(1).Latest.ID
	for range 3 {
		t.take(id, "worker", noon)
		s := deferredUntil(noon)
		s.Free = true
		t.settle(id, s)
	}
	equals(t, "the number of attempts", t.version(id).Transfer.Attempts, 0, "none of them counts")
}

func checkLateSettle(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.take(id, "worker", noon)
	s := storedAs("o1")
	s.At = noon.Add(time.Hour)
	t.settle(id, s)
	t.refused(t.store.SettleVersion(t.ctx, id, s), frontdesk.Aborted, "the lease has ended with it")
}

func checkRetry(t *rowsTest) {
	d := t.add(1)
	id := d.Latest.ID
	t.refused(t.store.RetryVersion(t.ctx, id, storage.StateQueued, noon), frontdesk.FailedPrecondition, "it is not dead")
	t.refused(t.store.RetryVersion(t.ctx, 123456, storage.StateQueued, noon), frontdesk.NotFound, "there is none")
	t.take(id, "worker", noon)
	s := deferredUntil(time.Time{})
	s.State = storage.StateDead
	t.settle(id, s)
	equals(t, "the number of due versions", len(t.due(noon.Add(time.Hour))), 0, "it is dead")
	t.need(t.store.RetryVersion(t.ctx, id, storage.StateHeld, india.Add(time.Hour)), "RetryVersion")
	v := t.version(id)
	prints(t, "what is known", []any{string(v.State), v.Transfer.Attempts, v.Transfer.Spool}, []any{"held", 0, "spool1"}, "it begins again")
	prints(t, "the due versions", t.due(noon.Add(time.Hour)), []int64{id}, "it waits")
	t.need(t.store.RemoveDocument(t.ctx, d.ID, noon, agree), "RemoveDocument")
	t.refused(t.store.RetryVersion(t.ctx, id, storage.StateQueued, noon), frontdesk.NotFound, "the document is deleted")
}

func checkAnyText(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.take(id, "worker", noon)
	s := deferredUntil(noon)
	s.Error = "zero \x00, half a rune \xf0\x9f"
	t.settle(id, s)
	equals(t, "the state", t.version(id).State, storage.StateQueued, "it is settled all the same")
}
