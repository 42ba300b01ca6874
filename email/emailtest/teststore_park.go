package emailtest

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

var parkRules = []storeRule{
	{"A parked provider has nothing due until its time, and others go on", checkPark},
	{"A provider stays parked for the longest time", checkParkLongest},
}

func checkPark(t *storeTest) {
	id, until := t.add(1), noon.Add(time.Hour)
	e, m := newMessage(2)
	e.Provider = "pigeon"
	other := t.put(e, m)
	t.need(t.store.Park(t.ctx, post, until.In(india.Location())), "Park")
	same(t, "the number of due messages", len(t.due(until.Add(-time.Microsecond))), 0, "the queue rests")
	_, err := t.store.TakeMessage(t.ctx, id, post, lease("worker", noon))
	t.refused(err, frontdesk.Aborted, "the queue rests")
	same(t, "the number of attempts", len(t.log(id).Attempts), 0, "none was made")
	_, err = t.store.TakeMessage(t.ctx, other, "pigeon", lease("worker", noon))
	t.need(err, "TakeMessage for a provider that is not parked")
	sameText(t, "the due messages", t.due(until), []int64{id}, "the queue goes on")
	t.take(id, "worker", until)
}

func checkParkLongest(t *storeTest) {
	t.add(1)
	for _, err := range contend(func(i int) error {
		return t.store.Park(context.WithoutCancel(t.ctx), post, noon.Add(time.Duration(i+1)*time.Minute))
	}) {
		t.need(err, "Park beside others")
	}
	longest := noon.Add(contenders * time.Minute)
	same(t, "the number of due messages", len(t.due(longest.Add(-time.Microsecond))), 0, "the longest time holds")
	same(t, "the number of due messages", len(t.due(longest)), 1, "and no longer")
}
