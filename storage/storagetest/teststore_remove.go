package storagetest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var removeRules = []rowsRule{
	{"A document that is deleted is not found, and all of its versions are to be removed", checkRemove},
	{"The key of a deleted document is free", checkRemoveKey},
	{"With its last version a document is gone", checkForgotten},
	{"A version that is stored while its document is deleted is removed afterwards", checkRemoveLeased},
}

func (t *rowsTest) remove(id string) {
	t.Helper()
	t.need(t.store.RemoveDocument(t.ctx, id, noon, agree), "RemoveDocument")
}

func checkRemove(t *rowsTest) {
	d := t.add(1)
	t.keep(d.Latest.ID, "o1")
	second := t.revise(d.ID, 2).Latest.ID
	t.take(second, "worker", noon)
	t.settle(second, deferredUntil(noon.Add(time.Hour)))
	t.remove(d.ID)
	_, err := t.store.Document(t.ctx, d.ID)
	t.refused(err, frontdesk.NotFound, "it is deleted")
	t.refused(t.store.RemoveDocument(t.ctx, d.ID, noon, agree), frontdesk.NotFound, "it is deleted")
	_, err = t.store.AddVersion(t.ctx, newVersionOf(d.ID, 3), 0, agree)
	t.refused(err, frontdesk.NotFound, "it is deleted")
	all, err := t.store.Versions(t.ctx, d.ID)
	t.need(err, "Versions")
	equals(t, "the number of versions", len(all), 0, "it is deleted")
	prints(t, "the due versions", t.due(noon), []int64{d.Latest.ID, second}, "workers remove them")
	for id, object := range map[int64]string{d.Latest.ID: "o1", second: "o1"} {
		v := t.version(id)
		prints(t, "what is known", []any{string(v.State), v.Transfer.ObjectID, v.Transfer.Attempts}, []any{"removing", object, 0}, "what is needed to remove it is there")
	}
}

func checkRemoveKey(t *rowsTest) {
	t.remove(t.add(1).ID)
	d, v := newDocument(1)
	d.ID = "d0002"
	equals(t, "the document", t.put(d, v).ID, "d0002", "the key is free")
}

func checkForgotten(t *rowsTest) {
	d := t.add(1)
	second := t.revise(d.ID, 2).Latest.ID
	t.remove(d.ID)
	for _, id := range []int64{second, d.Latest.ID} {
		t.take(id, "worker", noon)
		t.settle(id, storage.Settlement{Lease: "worker", At: noon, State: storage.StateRemoved})
		_, err := t.store.Version(t.ctx, id)
		t.refused(err, frontdesk.NotFound, "it is gone")
	}
	equals(t, "the document", t.add(1).ID, d.ID, "nothing is left of it, so that its id could be used again")
}

func checkRemoveLeased(t *rowsTest) {
	d := t.add(1)
	id := d.Latest.ID
	t.take(id, "worker", noon)
	t.remove(d.ID)
	equals(t, "the number of due versions", len(t.due(noon)), 0, "the worker's lease is alive")
	t.refused(t.store.AdvanceVersion(t.ctx, id, progress("worker")), frontdesk.FailedPrecondition, "the worker is told to stop")
	equals(t, "the object", t.version(id).Transfer.ObjectID, "o1", "what it knows is kept all the same")
	s := storedAs("o2")
	t.settle(id, s)
	v := t.version(id)
	prints(t, "what is known", []any{string(v.State), v.Transfer.ObjectID, v.Transfer.Spool}, []any{"removing", "o2", ""}, "it stays to be removed, with the object that is there")
	prints(t, "the due versions", t.due(s.At), []int64{id}, "workers remove it")
}
