package storagetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var txRules = []rowsRule{
	{"All writes of a transaction are there after it", checkCommit},
	{"A transaction reads its own writes", checkReadOwnWrites},
	{"A transaction that fails leaves nothing, and its error comes out", checkRollback},
	{"A transaction that panics leaves nothing, and the panic comes out", checkPanic},
	{"A nested transaction that fails takes back its own writes only", checkNestedRollback},
	{"A nested transaction falls with the outer one", checkNestedJoins},
	{"An expected refusal inside a transaction does not spoil it", checkRefusalInTx},
	{"Many transactions at once all come through", checkTxRace},
	{"Audit events of any text are taken, also in a transaction", checkAudit},
}

// everything writes something of every sort, each named after n.
func everything(t *rowsTest, s storage.Store, n int) error {
	d, v := newDocument(n)
	d.Client, v.Client = fmt.Sprint("client ", n), fmt.Sprint("client ", n)
	there, _, err := s.AddDocument(t.ctx, d, v, 0)
	if err != nil {
		return err
	}
	id := there.Latest.ID
	_, takeErr := s.TakeVersion(t.ctx, id, shelf, leaseAt("worker", noon))
	advanceErr := s.AdvanceVersion(t.ctx, id, progress("worker"))
	settleErr := s.SettleVersion(t.ctx, id, storedAs("o"))
	_, changeErr := s.ChangeDocument(t.ctx, d.ID, agree)
	_, versionErr := s.AddVersion(t.ctx, newVersionOf(d.ID, n), 0, agree)
	_, receiptErr := s.AddReceipt(t.ctx, newReceipt(d.ID, 0), noon)
	return errors.Join(takeErr, advanceErr, settleErr, changeErr, versionErr, receiptErr,
		s.SetFolder(t.ctx, shelf, d.Client, "f"), s.Pause(t.ctx, shelf, d.Client, noon.Add(time.Hour)),
		s.Audit(t.ctx, frontdesk.AuditEvent{Time: noon, Action: "storage.Test", Resource: fmt.Sprint(n)}))
}

// sorts is how many sorts of writes there counts.
const sorts = 6

// there tells how much of what everything wrote is to be found.
func there(t *rowsTest, s storage.Store, n int) int {
	t.Helper()
	d, _ := newDocument(n)
	client := fmt.Sprint("client ", n)
	documents, err := s.Documents(t.ctx, storage.Filter{Client: client})
	t.need(err, "Documents")
	versions, err := s.Versions(t.ctx, d.ID)
	t.need(err, "Versions")
	receipts, err := s.Receipts(t.ctx, d.ID, 0, 10)
	t.need(err, "Receipts")
	usage, err := s.Usage(t.ctx, shelf, client)
	t.need(err, "Usage")
	found := len(documents) + len(versions) + len(receipts)
	if !usage.PausedUntil.IsZero() {
		found++
	}
	if _, err := s.Folder(t.ctx, shelf, client); err == nil {
		found++
	}
	return found
}

func (t *rowsTest) noneLeft(n int) {
	t.Helper()
	equals(t, fmt.Sprintf("what is left of write %d", n), there(t, t.store, n), 0, "of what was not committed nothing is left")
}

func (t *rowsTest) allThere(s storage.Store, n int) {
	t.Helper()
	equals(t, fmt.Sprintf("what is there of write %d", n), there(t, s, n), sorts, "all of what was written together is there")
}

func checkCommit(t *rowsTest) {
	t.need(t.store.InTx(t.ctx, func(tx storage.Store) error { return everything(t, tx, 1) }), "InTx")
	t.allThere(t.store, 1)
}

func checkReadOwnWrites(t *rowsTest) {
	t.need(t.store.InTx(t.ctx, func(tx storage.Store) error {
		err := everything(t, tx, 1)
		t.allThere(tx, 1)
		return err
	}), "InTx")
}

func checkRollback(t *rowsTest) {
	d := t.add(1)
	err := t.store.InTx(t.ctx, func(tx storage.Store) error {
		_, takeErr := tx.TakeVersion(t.ctx, d.Latest.ID, shelf, leaseAt("worker", noon))
		removeErr := tx.RemoveDocument(t.ctx, d.ID, noon, agree)
		return errors.Join(takeErr, removeErr, everything(t, tx, 2), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(2)
	prints(t, "the due versions", t.due(noon), []int64{d.Latest.ID}, "the lease was not kept")
	equals(t, "the newest version", t.document(d.ID).Latest.State, storage.StateQueued, "it was not deleted")
	equals(t, "the bytes", t.usage().Bytes, 100, "it was not deleted")
}

func checkPanic(t *rowsTest) {
	recovered := panicOf(func() {
		err := t.store.InTx(t.ctx, func(tx storage.Store) error {
			t.need(everything(t, tx, 1), "writing in a transaction")
			panic(errOnPurpose)
		})
		t.Errorf("InTx returned %v, want the panic of the function it was given", err)
	})
	prints(t, "the panic", recovered, errOnPurpose, "a panic is the host's to see")
	t.noneLeft(1)
	t.need(t.store.InTx(t.ctx, func(tx storage.Store) error { return everything(t, tx, 1) }), "InTx after another has panicked")
	t.allThere(t.store, 1)
}

// panicOf is what fn panics with.
func panicOf(fn func()) (recovered any) {
	defer func() { recovered = recover() }()
	fn()
	return nil
}

func checkNestedRollback(t *rowsTest) {
	t.need(t.store.InTx(t.ctx, func(tx storage.Store) error {
		before := everything(t, tx, 1)
		nested := tx.InTx(t.ctx, func(inner storage.Store) error {
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

func checkNestedJoins(t *rowsTest) {
	err := t.store.InTx(t.ctx, func(tx storage.Store) error {
		t.need(tx.InTx(t.ctx, func(inner storage.Store) error { return everything(t, inner, 1) }), "the nested InTx")
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(1)
}

func checkRefusalInTx(t *rowsTest) {
	d := t.add(1)
	t.need(t.store.InTx(t.ctx, func(tx storage.Store) error {
		_, err := tx.Document(t.ctx, "none")
		t.refused(err, frontdesk.NotFound, "there is none")
		_, _, err = tx.AddDocument(t.ctx, storage.Document{ID: "full", Client: "acme"}, newVersionOf("full", 9), 150)
		t.refused(err, frontdesk.QuotaExceeded, "there is no room")
		_, err = tx.ChangeDocument(t.ctx, d.ID, func(*storage.Document) error { return errOnPurpose })
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("ChangeDocument returned %v, want the error of its function", err)
		}
		return everything(t, tx, 2)
	}), "InTx")
	t.allThere(t.store, 2)
	equals(t, "the bytes", t.usage().Bytes, 100, "what was refused is not there")
}

func checkTxRace(t *rowsTest) {
	race := *t
	race.ctx = context.WithoutCancel(t.ctx)
	for _, err := range contend(func(i int) error {
		return t.store.InTx(race.ctx, func(tx storage.Store) error { return everything(&race, tx, i) })
	}) {
		t.need(err, "InTx beside others")
	}
	for n := range contenders {
		t.allThere(t.store, n)
	}
}

func checkAudit(t *rowsTest) {
	event := frontdesk.AuditEvent{
		Time: india, Actor: frontdesk.Admin("grace", frontdesk.Origin{}), Action: "storage.Test", Resource: "document:1", Outcome: frontdesk.Succeeded,
		Before: map[string]string{"status": "pending"}, After: map[string]string{"status": "olá 😀 '\"\\"},
	}
	t.need(t.store.Audit(t.ctx, event), "Audit")
	t.need(t.store.InTx(t.ctx, func(tx storage.Store) error { return tx.Audit(t.ctx, event) }), "Audit in a transaction")
}
