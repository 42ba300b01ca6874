package emailtest

import (
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var pruneRules = []storeRule{
	{"Old messages that are over are deleted with all that belongs to them", checkPrune},
	{"Bodies are deleted and entries stay", checkPurge},
}

func checkPrune(t *storeTest) {
	queued, over := t.add(1), t.add(2)
	t.send(over, "p2")
	t.addEvent(newEvent(1, "p2"))
	t.addEvent(newEvent(2, "nobody"))
	young, m := newMessage(3)
	young.CreatedAt, young.Status = noon.Add(time.Hour), email.StatusFailed
	kept := t.put(young, m)
	n, err := t.store.PruneMessages(t.ctx, noon)
	t.need(err, "PruneMessages")
	same(t, "the number of deleted messages", n, 0, "none was created before")
	n, err = t.store.PruneMessages(t.ctx, noon.Add(time.Hour))
	t.need(err, "PruneMessages")
	same(t, "the number of deleted messages", n, 1, "one is old and over")
	_, err = t.store.Log(t.ctx, over)
	t.refused(err, frontdesk.NotFound, "it is deleted")
	_, err = t.store.Message(t.ctx, over)
	t.refused(err, frontdesk.NotFound, "it is deleted")
	t.log(queued)
	t.log(kept)
	_, added := t.addEvent(newEvent(2, "nobody"))
	same(t, "whether the event is new", added, true, "events that belong to nobody are deleted too")
	same(t, "whether the key is free", t.add(2) != over, true, "a new message has an id of its own")
}

func checkPurge(t *storeTest) {
	queued, over := t.add(1), t.add(2)
	t.send(over, "p2")
	for i, want := range []int{1, 0} {
		n, err := t.store.PurgeBodies(t.ctx, noon.Add(time.Microsecond))
		t.need(err, "PurgeBodies")
		same(t, fmt.Sprintf("how many bodies were deleted in round %d", i), n, want, "only those that are over, and once")
	}
	_, err := t.store.Message(t.ctx, over)
	t.refused(err, frontdesk.NotFound, "it is deleted")
	same(t, "the subject", t.log(over).Entry.Subject, "Message 2", "the entry stays")
	_, err = t.store.Message(t.ctx, queued)
	t.need(err, "Message of one that is still to be sent")
}
