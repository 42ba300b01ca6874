package billingtest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var inboxRules = []storeRule{
	{"An event comes back as it was added", checkEventRoundTrip},
	{"An event that names no object and has no payload is kept too", checkBareEvent},
	{"Payloads are kept byte for byte", checkPayloads},
	{"What a caller does to a payload afterwards does not reach the store", checkPayloadCopies},
	{"Adding a known event changes nothing, whatever its state", checkKnownEvent},
	{"Provider, account, mode and provider id together tell events apart", checkEventIdentity},
	{"One call may add no event, several, and one that is known", checkEventBatch},
	{"Of many who add the same events at once one adds each", checkEventRace},
	{"An event that is unknown is NotFound", checkUnknownEvent},
	{"Ignored and unmatched events leave nothing to do", checkNothingToDo},
	{"An unmatched event keeps what it awaits", checkAwaits},
	{"Waking makes the events that await the key received again", checkWake},
	{"Waking leaves all other events as they are", checkWakeOthers},
	{"Replaying starts a settled event anew, with no attempts", checkReplay},
	{"Replaying twice is the same as once", checkReplayTwice},
	{"Replaying an event that is being processed is Aborted", checkReplayProcessing},
	{"Pruning deletes done and ignored events of the past, and nothing else", checkPrune},
}

// newEvent is the n-th event: received n seconds after noon.
func newEvent(n int) billing.Event {
	at := noon.Add(time.Duration(n) * time.Second)
	return billing.Event{
		Provider: "stripe", ProviderID: fmt.Sprintf("evt_%d", n), Type: "invoice.paid",
		APIVersion: "2023-10-16", Created: at.Truncate(time.Second),
		Object:  billing.Key{Kind: billing.KindInvoice, Ref: billing.Ref{ID: fmt.Sprintf("in_%d", n)}},
		Payload: fmt.Appendf(nil, `{"id":"evt_%d"}`, n),
		State:   billing.EventReceived, ReceivedAt: at, NextAt: at,
	}
}

// add stores the events and returns their ids, in the same order.
func (t *storeTest) add(events ...billing.Event) []int64 {
	t.Helper()
	t.need(t.store.AddEvents(t.ctx, events...), "AddEvents")
	ids := make([]int64, len(events))
	for _, e := range t.events(billing.EventFilter{Limit: 500}) {
		if i := slices.IndexFunc(events, func(want billing.Event) bool { return sameIdentity(e, want) }); i >= 0 {
			ids[i] = e.ID
		}
	}
	if i := slices.Index(ids, 0); i >= 0 {
		t.Fatalf("event %s was added and is not listed", events[i].ProviderID)
	}
	return ids
}

func sameIdentity(a, b billing.Event) bool {
	return a.Provider == b.Provider && a.Account == b.Account && a.Livemode == b.Livemode && a.ProviderID == b.ProviderID
}

func (t *storeTest) events(f billing.EventFilter) []billing.Event {
	t.Helper()
	events, err := t.store.Events(t.ctx, f)
	t.need(err, "Events")
	return events
}

func (t *storeTest) event(id int64) billing.Event {
	t.Helper()
	e, err := t.store.Event(t.ctx, id)
	t.need(err, "Event")
	return *e
}

// process takes the event, whatever its NextAt, and settles it so.
func (t *storeTest) process(id int64, s billing.Settlement) {
	t.Helper()
	_, err := t.store.TakeEvent(t.ctx, id, lease("worker", noon.Add(24*time.Hour)))
	t.need(err, "TakeEvent")
	s.Lease = "worker"
	t.need(t.store.SettleEvent(t.ctx, id, s), "SettleEvent")
}

// processed adds the n-th event and settles it in the state.
func (t *storeTest) processed(n int, state billing.EventState, awaits string) int64 {
	t.Helper()
	id := t.add(newEvent(n))[0]
	t.process(id, billing.Settlement{State: string(state), Awaits: awaits, Error: "reason"})
	return id
}

func checkEventRoundTrip(t *storeTest) {
	want := newEvent(1)
	want.Account, want.Livemode, want.Object.Account = "acct_1", true, "acct_1"
	want.State, want.LastError = billing.EventIgnored, "the other mode"
	want.ReceivedAt, want.NextAt = india, india.Add(time.Microsecond)
	got := t.event(t.add(want)[0])
	sameTime(t, "Created", got.Created, want.Created)
	sameTime(t, "ReceivedAt", got.ReceivedAt, want.ReceivedAt)
	sameTime(t, "NextAt", got.NextAt, want.NextAt)
	sameTime(t, "LeaseUntil", got.LeaseUntil, time.Time{})
	want.ID, got.Created, got.ReceivedAt, got.NextAt = got.ID, want.Created, want.ReceivedAt, want.NextAt
	sameText(t, "the event", got, want, "an event is kept as it was added")
}

func checkBareEvent(t *storeTest) {
	e := newEvent(1)
	e.Object, e.Payload, e.APIVersion, e.NextAt = billing.Key{}, nil, "", time.Time{}
	got := t.event(t.add(e)[0])
	same(t, "Object", got.Object, billing.Key{}, "an event may name no object")
	same(t, "the payload's length", len(got.Payload), 0, "a payload may be empty")
	sameTime(t, "NextAt", got.NextAt, time.Time{})
}

func checkPayloads(t *storeTest) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	payloads := [][]byte{
		all, []byte("\x00"), []byte("a\xc3"), []byte("𝄞 \U0001F600 ' \" \\ % _"), []byte("{ \"b\" : 1,\n\"a\":1.0 } "),
		bytes.Repeat(all, 20), bytes.Repeat(all, 1200),
	}
	for i, payload := range payloads {
		e := newEvent(i)
		e.Payload = payload
		id := t.add(e)[0]
		if !bytes.Equal(t.event(id).Payload, payload) {
			t.Errorf("Event: payload %d of %d bytes changed: signatures are made over the bytes as they came", i, len(payload))
		}
		taken, err := t.store.TakeEvent(t.ctx, id, lease("worker", noon.Add(time.Hour)))
		t.need(err, "TakeEvent")
		if !bytes.Equal(taken.Payload, payload) {
			t.Errorf("TakeEvent: payload %d of %d bytes changed: a worker decodes the bytes as they came", i, len(payload))
		}
	}
}

func checkPayloadCopies(t *storeTest) {
	e := newEvent(1)
	want := string(e.Payload)
	id := t.add(e)[0]
	e.Payload[0] = 'x'
	t.event(id).Payload[0] = 'y'
	taken, err := t.store.TakeEvent(t.ctx, id, lease("worker", noon.Add(time.Hour)))
	t.need(err, "TakeEvent")
	same(t, "the payload as taken", string(taken.Payload), want, "callers own what they give and get")
	taken.Payload[0] = 'z'
	same(t, "the payload as stored", string(t.event(id).Payload), want, "callers own what they give and get")
}

func checkKnownEvent(t *storeTest) {
	for i, state := range []billing.EventState{billing.EventDone, billing.EventFailed, billing.EventDead, billing.EventUnmatched} {
		t.processed(i, state, "customer:cus_1")
	}
	ids := t.add(newEvent(4), newEvent(5))
	_, err := t.store.TakeEvent(t.ctx, ids[0], lease("worker", noon.Add(time.Hour)))
	t.need(err, "TakeEvent")
	before := t.events(billing.EventFilter{})
	for i := range before {
		again := newEvent(i)
		again.Type, again.Payload, again.State = "other", []byte("other bytes"), billing.EventIgnored
		again.ReceivedAt, again.NextAt = noon.Add(2*time.Hour), noon.Add(2*time.Hour)
		t.need(t.store.AddEvents(t.ctx, again), "AddEvents of a known event")
		same(t, "the payload", string(t.event(before[len(before)-1-i].ID).Payload), string(newEvent(i).Payload), "the bytes of the first delivery stay")
	}
	sameText(t, "the inbox", t.events(billing.EventFilter{}), before, "adding a known event changes nothing")
}

func checkEventIdentity(t *storeTest) {
	events := make([]billing.Event, 6)
	for i := range events {
		events[i] = newEvent(1)
		events[i].Payload = []byte{byte(i)}
	}
	events[1].Provider = "paypal"
	events[2].Account = "acct_1"
	events[3].Account = "acct_2"
	events[4].Livemode = true
	events[5].ProviderID = "EVT_1"
	for i, id := range t.add(events...) {
		same(t, "the payload", string(t.event(id).Payload), string(events[i].Payload), "each of the events is one of its own")
	}
	same(t, "the number of events", len(t.events(billing.EventFilter{})), 6, "each of the events is one of its own")
}

func checkEventBatch(t *storeTest) {
	t.need(t.store.AddEvents(t.ctx), "AddEvents of nothing")
	first := newEvent(2)
	first.Type = "first"
	t.need(t.store.AddEvents(t.ctx, newEvent(1), first, newEvent(2)), "AddEvents with a duplicate")
	t.need(t.store.AddEvents(t.ctx, newEvent(2), newEvent(3)), "AddEvents of a known and a new one")
	events := t.events(billing.EventFilter{})
	if len(events) != 3 {
		t.Fatalf("there are %d events, want 3: known ones are left out, new ones are stored", len(events))
	}
	ids := t.add(newEvent(1), newEvent(2), newEvent(3))
	same(t, "the type", t.event(ids[1]).Type, "first", "of two in one call the first counts")
}

func checkEventRace(t *storeTest) {
	for _, err := range contend(func(i int) error {
		return t.store.AddEvents(t.ctx, newEvent(0), newEvent(1+i), newEvent(1+(i+1)%contenders))
	}) {
		t.need(err, "AddEvents beside others")
	}
	same(t, "the number of events", len(t.events(billing.EventFilter{Limit: 500})), 1+contenders, "an event is stored once, however many deliver it")
	due, err := t.store.DueEvents(t.ctx, noon.Add(time.Hour), 500)
	t.need(err, "DueEvents")
	same(t, "the number of due events", len(due), 1+contenders, "every event that was acknowledged waits for a worker")
}

func checkUnknownEvent(t *storeTest) {
	_, err := t.store.Event(t.ctx, 404)
	t.refused(err, frontdesk.NotFound, "Event of an unknown id")
	t.refused(t.store.ReplayEvent(t.ctx, 404, noon), frontdesk.NotFound, "ReplayEvent of an unknown id")
}

func checkNothingToDo(t *storeTest) {
	ignored := newEvent(1)
	ignored.State = billing.EventIgnored
	for _, id := range []int64{t.add(ignored)[0], t.processed(2, billing.EventUnmatched, "customer:cus_1")} {
		_, err := t.store.TakeEvent(t.ctx, id, lease("worker", noon.Add(time.Hour)))
		t.refused(err, frontdesk.FailedPrecondition, "there is nothing to do about an ignored or unmatched event")
	}
	due, err := t.store.DueEvents(t.ctx, noon.Add(time.Hour), 10)
	t.need(err, "DueEvents")
	same(t, "the number of due events", len(due), 0, "ignored and unmatched events are not for workers")
}

func checkAwaits(t *storeTest) {
	e := t.event(t.processed(1, billing.EventUnmatched, "acct_1/customer:cus_1"))
	same(t, "State", e.State, billing.EventUnmatched, "SettleEvent sets the state")
	same(t, "Awaits", e.Awaits, "acct_1/customer:cus_1", "SettleEvent keeps what an unmatched event awaits")
}

func checkWake(t *storeTest) {
	ids := []int64{t.processed(1, billing.EventUnmatched, "customer:cus_1"), t.processed(2, billing.EventUnmatched, "customer:cus_1")}
	now := noon.Add(2 * time.Hour)
	t.need(t.store.WakeEvents(t.ctx, "customer:cus_1", now), "WakeEvents")
	due, err := t.store.DueEvents(t.ctx, now, 10)
	t.need(err, "DueEvents")
	sameText(t, "the due events", due, ids, "woken events are for workers at once")
	for _, id := range ids {
		same(t, "State", t.event(id).State, billing.EventReceived, "a woken event is received again")
		_, err := t.store.TakeEvent(t.ctx, id, lease("woken", now))
		t.need(err, "TakeEvent of a woken event")
	}
}

func checkWakeOthers(t *storeTest) {
	t.processed(1, billing.EventUnmatched, "customer:cus_2")
	t.processed(2, billing.EventUnmatched, "acct_1/customer:cus_1")
	t.processed(3, billing.EventDone, "customer:cus_1")
	t.processed(4, billing.EventDead, "customer:cus_1")
	before := t.events(billing.EventFilter{})
	t.processed(5, billing.EventUnmatched, "customer:cus_1")
	t.need(t.store.WakeEvents(t.ctx, "customer:cus_1", noon.Add(2*time.Hour)), "WakeEvents")
	after := t.events(billing.EventFilter{})
	same(t, "State", after[0].State, billing.EventReceived, "the event that awaits the key is woken")
	sameText(t, "the rest of the inbox", after[1:], before, "only unmatched events that await the very key are woken")
}

func checkReplay(t *storeTest) {
	settled := []billing.EventState{billing.EventDone, billing.EventDead, billing.EventFailed, billing.EventIgnored, billing.EventUnmatched}
	now := noon.Add(2 * time.Hour)
	for i, state := range settled {
		id := t.processed(i, state, "")
		t.need(t.store.ReplayEvent(t.ctx, id, now), "ReplayEvent of an event that is "+string(state))
		e := t.event(id)
		same(t, "State", e.State, billing.EventReceived, "a replayed event is received again")
		same(t, "Attempts", e.Attempts, 0, "a replayed event has all its attempts before it")
		taken, err := t.store.TakeEvent(t.ctx, id, lease("again", now))
		t.need(err, "TakeEvent of a replayed event")
		same(t, "Attempts", taken.Attempts, 1, "attempts count from the replay on")
	}
}

func checkReplayTwice(t *storeTest) {
	id := t.processed(1, billing.EventDead, "")
	for range 2 {
		t.need(t.store.ReplayEvent(t.ctx, id, noon.Add(2*time.Hour)), "ReplayEvent")
	}
	due, err := t.store.DueEvents(t.ctx, noon.Add(2*time.Hour), 10)
	t.need(err, "DueEvents")
	sameText(t, "the due events", due, []int64{id}, "a replayed event is to be processed once")
}

func checkReplayProcessing(t *storeTest) {
	id := t.add(newEvent(1))[0]
	_, err := t.store.TakeEvent(t.ctx, id, lease("worker", noon.Add(time.Hour)))
	t.need(err, "TakeEvent")
	t.refused(t.store.ReplayEvent(t.ctx, id, noon.Add(time.Hour)), frontdesk.Aborted, "a worker has the event, and two must not")
	t.need(t.store.SettleEvent(t.ctx, id, billing.Settlement{Lease: "worker", State: string(billing.EventDone)}), "SettleEvent after a refused replay")
}

func checkPrune(t *storeTest) {
	states := []billing.EventState{
		billing.EventDone, billing.EventIgnored, billing.EventFailed, billing.EventDead, billing.EventUnmatched, billing.EventDone,
	}
	for n, state := range states {
		t.processed(n, state, "")
	}
	t.add(newEvent(6))
	pruned, err := t.store.PruneEvents(t.ctx, newEvent(5).ReceivedAt)
	t.need(err, "PruneEvents")
	same(t, "the number of pruned events", pruned, 2, "done and ignored events received before the time are deleted")
	var left []billing.EventState
	for _, e := range t.events(billing.EventFilter{}) {
		left = append(left, e.State)
	}
	slices.Reverse(left)
	want := []billing.EventState{billing.EventFailed, billing.EventDead, billing.EventUnmatched, billing.EventDone, billing.EventReceived}
	sameText(t, "what is left", left, want, "events that may still be processed, and those received at the time or later, stay")
	t.add(newEvent(0))
	same(t, "the number of events", len(t.events(billing.EventFilter{})), 6, "a pruned event is no longer known")
}
