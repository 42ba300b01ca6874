package schedulingtest

import (
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var outboxRules = []storeRule{
	{"An effect is stored once per key, and comes back as it was added", checkEffect},
	{"An effect is taken under a lease, and the attempt is counted", checkTakeEffect},
	{"An effect under a lease is not due and not to be taken, until the lease is over", checkEffectLeased},
	{"An effect is not to be taken before its time", checkEffectNotBefore},
	{"An effect that is not pending is not to be taken", checkEffectOver},
	{"Due effects come as long as they have waited, and no more than asked for", checkEffectsDue},
	{"A settlement ends the lease and says what is next", checkSettle},
	{"Only the holder of the lease settles, also late", checkSettleHolder},
	{"An effect that is dead is tried again from its first attempt", checkRetryEffect},
	{"Effects that are pending and in nobody's hands are dropped", checkDrop},
	{"Effects are listed newest first, and a filter selects", checkEffects},
	{"Effects that were done long ago are pruned", checkPrune},
	{"Errors of any text are kept or replaced", checkEffectText},
}

func newEffect(n int) scheduling.Effect {
	return scheduling.Effect{
		Key: fmt.Sprintf("key %d", n), Kind: scheduling.EffectRemind, Meeting: "m1", Booking: "b1", Payload: []byte(`{"a": "😀"}`),
		State: scheduling.EffectPending, CreatedAt: noon, NextAt: noon,
	}
}

// enqueue stores the effect and returns its id.
func (t *storeTest) enqueue(e scheduling.Effect) int64 {
	t.Helper()
	added, err := t.store.AddEffect(t.ctx, e)
	t.need(err, "AddEffect")
	equals(t, "whether it was added", added, true, "it is new")
	return t.effects(scheduling.EffectFilter{Limit: 1})[0].ID
}

func (t *storeTest) effects(f scheduling.EffectFilter) []scheduling.Effect {
	t.Helper()
	all, err := t.store.Effects(t.ctx, f)
	t.need(err, "Effects")
	return all
}

func (t *storeTest) effect(id int64) scheduling.Effect {
	t.Helper()
	for _, e := range t.effects(scheduling.EffectFilter{Limit: 500}) {
		if e.ID == id {
			return e
		}
	}
	t.Fatalf("there is no effect %d", id)
	return scheduling.Effect{}
}

func leaseAt(token string, now time.Time) scheduling.Lease {
	return scheduling.Lease{Token: token, Now: now, Until: now.Add(time.Minute)}
}

func (t *storeTest) take(id int64, token string, now time.Time) *scheduling.Effect {
	t.Helper()
	e, err := t.store.TakeEffect(t.ctx, id, leaseAt(token, now))
	t.need(err, "TakeEffect")
	return e
}

func (t *storeTest) settle(id int64, s scheduling.Settlement) {
	t.Helper()
	t.need(t.store.SettleEffect(t.ctx, id, s), "SettleEffect")
}

func (t *storeTest) due(now time.Time, limit int) []int64 {
	t.Helper()
	ids, err := t.store.DueEffects(t.ctx, now, limit)
	t.need(err, "DueEffects")
	return ids
}

func checkEffect(t *storeTest) {
	in := newEffect(1)
	in.CreatedAt, in.NextAt, in.Attempts, in.LastError = india, india.Add(time.Hour), 3, "later"
	id := t.enqueue(in)
	want := newEffect(1)
	want.ID, want.NextAt, want.Attempts, want.LastError = id, noon.Add(time.Hour), 3, "later"
	prints(t, "what is stored", t.effect(id), want, "all of it is kept")
	again := newEffect(2)
	again.Key = "key 1"
	added, err := t.store.AddEffect(t.ctx, again)
	t.need(err, "AddEffect with a known key")
	equals(t, "whether it was added", added, false, "the key is known")
	prints(t, "what is stored", t.effects(scheduling.EffectFilter{}), []scheduling.Effect{want}, "it is as it was")
}

func checkTakeEffect(t *storeTest) {
	id := t.enqueue(newEffect(1))
	prints(t, "what is due", t.due(noon, 10), []int64{id}, "it waits")
	e := t.take(id, "worker", india)
	prints(t, "what was taken", []any{e.Lease, e.Attempts, string(e.Payload)}, []any{"worker", 1, `{"a": "😀"}`}, "it comes whole, with the lease")
	t.moment("LeaseUntil", e.LeaseUntil, noon.Add(time.Minute))
	prints(t, "what is stored", t.effect(id), *e, "it is stored")
	_, err := t.store.TakeEffect(t.ctx, 123456, leaseAt("worker", noon))
	t.refused(err, frontdesk.NotFound, "there is none")
}

func checkEffectLeased(t *storeTest) {
	id := t.enqueue(newEffect(1))
	t.take(id, "first", noon)
	equals(t, "the number of due effects", len(t.due(noon.Add(time.Minute), 10)), 0, "a lease holds until its end")
	_, err := t.store.TakeEffect(t.ctx, id, leaseAt("second", noon.Add(time.Minute)))
	t.refused(err, frontdesk.Aborted, "another lease is alive")
	later := noon.Add(time.Minute + time.Microsecond)
	prints(t, "what is due", t.due(later, 10), []int64{id}, "the worker has died")
	equals(t, "the number of attempts", t.take(id, "second", later).Attempts, 2, "the first attempt counts")
}

func checkEffectNotBefore(t *storeTest) {
	e := newEffect(1)
	e.NextAt = noon.Add(time.Hour)
	id := t.enqueue(e)
	_, err := t.store.TakeEffect(t.ctx, id, leaseAt("worker", noon.Add(time.Hour-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "its time has not come")
	equals(t, "the number of due effects", len(t.due(noon, 10)), 0, "its time has not come")
	t.take(id, "worker", noon.Add(time.Hour))
}

func checkEffectOver(t *storeTest) {
	for i, state := range []scheduling.EffectState{scheduling.EffectDone, scheduling.EffectDead} {
		e := newEffect(i)
		e.State = state
		_, err := t.store.TakeEffect(t.ctx, t.enqueue(e), leaseAt("worker", noon))
		t.refused(err, frontdesk.FailedPrecondition, "it is "+string(state))
	}
	equals(t, "the number of due effects", len(t.due(noon, 10)), 0, "nothing is left to do")
}

func checkEffectsDue(t *storeTest) {
	var ids []int64
	for n := range 4 {
		e := newEffect(n)
		e.NextAt = noon.Add(-time.Duration(n/2) * time.Minute)
		ids = append(ids, t.enqueue(e))
	}
	prints(t, "what is due", t.due(noon, 3), []int64{ids[2], ids[3], ids[0]}, "those that wait longest come first")
	equals(t, "the number of due effects", len(t.due(noon, 0)), 0, "none were asked for")
}

func checkSettle(t *storeTest) {
	id := t.enqueue(newEffect(1))
	t.take(id, "worker", noon)
	t.settle(id, scheduling.Settlement{Lease: "worker", State: scheduling.EffectPending, Error: "later", NextAt: india.Add(time.Hour)})
	e := t.effect(id)
	prints(t, "what is stored", []any{e.State, e.LastError, e.Attempts, e.Lease}, []any{scheduling.EffectPending, "later", 1, ""}, "it is to be tried again")
	t.moment("NextAt", e.NextAt, noon.Add(time.Hour))
	t.moment("LeaseUntil", e.LeaseUntil, time.Time{})
	equals(t, "the number of due effects", len(t.due(noon.Add(time.Hour-time.Microsecond), 10)), 0, "its time has not come")
	prints(t, "what is due", t.due(noon.Add(time.Hour), 10), []int64{id}, "its time has come")
	t.take(id, "worker", noon.Add(time.Hour))
	t.settle(id, scheduling.Settlement{Lease: "worker", State: scheduling.EffectPending, NextAt: noon.Add(time.Hour), Free: true})
	equals(t, "the number of attempts", t.effect(id).Attempts, 1, "an attempt that is free does not count")
	t.take(id, "worker", noon.Add(time.Hour))
	t.settle(id, scheduling.Settlement{Lease: "worker", State: scheduling.EffectDone})
	e = t.effect(id)
	prints(t, "what is stored", []any{e.State, e.LastError, e.Attempts}, []any{scheduling.EffectDone, "", 2}, "it is done")
	equals(t, "the number of due effects", len(t.due(noon.Add(24*time.Hour), 10)), 0, "nothing is left to do")
}

func checkSettleHolder(t *storeTest) {
	id := t.enqueue(newEffect(1))
	done := func(lease string) error {
		return t.store.SettleEffect(t.ctx, id, scheduling.Settlement{Lease: lease, State: scheduling.EffectDone})
	}
	t.refused(done(""), frontdesk.Aborted, "nobody has taken it")
	t.take(id, "first", noon)
	t.take(id, "second", noon.Add(time.Hour))
	t.refused(done("first"), frontdesk.Aborted, "the lease is not the effect's any more")
	equals(t, "the state", t.effect(id).State, scheduling.EffectPending, "nothing was written")
	t.need(done("second"), "SettleEffect with a lease whose time is over")
	t.refused(done("second"), frontdesk.Aborted, "the lease has ended")
	t.refused(t.store.SettleEffect(t.ctx, 123456, scheduling.Settlement{Lease: "x", State: scheduling.EffectDone}), frontdesk.NotFound, "there is none")
}

func checkRetryEffect(t *storeTest) {
	id := t.enqueue(newEffect(1))
	t.refused(t.store.RetryEffect(t.ctx, id, noon), frontdesk.FailedPrecondition, "it is not dead")
	t.refused(t.store.RetryEffect(t.ctx, 123456, noon), frontdesk.NotFound, "there is none")
	t.take(id, "worker", noon)
	t.settle(id, scheduling.Settlement{Lease: "worker", State: scheduling.EffectDead, Error: "gave up"})
	equals(t, "the number of due effects", len(t.due(noon.Add(time.Hour), 10)), 0, "it is dead")
	t.need(t.store.RetryEffect(t.ctx, id, india.Add(time.Hour)), "RetryEffect")
	e := t.effect(id)
	prints(t, "what is stored", []any{e.State, e.Attempts}, []any{scheduling.EffectPending, 0}, "it begins again")
	t.moment("NextAt", e.NextAt, noon.Add(time.Hour))
	equals(t, "the number of due effects", len(t.due(noon.Add(time.Hour-time.Microsecond), 10)), 0, "its time has not come")
	prints(t, "what is due", t.due(noon.Add(time.Hour), 10), []int64{id}, "its time has come")
}

func checkDrop(t *storeTest) {
	var ids []int64
	for n := range 6 {
		e := newEffect(n)
		e.Kind = []scheduling.EffectKind{scheduling.EffectRemind, scheduling.EffectTell}[n/5]
		e.Meeting, e.Booking = []string{"m1", "m1", "m2", "m1", "m1", "m1"}[n], []string{"b1", "b2", "b3", "b1", "b1", "b1"}[n]
		if n == 3 {
			e.State = scheduling.EffectDone
		}
		ids = append(ids, t.enqueue(e))
	}
	t.take(ids[4], "worker", noon)
	left := func() (ids []int64) {
		for _, e := range t.effects(scheduling.EffectFilter{}) {
			ids = append([]int64{e.ID}, ids...)
		}
		return ids
	}
	t.need(t.store.DropEffects(t.ctx, scheduling.EffectRemind, "m1", "b2"), "DropEffects")
	prints(t, "what is left", left(), []int64{ids[0], ids[2], ids[3], ids[4], ids[5]}, "only that of the booking is dropped")
	t.need(t.store.DropEffects(t.ctx, scheduling.EffectRemind, "m1", ""), "DropEffects")
	prints(t, "what is left", left(), []int64{ids[2], ids[3], ids[4], ids[5]}, "what is done, held, of another kind or meeting stays")
	t.enqueue(newEffect(1))
}

func checkEffects(t *storeTest) {
	var ids []int64
	for n := range 4 {
		e := newEffect(n)
		e.Meeting, e.State = []string{"m1", "m2", "m1", "m1"}[n], []scheduling.EffectState{"pending", "dead", "done", "dead"}[n]
		ids = append(ids, t.enqueue(e))
	}
	for _, c := range []struct {
		filter scheduling.EffectFilter
		want   []int64
	}{
		{scheduling.EffectFilter{}, []int64{ids[3], ids[2], ids[1], ids[0]}},
		{scheduling.EffectFilter{Limit: 1}, []int64{ids[3]}},
		{scheduling.EffectFilter{Before: ids[2]}, []int64{ids[1], ids[0]}},
		{scheduling.EffectFilter{Meeting: "m2"}, []int64{ids[1]}},
		{scheduling.EffectFilter{States: []scheduling.EffectState{scheduling.EffectDead}}, []int64{ids[3], ids[1]}},
		{scheduling.EffectFilter{Meeting: "m1", States: []scheduling.EffectState{scheduling.EffectDead, scheduling.EffectPending}, Before: ids[3]}, []int64{ids[0]}},
	} {
		var got []int64
		for _, e := range t.effects(c.filter) {
			got = append(got, e.ID)
		}
		prints(t, fmt.Sprintf("the list of %+v", c.filter), got, c.want, "the filter selects")
	}
}

func checkPrune(t *storeTest) {
	ids := make([]int64, 4)
	for n := range ids {
		ids[n] = t.enqueue(newEffect(n))
		t.take(ids[n], "worker", noon.Add(time.Duration(n)*time.Hour))
		t.settle(ids[n], scheduling.Settlement{Lease: "worker", NextAt: noon, State: []scheduling.EffectState{"done", "done", "dead", "pending"}[n]})
	}
	pruned, err := t.store.PruneEffects(t.ctx, noon.Add(time.Hour))
	t.need(err, "PruneEffects")
	equals(t, "the number of pruned effects", pruned, 1, "only one was done before")
	pruned, err = t.store.PruneEffects(t.ctx, noon.Add(1000*time.Hour))
	t.need(err, "PruneEffects")
	equals(t, "the number of pruned effects", pruned, 1, "what is pending or dead stays")
	equals(t, "the number of effects", len(t.effects(scheduling.EffectFilter{})), 2, "what is pending or dead stays")
}

func checkEffectText(t *storeTest) {
	id := t.enqueue(newEffect(1))
	t.take(id, "worker", noon)
	t.settle(id, scheduling.Settlement{Lease: "worker", State: scheduling.EffectDead, Error: "zero \x00, half a rune \xf0\x9f"})
	equals(t, "the state", t.effect(id).State, scheduling.EffectDead, "it is settled all the same")
}
