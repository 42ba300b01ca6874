package storagetest

import (
	"context"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var queueRules = []rowsRule{
	{"A version that waits is taken under a lease, and the attempt is counted", checkTake},
	{"Only one of many takes a version", checkTakeRace},
	{"A version under a lease is not due and not to be taken, until the lease is over", checkLeased},
	{"A version is not to be taken before its time", checkNotBefore},
	{"A version that does not wait is not to be taken", checkOver},
	{"A version is its document store's only", checkOtherStore},
	{"Due versions come as long as they have waited, and no more than asked for", checkDueOrder},
	{"What an attempt knows is written down, and the lease is longer", checkAdvance},
	{"A version that is held is queued when it was scanned", checkScanned},
	{"Only the holder of the lease writes", checkHolder},
}

func checkTake(t *rowsTest) {
	id := t.add(1).Latest.ID
	prints(t, "the due versions", t.due(noon), []int64{id}, "it waits")
	v := t.take(id, "worker", india)
	equals(t, "the lease", v.Transfer.Lease, "worker", "the holder has it")
	t.moment("the end of the lease", v.Transfer.LeaseUntil, noon.Add(time.Minute))
	equals(t, "the number of attempts", v.Transfer.Attempts, 1, "an attempt is counted when it begins")
	prints(t, "the version", []any{v.Name, v.SHA256, v.Transfer.Spool}, []any{"file 1.pdf", []byte{0, 1, 0xff}, "spool1"}, "it comes whole")
	equals(t, "the number of attempts", t.version(id).Transfer.Attempts, 1, "it is stored")
}

func checkTakeRace(t *rowsTest) {
	id := t.add(1).Latest.ID
	oneOf(t, contend(func(i int) error {
		_, err := t.store.TakeVersion(context.WithoutCancel(t.ctx), id, shelf, leaseAt(fmt.Sprint("worker ", i), noon))
		return err
	}), frontdesk.Aborted, "a version is in one hand")
	equals(t, "the number of attempts", t.version(id).Transfer.Attempts, 1, "only the winner's attempt counts")
}

func checkLeased(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.take(id, "first", noon)
	equals(t, "the number of due versions", len(t.due(noon.Add(time.Minute))), 0, "a lease holds until its end")
	_, err := t.store.TakeVersion(t.ctx, id, shelf, leaseAt("second", noon.Add(time.Minute)))
	t.refused(err, frontdesk.Aborted, "another lease is alive")
	later := noon.Add(time.Minute + time.Microsecond)
	prints(t, "the due versions", t.due(later), []int64{id}, "the worker has died")
	equals(t, "the number of attempts", t.take(id, "second", later).Transfer.Attempts, 2, "the first attempt counts")
}

func checkNotBefore(t *rowsTest) {
	d, v := newDocument(1)
	v.Transfer.NextAt = noon.Add(time.Hour)
	id := t.put(d, v).Latest.ID
	_, err := t.store.TakeVersion(t.ctx, id, shelf, leaseAt("worker", noon.Add(time.Hour-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "its time has not come")
	equals(t, "the number of due versions", len(t.due(noon)), 0, "its time has not come")
	t.take(id, "worker", noon.Add(time.Hour))
}

func checkOver(t *rowsTest) {
	for i, state := range []storage.State{storage.StateStored, storage.StateInfected, storage.StateDead} {
		d, v := newDocument(i)
		v.State = state
		_, err := t.store.TakeVersion(t.ctx, t.put(d, v).Latest.ID, shelf, leaseAt("worker", noon.Add(time.Hour)))
		t.refused(err, frontdesk.FailedPrecondition, "it is "+string(state))
	}
	equals(t, "the number of due versions", len(t.due(noon.Add(time.Hour))), 0, "nothing is left to do")
	_, err := t.store.TakeVersion(t.ctx, 123456, shelf, leaseAt("worker", noon))
	t.refused(err, frontdesk.NotFound, "there is none")
}

func checkOtherStore(t *rowsTest) {
	id := t.add(1).Latest.ID
	_, err := t.store.TakeVersion(t.ctx, id, "attic", leaseAt("worker", noon))
	t.refused(err, frontdesk.FailedPrecondition, "it belongs in another")
	ids, err := t.store.DueVersions(t.ctx, "attic", noon, 10)
	t.need(err, "DueVersions")
	equals(t, "the number of its due versions", len(ids), 0, "it has none")
}

func checkDueOrder(t *rowsTest) {
	var ids []int64
	for n := range 4 {
		d, v := newDocument(n)
		v.State = []storage.State{storage.StateQueued, storage.StateHeld}[n%2]
		v.Transfer.NextAt = noon.Add(-time.Duration(n/2) * time.Minute)
		ids = append(ids, t.put(d, v).Latest.ID)
	}
	got, err := t.store.DueVersions(t.ctx, shelf, noon, 3)
	t.need(err, "DueVersions")
	prints(t, "the due versions", got, []int64{ids[2], ids[3], ids[0]}, "those that wait longest come first")
	got, err = t.store.DueVersions(t.ctx, shelf, noon, 0)
	t.need(err, "DueVersions")
	equals(t, "the number of due versions", len(got), 0, "none were asked for")
}

func progress(lease string) storage.Progress {
	return storage.Progress{Lease: lease, Until: india.Add(time.Hour), Done: 42, ObjectID: "o1", Session: []byte{0, 0xff}}
}

func checkAdvance(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.take(id, "worker", noon)
	t.need(t.store.AdvanceVersion(t.ctx, id, progress("worker")), "AdvanceVersion")
	v := t.version(id)
	prints(t, "what is known", []any{v.Done, v.Transfer.ObjectID, v.Transfer.Session, string(v.State)}, []any{42, "o1", []byte{0, 0xff}, "queued"}, "it is written down")
	t.moment("the end of the lease", v.Transfer.LeaseUntil, noon.Add(time.Hour))
	equals(t, "the number of due versions", len(t.due(noon.Add(time.Hour))), 0, "the lease is longer")
	p := storage.Progress{Lease: "worker", Until: noon.Add(time.Hour)}
	t.need(t.store.AdvanceVersion(t.ctx, id, p), "AdvanceVersion")
	v = t.version(id)
	prints(t, "what is known", []any{v.Done, v.Transfer.ObjectID, len(v.Transfer.Session)}, []any{0, "", 0}, "all of it is replaced")
}

func checkScanned(t *rowsTest) {
	d, v := newDocument(1)
	v.State = storage.StateHeld
	id := t.put(d, v).Latest.ID
	t.take(id, "worker", noon)
	p := progress("worker")
	t.need(t.store.AdvanceVersion(t.ctx, id, p), "AdvanceVersion")
	equals(t, "the state", t.version(id).State, storage.StateHeld, "it was not scanned")
	p.ScannedAt = india
	t.need(t.store.AdvanceVersion(t.ctx, id, p), "AdvanceVersion")
	equals(t, "the state", t.version(id).State, storage.StateQueued, "it was scanned")
	t.moment("ScannedAt", t.version(id).Transfer.ScannedAt, noon)
}

func checkHolder(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.refused(t.store.AdvanceVersion(t.ctx, id, progress("")), frontdesk.Aborted, "nobody has taken it")
	t.take(id, "first", noon)
	t.take(id, "second", noon.Add(time.Hour))
	t.refused(t.store.AdvanceVersion(t.ctx, id, progress("first")), frontdesk.Aborted, "the lease was lost")
	s := storedAs("o1")
	s.Lease = "first"
	t.refused(t.store.SettleVersion(t.ctx, id, s), frontdesk.Aborted, "the lease was lost")
	t.refused(t.store.AdvanceVersion(t.ctx, 123456, progress("first")), frontdesk.NotFound, "there is none")
	t.refused(t.store.SettleVersion(t.ctx, 123456, s), frontdesk.NotFound, "there is none")
	v := t.version(id)
	prints(t, "what is known", []any{string(v.State), v.Transfer.Lease, v.Transfer.ObjectID}, []any{"queued", "second", ""}, "nothing was written")
}
