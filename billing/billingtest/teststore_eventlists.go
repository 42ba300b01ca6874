package billingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
)

var inboxListRules = []storeRule{
	{"Events come newest first and without payloads", checkEventOrder},
	{"Events are filtered by state and type, which both must match", checkEventFilter},
	{"Paging with Before shows every event once", checkEventPaging},
	{"A list of events is 50 long by default and 500 at most", checkEventLimit},
	{"Due events come oldest first and no more than asked for", checkDueOrder},
}

func checkEventOrder(t *storeTest) {
	var want []int64
	for n := range 5 {
		want = append(t.add(newEvent(n)), want...)
	}
	var got []int64
	for _, e := range t.events(billing.EventFilter{}) {
		got = append(got, e.ID)
		same(t, "the payload's length", len(e.Payload), 0, "lists carry no payloads, which may be large and personal")
	}
	sameText(t, "the order", got, want, "events are listed newest first")
}

func checkEventFilter(t *storeTest) {
	t.processed(1, billing.EventDone, "")
	t.processed(2, billing.EventDead, "")
	other := newEvent(3)
	other.Type = "invoice.paid.later"
	t.add(other, newEvent(4))
	for _, c := range []struct {
		filter billing.EventFilter
		want   int
	}{
		{billing.EventFilter{}, 4},
		{billing.EventFilter{States: []billing.EventState{billing.EventDone}}, 1},
		{billing.EventFilter{States: []billing.EventState{billing.EventDone, billing.EventReceived}}, 3},
		{billing.EventFilter{States: []billing.EventState{billing.EventIgnored}}, 0},
		{billing.EventFilter{Type: "invoice.paid"}, 3},
		{billing.EventFilter{Type: "invoice.paid", States: []billing.EventState{billing.EventReceived}}, 1},
	} {
		if got := len(t.events(c.filter)); got != c.want {
			t.Errorf("%+v selects %d events, want %d: States lists those wanted, Type is exact, empty means all", c.filter, got, c.want)
		}
	}
}

func checkEventPaging(t *storeTest) {
	for n := range 5 {
		t.add(newEvent(n))
	}
	seen := map[string]int{}
	f := billing.EventFilter{Limit: 2}
	for range 3 {
		page := t.events(f)
		for _, e := range page {
			seen[e.ProviderID]++
			f.Before = e.ID
		}
	}
	sameText(t, "what was seen", seen, map[string]int{"evt_0": 1, "evt_1": 1, "evt_2": 1, "evt_3": 1, "evt_4": 1}, "Before continues a list where it ended")
	same(t, "the rest", len(t.events(f)), 0, "nothing is older than the oldest event")
}

func checkEventLimit(t *storeTest) {
	var events []billing.Event
	for n := range 510 {
		events = append(events, newEvent(n))
	}
	t.need(t.store.AddEvents(t.ctx, events...), "AddEvents of many")
	for limit, want := range map[int]int{0: 50, 3: 3, 500: 500, 1000: 500} {
		if got := len(t.events(billing.EventFilter{Limit: limit})); got != want {
			t.Errorf("with Limit %d there are %d events, want %d: the default is 50, the most is 500", limit, got, want)
		}
	}
}

func checkDueOrder(t *storeTest) {
	var want []int64
	for n := range 5 {
		want = append(want, t.add(newEvent(n))...)
	}
	due, err := t.store.DueEvents(t.ctx, noon.Add(time.Hour), 3)
	t.need(err, "DueEvents")
	sameText(t, "the due events", due, want[:3], "the oldest come first, as many as asked for")
	due, err = t.store.DueEvents(t.ctx, noon.Add(2*time.Second), 10)
	t.need(err, "DueEvents")
	sameText(t, "the due events", due, want[:3], "an event is due when its NextAt is reached, and not before")
}
