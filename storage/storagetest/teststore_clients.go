package storagetest

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var clientRules = []rowsRule{
	{"A folder is remembered, replaced and forgotten, for each document store", checkFolder},
	{"A pause holds back what the client stores, and nothing else", checkPause},
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
