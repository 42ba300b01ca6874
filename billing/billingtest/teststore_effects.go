package billingtest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
)

var outboxRules = []storeRule{
	{"An effect comes back as it was added", checkEffectRoundTrip},
	{"An effect is stored once per name, object and milestone", checkEffectOnce},
	{"Name, object with its account, and milestone together tell effects apart", checkEffectIdentity},
	{"A known effect stays as it is, whatever its state", checkKnownEffect},
	{"Of many who add the same effect at once one is told that it was new", checkEffectRace},
	{"Effects come newest first, are filtered, and paged with Before", checkEffectList},
	{"A list of effects is 50 long by default and 500 at most", checkEffectLimit},
	{"Due effects come oldest first and no more than asked for", checkDueEffects},
}

// newEffect is the n-th effect: made n seconds after noon.
func newEffect(n int) billing.Effect {
	at := noon.Add(time.Duration(n) * time.Second)
	return billing.Effect{
		Name:      "invoice.paid",
		Object:    billing.Key{Kind: billing.KindInvoice, Ref: billing.Ref{ID: fmt.Sprintf("in_%d", n)}},
		Milestone: "paid", Payload: fmt.Appendf(nil, `{"invoice":"in_%d"}`, n), Client: "acme",
		State: billing.EffectPending, CreatedAt: at, NextAt: at,
	}
}

// addEffect stores an effect that must be new.
func (t *storeTest) addEffect(e billing.Effect) int64 {
	t.Helper()
	added, err := t.store.AddEffect(t.ctx, e)
	t.need(err, "AddEffect")
	if !added {
		t.Errorf("AddEffect says that %s of %s at %q was there already, and it was not", e.Name, e.Object, e.Milestone)
	}
	return t.effects(billing.EffectFilter{Object: e.Object, Limit: 1})[0].ID
}

func (t *storeTest) effects(f billing.EffectFilter) []billing.Effect {
	t.Helper()
	effects, err := t.store.Effects(t.ctx, f)
	t.need(err, "Effects")
	if f.Limit == 1 && len(effects) != 1 {
		t.Fatalf("%+v selects %d effects, want one", f, len(effects))
	}
	return effects
}

func checkEffectRoundTrip(t *storeTest) {
	want := newEffect(1)
	want.Object.Account, want.Milestone = "acct_1", "attempt 2 — „zwei“ 😀"
	want.Payload = []byte("{ \"b\" : 1,\n \"a\" : \"\\u0000\xff\" } ")
	want.CreatedAt, want.NextAt = india, india.Add(time.Microsecond)
	id := t.addEffect(want)
	got := t.effects(billing.EffectFilter{})[0]
	taken, err := t.store.TakeEffect(t.ctx, id, lease("worker", noon.Add(time.Hour)))
	t.need(err, "TakeEffect")
	for _, e := range []billing.Effect{got, *taken} {
		sameTime(t, "CreatedAt", e.CreatedAt, want.CreatedAt)
		if !bytes.Equal(e.Payload, want.Payload) {
			t.Errorf("the payload is %q, want %q: payloads are kept byte for byte", e.Payload, want.Payload)
		}
	}
	sameTime(t, "NextAt", got.NextAt, want.NextAt)
	want.ID, got.CreatedAt, got.NextAt = got.ID, want.CreatedAt, want.NextAt
	sameText(t, "the effect", got, want, "an effect is kept as it was added")
}

func checkEffectOnce(t *storeTest) {
	t.addEffect(newEffect(1))
	added, err := t.store.AddEffect(t.ctx, newEffect(1))
	t.need(err, "AddEffect of a known effect")
	same(t, "what AddEffect reports", added, false, "the effect was there")
	same(t, "the number of effects", len(t.effects(billing.EffectFilter{})), 1, "an effect is stored once, however often its milestone is seen")
}

func checkEffectIdentity(t *storeTest) {
	effects := make([]billing.Effect, 6)
	for i := range effects {
		effects[i] = newEffect(1)
	}
	effects[1].Name = "invoice.payment_failed"
	effects[2].Milestone = "attempt 2"
	effects[3].Object.Account = "acct_1"
	effects[4].Object.Kind = billing.KindPayment
	effects[5].Object.ID = "IN_1"
	for _, e := range effects {
		t.addEffect(e)
	}
	same(t, "the number of effects", len(t.effects(billing.EffectFilter{})), len(effects), "each of them is an effect of its own")
}

func checkKnownEffect(t *storeTest) {
	for i, state := range []billing.EffectState{billing.EffectDone, billing.EffectFailed, billing.EffectDead} {
		id := t.addEffect(newEffect(i))
		_, err := t.store.TakeEffect(t.ctx, id, lease("worker", noon.Add(time.Hour)))
		t.need(err, "TakeEffect")
		t.need(t.store.SettleEffect(t.ctx, id, billing.Settlement{Lease: "worker", State: string(state)}), "SettleEffect")
	}
	before := t.effects(billing.EffectFilter{})
	for i := range before {
		again := newEffect(i)
		again.Payload, again.Client, again.NextAt = []byte("other"), "globex", noon.Add(2*time.Hour)
		added, err := t.store.AddEffect(t.ctx, again)
		t.need(err, "AddEffect of a known effect")
		same(t, "what AddEffect reports", added, false, "an effect that ended is known all the same")
	}
	sameText(t, "the outbox", t.effects(billing.EffectFilter{}), before, "adding a known effect changes nothing")
}

func checkEffectRace(t *storeTest) {
	news := 0
	for _, added := range contend(func(int) bool {
		added, err := t.store.AddEffect(t.ctx, newEffect(1))
		if err != nil {
			t.Errorf("AddEffect beside others must succeed, and failed: %v", err)
		}
		return added
	}) {
		if added {
			news++
		}
	}
	same(t, "the number of those told that it was new", news, 1, "a milestone is reached once")
	same(t, "the number of effects", len(t.effects(billing.EffectFilter{})), 1, "a milestone is reached once")
}

func checkEffectList(t *storeTest) {
	var ids []int64
	for n := range 4 {
		ids = append(ids, t.addEffect(newEffect(n)))
	}
	_, err := t.store.TakeEffect(t.ctx, ids[1], lease("worker", noon.Add(time.Hour)))
	t.need(err, "TakeEffect")
	elsewhere := newEffect(1).Object
	elsewhere.Account = "acct_1"
	for _, c := range []struct {
		filter billing.EffectFilter
		want   []int64
	}{
		{billing.EffectFilter{}, []int64{ids[3], ids[2], ids[1], ids[0]}},
		{billing.EffectFilter{States: []billing.EffectState{billing.EffectPending}}, []int64{ids[3], ids[2], ids[0]}},
		{billing.EffectFilter{States: []billing.EffectState{billing.EffectPending, billing.EffectDelivering}, Limit: 3}, []int64{ids[3], ids[2], ids[1]}},
		{billing.EffectFilter{Object: newEffect(1).Object}, []int64{ids[1]}},
		{billing.EffectFilter{Object: elsewhere}, nil},
		{billing.EffectFilter{Before: ids[2], Limit: 5}, []int64{ids[1], ids[0]}},
	} {
		var got []int64
		for _, e := range t.effects(c.filter) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v lists %v, want %v: newest first, and only what matches all of the filter", c.filter, got, c.want)
		}
	}
}

func checkEffectLimit(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		for n := range 510 {
			if _, err := tx.AddEffect(t.ctx, newEffect(n)); err != nil {
				return err
			}
		}
		return nil
	}), "InTx")
	for limit, want := range map[int]int{0: 50, 3: 3, 500: 500, 1000: 500} {
		if got := len(t.effects(billing.EffectFilter{Limit: limit})); got != want {
			t.Errorf("with Limit %d there are %d effects, want %d: the default is 50, the most is 500", limit, got, want)
		}
	}
}

func checkDueEffects(t *storeTest) {
	var want []int64
	for n := range 5 {
		want = append(want, t.addEffect(newEffect(n)))
	}
	due, err := t.store.DueEffects(t.ctx, noon.Add(time.Hour), 3)
	t.need(err, "DueEffects")
	sameText(t, "the due effects", due, want[:3], "the oldest come first, as many as asked for")
	due, err = t.store.DueEffects(t.ctx, noon.Add(2*time.Second), 10)
	t.need(err, "DueEffects")
	sameText(t, "the due effects", due, want[:3], "an effect is due when its NextAt is reached, and not before")
}
