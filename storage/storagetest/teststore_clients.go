package storagetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var clientRules = []rowsRule{
	{"A folder is remembered, replaced and forgotten, for each document store", checkFolder},
	{"The first id that is reserved for a folder stays, for each client and document store", checkReserve},
	{"Of many who reserve at once all get one id", checkReserveRace},
	{"An id that is gone is replaced once", checkReserveAgain},
	{"What is reserved in a transaction that fails was not reserved", checkReserveRollback},
	{"A pause holds back what the client stores, and nothing else", checkPause},
	{"A pause brings nothing forward, and what it holds back is due at its end", checkPauseMoves},
	{"The longest of many pauses holds", checkPauseLongest},
	{"A pause ends when somebody resumes", checkResume},
}

var receiptRules = []rowsRule{
	{"Receipts come newest first, and page by page", checkReceipts},
	{"The same person, way and version has one receipt in a while", checkReceiptOnce},
	{"There are no receipts of a document that is not there", checkNoReceipts},
}

func checkFolder(t *rowsTest) {
	_, err := t.store.Folder(t.ctx, shelf, "acme")
	t.refused(err, frontdesk.NotFound, "there is none yet")
	t.need(t.store.SetFolder(t.ctx, shelf, "acme", "f1"), "SetFolder")
	t.need(t.store.SetFolder(t.ctx, shelf, "acme", "f2"), "SetFolder")
	t.need(t.store.SetFolder(t.ctx, "attic", "acme", "f3"), "SetFolder")
	for store, want := range map[string]string{shelf: "f2", "attic": "f3"} {
		id, err := t.store.Folder(t.ctx, store, "acme")
		t.need(err, "Folder")
		equals(t, "the folder", id, want, "the last one holds")
	}
	t.need(t.store.SetFolder(t.ctx, shelf, "acme", ""), "SetFolder")
	t.need(t.store.SetFolder(t.ctx, shelf, "acme", ""), "SetFolder")
	_, err = t.store.Folder(t.ctx, shelf, "acme")
	t.refused(err, frontdesk.NotFound, "it was forgotten")
}

func (t *rowsTest) reserves(store, client, id, gone, want, rule string) {
	t.Helper()
	reserved, err := t.store.ReserveFolder(t.ctx, store, client, id, gone)
	t.need(err, "ReserveFolder")
	equals(t, "the reserved id", reserved, want, rule)
}

func checkReserve(t *rowsTest) {
	t.reserves(shelf, "acme", "f1", "", "f1", "none was reserved")
	t.reserves(shelf, "acme", "f2", "", "f1", "the first stays")
	t.reserves("attic", "acme", "f3", "", "f3", "it is another document store")
	t.reserves(shelf, "Acme", "f4", "", "f4", "it is another client")
	_, err := t.store.Folder(t.ctx, shelf, "acme")
	t.refused(err, frontdesk.NotFound, "an id that is reserved is no folder yet")
	t.need(t.store.SetFolder(t.ctx, shelf, "acme", "f1"), "SetFolder")
	t.need(t.store.SetFolder(t.ctx, shelf, "acme", ""), "SetFolder")
	t.reserves(shelf, "acme", "f5", "", "f1", "a folder that is forgotten is found again")
}

// reserveAtOnce lets all reserve ids of their own, and checks that they got one of those.
func (t *rowsTest) reserveAtOnce(gone string) (id string) {
	t.Helper()
	ctx, errs := context.WithoutCancel(t.ctx), make([]error, contenders)
	ids := contend(func(i int) (id string) {
		id, errs[i] = t.store.ReserveFolder(ctx, shelf, "acme", fmt.Sprintf("f%d after %s", i, gone), gone)
		return id
	})
	for i, err := range errs {
		t.need(err, "ReserveFolder beside others")
		equals(t, "the reserved id", ids[i], ids[0], "all get the id of the first")
	}
	return ids[0]
}

func checkReserveRace(t *rowsTest) {
	id := t.reserveAtOnce("")
	t.reserves(shelf, "acme", "late", "", id, "it was reserved")
}

func checkReserveAgain(t *rowsTest) {
	t.reserves(shelf, "acme", "f1", "", "f1", "none was reserved")
	id := t.reserveAtOnce("f1")
	if id == "f1" {
		t.Error("the id that is gone is still reserved: one must replace it")
	}
	t.reserves(shelf, "acme", "late", "f1", id, "it was replaced already")
	t.reserves(shelf, "globex", "f2", "f1", "f2", "none was reserved")
}

func checkReserveRollback(t *rowsTest) {
	err := t.store.InTx(t.ctx, func(tx storage.Store) error {
		id, err := tx.ReserveFolder(t.ctx, shelf, "acme", "f1", "")
		equals(t, "the reserved id", id, "f1", "a transaction reads its own writes")
		return errors.Join(err, errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.reserves(shelf, "acme", "f2", "", "f2", "nothing was committed")
}

func checkPause(t *rowsTest) {
	id, gone := t.add(1).Latest.ID, t.add(2)
	d, v := newDocument(3)
	d.Client, v.Client = "globex", "globex"
	other := t.put(d, v).Latest.ID
	t.need(t.store.Pause(t.ctx, shelf, "acme", india.Add(time.Hour)), "Pause")
	t.need(t.store.Pause(t.ctx, "attic", "globex", noon.Add(time.Hour)), "Pause")
	t.moment("PausedUntil", t.usage().PausedUntil, noon.Add(time.Hour))
	t.remove(gone.ID)
	prints(t, "the due versions", t.due(noon), []int64{gone.Latest.ID, other}, "what is removed makes room, and others are not paused")
	_, err := t.store.TakeVersion(t.ctx, id, shelf, leaseAt("worker", noon.Add(time.Hour-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "the client is paused")
	t.take(gone.Latest.ID, "worker", noon)
	t.take(id, "worker", noon.Add(time.Hour))
}

func checkPauseMoves(t *rowsTest) {
	waiting, taken, gone := t.add(1).Latest.ID, t.add(2).Latest.ID, t.add(3)
	d, v := newDocument(4)
	v.Transfer.NextAt = noon.Add(2 * time.Hour)
	late := t.put(d, v).Latest.ID
	t.take(taken, "worker", noon)
	t.remove(gone.ID)
	removing := t.version(gone.Latest.ID).Transfer.NextAt
	t.need(t.store.Pause(t.ctx, shelf, "acme", india.Add(time.Hour)), "Pause")
	t.need(t.store.Pause(t.ctx, shelf, "acme", india.Add(time.Minute)), "a shorter Pause")
	prints(t, "the due versions before the end", t.due(noon.Add(time.Hour-time.Microsecond)), []int64{gone.Latest.ID}, "what is to be removed makes room")
	t.moment("NextAt of what waits for longer", t.version(late).Transfer.NextAt, noon.Add(2*time.Hour))
	t.moment("NextAt of what is to be removed", t.version(gone.Latest.ID).Transfer.NextAt, removing)
	t.need(t.store.AdvanceVersion(t.ctx, taken, progress("worker")), "AdvanceVersion by a worker that began before")
	prints(t, "the due versions at the end", t.due(noon.Add(time.Hour)), []int64{gone.Latest.ID, waiting}, "the pause is over")
}

func checkPauseLongest(t *rowsTest) {
	for _, err := range contend(func(i int) error {
		return t.store.Pause(context.WithoutCancel(t.ctx), shelf, "acme", noon.Add(time.Duration(i+1)*time.Minute))
	}) {
		t.need(err, "Pause beside others")
	}
	t.moment("PausedUntil", t.usage().PausedUntil, noon.Add(contenders*time.Minute))
}

func checkResume(t *rowsTest) {
	id := t.add(1).Latest.ID
	t.take(id, "worker", noon)
	t.settle(id, deferredUntil(noon.Add(time.Hour)))
	t.need(t.store.Pause(t.ctx, shelf, "acme", noon.Add(time.Hour)), "Pause")
	t.need(t.store.Resume(t.ctx, shelf, "acme", india.Add(time.Minute)), "Resume")
	t.moment("PausedUntil", t.usage().PausedUntil, time.Time{})
	prints(t, "the due versions", t.due(noon.Add(time.Minute)), []int64{id}, "what was held back is due")
	t.need(t.store.Resume(t.ctx, shelf, "nobody", noon), "Resume of a client that is not paused")
}

func newReceipt(document string, n int) storage.Receipt {
	return storage.Receipt{
		Document: document, Version: 1, Kind: storage.View, By: storage.By{ID: "ada", Role: frontdesk.RoleClient},
		At: india.Add(time.Duration(n) * time.Minute),
	}
}

func (t *rowsTest) receive(r storage.Receipt, since time.Time, want bool, rule string) {
	t.Helper()
	added, err := t.store.AddReceipt(t.ctx, r, since)
	t.need(err, "AddReceipt")
	equals(t, "whether it was stored", added, want, rule)
}

func (t *rowsTest) receipts(document string, before int64, limit int) []storage.Receipt {
	t.Helper()
	all, err := t.store.Receipts(t.ctx, document, before, limit)
	t.need(err, "Receipts")
	return all
}

func checkReceipts(t *rowsTest) {
	d, other := t.add(1), t.add(2)
	for n := range 4 {
		t.receive(newReceipt(d.ID, n), noon.Add(time.Hour), true, "it is the first since then")
	}
	t.receive(newReceipt(other.ID, 0), noon.Add(time.Hour), true, "it is the first since then")
	first := t.receipts(d.ID, 0, 3)
	equals(t, "the number of receipts", len(first), 3, "no more than asked for")
	for i, r := range first {
		t.moment("At", r.At, noon.Add(time.Duration(3-i)*time.Minute))
		prints(t, "the receipt", []any{r.Document, r.Version, string(r.Kind), r.By}, []any{d.ID, 1, "view", newReceipt("", 0).By}, "it comes whole")
	}
	rest := t.receipts(d.ID, first[2].ID, 3)
	equals(t, "the number of the others", len(rest), 1, "a page begins below the id")
	t.moment("At", rest[0].At, noon)
}

func checkReceiptOnce(t *rowsTest) {
	d := t.add(1)
	r := newReceipt(d.ID, 0)
	t.receive(r, noon.Add(-time.Minute), true, "it is the first")
	t.receive(newReceipt(d.ID, 1), noon, false, "there is one at that time")
	for _, change := range []func(*storage.Receipt){
		func(r *storage.Receipt) { r.Version = 2 },
		func(r *storage.Receipt) { r.Kind = storage.Download },
		func(r *storage.Receipt) { r.By.ID = "bob" },
		func(r *storage.Receipt) { r.By.Role = frontdesk.RoleAdmin },
	} {
		another := r
		change(&another)
		t.receive(another, noon, true, "it is another")
	}
	t.receive(newReceipt(d.ID, 2), noon.Add(time.Microsecond), true, "the first is before the time")
	equals(t, "the number of receipts", len(t.receipts(d.ID, 0, 100)), 6, "each that was stored is there")
}

func checkNoReceipts(t *rowsTest) {
	_, err := t.store.AddReceipt(t.ctx, newReceipt("none", 1), noon)
	t.refused(err, frontdesk.NotFound, "there is no document")
	d := t.add(1)
	t.receive(newReceipt(d.ID, 1), noon, true, "it is the first")
	t.remove(d.ID)
	equals(t, "the number of receipts", len(t.receipts(d.ID, 0, 10)), 0, "the document is deleted")
	_, err = t.store.AddReceipt(t.ctx, newReceipt(d.ID, 2), noon)
	t.refused(err, frontdesk.NotFound, "the document is deleted")
}
