package billingtest

import (
	"bytes"
	"fmt"

	"github.com/frontdesk-go/frontdesk/billing"
)

var operationRules = []storeRule{
	{"A new operation is stored as pending with an id of its own", checkBegin},
	{"A pending operation is gone on with, as it was first asked for", checkBeginPending},
	{"A keyed operation that is done is returned for ever", checkBeginKeyed},
	{"An operation without a key that is done makes way for a new one", checkBeginDone},
	{"A failed operation makes way for a new one", checkBeginFailed},
	{"Name, account, client and intent together tell operations apart", checkOperationIdentity},
	{"Parameters are kept byte for byte", checkOperationParams},
	{"Of many who begin the same operation at once all get one", checkBeginRace},
}

func newOperation() billing.Operation {
	return billing.Operation{
		Name: "billing.CancelSubscription", Account: "acct_1", Client: "acme", Intent: "sub_1 now",
		Params: []byte(`{"id":"sub_1"}`), State: billing.OperationPending, CreatedAt: noon,
	}
}

func (t *storeTest) begin(op billing.Operation) billing.Operation {
	t.Helper()
	begun, err := t.store.BeginOperation(t.ctx, op)
	t.need(err, "BeginOperation")
	if begun.ID == "" {
		t.Errorf("BeginOperation gave no id: it is the idempotency key")
	}
	return begun
}

func (t *storeTest) finish(id string, state billing.OperationState, result string) {
	t.Helper()
	t.need(t.store.FinishOperation(t.ctx, id, state, result), "FinishOperation")
}

func checkBegin(t *storeTest) {
	want := newOperation()
	want.CreatedAt, want.Keyed = india, true
	got := t.begin(want)
	for _, got := range []billing.Operation{got, t.begin(want)} {
		sameTime(t, "CreatedAt", got.CreatedAt, india)
		want.ID, got.CreatedAt = got.ID, want.CreatedAt
		sameText(t, "the operation", got, want, "an operation is kept as it was begun")
	}
	want.State, want.Intent = "", "another"
	same(t, "State", t.begin(want).State, billing.OperationPending, "what is begun is pending")
}

func checkBeginPending(t *storeTest) {
	first := t.begin(newOperation())
	again := newOperation()
	again.ID, again.Params, again.Keyed = "chosen", []byte(`{"id":"sub_1","prorate":true}`), true
	second := t.begin(again)
	same(t, "the id", second.ID, first.ID, "a retry uses the same idempotency key")
	same(t, "Params", string(second.Params), string(first.Params), "a retry repeats the very same request")
	same(t, "Keyed", second.Keyed, false, "the pending operation is not changed")
}

func checkBeginKeyed(t *storeTest) {
	op := newOperation()
	op.Keyed = true
	first := t.begin(op)
	t.finish(first.ID, billing.OperationDone, "sub_1")
	for range 2 {
		again := t.begin(op)
		same(t, "the id", again.ID, first.ID, "the host's key stays taken")
		same(t, "State", again.State, billing.OperationDone, "it is done")
		same(t, "Result", again.Result, "sub_1", "the result of the first time is the result")
	}
}

func checkBeginDone(t *storeTest) {
	seen := map[string]bool{}
	for range 3 {
		op := t.begin(newOperation())
		same(t, "State", op.State, billing.OperationPending, "it is a new operation")
		same(t, "Result", op.Result, "", "it is a new operation")
		seen[op.ID] = true
		t.finish(op.ID, billing.OperationDone, "sub_1")
	}
	same(t, "the number of ids", len(seen), 3, "without a key of the host, doing it again is a new operation")
}

func checkBeginFailed(t *storeTest) {
	for _, keyed := range []bool{false, true} {
		op := newOperation()
		op.Keyed, op.Intent = keyed, fmt.Sprint(keyed)
		first := t.begin(op)
		t.finish(first.ID, billing.OperationFailed, "")
		op.Params = []byte(`{"id":"sub_1","prorate":true}`)
		second := t.begin(op)
		if second.ID == first.ID {
			t.Errorf("keyed %v: the failed operation was returned: what the provider refused may be tried anew", keyed)
		}
		same(t, "State", second.State, billing.OperationPending, "it is a new operation")
		same(t, "Params", string(second.Params), string(op.Params), "it is a new operation")
		same(t, "the id", t.begin(op).ID, second.ID, "the new operation is pending now")
	}
}

func checkOperationIdentity(t *storeTest) {
	ops := make([]billing.Operation, 5)
	for i := range ops {
		ops[i] = newOperation()
	}
	ops[1].Name = "billing.UpdateSubscription"
	ops[2].Account = ""
	ops[3].Client = "globex"
	ops[4].Intent = "SUB_1 now"
	seen := map[string]bool{}
	for _, op := range ops {
		seen[t.begin(op).ID] = true
	}
	same(t, "the number of ids", len(seen), len(ops), "each of them is an operation of its own")
	t.finish(t.begin(ops[0]).ID, billing.OperationDone, "sub_1")
	for _, op := range ops[1:] {
		same(t, "whether it is the operation begun before", seen[t.begin(op).ID], true, "finishing one leaves the others pending")
	}
}

func checkOperationParams(t *storeTest) {
	for i, params := range [][]byte{[]byte("{ \"b\" : 1,\n\"b\":1.0, \"a\":\"\\u0000😀\" } "), []byte("\x00\xff"), bytes.Repeat([]byte("x"), 300<<10)} {
		op := newOperation()
		op.Intent, op.Params = fmt.Sprint(i), params
		t.begin(op)
		if got := t.begin(op).Params; !bytes.Equal(got, params) {
			t.Errorf("parameters of %d bytes changed: a retry repeats the very same request", len(params))
		}
	}
}

func checkBeginRace(t *storeTest) {
	for _, keyed := range []bool{false, true} {
		op := newOperation()
		op.Keyed, op.Intent = keyed, fmt.Sprint(keyed)
		seen := map[string]bool{}
		for _, id := range contend(func(int) string {
			begun, err := t.store.BeginOperation(t.ctx, op)
			if err != nil {
				t.Errorf("BeginOperation beside others must succeed, and failed: %v", err)
			}
			return begun.ID
		}) {
			seen[id] = true
		}
		same(t, "the number of ids", len(seen), 1, "two who do the same at once do it once")
	}
}
