package billingtest

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var txRules = []storeRule{
	{"All writes of a transaction are there after it", checkCommit},
	{"A transaction reads its own writes", checkReadOwnWrites},
	{"A transaction that fails leaves nothing, and its error comes out", checkRollback},
	{"A transaction that panics leaves nothing, and the panic comes out", checkPanic},
	{"A store is of use after a transaction that failed or panicked", checkUseAfterRollback},
	{"A nested transaction that fails takes back its own writes only", checkNestedRollback},
	{"A nested transaction that panics takes back its own writes only", checkNestedPanic},
	{"A nested transaction falls with the outer one", checkNestedJoins},
	{"An expected refusal inside a transaction does not spoil it", checkRefusalInTx},
	{"Many transactions at once all come through", checkTxRace},
	{"Audit events of any text are taken, also in a transaction", checkAudit},
}

var errOnPurpose = errors.New("on purpose")

// everything writes something of every sort, each named after n.
func everything(t *storeTest, s billing.Store, n int) error {
	_, effectErr := s.AddEffect(t.ctx, newEffect(n))
	_, linkErr := s.LinkCustomer(t.ctx, ref(fmt.Sprintf("cus_%d", n)), fmt.Sprintf("client %d", n))
	_, accountErr := s.LinkAccount(t.ctx, fmt.Sprintf("acct_%d", n), fmt.Sprintf("expert %d", n))
	op := newOperation()
	op.Intent = fmt.Sprint(n)
	_, opErr := s.BeginOperation(t.ctx, op)
	return errors.Join(
		s.AddEvents(t.ctx, newEvent(n)), s.PutObject(t.ctx, newSubscription(n)), s.Lock(t.ctx, fmt.Sprint(n), lease("holder", noon)),
		s.Audit(t.ctx, frontdesk.AuditEvent{Time: noon, Action: "billing.Test", Resource: fmt.Sprint(n)}),
		s.AddEntries(t.ctx, newEntry(n)),
		effectErr, linkErr, accountErr, opErr,
	)
}

// there tells which of what everything wrote is to be found: as many as there
// are sorts that reads can see.
func there(t *storeTest, s billing.Store, n int) int {
	t.Helper()
	found := 0
	events, err := s.Events(t.ctx, billing.EventFilter{Limit: 500})
	t.need(err, "Events")
	for _, e := range events {
		if e.ProviderID == newEvent(n).ProviderID {
			found++
		}
	}
	effects, err := s.Effects(t.ctx, billing.EffectFilter{Object: newEffect(n).Object})
	t.need(err, "Effects")
	found += len(effects)
	if _, err := s.Object(t.ctx, newSubscription(n).Key()); err == nil {
		found++
	}
	if _, err := s.ClientOf(t.ctx, ref(fmt.Sprintf("cus_%d", n))); err == nil {
		found++
	}
	if _, err := s.ExpertOf(t.ctx, fmt.Sprintf("acct_%d", n)); err == nil {
		found++
	}
	entries, err := s.EntriesOf(t.ctx, newEntry(n).Account, newEntry(n).Kind, newEntry(n).Object)
	t.need(err, "EntriesOf")
	return found + len(entries)
}

const sorts = 6

// free checks that neither the lock nor the operation of n was kept.
func free(t *storeTest, n int, pending string) {
	t.Helper()
	t.need(t.store.Lock(t.ctx, fmt.Sprint(n), lease("other", noon)), "Lock of a key whose locking was taken back")
	op := newOperation()
	op.Intent = fmt.Sprint(n)
	if t.begin(op).ID == pending {
		t.Errorf("BeginOperation returned an operation whose beginning was taken back")
	}
}

func (t *storeTest) noneLeft(n int) {
	t.Helper()
	same(t, fmt.Sprintf("what is left of write %d", n), there(t, t.store, n), 0, "of what was not committed nothing is left")
}

func (t *storeTest) allThere(s billing.Store, n int) {
	t.Helper()
	same(t, fmt.Sprintf("what is there of write %d", n), there(t, s, n), sorts, "all of what was written together is there")
}

func checkCommit(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error { return everything(t, tx, 1) }), "InTx")
	t.allThere(t.store, 1)
	t.refused(t.store.Lock(t.ctx, "1", lease("other", noon)), frontdesk.Aborted, "the lock was committed too")
	due, err := t.store.DueEvents(t.ctx, later, 10)
	t.need(err, "DueEvents")
	same(t, "the number of due events", len(due), 1, "workers see what was committed")
}

func checkReadOwnWrites(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		err := everything(t, tx, 1)
		t.allThere(tx, 1)
		return err
	}), "InTx")
}

func checkRollback(t *storeTest) {
	t.need(everything(t, t.store, 1), "writing without a transaction")
	changed, again := newSubscription(1), newSubscription(1)
	changed.Status, again.Status = billing.SubscriptionStatusPastDue, billing.SubscriptionStatusCanceled
	var pending billing.Operation
	err := t.store.InTx(t.ctx, func(tx billing.Store) error {
		op := newOperation()
		op.Intent = "2"
		var err error
		pending, err = tx.BeginOperation(t.ctx, op)
		return errors.Join(err, everything(t, tx, 2),
			tx.PutObject(t.ctx, changed), tx.PutObject(t.ctx, again), tx.Unlock(t.ctx, "1", "holder"), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(2)
	free(t, 2, pending.ID)
	t.allThere(t.store, 1)
	same(t, "the state", t.object(changed.Key()).State(), "active", "a replaced object is as it was")
	t.refused(t.store.Lock(t.ctx, "1", lease("other", noon)), frontdesk.Aborted, "the lock that was given back is held again")
}

func checkPanic(t *storeTest) {
	recovered := panicOf(func() {
		err := t.store.InTx(t.ctx, func(tx billing.Store) error {
			t.need(everything(t, tx, 1), "writing in a transaction")
			panic(errOnPurpose)
		})
		t.Errorf("InTx returned %v, want the panic of the function it was given", err)
	})
	sameText(t, "the panic", recovered, errOnPurpose, "a panic is the host's to see")
	t.noneLeft(1)
}

// panicOf is what fn panics with.
func panicOf(fn func()) (recovered any) {
	defer func() { recovered = recover() }()
	fn()
	return nil
}

func checkUseAfterRollback(t *storeTest) {
	fail := func(tx billing.Store) error { return errors.Join(everything(t, tx, 1), errOnPurpose) }
	for range 2 * contenders { // more than any pool has connections
		if err := t.store.InTx(t.ctx, fail); !errors.Is(err, errOnPurpose) {
			t.Fatalf("InTx returned %v, want the error of the function it was given", err)
		}
		panicOf(func() {
			t.need(t.store.InTx(t.ctx, func(billing.Store) error { panic(errOnPurpose) }), "InTx that panics")
		})
	}
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error { return everything(t, tx, 1) }), "InTx after others were rolled back")
	t.allThere(t.store, 1)
}

func checkNestedRollback(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		before := everything(t, tx, 1)
		err := tx.InTx(t.ctx, func(inner billing.Store) error {
			return errors.Join(everything(t, inner, 2), inner.PutObject(t.ctx, &billing.Customer{Header: billing.Header{Ref: ref("cus_1")}}), errOnPurpose)
		})
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("the nested InTx returned %v, want the error of the function it was given", err)
		}
		same(t, "what is left of the nested writes", there(t, tx, 2), 0, "the outer transaction goes on without them")
		return errors.Join(before, everything(t, tx, 3))
	}), "the outer InTx")
	t.allThere(t.store, 1)
	t.noneLeft(2)
	t.allThere(t.store, 3)
}

func checkNestedPanic(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		recovered := panicOf(func() {
			t.need(tx.InTx(t.ctx, func(inner billing.Store) error {
				t.need(everything(t, inner, 1), "writing in a nested transaction")
				panic(errOnPurpose)
			}), "the nested InTx")
		})
		sameText(t, "the panic", recovered, errOnPurpose, "a panic is the host's to see")
		return everything(t, tx, 2)
	}), "the outer InTx")
	t.noneLeft(1)
	t.allThere(t.store, 2)
}

func checkNestedJoins(t *storeTest) {
	err := t.store.InTx(t.ctx, func(tx billing.Store) error {
		nested := func(inner billing.Store) error {
			return errors.Join(everything(t, inner, 1), inner.InTx(t.ctx, func(s billing.Store) error { return everything(t, s, 2) }))
		}
		t.need(tx.InTx(t.ctx, nested), "the nested InTx")
		t.allThere(tx, 2)
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(1)
	t.noneLeft(2)
}

// checkRefusalInTx: databases exist where the first error ends a transaction.
func checkRefusalInTx(t *storeTest) {
	t.need(everything(t, t.store, 1), "writing without a transaction")
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		_, err := tx.Object(t.ctx, newSubscription(9).Key())
		t.refused(err, frontdesk.NotFound, "there is no such object")
		t.refused(tx.Lock(t.ctx, "1", lease("other", noon)), frontdesk.Aborted, "another lease on it is alive")
		t.refused(tx.Unlock(t.ctx, "1", "other"), frontdesk.Aborted, "the lease is another's")
		_, err = tx.TakeEvent(t.ctx, 404, lease("worker", later))
		t.refused(err, frontdesk.NotFound, "there is no such event")
		added, err := tx.AddEffect(t.ctx, newEffect(1))
		t.need(err, "AddEffect of a known effect")
		same(t, "what AddEffect reports", added, false, "the effect was there")
		tied, err := tx.LinkCustomer(t.ctx, ref("cus_1"), "globex")
		t.need(err, "LinkCustomer of a customer that is tied")
		same(t, "the client", tied, "client 1", "a link never changes")
		t.need(tx.AddEvents(t.ctx, newEvent(1)), "AddEvents of a known event")
		t.refused(tx.AddEntries(t.ctx, newEntry(1)), frontdesk.Aborted, "there is such an entry")
		return everything(t, tx, 2)
	}), "InTx in which others were refused")
	t.allThere(t.store, 2)
}

func checkTxRace(t *storeTest) {
	for i, err := range contend(func(i int) error {
		return t.store.InTx(t.ctx, func(tx billing.Store) error {
			err := everything(t, tx, i)
			if i%4 == 0 {
				return errors.Join(err, errOnPurpose)
			}
			return err
		})
	}) {
		if i%4 == 0 {
			t.noneLeft(i)
			continue
		}
		t.need(err, "InTx beside others")
		t.allThere(t.store, i)
	}
}

func checkAudit(t *storeTest) {
	admin := frontdesk.Admin("root 😀", frontdesk.Origin{IP: netip.MustParseAddr("2001:db8::1"), UserAgent: "agent \x00 \xff", RequestID: "req-1"})
	e := frontdesk.AuditEvent{
		Time: india.Add(time.Microsecond), Actor: admin, Action: "billing.CancelSubscription", Resource: "subscription/sub_'%",
		Outcome: frontdesk.Succeeded, Before: map[string]string{"status": "active"}, After: map[string]string{"status": "nul \x00 end"},
	}
	t.need(t.store.Audit(t.ctx, e), "Audit")
	t.need(t.store.Audit(t.ctx, e), "Audit of the same once more")
	t.need(t.store.Audit(t.ctx, frontdesk.AuditEvent{}), "Audit of an event with nothing in it")
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error { return tx.Audit(t.ctx, e) }), "Audit in a transaction")
}
