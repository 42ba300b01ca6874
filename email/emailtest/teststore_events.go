package emailtest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk/email"
)

var eventRules = []storeRule{
	{"An event is joined to its message and comes back whole", checkEventKept},
	{"An event is known by its provider and id", checkEventOnce},
	{"An event that comes many times at once is new once", checkEventRace},
	{"An event without a message waits for it, and is joined when it is sent", checkEventFirst},
	{"An event that concerns no message is kept", checkEventAlone},
	{"An event and the settlement that it waits for find each other at the same moment", checkEventMeets},
	{"Events come in the order in which they were received", checkEventOrder},
	{"An event of any text is taken, and known again", checkOddEvent},
}

// newEvent is the n-th event about the provider's message.
func newEvent(n int, message string) email.Event {
	return email.Event{
		Provider: post, ID: fmt.Sprintf("evt-%d", n), Type: "email.delivered", MessageID: message, Recipient: "ada@example.com",
		Status: email.StatusDelivered, Detail: "250 ok", OccurredAt: noon, ReceivedAt: noon.Add(time.Second), Payload: []byte("{}\x00\xff"),
	}
}

func (t *storeTest) addEvent(e email.Event) (int64, bool) {
	t.Helper()
	id, added, err := t.store.AddEvent(t.ctx, e)
	t.need(err, "AddEvent")
	return id, added
}

func checkEventKept(t *storeTest) {
	id := t.add(1)
	t.send(id, "p1")
	e := newEvent(1, "p1")
	e.Permanent, e.OccurredAt, e.ReceivedAt = true, india, india.Add(time.Second)
	message, added := t.addEvent(e)
	same(t, "the message", message, id, "the event names it")
	same(t, "whether it is new", added, true, "there was none")
	events := t.log(id).Events
	if len(events) != 1 {
		t.Fatalf("the log has %d events, want 1", len(events))
	}
	got := events[0]
	const rule = "events come back as they came"
	sameText(t, "the event", []any{got.Provider, got.ID, got.Type, got.MessageID, got.Recipient, got.Status, got.Permanent, got.Detail},
		[]any{e.Provider, e.ID, e.Type, e.MessageID, e.Recipient, e.Status, e.Permanent, e.Detail}, rule)
	same(t, "whether the payload is the same", bytes.Equal(got.Payload, e.Payload), true, rule)
	sameTime(t, "OccurredAt", got.OccurredAt, noon)
	sameTime(t, "ReceivedAt", got.ReceivedAt, noon.Add(time.Second))
}

func checkEventOnce(t *storeTest) {
	id := t.add(1)
	t.send(id, "p1")
	t.addEvent(newEvent(1, "p1"))
	message, added := t.addEvent(newEvent(1, "p1"))
	same(t, "the message", message, id, "it is joined already")
	same(t, "whether it is new", added, false, "it is known")
	other := newEvent(1, "p1")
	other.Provider = "pigeon"
	message, added = t.addEvent(other)
	same(t, "whether it is new", added, true, "another provider's event has its own ids")
	same(t, "the message", message, 0, "another provider's messages have their own ids")
	same(t, "the number of events", len(t.log(id).Events), 1, "each event is there once")
}

func checkEventRace(t *storeTest) {
	id := t.add(1)
	t.send(id, "p1")
	type answer struct {
		added bool
		err   error
	}
	news := 0
	for _, a := range contend(func(int) answer {
		_, added, err := t.store.AddEvent(t.ctx, newEvent(1, "p1"))
		return answer{added, err}
	}) {
		t.need(a.err, "AddEvent beside others")
		if a.added {
			news++
		}
	}
	same(t, "how often it was new", news, 1, "it takes effect once")
}

func checkEventFirst(t *storeTest) {
	id := t.add(1)
	message, _ := t.addEvent(newEvent(1, "p1"))
	same(t, "the message", message, 0, "its id at the provider is not known yet")
	t.addEvent(newEvent(2, "p2"))
	t.addEvent(newEvent(3, "p1"))
	joined := t.send(id, "p1")
	if len(joined) != 2 || joined[0].ID != "evt-1" || joined[1].ID != "evt-3" {
		t.Errorf("%v are joined, want evt-1 and evt-3: those that waited, in order", joined)
	}
	same(t, "the number of events", len(t.log(id).Events), 2, "they are in the log")
}

func checkEventAlone(t *storeTest) {
	id := t.add(1)
	e := newEvent(1, "")
	e.Type, e.Status = "domain.updated", ""
	message, added := t.addEvent(e)
	same(t, "the message", message, 0, "it concerns none")
	same(t, "whether it is new", added, true, "it is stored")
	t.take(id, "worker", noon)
	t.settle(id, email.Settlement{Lease: "worker", At: noon, Outcome: email.OutcomeRefused, Status: email.StatusFailed})
	same(t, "the number of events", len(t.log(id).Events), 0, "a message without an id at the provider has no events")
	_, added = t.addEvent(e)
	same(t, "whether it is new", added, false, "it is known")
}

// checkEventMeets lets events arrive while their messages are being settled.
func checkEventMeets(t *storeTest) {
	ids := make([]int64, contenders/2)
	for i := range ids {
		ids[i] = t.add(i)
		t.take(ids[i], "worker", noon)
	}
	for _, err := range contend(func(i int) error {
		name := fmt.Sprintf("p%d", i/2)
		if i%2 == 0 {
			_, err := t.store.SettleMessage(t.ctx, ids[i/2], sentAs(name))
			return err
		}
		_, _, err := t.store.AddEvent(t.ctx, newEvent(i, name))
		return err
	}) {
		t.need(err, "settling and adding at once")
	}
	for _, id := range ids {
		same(t, "the number of events", len(t.log(id).Events), 1, "none stays behind")
	}
}

func checkEventOrder(t *storeTest) {
	id := t.add(1)
	t.send(id, "p1")
	for _, n := range []int{3, 1, 2} {
		t.addEvent(newEvent(n, "p1"))
	}
	var got []string
	for _, e := range t.log(id).Events {
		got = append(got, e.ID)
	}
	sameText(t, "the events", got, []string{"evt-3", "evt-1", "evt-2"}, "the log tells what came when")
}

// checkOddEvent: whoever signs webhooks may write anything, and an event that cannot be
// stored comes again and again.
func checkOddEvent(t *storeTest) {
	odd := "nul \x00 and \xff"
	e := email.Event{
		Provider: post, ID: odd, Type: odd, MessageID: odd, Recipient: odd, Detail: odd,
		OccurredAt: noon, ReceivedAt: noon, Payload: []byte(odd),
	}
	for _, want := range []bool{true, false} {
		_, added := t.addEvent(e)
		same(t, "whether it is new", added, want, "it is stored once")
	}
}
