package emailtest

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var txRules = []storeRule{
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
func everything(t *storeTest, s email.Store, n int) error {
	e, m := newMessage(n)
	id, _, err := s.AddMessage(t.ctx, e, m)
	if err != nil {
		return err
	}
	_, takeErr := s.TakeMessage(t.ctx, id, post, lease("worker", noon))
	_, settleErr := s.SettleMessage(t.ctx, id, sentAs(fmt.Sprintf("p%d", n)))
	_, _, eventErr := s.AddEvent(t.ctx, newEvent(n, fmt.Sprintf("p%d", n)))
	_, suppressErr := s.Suppress(t.ctx, email.Suppression{Address: fmt.Sprintf("%d@example.com", n), Reason: email.ReasonManual, Since: noon})
	return errors.Join(takeErr, settleErr, eventErr, suppressErr,
		s.RaiseStatus(t.ctx, id, email.StatusDelivered), s.Park(t.ctx, fmt.Sprint("pigeon ", n), noon.Add(time.Hour)),
		s.Audit(t.ctx, frontdesk.AuditEvent{Time: noon, Action: "email.Test", Resource: fmt.Sprint(n)}))
}

// sorts is how many sorts of writes there counts.
const sorts = 4

// there tells how much of what everything wrote is to be found.
func there(t *storeTest, s email.Store, n int) int {
	t.Helper()
	found := 0
	entries, err := s.Entries(t.ctx, email.Filter{Address: fmt.Sprintf("ada%d@example.com", n)})
	t.need(err, "Entries")
	for _, e := range entries {
		log, err := s.Log(t.ctx, e.ID)
		t.need(err, "Log")
		found += 1 + len(log.Attempts) + len(log.Events)
	}
	list, err := s.Suppressions(t.ctx, email.SuppressionFilter{Addresses: []string{fmt.Sprintf("%d@example.com", n)}})
	t.need(err, "Suppressions")
	return found + len(list)
}

func (t *storeTest) noneLeft(n int) {
	t.Helper()
	same(t, fmt.Sprintf("what is left of write %d", n), there(t, t.store, n), 0, "of what was not committed nothing is left")
}

func (t *storeTest) allThere(s email.Store, n int) {
	t.Helper()
	same(t, fmt.Sprintf("what is there of write %d", n), there(t, s, n), sorts, "all of what was written together is there")
}

func checkCommit(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx email.Store) error { return everything(t, tx, 1) }), "InTx")
	t.allThere(t.store, 1)
}

func checkReadOwnWrites(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx email.Store) error {
		err := everything(t, tx, 1)
		t.allThere(tx, 1)
		return err
	}), "InTx")
}

func checkRollback(t *storeTest) {
	id := t.add(1)
	err := t.store.InTx(t.ctx, func(tx email.Store) error {
		_, takeErr := tx.TakeMessage(t.ctx, id, post, lease("worker", noon))
		return errors.Join(takeErr, tx.Park(t.ctx, post, noon.Add(time.Hour)), everything(t, tx, 2), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(2)
	sameText(t, "the due messages", t.due(noon), []int64{id}, "neither the lease nor the parking was kept")
	same(t, "the number of attempts", len(t.log(id).Attempts), 0, "the attempt was taken back")
}

func checkPanic(t *storeTest) {
	recovered := panicOf(func() {
		err := t.store.InTx(t.ctx, func(tx email.Store) error {
			t.need(everything(t, tx, 1), "writing in a transaction")
			panic(errOnPurpose)
		})
		t.Errorf("InTx returned %v, want the panic of the function it was given", err)
	})
	sameText(t, "the panic", recovered, errOnPurpose, "a panic is the host's to see")
	t.noneLeft(1)
	t.need(t.store.InTx(t.ctx, func(tx email.Store) error { return everything(t, tx, 1) }), "InTx after another has panicked")
	t.allThere(t.store, 1)
}

// panicOf is what fn panics with.
func panicOf(fn func()) (recovered any) {
	defer func() { recovered = recover() }()
	fn()
	return nil
}

func checkNestedRollback(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx email.Store) error {
		before := everything(t, tx, 1)
		err := tx.InTx(t.ctx, func(inner email.Store) error { return errors.Join(everything(t, inner, 2), errOnPurpose) })
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

func checkNestedJoins(t *storeTest) {
	err := t.store.InTx(t.ctx, func(tx email.Store) error {
		t.need(tx.InTx(t.ctx, func(inner email.Store) error { return everything(t, inner, 1) }), "the nested InTx")
		t.allThere(tx, 1)
		return errOnPurpose
	})
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("InTx returned %v, want the error of the function it was given", err)
	}
	t.noneLeft(1)
}

// checkRefusalInTx: databases exist where the first error ends a transaction.
func checkRefusalInTx(t *storeTest) {
	t.need(everything(t, t.store, 1), "writing without a transaction")
	e, m := newMessage(1)
	t.need(t.store.InTx(t.ctx, func(tx email.Store) error {
		_, added, err := tx.AddMessage(t.ctx, e, m)
		t.need(err, "AddMessage of a known key")
		same(t, "whether it is new", added, false, "it is known")
		_, added, err = tx.AddEvent(t.ctx, newEvent(1, "p1"))
		t.need(err, "AddEvent of a known event")
		same(t, "whether it is new", added, false, "it is known")
		_, err = tx.Suppress(t.ctx, email.Suppression{Address: "1@example.com", Reason: email.ReasonManual, Since: noon})
		t.need(err, "Suppress of a known address")
		_, err = tx.TakeMessage(t.ctx, 404, post, lease("worker", noon))
		t.refused(err, frontdesk.NotFound, "there is no such message")
		t.refused(tx.Unsuppress(t.ctx, "nobody@example.com"), frontdesk.NotFound, "it is not on the list")
		return everything(t, tx, 2)
	}), "InTx in which others were refused")
	t.allThere(t.store, 2)
}

func checkTxRace(t *storeTest) {
	for i, err := range contend(func(i int) error {
		return t.store.InTx(t.ctx, func(tx email.Store) error {
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
		Time: india.Add(time.Microsecond), Actor: admin, Action: "email.Resend", Resource: "email:1",
		Outcome: frontdesk.Succeeded, After: map[string]string{"status": "nul \x00 end"},
	}
	t.need(t.store.Audit(t.ctx, e), "Audit")
	t.need(t.store.InTx(t.ctx, func(tx email.Store) error { return tx.Audit(t.ctx, e) }), "Audit in a transaction")
}
